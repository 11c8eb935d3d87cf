"""What a test of given uncertainty can see at all (Currie, Anal. Chem. 40 (1968) 586; ISO 11843, ISO 11929)."""

import math

from scipy.stats import norm

from bench.validation.interval import tail

AIR_FLUX_KG_M2_S = 239.17
"""Ideal hole from 101.325 kPa and 293.15 K of air into vacuum (science 1.2)."""


def decision_threshold(u: float, false_alarm: float = 0.05) -> float:
    """L_C, above which a loss is called one, u the standard uncertainty without any: 1.645 u."""
    return _quantile(false_alarm) * _checked(u)


def detection_limit(u: float, false_alarm: float = 0.05, miss: float = 0.05, floor: float = 0.0) -> float:
    """L_D, the loss that is called one with 1 - miss: 3.29 u, plus a systematic floor such as drift / P0 (science 5.1).

    In u's unit; u must hold at that loss, too.
    """
    if floor < 0.0:
        raise ValueError(f"a floor of {floor} cannot be")
    return (_quantile(false_alarm) + _quantile(miss)) * _checked(u) + floor


def slope_u(
    duration_s: float,
    *,
    white: float = 0.0,
    period_s: float = 1.0,
    ornstein_uhlenbeck: float = 0.0,
    correlation_time_s: float = 3600.0,
    random_walk_per_root_s: float = 0.0,
) -> float:
    """Standard uncertainty of a slope by ordinary regression for T >> tau (science 5.1), in the noise's unit per s:

    12 s_w^2 dt / T^3 + 24 s_OU^2 tau / T^3 + 1.2 q^2 / T. ValueError for T < 3 tau, where it is too large by far: take
    bounds.cramer_rao_slope_u.
    """
    if ornstein_uhlenbeck > 0.0 and duration_s < 3.0 * correlation_time_s:
        raise ValueError(f"{duration_s:g} s is no long test of noise that is correlated over {correlation_time_s:g} s")
    white_part = 12.0 * white**2 * period_s / duration_s**3
    slow_part = 24.0 * ornstein_uhlenbeck**2 * correlation_time_s / duration_s**3
    return math.sqrt(white_part + slow_part + 1.2 * random_walk_per_root_s**2 / duration_s)


def equivalent_hole_m(rate_kg_s: float) -> float:
    """Diameter of the ideal hole (discharge coefficient 1) that loses as much air of 1 atm and 20 C into vacuum."""
    if rate_kg_s < 0.0:
        raise ValueError(f"a hole does not lose {rate_kg_s} kg/s")
    return math.sqrt(4.0 * rate_kg_s / (math.pi * AIR_FLUX_KG_M2_S))


def _quantile(probability: float) -> float:
    return float(norm.isf(tail(1.0 - probability, 1)))


def _checked(u: float) -> float:
    if not (math.isfinite(u) and u > 0.0):
        raise ValueError(f"a standard uncertainty of {u} sets no limit")
    return u

"""Leak tests as nuclear containments are tested: ANSI/ANS-56.8, 10 CFR 50 appendix J.

The mass point's rate with its upper confidence limit, then a verification test with a known leak superimposed: the
only test of a whole measuring system that needs no second one. Rates are fractions of the mass per second, or in any
other unit, the same for all of one call.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import t

from bench.records import Floats
from bench.validation.interval import tail

DAY_S = 86400.0
ALLOWED_DEVIATION = 0.25
"""Of La: how far the composite rate may be from the sum."""
ALLOWED_LEAKAGE = 0.75
"""Of La: what the upper confidence limit may be as left."""


@dataclass(frozen=True, slots=True)
class MassPoint:
    """rate_per_s: mass lost per second over the mass at the begin; ucl_per_s: its one-sided upper limit."""

    rate_per_s: float
    u_per_s: float
    ucl_per_s: float
    points: int

    @property
    def percent_per_day(self) -> float:
        return 100.0 * DAY_S * self.rate_per_s

    @property
    def ucl_percent_per_day(self) -> float:
        return 100.0 * DAY_S * self.ucl_per_s


@dataclass(frozen=True, slots=True)
class Verification:
    """accepted: composite within lowest to highest."""

    accepted: bool
    expected: float
    composite: float
    lowest: float
    highest: float


def mass_point(time_s: Floats, mass: Floats, confidence: float = 0.95) -> MassPoint:
    """Classical regression mass = A + B t, rate -B / A, its limit Student's with the slope's standard error, (n,).

    That error takes residuals for independent; with slow temperatures it is too small by 7 to 16 (science 0.2), so the
    limit is what the standard says and not what is so. ValueError for fewer than three points or a mass not above 0.
    """
    if time_s.size < 3 or time_s.shape != mass.shape or np.unique(time_s).size < 2:
        raise ValueError("a line with scatter needs three points or more, at two times or more")
    centred = time_s - time_s.mean()
    slope = float(centred @ mass) / float(centred @ centred)
    begin = float(mass.mean()) + slope * float(time_s[0] - time_s.mean())
    if not begin > 0.0:
        raise ValueError(f"the mass at the begin is {begin}")
    residual = mass - mass.mean() - slope * centred
    u = math.sqrt(float(residual @ residual) / (time_s.size - 2) / float(centred @ centred)) / begin
    ucl = -slope / begin + float(t.isf(tail(confidence, 1), time_s.size - 2)) * u
    return MassPoint(-slope / begin, u, ucl, time_s.size)


def as_left(ucl: float, allowed: float, penalties: float = 0.0) -> bool:
    """Whether limit and penalties (paths that were not under test) are below 0.75 La. All in one unit."""
    _positive(allowed)
    return ucl + penalties < ALLOWED_LEAKAGE * allowed


def verify(measured: float, superimposed: float, composite: float, allowed: float) -> Verification:
    """L0 + Lam - 0.25 La <= Lc <= L0 + Lam + 0.25 La. measured: Lam, from the test before; superimposed: L0, from the
    flow meter; composite: Lc, from the test with it; allowed: La. All in one unit.

    The standard asks L0 between 0.75 and 1.25 La: less would prove little. ValueError otherwise.
    """
    _positive(allowed)
    if not 0.75 * allowed <= superimposed <= 1.25 * allowed:
        raise ValueError(f"a superimposed leak of {superimposed:g} is not 0.75 to 1.25 of the allowed {allowed:g}")
    expected, half = measured + superimposed, ALLOWED_DEVIATION * allowed
    accepted = expected - half <= composite <= expected + half
    return Verification(accepted, expected, composite, expected - half, expected + half)


def instrument_guide(
    duration_s: float,
    pressure_pa: float,
    temperature_k: float,
    *,
    u_pressure_pa: float,
    u_temperature_k: float,
    u_vapour_pa: float = 0.0,
) -> float:
    """Instrumentation selection guide (ISG) in 1/s: sqrt(2 (eP/P)^2 + 2 (ePv/P)^2 + 2 (eT/T)^2) / t, to be at most
    0.25 La before a test begins. u: errors of the averaged instruments.
    """
    for positive in (duration_s, pressure_pa, temperature_k):
        _positive(positive)
    parts = (u_pressure_pa / pressure_pa, u_vapour_pa / pressure_pa, u_temperature_k / temperature_k)
    return math.sqrt(2.0 * sum(part**2 for part in parts)) / duration_s


def _positive(value: float) -> None:
    if not value > 0.0:
        raise ValueError(f"{value} must be positive")

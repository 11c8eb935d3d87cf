"""False alarms counted in runs without a leak: the rate, scenario by scenario and in all, with exact limits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import chi2

from bench.validation import poisson
from bench.validation.interval import Interval

ALL = "all"


@dataclass(frozen=True, slots=True)
class NullExposure:
    """What a method did in one scenario without a leak: alarms (each begun one, not each scan) in exposure_s."""

    scenario: str
    alarms: int
    exposure_s: float


@dataclass(frozen=True, slots=True)
class FalseAlarmRate:
    """limits_per_s: exact, two-sided; at_most_per_s: one-sided upper limit, what a claim may say."""

    scenario: str
    alarms: int
    exposure_s: float
    rate_per_s: float
    limits_per_s: Interval
    at_most_per_s: float


def false_alarm_rates(exposures: Sequence[NullExposure], confidence: float = 0.95) -> tuple[FalseAlarmRate, ...]:
    """One per scenario in order of name, then ALL. The last is the rate of this mixture of scenarios and of no other:
    see p_one_rate. ValueError without any exposure, or with none in a scenario.
    """
    if not exposures:
        raise ValueError("no run without a leak: nothing is known of false alarms")
    names = sorted({exposure.scenario for exposure in exposures})
    parts = [_sum(name, [each for each in exposures if each.scenario == name]) for name in names]
    return tuple(_rate(part, confidence) for part in (*parts, _sum(ALL, parts)))


def p_one_rate(exposures: Sequence[NullExposure]) -> float:
    """The p of one rate for all scenarios (likelihood ratio, chi-square): small means that the rate in all hides some.

    1.0 without any alarm. ValueError for fewer than two scenarios.
    """
    names = {exposure.scenario for exposure in exposures}
    if len(names) < 2:
        raise ValueError("one scenario cannot differ from itself")
    parts = [_sum(name, [each for each in exposures if each.scenario == name]) for name in names]
    total = _sum(ALL, parts)
    ratio = sum(_deviance(part.alarms, total.alarms * part.exposure_s / total.exposure_s) for part in parts)
    return float(chi2.sf(ratio, len(names) - 1))


def alarms_allowed(limit_per_s: float, exposure_s: float, confidence: float = 0.95) -> int:
    """Most alarms in exposure_s that still show a rate of at most limit_per_s. ValueError if not even none does:
    poisson.exposure_needed says how long it takes.
    """
    needed_s = poisson.exposure_needed(limit_per_s, 0, confidence)
    if exposure_s < needed_s:
        raise ValueError(f"{exposure_s:g} s without alarm are too few, it takes {needed_s:g} s")
    alarms = 0
    while poisson.exposure_needed(limit_per_s, alarms + 1, confidence) <= exposure_s:
        alarms += 1
    return alarms


def _sum(scenario: str, exposures: Sequence[NullExposure]) -> NullExposure:
    return NullExposure(scenario, sum(each.alarms for each in exposures), sum(each.exposure_s for each in exposures))


def _rate(exposure: NullExposure, confidence: float) -> FalseAlarmRate:
    limits = poisson.rate(exposure.alarms, exposure.exposure_s, confidence)
    at_most = poisson.upper_count(exposure.alarms, confidence) / exposure.exposure_s
    rate_per_s = exposure.alarms / exposure.exposure_s
    return FalseAlarmRate(exposure.scenario, exposure.alarms, exposure.exposure_s, rate_per_s, limits, at_most)


def _deviance(count: int, expected: float) -> float:
    return 2.0 * count * math.log(count / expected) if count else 0.0

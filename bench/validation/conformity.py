"""Whether a measured score meets a declared requirement, and with what risk of being wrong (JCGM 106:2012)."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import binom, poisson

from bench.validation.interval import tail


class Side(StrEnum):
    AT_MOST = "at most"
    AT_LEAST = "at least"


class Decision(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Declared before anything is measured, in the score's unit."""

    side: Side
    limit: float


@dataclass(frozen=True, slots=True)
class Conformity:
    """consumers_risk: of a score that does not conform, were it accepted; producers_risk: that it does, were it
    rejected. The decision is the one whose risk is small enough, if any.
    """

    decision: Decision
    consumers_risk: float
    producers_risk: float
    reason: str


def guard_banded(value: float, u: float, requirement: Requirement, risk: float = 0.05) -> Conformity:
    """Guarded acceptance and guarded rejection (JCGM 106 8.3): accepted beyond a guard band of 1.645 u on the good
    side of the limit, rejected beyond one on the bad side. The score is normal about value with u (7.3).
    """
    if not (u > 0.0 and np.isfinite(value)):
        raise ValueError(f"a score of {value} with standard uncertainty {u} decides nothing")
    tail(1.0 - risk, 1)
    distance = (requirement.limit - value) / u
    conforms = float(ndtr(distance if requirement.side is Side.AT_MOST else -distance))
    said = f"{value:.3g} +- {u:.2g}, required {requirement.side} {requirement.limit:g}"
    fails = float(ndtr(-distance if requirement.side is Side.AT_MOST else distance))
    decision = Decision.ACCEPT if fails <= risk else Decision.REJECT if conforms <= risk else Decision.INCONCLUSIVE
    return Conformity(decision, fails, conforms, f"{said}: conforms with P = {conforms:.3f}")


def judge_proportion(hits: int, trials: int, requirement: Requirement, risk: float = 0.05) -> Conformity:
    """Of a probability, exact: accepted where the one-sided Clopper-Pearson limit at 1 - risk is on the good side.

    Risks are p values: of so good a count from a probability that just fails, of so bad a one that just passes.
    """
    if not (0 <= hits <= trials and trials > 0 and 0.0 < requirement.limit < 1.0):
        raise ValueError(f"{hits} hits in {trials} trials decide nothing about {requirement.limit}")
    many, few = binom.sf(hits - 1, trials, requirement.limit), binom.cdf(hits, trials, requirement.limit)
    said = f"{hits} of {trials}, required {requirement.side} {requirement.limit:g}"
    return _by_counts(float(many), float(few), requirement.side, risk, said)


def judge_rate(events: int, exposure_s: float, requirement: Requirement, risk: float = 0.05) -> Conformity:
    """Of a rate in 1/s, exact, as judge_proportion, with Poisson's limits."""
    if not (exposure_s > 0.0 and events >= 0 and requirement.limit > 0.0):
        raise ValueError(f"{events} events in {exposure_s} s decide nothing about {requirement.limit} per s")
    mean = requirement.limit * exposure_s
    said = f"{events} in {exposure_s:g} s, required {requirement.side} {requirement.limit:g} per s"
    many, few = float(poisson.sf(events - 1, mean)), float(poisson.cdf(events, mean))
    return _by_counts(many, few, requirement.side, risk, said)


def global_risks(
    prior: tuple[float, float], u: float, tolerance: tuple[float, float], acceptance: tuple[float, float]
) -> tuple[float, float]:
    """Consumer's and producer's risk of a rule for scores that vary as prior (mean, standard deviation) and are
    measured with u: probabilities of accepted but bad, and of rejected but good (JCGM 106 9.5). Limits: low, high.
    """
    mean, deviation = prior
    if not (deviation > 0.0 and u > 0.0 and tolerance[0] < tolerance[1] and acceptance[0] < acceptance[1]):
        raise ValueError("risks need spreads above zero and limits in order")

    def accepted(z: float) -> float:
        score = mean + deviation * z
        inside = ndtr((acceptance[1] - score) / u) - ndtr((acceptance[0] - score) / u)
        return float(inside * np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi))

    low, high = (float(np.clip((limit - mean) / deviation, -9.0, 9.0)) for limit in tolerance)
    good = quad(accepted, low, high, limit=200)[0]
    bad = quad(accepted, -9.0, low, limit=200)[0] + quad(accepted, high, 9.0, limit=200)[0]
    return float(bad), float(ndtr(high) - ndtr(low) - good)


def _by_counts(many: float, few: float, side: Side, risk: float, said: str) -> Conformity:
    """many, few: probabilities of so many events or more, of so few or fewer, at the limit."""
    good, bad = (few, many) if side is Side.AT_MOST else (many, few)
    tail(1.0 - risk, 1)
    decision = Decision.ACCEPT if good <= risk else Decision.REJECT if bad <= risk else Decision.INCONCLUSIVE
    return Conformity(decision, good, bad, f"{said}: p = {good:.3g} if it just fails, {bad:.3g} if it just passes")

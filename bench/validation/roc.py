"""Detection against false alarms as the threshold moves, at one stated exposure (science 3.1: never one without the
other).

Each run counts with one number, the largest value that the method's statistic took in the exposure: a run alarms if
it is at or above the threshold.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm, rankdata

from bench.records import Floats
from bench.validation.binomial import proportion
from bench.validation.interval import Interval, tail

EDGE = 1e-9


@dataclass(frozen=True, slots=True)
class RocPoint:
    """At one threshold. false_alarm: probability within the exposure; false_alarms_per_s: the rate that a Poisson
    process would need for it, infinite if every null run alarmed.
    """

    threshold: float
    exposure_s: float
    pod: float
    pod_limits: Interval
    false_alarm: float
    false_alarm_limits: Interval
    false_alarms_per_s: float


@dataclass(frozen=True, slots=True)
class RocArea:
    """rule: how it was made."""

    area: float
    limits: Interval
    rule: str


def roc(leak_maxima: Floats, null_maxima: Floats, exposure_s: float, confidence: float = 0.95) -> tuple[RocPoint, ...]:
    """A point per threshold that changes anything, from the strictest, (n,) runs with a leak and (m,) without.

    The limits are exact at each point by itself (Clopper-Pearson), not for the curve as a whole. ValueError without
    runs of both kinds, for values that are not numbers, or no exposure.
    """
    leak, null = _checked(leak_maxima, null_maxima)
    if not exposure_s > 0.0:
        raise ValueError(f"an exposure of {exposure_s} s says nothing of a rate")
    thresholds = np.unique(np.concatenate([leak, null]))[::-1]
    return tuple(_point(leak, null, float(threshold), exposure_s, confidence) for threshold in thresholds)


def roc_area(leak_maxima: Floats, null_maxima: Floats, confidence: float = 0.95) -> RocArea:
    """Probability that a run with a leak scores above one without, ties half (Mann-Whitney; the trapezia's area).

    Limits: those areas that the score test does not refute, with Hanley and McNeil's variance (Newcombe, Stat. Med. 25
    (2006) 559, method 5), which have a length also for an area of 1.
    """
    leak, null = _checked(leak_maxima, null_maxima)
    ranks = rankdata(np.concatenate([leak, null]))
    pairs = leak.size * null.size
    area = float(ranks[: leak.size].sum() - leak.size * (leak.size + 1) / 2.0) / pairs
    z = float(norm.isf(tail(confidence, 2)))

    def distance(truth: float) -> float:
        return (area - truth) ** 2 - z**2 * _variance(truth, leak.size, null.size)

    # areas of 0 and 1 have no variance and refute nothing: the root sought is the other one
    low = 0.0 if area == 0.0 else float(brentq(distance, 0.0, min(area, 1.0 - EDGE)))
    high = 1.0 if area == 1.0 else float(brentq(distance, max(area, EDGE), 1.0))
    limits = Interval(low, high, confidence, "Newcombe 5, two-sided")
    return RocArea(area, limits, "Mann-Whitney, ties half")


def area_u(area: float, leak_runs: int, null_runs: int) -> float:
    """Standard error of an area by Hanley and McNeil, Radiology 143 (1982) 29."""
    above, below = area / (2.0 - area), 2.0 * area**2 / (1.0 + area)
    spread = (leak_runs - 1) * (above - area**2) + (null_runs - 1) * (below - area**2)
    return math.sqrt((area * (1.0 - area) + spread) / (leak_runs * null_runs))


def _variance(area: float, leak_runs: int, null_runs: int) -> float:
    mean = 0.5 * (leak_runs + null_runs) - 1.0
    shape = 1.0 + mean * (1.0 - area) / (2.0 - area) + mean * area / (1.0 + area)
    return area * (1.0 - area) * shape / (leak_runs * null_runs)


def _checked(leak: Floats, null: Floats) -> tuple[Floats, Floats]:
    if not (leak.size and null.size):
        raise ValueError("a ROC needs runs with a leak and runs without")
    if np.isnan(leak).any() or np.isnan(null).any():
        raise ValueError("a run's statistic is not a number")
    return leak, null


def _point(leak: Floats, null: Floats, threshold: float, exposure_s: float, confidence: float) -> RocPoint:
    hits, false = int((leak >= threshold).sum()), int((null >= threshold).sum())
    share = false / null.size
    per_s = math.inf if false == null.size else -math.log1p(-share) / exposure_s
    pod = proportion(hits, leak.size, confidence)
    return RocPoint(
        threshold, exposure_s, hits / leak.size, pod, share, proportion(false, null.size, confidence), per_s
    )

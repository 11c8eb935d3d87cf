"""How far off a method's rates are over many runs, and whether it knows it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, t

from bench.records import Floats, Score
from bench.validation.binomial import proportion
from bench.validation.coverage import acceptable, acceptance_limits
from bench.validation.interval import Interval, tail


@dataclass(frozen=True, slots=True)
class RateAccuracy:
    """Errors in kg/s, or of the truth where it says relative. bias_limits: Student's; rmse_limits: chi-square, for
    normal errors without bias. covered of runs intervals held the truth, accepted: as often as 95 % ones may.
    """

    runs: int
    bias: float
    bias_limits: Interval
    rmse: float
    rmse_limits: Interval
    covered: int
    coverage_limits: Interval
    coverage_range: tuple[int, int]
    coverage_accepted: bool


def rate_accuracy(scores: Sequence[Score], *, relative: bool = False, confidence: float = 0.95) -> RateAccuracy:
    """Over the scores of one method. ValueError for fewer than two, several methods, or relative to a truth of zero."""
    methods = {score.method for score in scores}
    if len(methods) != 1:
        raise ValueError(f"scores of one method are needed, not of {sorted(methods) or 'none'}")
    if relative and any(score.truth_kg_s == 0.0 for score in scores):
        raise ValueError("no error is relative to a truth of zero")
    errors = [(s.rate_kg_s - s.truth_kg_s) / (s.truth_kg_s if relative else 1.0) for s in scores]
    return errors_accuracy(np.array(errors), sum(score.covers_truth for score in scores), confidence)


def errors_accuracy(errors: Floats, covered: int, confidence: float = 0.95) -> RateAccuracy:
    """The same from errors, (n,), and how many of their 95 % intervals held the truth."""
    runs = errors.size
    if runs < 2 or not np.all(np.isfinite(errors)):
        raise ValueError(f"{runs} errors, {int(np.isnan(errors).sum())} of them not numbers: no accuracy is known")
    bias, rmse = float(errors.mean()), math.sqrt(float(errors @ errors) / runs)
    half = float(t.isf(tail(confidence, 2), runs - 1) * errors.std(ddof=1)) / math.sqrt(runs)
    bias_limits = Interval(bias - half, bias + half, confidence, "Student")
    tails = (tail(confidence, 2), 1.0 - tail(confidence, 2))
    low, high = (rmse * math.sqrt(runs / float(chi2.isf(probability, runs))) for probability in tails)
    rmse_limits = Interval(low, high, confidence, "chi-square, no bias")
    limits, accepted = acceptance_limits(runs), acceptable(covered, runs)
    coverage = proportion(covered, runs, confidence)
    return RateAccuracy(runs, bias, bias_limits, rmse, rmse_limits, covered, coverage, limits, accepted)


def efficiency(accuracy: RateAccuracy, bound_u: float) -> Interval:
    """Cramer-Rao bound over root mean square error, in its unit: 1 is all that the data can give (science 5.7).

    Above 1 the bound was not one: noise was less than stated, or the estimate biased towards the truth.
    """
    if not bound_u > 0.0:
        raise ValueError(f"a bound of {bound_u} bounds nothing")
    limits = accuracy.rmse_limits
    if limits.low == 0.0:
        raise ValueError("no error at all: the estimates were not made from the data")
    return Interval(bound_u / limits.high, bound_u / limits.low, limits.confidence, "bound over RMSE")

"""Whether predicted distributions (time to a limit, rates) are as wide as they should be.

The probability integral transform (PIT) of an outcome is its place in the distribution predicted for it: uniform over
many runs if the predictions are honest (Dawid 1984; Diebold, Gunther, Tay 1998).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import binomtest, kstest

from bench.records import Floats
from bench.validation.binomial import proportion
from bench.validation.interval import Interval


@dataclass(frozen=True, slots=True)
class Uniformity:
    """counts: of PIT values in equal bins. p values: of so large a deviation if the predictions are honest.

    Kolmogorov-Smirnov sees a shift best, Anderson-Darling too narrow or too wide (its weight is in the tails).
    """

    runs: int
    counts: tuple[int, ...]
    kolmogorov_smirnov: float
    kolmogorov_smirnov_p: float
    anderson_darling: float
    anderson_darling_p: float


@dataclass(frozen=True, slots=True)
class QuantileCheck:
    """Of runs outcomes, below were under the predicted quantile level; p: two-sided, exact."""

    level: float
    below: int
    runs: int
    limits: Interval
    p: float


def pit_normal(outcomes: Floats, values: Floats, u: Floats) -> Floats:
    """PIT of outcomes under normal predictions of values with standard uncertainty u, all (n,)."""
    if not np.all(u > 0.0):
        raise ValueError("a prediction without uncertainty has no distribution")
    return np.asarray(ndtr((outcomes - values) / u))


def uniformity(pit: Floats, bins: int = 10) -> Uniformity:
    """ValueError for fewer than two values, or any outside [0, 1]."""
    if pit.size < 2 or not np.all((pit >= 0.0) & (pit <= 1.0)):
        raise ValueError("PIT values are between 0 and 1, and one says nothing of a distribution")
    counts = np.histogram(pit, bins, (0.0, 1.0))[0]
    test = kstest(pit, "uniform")
    squared = _anderson_darling(np.sort(pit))
    tail = 1.0 - _anderson_darling_cdf(squared)
    return Uniformity(
        pit.size, tuple(int(count) for count in counts), float(test.statistic), float(test.pvalue), squared, tail
    )


def quantile_checks(
    levels: tuple[float, ...], quantiles: Floats, outcomes: Floats, confidence: float = 0.95
) -> tuple[QuantileCheck, ...]:
    """One per level. quantiles: (n, levels), rising along a row; outcomes: (n,). Infinite quantiles are allowed."""
    if quantiles.shape != (outcomes.size, len(levels)) or outcomes.size == 0:
        raise ValueError(f"{quantiles.shape} quantiles for {outcomes.size} outcomes and {len(levels)} levels")
    if np.isnan(quantiles).any() or any(not low < high for low, high in pairwise((0.0, *levels, 1.0))):
        raise ValueError("levels rise between 0 and 1, quantiles are numbers")
    if np.any(quantiles[:, 1:] < quantiles[:, :-1]):
        raise ValueError("quantiles fall while their levels rise")
    below = (outcomes[:, None] < quantiles).sum(axis=0)
    return tuple(
        _check(level, int(count), outcomes.size, confidence) for level, count in zip(levels, below, strict=True)
    )


def worst_optimistic_error(predicted_s: Floats, actual_s: Floats) -> float:
    """Largest (predicted - actual) / actual, (n,): how much longer a crew was told it had. At most 0: never too long.

    Of a quantile meant to be safe, such as the 5 % one. ValueError where nothing was predicted or no time was left.
    """
    if actual_s.size == 0 or not np.all(actual_s > 0.0) or np.isnan(predicted_s).any():
        raise ValueError("an optimistic error needs predictions, and outcomes later than they were made")
    return float(np.max((predicted_s - actual_s) / actual_s))


def _check(level: float, below: int, runs: int, confidence: float) -> QuantileCheck:
    return QuantileCheck(
        level, below, runs, proportion(below, runs, confidence), float(binomtest(below, runs, level).pvalue)
    )


def _anderson_darling(sorted_pit: Floats) -> float:
    """A^2 against the uniform distribution (Anderson, Darling 1954); values of 0 and 1 are moved by one ulp."""
    n = sorted_pit.size
    inside = np.clip(sorted_pit, np.finfo(float).tiny, 1.0 - np.finfo(float).epsneg)
    weight = 2.0 * np.arange(1, n + 1) - 1.0
    return -n - float(weight @ (np.log(inside) + np.log1p(-inside[::-1]))) / n


def _anderson_darling_cdf(squared: float) -> float:
    """Limit for large n, good from n = 5 on (Anderson, Darling, Ann. Math. Statist. 23 (1952) 193, their series)."""
    if squared <= 0.1:
        return 0.0
    total, coefficient = 0.0, 1.0
    for j in range(12):
        rate = (4 * j + 1) ** 2 * np.pi**2 / (8.0 * squared)
        if rate > 700.0:
            break

        def integrand(w: float, rate: float = rate) -> float:
            return float(np.exp(squared / (8.0 * (w * w + 1.0)) - rate * w * w))

        width = 12.0 / np.sqrt(2.0 * rate)
        total += coefficient * (4 * j + 1) * np.exp(-rate) * quad(integrand, 0.0, width)[0]
        coefficient *= -(2.0 * j + 1.0) / (2.0 * (j + 1.0))
    return float(min(1.0, np.sqrt(2.0 * np.pi) / squared * total))

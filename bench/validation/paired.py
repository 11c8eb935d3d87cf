"""Two methods, or two versions of one, on the same runs: what one run has in common with itself cancels."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, wilcoxon

from bench.records import Floats
from bench.validation.interval import Interval, tail


@dataclass(frozen=True, slots=True)
class HitComparison:
    """p: two-sided, of as unequal a split of the runs in which one hit and the other missed (McNemar, exact)."""

    first_only: int
    second_only: int
    both: int
    neither: int
    p: float


@dataclass(frozen=True, slots=True)
class ErrorComparison:
    """mean_difference: first minus second, with its bootstrap interval. p: Wilcoxon's signed ranks, two-sided."""

    runs: int
    mean_difference: float
    limits: Interval
    p: float


@dataclass(frozen=True, slots=True)
class PairwiseHits:
    """One of several comparisons; p_adjusted: so that all together are wrong as seldom as one alone (Holm)."""

    first: str
    second: str
    comparison: HitComparison
    p_adjusted: float


def compare_hits(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> HitComparison:
    """Detections, right localisations and the like in the same runs, (n,). Exact conditional McNemar test.

    p is 1 if they never differ. ValueError without runs or for different ones.
    """
    if first.shape != second.shape or first.size == 0:
        raise ValueError(f"{first.size} and {second.size} runs are no pairs")
    only, other = int((first & ~second).sum()), int((second & ~first).sum())
    p = float(binomtest(only, only + other).pvalue) if only + other else 1.0
    return HitComparison(only, other, int((first & second).sum()), int((~first & ~second).sum()), p)


def compare_errors(
    first: Floats, second: Floats, *, confidence: float = 0.95, resamples: int = 9999, seed: int = 0
) -> ErrorComparison:
    """Absolute errors, delays and the like in the same runs, (n,): infinite ones (misses) have a rank but no mean,
    so censor delays at the end of the run. Percentile bootstrap over runs, seeded.

    ValueError for fewer than five runs, for which no p can be below 0.05, and for values that are not finite.
    """
    if first.shape != second.shape or first.size < 5:
        raise ValueError(f"{first.size} and {second.size} runs cannot tell two methods apart")
    difference = first - second
    if not np.all(np.isfinite(difference)):
        raise ValueError("an error or delay is not finite: censor misses at the end of the run")
    rng = np.random.default_rng(seed)
    means = difference[rng.integers(difference.size, size=(resamples, difference.size))].mean(axis=1)
    low, high = np.quantile(means, [tail(confidence, 2), 1.0 - tail(confidence, 2)])
    limits = Interval(float(low), float(high), confidence, "bootstrap of runs, percentile")
    p = float(wilcoxon(difference).pvalue) if np.any(difference) else 1.0
    return ErrorComparison(difference.size, float(difference.mean()), limits, p)


def compare_all_hits(hits: Mapping[str, NDArray[np.bool_]]) -> tuple[PairwiseHits, ...]:
    """Every pair of methods on the same runs, method -> (n,), adjusted by Holm."""
    if len(hits) < 2:
        raise ValueError("one method cannot be compared")
    pairs = list(combinations(sorted(hits), 2))
    comparisons = [compare_hits(hits[first], hits[second]) for first, second in pairs]
    adjusted = holm([comparison.p for comparison in comparisons])
    return tuple(
        PairwiseHits(*pair, comparison, p) for pair, comparison, p in zip(pairs, comparisons, adjusted, strict=True)
    )


def holm(p_values: list[float]) -> list[float]:
    """Adjusted p values in the order given: the family's error rate is kept whatever depends on what (Holm, Scand. J.
    Statist. 6 (1979) 65).
    """
    if not all(0.0 <= p <= 1.0 for p in p_values):
        raise ValueError(f"{p_values} are no p values")
    count, largest = len(p_values), 0.0
    adjusted = [0.0] * count
    for rank, place in enumerate(sorted(range(count), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (count - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted

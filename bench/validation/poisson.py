"""Exact limits of a rate from events counted in an exposure (Garwood, Biometrika 28 (1936) 437).

Exposures and rates are in any unit of time and its inverse; the bench uses s and 1/s.
"""

from scipy.stats import binomtest, chi2

from bench.validation.interval import Interval, tail


def lower_count(events: int, confidence: float = 0.95, *, sides: int = 1) -> float:
    """Smallest expected number of events not refuted by so many."""
    _check(events)
    alpha = tail(confidence, sides)
    return 0.0 if events == 0 else 0.5 * float(chi2.ppf(alpha, 2 * events))


def upper_count(events: int, confidence: float = 0.95, *, sides: int = 1) -> float:
    """Largest expected number of events not refuted by so few: 2.996, 4.744, 6.296, 7.754 for 0, 1, 2, 3."""
    _check(events)
    return 0.5 * float(chi2.isf(tail(confidence, sides), 2 * events + 2))


def rate(events: int, exposure: float, confidence: float = 0.95) -> Interval:
    """Two-sided interval of the rate. ValueError without exposure."""
    _check_exposure(exposure)
    low = lower_count(events, confidence, sides=2) / exposure
    high = upper_count(events, confidence, sides=2) / exposure
    return Interval(low, high, confidence, "Poisson, exact, two-sided")


def exposure_needed(limit: float, events: int = 0, confidence: float = 0.95) -> float:
    """Exposure in which so many events still show that the rate is at most limit."""
    if not limit > 0.0:
        raise ValueError(f"no exposure shows a rate of at most {limit}")
    return upper_count(events, confidence) / limit


def p_equal_rates(events: tuple[int, int], exposures: tuple[float, float]) -> float:
    """Two-sided p of two rates being one: given their sum, the first count is binomial (Przyborowski, Wilenski 1940).

    1.0 if nothing happened in either.
    """
    for count, exposure in zip(events, exposures, strict=True):
        _check(count)
        _check_exposure(exposure)
    if sum(events) == 0:
        return 1.0
    return float(binomtest(events[0], sum(events), exposures[0] / sum(exposures)).pvalue)


def _check(events: int) -> None:
    if events < 0:
        raise ValueError(f"{events} events cannot be")


def _check_exposure(exposure: float) -> None:
    if not exposure > 0.0:
        raise ValueError(f"an exposure of {exposure} says nothing of a rate")

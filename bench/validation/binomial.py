"""Exact limits of a probability from hits in independent trials (Clopper and Pearson, Biometrika 26 (1934) 404)."""

from scipy.stats import beta, binom

from bench.validation.interval import Interval, tail


def lower_limit(hits: int, trials: int, confidence: float = 0.95, *, sides: int = 1) -> float:
    """Smallest probability of a hit not refuted by so many hits. sides=2: the lower end of a two-sided interval."""
    _check(hits, trials)
    alpha = tail(confidence, sides)
    return 0.0 if hits == 0 else float(beta.ppf(alpha, hits, trials - hits + 1))


def upper_limit(hits: int, trials: int, confidence: float = 0.95, *, sides: int = 1) -> float:
    """Largest probability of a hit not refuted by so few hits."""
    _check(hits, trials)
    alpha = tail(confidence, sides)
    return 1.0 if hits == trials else float(beta.isf(alpha, hits + 1, trials - hits))


def proportion(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """Two-sided interval of the probability of a hit; never shorter than it says. ValueError without trials."""
    low = lower_limit(hits, trials, confidence, sides=2)
    high = upper_limit(hits, trials, confidence, sides=2)
    return Interval(low, high, confidence, "Clopper-Pearson, two-sided")


def trials_needed(probability: float, confidence: float = 0.95, *, misses: int = 0) -> int:
    """Fewest trials that show at least probability with so many misses: 29 for 0.90 at 95 % with none."""
    if not 0.0 < probability < 1.0:
        raise ValueError(f"no number of trials shows a probability of {probability}")
    trials = misses + 1
    while binom.cdf(misses, trials, 1.0 - probability) > tail(confidence, 1):
        trials += 1
    return trials


def _check(hits: int, trials: int) -> None:
    if trials < 1 or not 0 <= hits <= trials:
        raise ValueError(f"{hits} hits in {trials} trials say nothing of a probability")

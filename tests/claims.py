"""Is a claimed probability consistent with counts from seeded trials? Exact binomial tests at 0.1 %."""

from scipy.stats import binomtest

SIGNIFICANCE = 1e-3


def consistent(hits, trials, claim):
    """Neither too seldom nor too often."""
    return binomtest(int(hits), trials, claim).pvalue > SIGNIFICANCE


def at_least(hits, trials, claim):
    """Not too seldom: of intervals that may be longer than they say."""
    return binomtest(int(hits), trials, claim, alternative="less").pvalue > SIGNIFICANCE

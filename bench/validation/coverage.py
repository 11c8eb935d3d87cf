"""How often 95 % intervals must cover the truth before they may be called that."""

from scipy.stats import binom

CLAIMED = 0.95
CENTRAL = 0.95
"""Share of honest methods that stay within the limits."""


def acceptance_limits(trials: int) -> tuple[int, int]:
    """Fewest and most hits to accept: the 2.5 % and 97.5 % quantiles of the binomial (trials, 0.95), both included.

    [90, 99] of 100, [184, 196] of 200, [371, 388] of 400, [936, 963] of 1000 (science 3.3).
    """
    tail = (1.0 - CENTRAL) / 2.0
    claim = binom(trials, CLAIMED)
    return int(claim.ppf(tail)), int(claim.ppf(1.0 - tail))


def acceptable(hits: int, trials: int) -> bool:
    """True if hits of trials is neither too seldom nor too often for honest 95 % intervals."""
    fewest, most = acceptance_limits(trials)
    return fewest <= hits <= most

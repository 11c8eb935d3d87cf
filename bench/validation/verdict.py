"""From the scores of a run's leaks to one outcome."""

from collections import Counter
from collections.abc import Sequence

from scipy.special import ndtri

from bench.records import Outcome, Score, Truth, Verdict

CONFIDENCE = 0.99
"""Probability that a right method with honest uncertainties passes a run, whatever its number of leaks."""


def joint_limit(leaks: int) -> float:
    """Largest |normalised error| allowed so that all of n independent ones stay below it with CONFIDENCE (Sidak)."""
    return float(ndtri((1.0 + CONFIDENCE ** (1.0 / leaks)) / 2.0))


def judge(scores: Sequence[Score], truths: Sequence[Truth], *, max_relative_u: float) -> Verdict:
    """Verdict on the method under test, one score per truth.

    INCONCLUSIVE, checked first: a truth is void, a truth has no score, or an uncertainty is above max_relative_u of
    the truth. FAIL: a normalised error is beyond joint_limit. Not-a-number never passes. Raises ValueError if the
    scores are of several methods.
    """
    if len({s.method for s in scores}) > 1:
        raise ValueError(f"scores of several methods: {sorted({s.method for s in scores})}")
    doubt = _void(truths) or _missing(scores, truths) or _too_uncertain(scores, max_relative_u)
    if doubt:
        return Verdict(Outcome.INCONCLUSIVE, doubt)
    return _compare(scores)


def _void(truths: Sequence[Truth]) -> str | None:
    return next((f"the truth of {t.leak} is void: {t.void}" for t in truths if t.void is not None), None)


def _missing(scores: Sequence[Score], truths: Sequence[Truth]) -> str | None:
    if not scores:
        return "no leak was estimated"
    missing = Counter(truth.leak for truth in truths) - Counter(s.leak for s in scores)
    return f"no estimate for {', '.join(sorted(missing))}" if missing else None


def _too_uncertain(scores: Sequence[Score], max_relative_u: float) -> str | None:
    for s in scores:
        if not s.u_kg_s <= max_relative_u * s.truth_kg_s:
            limit_kg_s = max_relative_u * s.truth_kg_s
            allowed = f"{limit_kg_s:.3g} kg/s, {max_relative_u:.0%} of the {s.truth_kg_s:.3g} kg/s that leaked"
            return f"{s.leak}: {s.method}'s standard uncertainty {s.u_kg_s:.3g} kg/s is above {allowed}"
    return None


def _compare(scores: Sequence[Score]) -> Verdict:
    limit = joint_limit(len(scores))
    allowed = f"the limit {limit:.2f} (99 % joint, {len(scores)} leaks)"
    wrong = [s for s in scores if not abs(s.normalised_error) <= limit]
    worst = max(wrong or scores, key=lambda s: abs(s.normalised_error))
    numbers = f"{worst.method} found {worst.rate_kg_s:.3g} kg/s for {worst.truth_kg_s:.3g} kg/s"
    error = f"normalised error {worst.normalised_error:+.2f}"
    if wrong:
        return Verdict(Outcome.FAIL, f"{worst.leak}: {numbers}, {error} beyond {allowed}")
    return Verdict(Outcome.PASS, f"largest at {worst.leak}: {numbers}, {error} within {allowed}")

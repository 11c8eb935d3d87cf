"""What was said against what was so: where the leak is, and whether a patch holds."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bench.validation.binomial import proportion
from bench.validation.interval import Interval

NONE = "none"
SEVERAL = "more than one"
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Located:
    """One run: the compartment that leaked, NONE or SEVERAL, and the probability that a method gave each of them."""

    truth: str
    probabilities: Mapping[str, float]

    @property
    def said(self) -> str:
        """The likeliest; of equals the first by name, so that a tie is no free hit."""
        return min(self.probabilities, key=lambda name: (-self.probabilities[name], name))


@dataclass(frozen=True, slots=True)
class Localisation:
    """confusion: (truth, said) -> runs. top_1: share with truth said first. mean_probability: given to the truth.

    brier: mean of the sum of squares over all classes, 0 (best) to 2 (Brier 1950). log_score: mean -ln of the truth's
    probability, in nats, infinite if a truth was called impossible (Good 1952). A method that always spreads evenly
    over k classes has (k - 1) / k and ln k.
    """

    runs: int
    confusion: Mapping[tuple[str, str], int]
    top_1: float
    top_1_limits: Interval
    mean_probability: float
    brier: float
    log_score: float


def localisation(runs: Sequence[Located], confidence: float = 0.95) -> Localisation:
    """ValueError without runs, or for probabilities that are none: below 0, or not 1 in sum."""
    if not runs:
        raise ValueError("no run: nothing is known of localisation")
    for run in runs:
        _check(run)
    right = [run.probabilities.get(run.truth, 0.0) for run in runs]
    hits = sum(run.said == run.truth for run in runs)
    brier = sum(_brier(run) for run in runs) / len(runs)
    log_score = sum(-math.log(p) if p > 0.0 else math.inf for p in right) / len(runs)
    limits = proportion(hits, len(runs), confidence)
    confusion = Counter((run.truth, run.said) for run in runs)
    return Localisation(len(runs), confusion, hits / len(runs), limits, sum(right) / len(runs), brier, log_score)


class Patch(StrEnum):
    SEALED = "sealed"
    RESIDUAL = "residual"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class PatchScore:
    """confusion: (truth, verdict) -> runs. premature: of residual leaks called sealed, the error that costs air.

    needless: of sealed ones called residual. undecided: of all. Rates are None where no run could show them.
    """

    confusion: Mapping[tuple[Patch, Patch], int]
    premature: Interval | None
    needless: Interval | None
    undecided: Interval


def patch_score(verdicts: Sequence[tuple[Patch, Patch]], confidence: float = 0.95) -> PatchScore:
    """Of (truth, verdict); a truth is sealed or residual. Exact two-sided limits (Clopper-Pearson)."""
    if not verdicts or any(truth is Patch.INCONCLUSIVE for truth, _ in verdicts):
        raise ValueError("a patch is judged against a truth: sealed or residual")
    confusion = Counter(verdicts)
    trials = Counter(truth for truth, _ in verdicts)

    def share(truth: Patch, verdict: Patch) -> Interval | None:
        return proportion(confusion[truth, verdict], trials[truth], confidence) if trials[truth] else None

    undecided = sum(verdict is Patch.INCONCLUSIVE for _, verdict in verdicts)
    return PatchScore(
        confusion,
        share(Patch.RESIDUAL, Patch.SEALED),
        share(Patch.SEALED, Patch.RESIDUAL),
        proportion(undecided, len(verdicts), confidence),
    )


def _check(run: Located) -> None:
    values = run.probabilities.values()
    if not all(value >= 0.0 for value in values) or not abs(sum(values) - 1.0) <= SUM_TOLERANCE:
        raise ValueError(f"{dict(run.probabilities)} are no probabilities")


def _brier(run: Located) -> float:
    classes = {*run.probabilities, run.truth}
    return sum((run.probabilities.get(name, 0.0) - (name == run.truth)) ** 2 for name in classes)

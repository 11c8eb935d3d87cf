"""Whether a search names the right place: by closed hatches, or by sound."""

from collections.abc import Collection, Sequence

from bench.records import LeakEstimate
from bench.validation.confusion import Located
from bench.validation.outcomes.mark import Mark, right_if


def said(found: LeakEstimate, error: float) -> str | None:
    """The class that is named: what speaks against it is less probable than error. None: inconclusive."""
    best = Located("", found.compartment_probabilities).said
    return best if found.compartment_probabilities[best] >= 1.0 - error else None


def isolated(answers: Sequence[LeakEstimate], truth: str, error: float) -> Mark:
    """Of a search that goes on: the truth is named in the end; wrong where another class is named at any time. truth: a
    compartment, confusion.NONE or confusion.SEVERAL.
    """
    named = [name for name in (said(found, error) for found in answers) if name is not None]
    return Mark.WRONG if set(named) - {truth} else right_if(bool(named))


def heard(sources: Collection[str], true: Collection[str]) -> Mark:
    """Exactly the compartments with a source; undecided where some of them are missed, wrong where another is heard."""
    return right_if(set(sources) == set(true), Mark.UNDECIDED if set(sources) < set(true) else Mark.WRONG)

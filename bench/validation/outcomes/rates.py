"""Whether an answer about a hold is right: what was lost, and what took it. Truths in kg/s, means over the hold."""

from bench.records import LeakEstimate
from bench.validation.accuracy import COVERAGE_FACTOR
from bench.validation.outcomes.mark import Mark, right_if

SURE_SIGMAS = 3.0
"""An answer so many of its own uncertainties off is wrong, not undecided."""


def covered(found: LeakEstimate, truth_kg_s: float) -> Mark:
    """The 95 % interval holds the truth."""
    return right_if(abs(found.rate_kg_s - truth_kg_s) <= COVERAGE_FACTOR * found.u_kg_s, Mark.WRONG)


def quiet(found: LeakEstimate) -> Mark:
    """No alarm."""
    return right_if(not found.alarm, Mark.WRONG)


def found_within(found: LeakEstimate, truth_kg_s: float, share: float, *, alarm: bool = True) -> Mark:
    """Its alarm (unless none is asked for), and the rate within a share of the truth; wrong if surely another rate."""
    error_kg_s = abs(found.rate_kg_s - truth_kg_s)
    if error_kg_s > SURE_SIGMAS * found.u_kg_s:
        return Mark.WRONG
    return right_if((bool(found.alarm) or not alarm) and error_kg_s <= share * truth_kg_s)


def nominal(found: LeakEstimate, truth_kg_s: float, share: float) -> Mark:
    """The ordinary loss alone: no alarm, and the whole loss within a share."""
    whole_kg_s = found.rate_kg_s + found.causes_kg_s["nominal loss"]
    return Mark.WRONG if found.alarm else right_if(abs(whole_kg_s / truth_kg_s - 1.0) <= share)


def accounted(found: LeakEstimate, cause: str, taken_kg_s: float, share: float) -> Mark:
    """No alarm, no gas that surely came from nowhere, and what the cause took within a share (negative: it came)."""
    if found.alarm or found.rate_kg_s < -SURE_SIGMAS * found.u_kg_s:
        return Mark.WRONG
    return right_if(abs(found.causes_kg_s.get(cause, 0.0) / taken_kg_s - 1.0) <= share)


def unnoticeable(found: LeakEstimate, truth_kg_s: float) -> Mark:
    """No alarm, and it is said which leak would have been seen: a larger one."""
    if found.alarm:
        return Mark.WRONG
    said = any(note.startswith("inconclusive: minimum detectable leak") for note in found.notes)
    return right_if(said and (found.detectable_kg_s or 0.0) > truth_kg_s)


def faded(found: LeakEstimate) -> Mark:
    """No alarm, and it is said that the loss fades."""
    return Mark.WRONG if found.alarm else right_if(any(note.startswith("fades") for note in found.notes))


def of_kind(found: LeakEstimate, kind: str, exponent: float, tolerance: float = 0.1) -> Mark:
    """The kind by its name, and the decay exponent within the tolerance."""
    if found.leak_kind is None:
        return Mark.UNDECIDED
    said = float(found.notes[0].split()[2])
    return right_if(found.leak_kind == kind and abs(said - exponent) <= tolerance, Mark.WRONG)

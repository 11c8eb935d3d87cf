"""Whether what a watch said as time went on is right: alarms where and when, patches, and what pressure cannot tell."""

from collections.abc import Mapping, Sequence

from bench.records import LeakEstimate
from bench.validation.confusion import Patch
from bench.validation.outcomes.mark import Mark, right_if


def alarmed(
    said: Mapping[str, Sequence[LeakEstimate]], where: str, after_s: float, within_s: float = float("inf")
) -> Mark:
    """An alarm of the watch over that compartment soon after a time; wrong if one came before, or elsewhere."""
    times_s = {place: [found.time_s or 0.0 for found in of if found.alarm] for place, of in said.items()}
    if (
        any(times for place, times in times_s.items() if place != where)
        or min(times_s[where], default=after_s) < after_s
    ):
        return Mark.WRONG
    return right_if(any(time_s <= after_s + within_s for time_s in times_s[where]))


def slept(said: Sequence[LeakEstimate], after_s: float = 0.0, within_s: float = float("inf")) -> Mark:
    """No alarm within so long after a time."""
    woken = any(found.alarm and after_s < (found.time_s or 0.0) <= after_s + within_s for found in said)
    return right_if(not woken, Mark.WRONG)


def patch_said(found: LeakEstimate) -> Patch:
    """By the first note of a watch over a patch; inconclusive where it says nothing of one."""
    first = found.notes[0] if found.notes else ""
    return next((each for each in Patch if first.startswith(f"patch {each}")), Patch.INCONCLUSIVE)


def patch_held(said: Sequence[LeakEstimate], truth: Patch) -> Mark:
    """In the end what is true, no alarm. Wrong: `sealed` of a residual leak at any time; of a sealed one, `residual`
    in the end (it may look so while it cures).
    """
    verdicts = [patch_said(found) for found in said]
    premature = truth is Patch.RESIDUAL and Patch.SEALED in verdicts
    needless = truth is Patch.SEALED and verdicts[-1] is Patch.RESIDUAL
    if premature or needless or any(found.alarm for found in said):
        return Mark.WRONG
    return right_if(verdicts[-1] is truth)


def cannot_tell(said: Sequence[LeakEstimate]) -> Mark:
    """No alarm, and each time it is said that pressure cannot tell."""
    honest = all("cannot tell" in found.notes[0] and not found.alarm for found in said)
    return right_if(bool(said) and honest, Mark.WRONG)

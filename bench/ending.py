"""How a run ends: what an exception says of it, and how everything on the way out is done whatever fails."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from bench.errors import InconclusiveError, RunAbortedError
from bench.records import Outcome, Verdict


def failures(steps: Iterable[Callable[[], object]]) -> Iterator[Exception]:
    """Do every step, whatever the others come to."""
    for step in steps:
        try:
            step()
        except Exception as error:  # noqa: BLE001 - on the way out nothing may keep the next step from being taken
            yield error


def note_others(errors: Sequence[BaseException]) -> None:
    """The first ended the run; what else failed is said under it, each once: a full disk fails at every step."""
    said: set[str] = set()
    for error in errors:
        if said and str(error) not in said:
            errors[0].add_note(f"and on the way out: {type(error).__name__}: {error}")
        said.add(str(error))


def verdict_of(error: BaseException | None) -> Verdict | None:
    """What an exception that ends a run says of it; None when the run came to its end."""
    if error is None:
        return None
    if isinstance(error, RunAbortedError) or not isinstance(error, Exception):
        return Verdict(Outcome.ABORTED, str(error) or type(error).__name__)
    if isinstance(error, InconclusiveError):
        return Verdict(Outcome.INCONCLUSIVE, str(error))
    return Verdict(Outcome.ERROR, f"{type(error).__name__}: {error}")


def blamed(verdict: Verdict | None, reason: str) -> Verdict:
    """Somebody must look at the bench now, whatever was found before."""
    found = f"{verdict.outcome}, {verdict.reason}; " if verdict else ""
    return Verdict(Outcome.ERROR, f"{found}{reason}")

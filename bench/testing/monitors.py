"""What every monitor must do, whoever wrote it: in a test of yours, check_monitor(MyMonitor(), rig, series)."""

import math
from collections.abc import Callable, Iterable, Iterator

from bench.detection.method import CannotEstimateError
from bench.detection.monitor import Monitor
from bench.records import LeakEstimate, Series
from bench.rig import Rig
from bench.testing.answers import GOOD, check_plausible, check_same, nothing_refused, nothing_worse_than_a_refusal
from bench.testing.disturbed import other_future, sealed, silenced, with_gaps

Check = Callable[[Monitor, Rig, Series, Series | None], None]
PIECES = (1, 7, 60, 613)


def check_monitor(monitor: Monitor, rig: Rig, series: Series, background: Series | None = None) -> None:
    """All of what follows. series: long enough for several answers; background: from before it, as live. Raises
    AssertionError with a sentence.
    """
    for check in CHECKS:
        check(monitor, rig, sealed(series), None if background is None else sealed(background))


def answers_plausibly(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    """In the order of time, and not before it has seen what it answers about."""
    before_s = -math.inf
    for shown_s, found in _shown(monitor, rig, background, _pieces(series)):
        assert found.time_s is not None, f"{monitor.name}: an answer without its time_s"
        assert before_s <= found.time_s <= shown_s, (
            f"{monitor.name}: at {shown_s:g} s it answers for {found.time_s:g} s"
        )
        before_s = found.time_s


def answers_the_same_twice(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    """Even if it watches something else at the same time."""
    alone = _answers(monitor, rig, background, [series])
    one, other = monitor.start(rig, background), monitor.start(rig, background)
    disturbed = other_future(series, -math.inf)
    found: list[LeakEstimate] = []
    for piece, elsewhere in zip(_halves(series), _halves(disturbed), strict=True):
        other.update(elsewhere)
        found += one.update(piece)
    check_same(monitor.name, found, _answers(monitor, rig, background, _halves(series)), "two watches", exactly=True)
    again = _answers(monitor, rig, background, [series])
    check_same(monitor.name, again, alone, "shown the same again", exactly=True)


def does_not_see_the_future(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    """Not even if the scans come in one piece."""
    whole = _answers(monitor, rig, background, [series])
    for share in (0.3, 0.6, 0.9):
        cut_s = float(series.time_s[int(share * series.time_s.size)])
        found = _answers(monitor, rig, background, [other_future(series, cut_s)])
        before, wanted = ([e for e in each if e.time_s is not None and e.time_s < cut_s] for each in (found, whole))
        check_same(monitor.name, before, wanted, f"another future from {cut_s:g} s on")


def does_not_mind_pieces(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    whole = _answers(monitor, rig, background, [series])
    check_same(monitor.name, _answers(monitor, rig, background, _pieces(series)), whole, "the scans in pieces")


def bears_gaps(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    _try(monitor, rig, background, with_gaps(series), "scans are missing")
    _try(monitor, rig, background, series.rows(slice(0, 0)), "no scan at all")


def bears_missing_readings(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    """Answers, or CannotEstimateError; so too if they are missing in what it learns from, or there is nothing to."""
    for when, seen in silenced(rig, series):
        _try(monitor, rig, background, seen, when)
    for when, learned in silenced(rig, background) if background is not None else ():
        _try(monitor, rig, learned, series, f"in the background {when}")
    _try(monitor, rig, None, series, "there is no background")


def can_begin_anywhere(monitor: Monitor, rig: Rig, series: Series, background: Series | None) -> None:
    """A new watch in the middle answers about as soon as one at the beginning."""
    whole = _answers(monitor, rig, background, [series])
    assert whole, f"{monitor.name}: it never answers"
    assert whole[0].time_s is not None
    half = series.rows(slice(series.time_s.size // 2, None))
    needed_s = whole[0].time_s - series.time_s[0]
    if half.time_s[-1] - half.time_s[0] > 1.5 * needed_s:
        found = _answers(monitor, rig, background, [half])
        assert found, f"{monitor.name}: begun at {half.time_s[0]:g} s it never answers"


CHECKS: tuple[Check, ...] = (
    answers_plausibly,
    answers_the_same_twice,
    does_not_see_the_future,
    does_not_mind_pieces,
    bears_gaps,
    bears_missing_readings,
    can_begin_anywhere,
)


def _pieces(series: Series) -> Iterator[Series]:
    first, number = 0, 0
    while first < series.time_s.size:
        size = PIECES[number % len(PIECES)]
        yield series.rows(slice(first, first + size))
        first, number = first + size, number + 1


def _halves(series: Series) -> list[Series]:
    middle = series.time_s.size // 2
    return [series.rows(slice(0, middle)), series.rows(slice(middle, None))]


def _answers(monitor: Monitor, rig: Rig, background: Series | None, pieces: Iterable[Series]) -> list[LeakEstimate]:
    return [found for _, found in _shown(monitor, rig, background, pieces)]


def _shown(
    monitor: Monitor, rig: Rig, background: Series | None, pieces: Iterable[Series]
) -> list[tuple[float, LeakEstimate]]:
    """Each answer, and the time of the last scan shown by then."""
    with nothing_refused(monitor.name):
        watch = monitor.start(rig, background)
        found = [(float(piece.time_s[-1]), answer) for piece in pieces for answer in watch.update(piece)]
    for _, answer in found:
        check_plausible(monitor.name, answer, GOOD)
    return found


def _try(monitor: Monitor, rig: Rig, background: Series | None, series: Series, when: str) -> None:
    try:
        with nothing_worse_than_a_refusal(monitor.name, when):
            found = monitor.start(rig, background).update(series)
    except CannotEstimateError:
        return
    for answer in found:
        check_plausible(monitor.name, answer, when)

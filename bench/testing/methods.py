"""What every method must do, whoever wrote it: in a test of yours, check_method(MyMethod(), rig, series, window)."""

from collections.abc import Callable
from dataclasses import replace

from bench.detection.method import CannotEstimateError, Method
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig
from bench.testing.answers import GOOD, check_plausible, check_same, nothing_refused, nothing_worse_than_a_refusal
from bench.testing.disturbed import other_future, sealed, silenced, with_gaps

Check = Callable[[Method, Rig, Series, Window], None]


def check_method(method: Method, rig: Rig, series: Series, window: Window) -> None:
    """All of what follows. series: with scans after the window. Raises AssertionError with a sentence."""
    for check in CHECKS:
        check(method, rig, sealed(series), window)


def answers_plausibly(method: Method, rig: Rig, series: Series, window: Window) -> None:
    _answer(method, rig, series, window)


def answers_the_same_twice(method: Method, rig: Rig, series: Series, window: Window) -> None:
    """Even if it was asked something else in between."""
    first = _answer(method, rig, series, window)
    _try(method, rig, series, replace(window, begin_s=0.5 * (window.begin_s + window.end_s)), "asked otherwise")
    again = _answer(method, rig, series, window)
    check_same(method.name, [again], [first], "asked the same again", exactly=True)


def does_not_see_the_future(method: Method, rig: Rig, series: Series, window: Window) -> None:
    """What comes after the window and its background."""
    end_s = max([window.end_s, *(end_s for _, end_s in window.background)])
    wanted = [_answer(method, rig, series, window)]
    for when, seen in (
        ("another future", other_future(series, end_s)),
        ("no future yet", sealed(series.between(-float("inf"), end_s))),
    ):
        check_same(method.name, [_answer(method, rig, seen, window)], wanted, when, exactly=True)


def does_not_read_the_window_s_name(method: Method, rig: Rig, series: Series, window: Window) -> None:
    """It may tell what was opened."""
    found = _answer(method, rig, series, replace(window, name="another name"))
    wanted = replace(_answer(method, rig, series, window), window=found.window)
    check_same(method.name, [found], [wanted], "another name of the window", exactly=True)


def bears_gaps(method: Method, rig: Rig, series: Series, window: Window) -> None:
    _try(method, rig, with_gaps(series), window, "scans are missing")
    _try(method, rig, sealed(series.rows(slice(0, 0))), window, "no scan at all")


def bears_missing_readings(method: Method, rig: Rig, series: Series, window: Window) -> None:
    """An answer, or CannotEstimateError."""
    for when, seen in silenced(rig, series):
        _try(method, rig, seen, window, when)


CHECKS: tuple[Check, ...] = (
    answers_plausibly,
    answers_the_same_twice,
    does_not_see_the_future,
    does_not_read_the_window_s_name,
    bears_gaps,
    bears_missing_readings,
)


def _answer(method: Method, rig: Rig, series: Series, window: Window) -> LeakEstimate:
    with nothing_refused(method.name):
        found = method.estimate(rig, series, window)
    check_plausible(method.name, found, GOOD)
    return found


def _try(method: Method, rig: Rig, series: Series, window: Window, when: str) -> None:
    try:
        with nothing_worse_than_a_refusal(method.name, when):
            found = method.estimate(rig, series, window)
    except CannotEstimateError:
        return
    check_plausible(method.name, found, when)

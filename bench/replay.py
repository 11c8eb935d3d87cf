"""A recorded run asked again: a method about its windows, a monitor about all of it. Neither it nor they see truth."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.detection.asking import about, answer, visible
from bench.detection.made import Made
from bench.detection.method import CannotEstimateError
from bench.detection.renewed import Renewed
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig

PIECE_SCANS = 3600
"""In which a monitor is shown the scans: what it answers does not depend on it."""
Answer = LeakEstimate | CannotEstimateError


@dataclass(frozen=True, slots=True)
class Recording:
    """Of a run: its scans, the windows that its methods were asked about, and the time in which its monitors learned,
    None if there is none.
    """

    rig: Rig
    series: Series
    windows: Sequence[Window]
    background_s: tuple[float, float] | None = None

    @property
    def compartments(self) -> tuple[str, ...]:
        """That windows are about; all if there are none."""
        return tuple(dict.fromkeys(window.compartment for window in self.windows)) or tuple(self.rig.compartments)


def replayed(made: Made, recording: Recording) -> Iterator[tuple[str, Answer]]:
    """Every answer, with the compartment that it is about; empty where that is not said."""
    if made.method is not None:
        yield from _asked(made, recording)
    if made.monitor is not None:
        for each in made.watching(recording.compartments):
            yield from _watched(each, recording)


def _asked(made: Made, recording: Recording) -> Iterator[tuple[str, Answer]]:
    assert made.method is not None
    for number, window in enumerate(recording.windows, 1):
        try:
            yield window.compartment, answer(made.method, recording.rig, recording.series, window, number)
        except CannotEstimateError as error:
            yield window.compartment, error


def _watched(made: Made, recording: Recording) -> Iterator[tuple[str, Answer]]:
    """After what it learns from, as in the run; from the first scan on if that is nothing."""
    assert made.monitor is not None
    whole, rig = visible(recording.rig, recording.series), recording.rig
    learned = None if recording.background_s is None else whole.between(*recording.background_s)
    begin_s = -math.inf if recording.background_s is None else math.nextafter(recording.background_s[1], math.inf)
    seen = whole.between(begin_s, math.inf)
    try:
        watch = Renewed(made.monitor, rig, learned)
        for first in range(0, seen.time_s.size, PIECE_SCANS):
            for found in watch.update(seen.rows(slice(first, first + PIECE_SCANS))):
                yield about(found, rig, made.compartment), found
    except CannotEstimateError as error:
        yield made.compartment, error

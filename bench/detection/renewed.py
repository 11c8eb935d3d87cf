"""A watch that begins anew after each of its alarms: one that stands is told once, and the next is news."""

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from bench.detection.monitor import Monitor
from bench.records import LeakEstimate, Series
from bench.rig import Rig


class Renewed:
    """A bench.detection.monitor.Watch. The new one begins with the first scan after those that the alarm rests on."""

    def __init__(self, monitor: Monitor, rig: Rig, background: Series | None = None) -> None:
        self._begin = partial(monitor.start, rig, background)
        self._watch = self._begin()

    def update(self, series: Series) -> Sequence[LeakEstimate]:
        told: list[LeakEstimate] = []
        while series.time_s.size:
            answers = self._watch.update(series)
            alarm = next((place for place, answer in enumerate(answers) if answer.alarm), None)
            if alarm is None:
                return [*told, *answers]
            told += answers[: alarm + 1]
            self._watch = self._begin()
            series = _after(series, answers[alarm].time_s)
        return told


def _after(series: Series, time_s: float | None) -> Series:
    """The scans that are later, of which the first is none: of an alarm that tells no time, none is."""
    until_s = series.time_s[-1] if time_s is None else max(time_s, series.time_s[0])
    return series.between(float(np.nextafter(until_s, math.inf)), math.inf)

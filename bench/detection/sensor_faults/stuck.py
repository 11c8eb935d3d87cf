"""A sensor has noise: one whose reading does not move at all is stuck."""

import math
from dataclasses import replace

import numpy as np

from bench.detection.sensor_faults.doubt import Doubt, Fault
from bench.records import Floats

STUCK_S = 900.0
"""The slowest instruments repeat a value for minutes."""
MIN_READINGS = 6
DRY = 0.0
"""A hygrometer in dry gas shows the end of its range."""
TIMES_LONGEST = 4.0
"""Over the longest run of one value while nothing was wrong."""


class StillReading:
    """How long one channel has shown the same value."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._value, self._since_s, self._readings = math.nan, math.nan, 0
        self._longest_s = 0.0
        self._open: Doubt | None = None

    def add(self, time_s: Floats, values: Floats, *, learning: bool) -> list[Doubt]:
        """Doubts that begin or end in these scans; one that ends is told again, with its end."""
        good = np.isfinite(values)
        time_s, values = time_s[good], values[good]
        if values.size == 0:
            return []
        starts = np.flatnonzero(np.diff(values, prepend=self._value) != 0.0)
        begins, ends = np.concatenate(([0], starts)), np.concatenate((starts, [values.size]))
        lasting = time_s[np.maximum(ends - 1, begins)] - time_s[begins]
        notable = lasting >= (self._longest_s if learning else self._limit_s)
        notable[[0, -1]] = True
        notable[1:] |= notable[:-1].copy()  # what ends a long one
        found: list[Doubt] = []
        for run in np.flatnonzero(notable & (ends > begins)):
            found += self._run(time_s[begins[run] : ends[run]], float(values[begins[run]]), learning=learning)
        return found

    @property
    def _limit_s(self) -> float:
        return max(STUCK_S, TIMES_LONGEST * self._longest_s)

    def _run(self, time_s: Floats, value: float, *, learning: bool) -> list[Doubt]:
        """A run of one value, or what is new of it."""
        ended: list[Doubt] = []
        if value != self._value:
            ended = self._moved(float(time_s[0]))
            self._value, self._since_s, self._readings = value, float(time_s[0]), 0
        return ended if value == DRY else [*ended, *self._stands(time_s, learning=learning)]

    def _stands(self, time_s: Floats, *, learning: bool) -> list[Doubt]:
        before, self._readings = self._readings, self._readings + time_s.size
        if learning:
            self._longest_s = max(self._longest_s, float(time_s[-1]) - self._since_s)
            return []
        if self._open is not None:
            return []
        long = (time_s - self._since_s >= self._limit_s) & (before + np.arange(1, time_s.size + 1) >= MIN_READINGS)
        if not long.any():
            return []
        reason = f"{self._value:.6g} since {self._since_s:.0f} s"
        self._open = Doubt(self._channel, Fault.STUCK, self._since_s, float(time_s[np.argmax(long)]), reason)
        return [self._open]

    def _moved(self, time_s: float) -> list[Doubt]:
        if self._open is None:
            return []
        ended, self._open = replace(self._open, end_s=time_s), None
        return [ended]

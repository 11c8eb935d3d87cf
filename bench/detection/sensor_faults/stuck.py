"""A sensor has noise: one whose reading does not move at all is stuck."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numba import njit

from bench.detection.sensor_faults.doubt import Doubt, Fault
from bench.records import Floats, Series

STUCK_S = 900.0
"""The slowest instruments repeat a value for minutes."""
MIN_READINGS = 6
DRY = 0.0
"""A hygrometer in dry gas shows the end of its range."""
TIMES_LONGEST = 4.0
"""Over the longest run of one value while nothing was wrong."""
VALUE, SINCE_S, READINGS, LONGEST_S, OPEN, LEARNING = range(6)
"""Places in a channel's state: the value that it shows, since when, in how many readings; the longest run while
learning; whether it is in doubt; whether it is learning.
"""


class StillReadings:
    """How long each channel has shown the same value."""

    def __init__(self, channels: Sequence[str]) -> None:
        self._channels = tuple(channels)
        self._state = np.tile([math.nan, math.nan, 0.0, 0.0, 0.0, 0.0], (len(self._channels), 1))
        self._open: dict[int, Doubt] = {}

    def add(self, series: Series, *, learning: bool) -> list[Doubt]:
        """Doubts that begin or end in these scans; one that ends is told again, with its end."""
        time_s, found = series.time_s, list[Doubt]()
        self._state[:, LEARNING] = learning
        missing = np.full(time_s.size, math.nan)
        values = np.array([series.columns.get(name, missing) for name in self._channels]).reshape(-1, time_s.size)
        channel, scan = _next_change(time_s, values, self._state, 0, 0)
        while channel < len(self._channels):
            found.append(self._changed(channel, float(time_s[scan])))
            channel, scan = _next_change(time_s, values, self._state, channel, scan + 1)
        return found

    def _changed(self, channel: int, time_s: float) -> Doubt:
        state = self._state[channel]
        if not state[OPEN]:
            return replace(self._open.pop(channel), end_s=time_s)
        since_s = float(state[SINCE_S])
        reason = f"{state[VALUE]:.6g} since {since_s:.0f} s"
        self._open[channel] = Doubt(self._channels[channel], Fault.STUCK, since_s, time_s, reason)
        return self._open[channel]


@njit(cache=True, nogil=True)
def _next_change(time_s: Floats, values: Floats, state: Floats, channel: int, scan: int) -> tuple[int, int]:
    """Channel after channel, (channels, scans), from the given scan of the given channel on, until a doubt begins or
    ends: where; or past the last channel. Readings that are not usable are as if not there.
    """
    for place in range(channel, values.shape[0]):
        for row in range(scan if place == channel else 0, time_s.size):
            if np.isfinite(values[place, row]) and _reading(state[place], time_s[row], values[place, row]):
                return place, row
    return values.shape[0], 0


@njit(cache=True, nogil=True)
def _reading(state: Floats, time_s: float, value: float) -> bool:
    """Whether doubt of the channel begins or ends with it; state in place."""
    ended = False
    if value != state[VALUE]:
        ended = state[OPEN] > 0.0
        state[VALUE], state[SINCE_S], state[READINGS], state[OPEN] = value, time_s, 0.0, 0.0
    if value == DRY:
        return ended
    state[READINGS] += 1.0
    lasts_s = time_s - state[SINCE_S]
    if state[LEARNING]:
        state[LONGEST_S] = max(state[LONGEST_S], lasts_s)
        return ended
    limit_s = max(STUCK_S, TIMES_LONGEST * state[LONGEST_S])
    if state[OPEN] == 0.0 and lasts_s >= limit_s and state[READINGS] >= MIN_READINGS:
        state[OPEN] = 1.0
        return True
    return ended

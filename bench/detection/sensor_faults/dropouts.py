"""Channels whose readings get lost."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.detection.sensor_faults.doubt import Doubt, Fault
from bench.detection.stream import BlockStream
from bench.records import Floats, Series

BLOCK_S = 1800.0
SPAN_BLOCKS = 12
MIN_BLOCKS = 2
SHARE = 0.005
"""More than this lost within six hours is worth saying."""


class Dropouts:
    def __init__(self, channels: Sequence[str]) -> None:
        self._channels = tuple(channels)
        self._stream = BlockStream(channels, BLOCK_S, lost)
        self._past = {channel: deque[float](maxlen=SPAN_BLOCKS) for channel in channels}
        self._open: dict[str, Doubt] = {}

    def add(self, series: Series, *, learning: bool) -> list[Doubt]:
        blocks = self._stream.add(series)
        found: list[Doubt] = []
        for row, end_s in enumerate(blocks.end_s):
            for channel in self._channels:
                if channel in series.columns and not learning:
                    found += self._judge(channel, float(blocks.values[channel][row]), float(end_s))
        return found

    def _judge(self, channel: str, share: float, end_s: float) -> list[Doubt]:
        past = self._past[channel]
        past.append(share)
        mean = float(np.mean(past))
        if channel in self._open:
            return [replace(self._open.pop(channel), end_s=end_s)] if mean < 0.5 * SHARE else []
        if mean <= SHARE or len(past) < MIN_BLOCKS:
            return []
        begin_s = end_s - BLOCK_S * len(past)
        self._open[channel] = Doubt(channel, Fault.DROPOUTS, begin_s, end_s, f"{mean:.1%} of its readings lost")
        return [self._open[channel]]


def lost(readings: Floats) -> Floats:
    return np.isnan(readings).astype(np.float64)

"""Attribution as time goes on: asked again every so often about the last day or days."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bench.detection.attribution.method import Attribution
from bench.detection.method import CannotEstimateError
from bench.detection.stream import BlockStream, StreamBlocks
from bench.records import LeakEstimate, Series, Window
from bench.rig import WHOLE, Rig

MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class AttributionMonitor:
    """memory_s: how far back it looks; every_s: between two answers; least_s: watched before the first one. A
    background, watched before with nothing but the nominal loss, is what the later loss is compared with.
    """

    name = "attribution_watch"
    compartment: str = WHOLE
    memory_s: float = 86_400.0
    every_s: float = 3600.0
    least_s: float = 7200.0
    alarm_sigmas: float = 4.0

    def start(self, rig: Rig, background: Series | None = None) -> "AttributionWatch":
        watch = AttributionWatch(self, rig)
        if background is not None:
            watch.learn(background)
        return watch


@dataclass(slots=True)
class AttributionWatch:
    """Minutes are kept, not scans."""

    monitor: AttributionMonitor
    rig: Rig
    _stream: BlockStream = field(init=False)
    _minutes: Series = field(init=False)
    _background: Series | None = None
    _asked: int = 0

    def __post_init__(self) -> None:
        self._stream = self._new_stream()
        self._minutes = minutes(self._stream.add(Series(np.zeros(0), {})))

    def learn(self, background: Series) -> None:
        """Put before the run's time 0 by whole cycles of purification, so that puffs keep their phase."""
        known = minutes(self._new_stream().add(background))
        beds = self.rig.volume(self.monitor.compartment).purification
        cycle_s = max((bed.period_s for bed in beds), default=MINUTE_S)
        earlier_s = cycle_s * np.ceil((known.time_s[-1] + MINUTE_S) / cycle_s)
        self._background = Series(known.time_s - earlier_s, known.columns)

    def update(self, series: Series) -> Sequence[LeakEstimate]:
        found: list[LeakEstimate] = []
        new = minutes(self._stream.add(series))
        if not new.time_s.size:
            return found
        self._minutes = joined_series(self._minutes, new)
        times_s = self._minutes.time_s
        due = int((times_s[-1] + MINUTE_S / 2.0) // self.monitor.every_s)
        for number in range(self._asked + 1, due + 1):
            found.extend(self._ask(number * self.monitor.every_s, float(times_s[0])))
        self._asked = max(self._asked, due)
        self._minutes = self._minutes.between(self._asked * self.monitor.every_s - self.monitor.memory_s, np.inf)
        return found

    def _ask(self, now_s: float, first_s: float) -> list[LeakEstimate]:
        begin_s = max(now_s - self.monitor.memory_s, first_s - MINUTE_S / 2.0)
        if now_s - begin_s < self.monitor.least_s:
            return []
        window, known = Window("watch", self.monitor.compartment, begin_s, now_s), self._minutes
        if self._background is not None:
            span = (float(self._background.time_s[0]), float(self._background.time_s[-1]) + MINUTE_S)
            window, known = replace(window, background=(span,)), joined_series(self._background, known)
        method = Attribution(self.monitor.alarm_sigmas)
        try:
            return [replace(method.estimate(self.rig, known, window), method=self.monitor.name, time_s=now_s)]
        except CannotEstimateError:
            return []  # a watch has nothing to say while sensors are silent

    def _new_stream(self) -> BlockStream:
        return BlockStream(self.rig.volume(self.monitor.compartment).channels, MINUTE_S)


def minutes(blocks: StreamBlocks) -> Series:
    """A scan in the middle of each."""
    return Series(blocks.begin_s + blocks.width_s / 2.0, blocks.values)


def joined_series(earlier: Series, later: Series) -> Series:
    columns = {name: np.concatenate((values, later.columns[name])) for name, values in earlier.columns.items()}
    return Series(np.concatenate((earlier.time_s, later.time_s)), columns)

"""Monitors that watch a run while it is at work: their alarms are events, and none of them can end it."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.asking import about, visible
from bench.detection.made import Made
from bench.detection.renewed import Renewed
from bench.history import series_of
from bench.records import Event, EventKind, LeakEstimate, Scan, Series

T = TypeVar("T")
PIECE_SCANS = 10
"""Scans are shown so many at a time: one by one costs several times as much, and no alarm is that urgent."""


@dataclass
class Watcher:
    """spent_s: wall time of the watch so far; scans: how many it was shown."""

    made: Made
    watch: Renewed
    spent_s: float = 0.0
    scans: int = 0

    def shown(self, series: Series) -> Iterator[LeakEstimate]:
        """Its alarms."""
        begun = time.perf_counter()
        answers = self.watch.update(series)
        self.spent_s += time.perf_counter() - begun
        self.scans += series.time_s.size
        return (answer for answer in answers if answer.alarm)


class Watching:
    """places: a channel's place in a scan. tell: what becomes of events. closed: no further scan is shown."""

    def __init__(self, bench: Bench, places: Mapping[str, int], tell: Callable[[Event], None]) -> None:
        self._rig, self._tell = rig_of(bench), tell
        self._places = {name: places[name] for name in self._rig.channels if name in places}
        self._watchers: list[Watcher] = []
        self._scans: list[Scan] = []
        self._now_s = 0.0
        self.closed = False

    def begin(
        self, monitors: Iterable[Made], recorded: Series, background_s: tuple[float, float], now_s: float
    ) -> None:
        """background_s: from when to when they may learn. One that does not begin is an event, and is left out."""
        self._now_s = now_s
        learned = recorded.between(*background_s)
        for made in monitors:
            assert made.monitor is not None
            watch = self._kept(made, partial(Renewed, made.monitor, self._rig, visible(self._rig, learned)))
            if watch is not None:
                self._watchers.append(Watcher(made, watch))
                self._event(EventKind.WATCH_BEGUN, made, **{**made.about, "background_s": background_s})

    def scanned(self, scan: Scan) -> None:
        if self._watchers and not self.closed:
            self._scans.append(scan)
            self._now_s = scan.time_s
            if len(self._scans) >= PIECE_SCANS:
                self._show()

    def end(self) -> None:
        """The last scans are shown, and the watch is over."""
        self._show()
        for watcher in self._watchers:
            us_per_scan = round(1e6 * watcher.spent_s / max(1, watcher.scans), 1)
            self._event(EventKind.WATCH_ENDED, watcher.made, scans=watcher.scans, us_per_scan=us_per_scan)
        self._watchers = []

    def _show(self) -> None:
        if not self._scans:
            return
        series, self._scans = series_of(self._scans, self._places), []
        for watcher in list(self._watchers):
            alarms = self._kept(watcher.made, partial(watcher.shown, series))
            if alarms is None:
                self._watchers.remove(watcher)
            for alarm in alarms or ():
                self._alarm(watcher.made, alarm)

    def _kept(self, made: Made, act: Callable[[], T]) -> T | None:
        """None if it broke: that is said, and is no reason to end a run."""
        try:
            return act()
        except Exception as error:  # noqa: BLE001 - see above
            self._event(EventKind.ERROR, made, message=f"watches no longer: {type(error).__name__}: {error}")
            return None

    def _alarm(self, made: Made, alarm: LeakEstimate) -> None:
        self._event(
            EventKind.ALARM,
            made,
            compartment=about(alarm, self._rig, made.compartment),
            rate_kg_s=alarm.rate_kg_s,
            u_kg_s=alarm.u_kg_s,
            onset_s=alarm.onset_s,
        )

    def _event(self, kind: EventKind, made: Made, **detail: object) -> None:
        where = {"compartment": made.compartment} if made.compartment else {}
        self._tell(Event(self._now_s, kind, {"method": made.name, **where, **detail}))

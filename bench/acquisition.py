"""From instruments to scans: all requests are sent before the first reply is read; quality stands beside value."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from bench.bursts import Bursts, Heard
from bench.clock import Clock
from bench.config.model import COMBINED
from bench.crossover import NONE, Shown, choose
from bench.records import USABLE, Event, EventKind, Floats, Quality, Scan
from bench.roles import Measured
from bench.settings import Change
from bench.source import Source, sources_of
from bench.station import Station
from drivers.errors import InstrumentError

PATIENCE = 0.5
"""Share of the acquisition period in which replies are waited for; what comes later belongs to a later scan."""
STEP_S = 0.05
GOOD, STALE = int(Quality.GOOD), int(Quality.STALE)


class Acquisition:
    """Takes scans of a station's channels. An instrument that fails is left out and tried again, ever more rarely.

    changes: settings of instruments that are no longer what they were; whoever runs the bench must not go on then.
    heard: the burst of sound that the latest scan brought, if any.
    """

    def __init__(self, station: Station, clock: Clock) -> None:
        self._clock = clock
        self._size = len(station.channels)
        self._period_s = station.bench.acquisition.period_s
        self._places = {entry.name: place for place, entry in enumerate(station.channels)}
        self._gauges = station.bench.chamber_gauge
        self._chosen = NONE
        self._sources = sources_of(station)
        self.bursts = Bursts(station, clock)
        self.heard: Heard | None = None
        self._events: list[Event] = []
        self.changes: list[Change] = []
        self.settings = {source.name: source.settings for source in self._sources}

    def prepare(self) -> tuple[Event, ...]:
        """Before the first scan: let every instrument do once what it does in one, and note its settings."""
        self._events = []
        for source in self._sources:
            if source.warm_up_s:
                self._log(EventKind.WARM_UP, source.name, seconds=source.warm_up_s)
        time_s = self._clock.now()
        for source, found, late_s in self._gather(time_s):
            deque(source.readings(found, time_s, late_s, self._log), maxlen=0)  # a slow instrument's value is held
            source.due_s = 0.0
        return tuple(self._events)

    def scan(self) -> tuple[Scan, tuple[Event, ...]]:
        """One scan, stamped when it was asked for, and what happened to instruments on the way."""
        self._events = []
        time_s = self._clock.now()
        values = np.full(self._size, np.nan)
        offsets = np.zeros(self._size)
        quality = np.full(self._size, STALE, dtype=np.uint8)
        for source, found, late_s in self._gather(time_s):
            for place, value, offset_s, code in source.readings(found, time_s, late_s, self._log):
                values[place] = value
                offsets[place] = offset_s
                quality[place] = code
        if self._gauges:
            self._combine(values, offsets, quality)
        self.heard = self.bursts.fetch()  # last: it is much, and nobody's reading shall be late because of it
        for place, value, offset_s, code in self.bursts.readings(time_s, fresh=self.heard is not None):
            values[place], offsets[place], quality[place] = value, offset_s, code
        self._tell_lost_bursts()
        return Scan(time_s, values, offsets, quality), tuple(self._events)

    def check_settings(self) -> tuple[Event, ...]:
        """Once more at the end; one that cannot be asked any more says so in an event."""
        self._events = []
        for source in self._sources:
            try:
                source.rouse()
                self._see_settings(source)
            except InstrumentError as error:
                source.settings.latest = None
                self._log(EventKind.SETTINGS, source.name, settings=None, reason=f"not read: {error}")
        return tuple(self._events)

    # -- one round of all instruments ----------------------------------------------------------------------------
    def _gather(self, time_s: float) -> list[tuple[Source, Mapping[str, Measured], float]]:
        """What each source has brought, and how long after time_s.

        One lost instrument is called back in a scan, not more: when many are lost together, as with the switch that
        they hang on, the others must keep their grid.
        """
        turn = min((source for source in self._sources if source.lost), key=lambda s: s.retry_at_s, default=None)
        for source in self._sources:
            with self._losing(source):
                if source is turn or not source.lost:
                    self._request(source, time_s)
        gathered: list[tuple[Source, Mapping[str, Measured], float]] = []
        for source in self._sources:
            found: Mapping[str, Measured] = {}
            with self._losing(source):
                if source.asked:
                    found = self._collect(source, time_s)
            if source.name == self.bursts.instrument:
                self._listen(source, time_s)
            gathered.append((source, found, self._clock.now() - time_s))
        return gathered

    @contextmanager
    def _losing(self, source: Source) -> Iterator[None]:
        """An instrument that fails costs its own channels and nothing else."""
        try:
            yield
        except InstrumentError as error:
            if source.lose(self._clock.now()):
                self._log(EventKind.LINK_LOST, source.name, reason=f"{type(error).__name__}: {error}")

    def _request(self, source: Source, time_s: float) -> None:
        if source.lost and source.retry(time_s):
            self._log(EventKind.LINK_RESTORED, source.name, reason="")
            if source.warm_up_s:
                self._log(EventKind.WARM_UP, source.name, seconds=source.warm_up_s)
        source.request(time_s)

    def _collect(self, source: Source, time_s: float) -> Mapping[str, Measured]:
        """Nothing while the reply is still on its way: the others must keep their grid."""
        until_s = time_s + PATIENCE * self._period_s
        while not source.ready(STEP_S):
            if self._clock.now() >= until_s:
                return {}
        found = source.collect(self._clock.now())
        if source.unseen and self._see_settings(source):
            return {}
        return found

    def _listen(self, source: Source, time_s: float) -> None:
        """A burst begins when its instrument has just answered: one that hangs must not cost its time-out twice."""
        if source.lost:
            self.bursts.hang_up("the link to its instrument is lost")
        else:
            self.bursts.begin(time_s)

    def _tell_lost_bursts(self) -> None:
        for reason in self.bursts.lost:
            self._log(EventKind.BURST_LOST, self.bursts.instrument or "", reason=reason)
        self.bursts.lost.clear()

    def _see_settings(self, source: Source) -> list[Change]:
        """A reading whose unit may have changed is worth nothing; whether it has is known before it is used."""
        first = source.settings.first is None
        changes = source.see_settings(self._clock.now())
        if first:
            self._log(EventKind.SETTINGS, source.name, settings=source.settings.first)
        for change in changes:
            detail = {"setting": change.setting, "was": change.was, "found": change.found}
            self._log(EventKind.SETTINGS_CHANGED, source.name, **detail, void_from_s=change.void_from_s)
        self.changes += changes
        return changes

    # -- what is made of several channels ------------------------------------------------------------------------
    def _combine(self, values: Floats, offsets: Floats, quality: NDArray[np.uint8]) -> None:
        """The chamber's pressure from the gauge that counts, and which one that is."""
        places = [self._places[gauge.channel] for gauge in self._gauges]
        shown = [Shown(float(values[place]), int(quality[place]) in USABLE) for place in places]
        before, self._chosen = self._chosen.number, choose(self._gauges, shown, self._chosen.number)
        pressure, number = (self._places[entry.name] for entry in COMBINED)
        values[number], quality[number] = float(self._chosen.number), GOOD
        if self._chosen.number:
            origin = places[self._chosen.number - 1]
            values[pressure], offsets[pressure], quality[pressure] = (
                self._chosen.pressure_pa,
                offsets[origin],
                quality[origin],
            )
        if before != self._chosen.number:
            channel = self._gauges[self._chosen.number - 1].channel if self._chosen.number else ""
            self._log(EventKind.GAUGE_CHOSEN, COMBINED[0].name, gauge=channel)

    def _log(self, kind: EventKind, name: str, /, **detail: object) -> None:
        subject = {EventKind.VALUE_FROZEN: "channel", EventKind.GAUGE_CHOSEN: "channel"}.get(kind, "instrument")
        self._events.append(Event(self._clock.now(), kind, {subject: name, **detail}))

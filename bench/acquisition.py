"""From instruments to scans: all requests are sent before the first reply is read; quality stands beside value."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from bench.clock import Clock
from bench.config.model import ChannelEntry
from bench.records import Event, EventKind, Quality, Scan
from bench.roles import Instrument, Measured, SampleClock
from bench.station import Station
from drivers.errors import InstrumentError

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 60.0
# Plain numbers, as they are recorded: to look up an enumeration's member takes longer than all else about a reading
GOOD, HELD, STALE = int(Quality.GOOD), int(Quality.HELD), int(Quality.STALE)
UNDERRANGE, OVERRANGE, SENSOR_FAULT = int(Quality.UNDERRANGE), int(Quality.OVERRANGE), int(Quality.SENSOR_FAULT)
QUALITIES = {"GOOD": GOOD, "UNDERRANGE": UNDERRANGE, "OVERRANGE": OVERRANGE, "FAULT": SENSOR_FAULT}


@dataclass
class Source:
    """One instrument's part in a scan, and how its link is."""

    name: str
    instrument: Instrument
    places: Mapping[str, tuple[int, ChannelEntry]]
    period_s: float
    due_s: float = 0.0
    asked: bool = False
    lost: bool = False
    retry_at_s: float = 0.0
    retry_after_s: float = FIRST_RETRY_S
    last: dict[str, tuple[float, float]] = field(default_factory=dict)
    """(time, value) of each input's last good reading: a slow instrument's value is held."""


class Acquisition:
    """Takes scans of a station's channels. An instrument that fails is left out and tried again, ever more rarely."""

    def __init__(self, station: Station, clock: Clock) -> None:
        self._clock = clock
        self._size = len(station.channels)
        self._sources = [_source(station, name) for name in _hardware_timed_first(station)]
        self._events: list[Event] = []

    def scan(self) -> tuple[Scan, tuple[Event, ...]]:
        """One scan, stamped when it was asked for, and what happened to links on the way."""
        self._events = []
        time_s = self._clock.now()
        values = np.full(self._size, np.nan)
        offsets = np.zeros(self._size)
        quality = np.full(self._size, STALE, dtype=np.uint8)
        for source in self._sources:
            self._request(source, time_s)
        for source in self._sources:
            found = self._collect(source) if source.asked else {}
            late_s = self._clock.now() - time_s
            for place, value, offset_s, code in _readings(source, found, time_s, late_s):
                values[place] = value
                offsets[place] = offset_s
                quality[place] = code
        return Scan(time_s, values, offsets, quality), tuple(self._events)

    def _request(self, source: Source, time_s: float) -> None:
        source.asked = False
        try:
            if source.lost:
                self._retry(source, time_s)
            if not source.lost and time_s >= source.due_s - 1e-9:
                source.due_s = time_s + source.period_s
                source.instrument.request()
                source.asked = True
        except InstrumentError as error:
            self._lose(source, error)

    def _collect(self, source: Source) -> Mapping[str, Measured]:
        try:
            found = source.instrument.collect()
        except InstrumentError as error:
            self._lose(source, error)
            return {}
        source.retry_after_s = FIRST_RETRY_S
        return found

    def _retry(self, source: Source, time_s: float) -> None:
        if time_s < source.retry_at_s:
            return
        source.instrument.reconnect()
        if isinstance(source.instrument, SampleClock):
            source.instrument.start()
        source.lost = False  # its patience comes back with its values: many a dead instrument still takes a connection
        self._log(EventKind.LINK_RESTORED, source.name, "")

    def _lose(self, source: Source, error: InstrumentError) -> None:
        source.retry_at_s = self._clock.now() + source.retry_after_s
        source.retry_after_s = min(2.0 * source.retry_after_s, LONGEST_RETRY_S)
        if not source.lost:
            self._log(EventKind.LINK_LOST, source.name, f"{type(error).__name__}: {error}")
        source.lost = True

    def _log(self, kind: EventKind, instrument: str, reason: str) -> None:
        self._events.append(Event(self._clock.now(), kind, {"instrument": instrument, "reason": reason}))


def _hardware_timed_first(station: Station) -> list[str]:
    return sorted(station.instruments, key=lambda name: not isinstance(station.instruments[name], SampleClock))


def _source(station: Station, name: str) -> Source:
    places = {e.input: (i, e) for i, e in enumerate(station.channels) if e.instrument == name}
    period_s = min((entry.period_s for _, entry in places.values()), default=1.0)
    return Source(name, station.instruments[name], places, period_s)


def _readings(
    source: Source, found: Mapping[str, Measured], time_s: float, late_s: float
) -> Iterator[tuple[int, float, float, int]]:
    """(place, SI value, offset from time_s, quality) of each channel; HELD while a slow one's period lasts."""
    for name, (place, entry) in source.places.items():
        measured = found.get(name)
        if measured is not None:
            value = measured.value * entry.scale + entry.offset
            offset_s = measured.offset_s + late_s
            code = _quality(measured, value, entry)
            if code == GOOD:
                source.last[name] = (time_s + offset_s, value)
            yield place, value, offset_s, code
        elif name in source.last:
            taken_s, value = source.last[name]
            held = time_s - taken_s < entry.period_s - 1e-9
            yield place, value, taken_s - time_s, HELD if held else STALE


def _quality(measured: Measured, value: float, entry: ChannelEntry) -> int:
    stated = QUALITIES[measured.status.name]
    if stated != GOOD:
        return stated
    if not math.isfinite(value):
        return SENSOR_FAULT
    low, high = entry.range
    if value < low:
        return UNDERRANGE
    return OVERRANGE if value > high else GOOD

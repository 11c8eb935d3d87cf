"""One instrument's part in a scan: when it is due, how its link is, and what its readings are worth."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bench.config.model import Bench, ChannelEntry
from bench.frozen import Repeats
from bench.records import EventKind, Quality
from bench.roles import Instrument, Measured, Patient, SampleClock
from bench.settings import Change, SettingsWatch
from bench.station import Station
from drivers.errors import ReplyTimeout

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 60.0
# Plain numbers, as they are recorded: to look up an enumeration's member takes longer than all else about a reading
GOOD, HELD, STALE = int(Quality.GOOD), int(Quality.HELD), int(Quality.STALE)
UNDERRANGE, OVERRANGE, SENSOR_FAULT = int(Quality.UNDERRANGE), int(Quality.OVERRANGE), int(Quality.SENSOR_FAULT)
QUALITIES = {"GOOD": GOOD, "UNDERRANGE": UNDERRANGE, "OVERRANGE": OVERRANGE, "FAULT": SENSOR_FAULT}


class Log(Protocol):
    def __call__(self, kind: EventKind, name: str, /, **detail: object) -> None: ...


@dataclass
class Source:
    """asked: a reply is due. lost: the link is, until a retry succeeds."""

    instrument: Instrument
    settings: SettingsWatch
    places: Mapping[str, tuple[int, ChannelEntry]]
    repeats: Mapping[str, Repeats]
    period_s: float
    slack_s: float
    """Scans are never quite a period apart: one that is a little early must ask all the same."""
    timeout_s: float = 0.0
    warm_up_s: float = 0.0
    due_s: float = 0.0
    asked: bool = False
    asked_s: float = 0.0
    lost: bool = False
    retry_at_s: float = 0.0
    retry_after_s: float = FIRST_RETRY_S
    patient: Patient | None = None
    """The instrument, if it can be asked whether its reply is there."""
    handshakes: int = 0
    """As of the last look at the settings."""
    last: dict[str, tuple[float, float]] = field(default_factory=dict)
    """(time, value) of each input's last good reading: a slow instrument's value is held."""

    @property
    def name(self) -> str:
        return self.settings.instrument

    def request(self, time_s: float) -> None:
        """Ask, if it is time to and nothing is due."""
        if not self.lost and not self.asked and time_s >= self.due_s - self.slack_s:
            self.due_s, self.asked_s = time_s + self.period_s, time_s
            self.instrument.request()
            self.asked = True

    def ready(self, wait_s: float) -> bool:
        return self.patient is None or self.patient.ready(wait_s)

    def collect(self, now_s: float) -> Mapping[str, Measured]:
        """ReplyTimeout for a reply that nobody looked at for so long that its value is of another time."""
        if self.patient and now_s - self.asked_s > self.timeout_s + self.period_s:
            raise ReplyTimeout(f"{self.name}: its reply was not fetched for {now_s - self.asked_s:.0f} s")
        self.asked = False
        found = self.instrument.collect()
        self.retry_after_s = FIRST_RETRY_S
        return found

    @property
    def unseen(self) -> bool:
        """Its dialogue has begun anew since its settings were looked at."""
        return self.instrument.handshakes != self.handshakes

    def see_settings(self, now_s: float) -> list[Change]:
        """Settings, and which one of its kind it is."""
        found = {**self.instrument.settings(), "serial": self.instrument.identity().serial}
        self.handshakes = self.instrument.handshakes
        return self.settings.see(found, now_s)

    def rouse(self) -> None:
        """Let it do once what it does in a scan: one that was off meanwhile is configured again by that."""
        if not self.asked:
            self.instrument.request()
        self.asked = False
        self.instrument.collect()

    def retry(self, time_s: float) -> bool:
        """Call it back, if it is time to. Patience comes back with values: many a dead one still takes a connection."""
        if time_s < self.retry_at_s:
            return False
        self.instrument.reconnect()
        if isinstance(self.instrument, SampleClock):
            self.instrument.start()
        self.lost = False
        return True

    def lose(self, now_s: float) -> bool:
        """Whether that is news."""
        news, self.lost, self.asked = not self.lost, True, False
        self.retry_at_s = now_s + self.retry_after_s
        self.retry_after_s = min(2.0 * self.retry_after_s, LONGEST_RETRY_S)
        return news

    def readings(
        self, found: Mapping[str, Measured], time_s: float, late_s: float, log: Log
    ) -> Iterator[tuple[int, float, float, int]]:
        """(place, SI value, offset from time_s, quality) of each channel; HELD while a slow one's period lasts.

        late_s: time_s to collection. Who does not know better has been read half way between question and collection.
        """
        asked_s = self.asked_s - time_s if self.patient else late_s
        for name, (place, entry) in self.places.items():
            measured = found.get(name)
            if measured is not None:
                value = measured.value * entry.scale + entry.offset
                offset_s = late_s + measured.offset_s if measured.offset_s else 0.5 * (asked_s + late_s)
                code = _quality(measured, value, entry)
                if code == GOOD and name in self.repeats and self._frozen(name, entry, value, time_s, log):
                    code = STALE
                if code == GOOD:
                    self.last[name] = (time_s + offset_s, value)
                yield place, value, offset_s, code
            elif name in self.last:
                taken_s, value = self.last[name]
                held = time_s - taken_s < entry.period_s - 1e-9
                yield place, value, taken_s - time_s, HELD if held else STALE

    def _frozen(self, name: str, entry: ChannelEntry, value: float, time_s: float, log: Log) -> bool:
        repeats = self.repeats[name]
        frozen = repeats.frozen(value, time_s)
        if frozen and repeats.count == repeats.most + 1:
            log(EventKind.VALUE_FROZEN, entry.name, since_s=repeats.since_s)
        return frozen


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


def sources_of(station: Station) -> list[Source]:
    """All instruments, hardware-timed ones first: those have their samples already."""
    names = sorted(station.instruments, key=lambda name: not isinstance(station.instruments[name], SampleClock))
    return [_source(station, name) for name in names]


def _source(station: Station, name: str) -> Source:
    instrument = station.instruments[name]
    places = {e.input: (i, e) for i, e in enumerate(station.channels) if e.instrument == name}
    return Source(
        instrument=instrument,
        patient=instrument if isinstance(instrument, Patient) else None,  # looked up once: it takes 20 us
        settings=SettingsWatch(name),
        places=places,
        repeats={entry.input: repeats for _, entry in places.values() if (repeats := _repeats(station.bench, entry))},
        period_s=min((entry.period_s for _, entry in places.values()), default=1.0),
        slack_s=0.5 * station.bench.acquisition.period_s,
        timeout_s=next((e.timeout_s for e in station.bench.instrument if e.name == name), 0.0),
        warm_up_s=next((e.warm_up_s for e in station.bench.instrument if e.name == name), 0.0),
    )


def _repeats(bench: Bench, entry: ChannelEntry) -> Repeats | None:
    most = bench.noise_class[entry.noise].repeats_max if entry.noise else None
    return None if most is None else Repeats(most)

"""The microphones' part in scans: a burst is begun in one scan, fetched in a later one, and its features last until the
next. What goes wrong with it is an event, and costs no other channel anything.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.acoustics import Features, features, load, peak_pa
from bench.clock import Clock
from bench.config.model import heard
from bench.config.sound import Microphone
from bench.records import Burst, Quality
from bench.roles import Microphones
from bench.station import Station
from drivers.errors import InstrumentError

UNASKED_HOLD_S = 60.0
"""How long features count where bursts are recorded on request only."""
PATIENCE_S = 10.0
"""Past its end; a burst that is not there by then will not come."""
GOOD, HELD, STALE = int(Quality.GOOD), int(Quality.HELD), int(Quality.STALE)
OVERRANGE, SENSOR_FAULT = int(Quality.OVERRANGE), int(Quality.SENSOR_FAULT)
PERIODIC, REQUESTED = "periodic", "requested"


@dataclass(frozen=True, slots=True)
class Heard:
    """A burst, what it is worth, and whether it was its time or somebody asked for it."""

    burst: Burst
    features: Features
    reason: str

    @property
    def detail(self) -> dict[str, object]:
        """Of its event."""
        names = self.burst.microphones
        return {
            "t0_s": self.burst.t0_s,
            "reason": self.reason,
            "band_power_pa2": dict(zip(names, self.features.band_power_pa2.tolist(), strict=True)),
            "spectral_kurtosis": dict(zip(names, self.features.spectral_kurtosis.tolist(), strict=True)),
        }


class Bursts:
    """Of one station's microphones. answer: the burst that ask() asked for; None while it is awaited, and when it was
    lost. lost: why bursts were, since somebody last emptied it.
    """

    def __init__(self, station: Station, clock: Clock) -> None:
        self._clock, self._acoustics, self._entries = clock, station.bench.acoustics, station.bench.microphone
        self.instrument, self._microphones = _listening(station)
        if self._microphones is not None:
            load()
        places = {entry.name: place for place, entry in enumerate(station.channels)}
        self._places = [[places[channel.name] for channel in heard(entry)] for entry in self._entries]
        scan_s = station.bench.acquisition.period_s
        self._slack_s = 0.5 * scan_s
        self._hold_s = (self._acoustics.period_s or UNASKED_HOLD_S) + self._acoustics.burst_s + scan_s
        self._due_s = -math.inf if self._acoustics.period_s else math.inf
        self._begun_s: float | None = None
        self._asked, self._reason = False, PERIODIC
        self._middle_s = 0.0
        self._values: list[tuple[int, float, int]] = []
        self.answer: Burst | None = None
        self.lost: list[str] = []

    @property
    def awaited(self) -> bool:
        """A burst that was asked for has not come yet."""
        return self._asked or (self._begun_s is not None and self._reason == REQUESTED)

    def ask(self) -> None:
        """For a burst that begins after this; where no microphone can be had, nothing comes of it."""
        self._asked, self.answer = self._microphones is not None, None

    def begin(self, time_s: float) -> None:
        """Let one begin, if it is time to or somebody has asked, and none is on."""
        due = time_s >= self._due_s - self._slack_s
        if self._microphones is None or self._begun_s is not None or not (due or self._asked):
            return
        self._reason, self._asked = REQUESTED if self._asked else PERIODIC, False
        if due and self._acoustics.period_s:
            self._due_s = self._acoustics.period_s * (1.0 + (time_s + self._slack_s) // self._acoustics.period_s)
        before_s = self._clock.now()
        try:
            self._microphones.start_burst()
        except InstrumentError as error:
            self.lose(f"{type(error).__name__}: {error}")
        else:
            self._begun_s = 0.5 * (before_s + self._clock.now())

    def fetch(self) -> Heard | None:
        """The burst that is on, once it is complete. Its features are of the samples as they are recorded."""
        if self._microphones is None or self._begun_s is None:
            return None
        try:
            pressures_pa = self._complete(self._microphones, self._begun_s)
            dt_s = 1.0 / self._microphones.burst_rate_hz
        except InstrumentError as error:
            self.lose(f"{type(error).__name__}: {error}")
            return None
        return None if pressures_pa is None else self._hear(self._begun_s + dt_s, dt_s, pressures_pa)

    def lose(self, reason: str) -> None:
        """What is on will not be had; what was asked for meanwhile may still begin."""
        if self._microphones is not None:
            self._microphones.abandon_burst()
        self._begun_s = None
        self.lost.append(reason)

    def hang_up(self, reason: str) -> None:
        """Neither what is on nor what was asked for will be had."""
        if self._asked or self._begun_s is not None:
            self._asked = False
            self.lose(reason)

    def readings(self, time_s: float, *, fresh: bool) -> Iterator[tuple[int, float, float, int]]:
        """(place, value, offset from time_s, quality): HELD until the next burst is due, then STALE."""
        age_s = time_s - self._middle_s
        for place, value, code in self._values:
            aged = HELD if code == GOOD and not fresh else code
            yield place, value, -age_s, aged if age_s < self._hold_s else STALE

    def _complete(self, microphones: Microphones, begun_s: float) -> NDArray[np.float32] | None:
        """None while it is not."""
        if microphones.burst_ready():
            return microphones.fetch_burst().astype(np.float32)
        if self._clock.now() - begun_s > self._acoustics.burst_s + PATIENCE_S:
            self.lose(f"not complete {PATIENCE_S:g} s after its end")
        return None

    def _hear(self, t0_s: float, dt_s: float, pressures_pa: NDArray[np.float32]) -> Heard:
        burst = Burst(t0_s, dt_s, tuple(entry.name for entry in self._entries), pressures_pa)
        found = features(pressures_pa, dt_s, self._acoustics.band_hz)
        self._begun_s, self._middle_s = None, burst.middle_s
        self._values = list(self._valued(burst, found))
        if self._reason == REQUESTED:
            self.answer = burst
        return Heard(burst, found, self._reason)

    def _valued(self, burst: Burst, found: Features) -> Iterator[tuple[int, float, int]]:
        """(place, value, quality) of each feature."""
        rows = zip(self._places, self._entries, burst.pressures_pa, strict=True)
        for number, (places, entry, pressures_pa) in enumerate(rows):
            for place, values in zip(places, (found.band_power_pa2, found.spectral_kurtosis), strict=True):
                yield place, float(values[number]), _quality(float(values[number]), entry, pressures_pa)


def _quality(value: float, entry: Microphone, pressures_pa: NDArray[np.float32]) -> int:
    """One sample beyond what the channel is set to take spoils it all: a clipped wave has a spectrum of its own."""
    if np.abs(pressures_pa).max() >= peak_pa(entry.max_level_db):
        return OVERRANGE
    return GOOD if math.isfinite(value) else SENSOR_FAULT


def _listening(station: Station) -> tuple[str | None, Microphones | None]:
    """The instrument that all microphones are on, if it can hear: a station without wires cannot."""
    name = next((microphone.instrument for microphone in station.bench.microphone), None)
    instrument = station.instruments.get(name) if name else None
    return (name, instrument) if isinstance(instrument, Microphones) else (None, None)

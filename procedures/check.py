"""What is there, before anybody relies on it: every instrument asked who it is and how it is set. Writes nothing."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from bench.config.model import Bench, InstrumentEntry
from bench.roles import Instrument
from bench.station import open_instrument
from drivers.errors import InstrumentError

QUESTIONS = 5
"""Of which the median answer is the round-trip time."""


@dataclass
class Found:
    """One instrument. problems: why it cannot be relied on, empty at best."""

    name: str
    driver: str
    address: str
    warm_up_s: float
    identity: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    round_trip_s: float | None = None
    problems: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def as_text(self) -> str:
        about = self.identity
        lines = [f"{self.name}  {self.driver}  {self.address}"]
        if about:
            who = f"{about['manufacturer']} {about['model']}, serial {about['serial']}, firmware {about['firmware']}"
            lines.append(f"{who}; answers in {1e3 * (self.round_trip_s or 0.0):.1f} ms")
        if self.settings:
            lines.append(", ".join(f"{key} {value}" for key, value in self.settings.items()))
        if self.warm_up_s:
            lines.append(f"warm-up {self.warm_up_s:g} s: when it was switched on is not known")
        lines += [f"PROBLEM: {problem}" for problem in self.problems] or ["as the bench file says"]
        return "\n    ".join(lines)


def check(bench: Bench) -> Iterator[Found]:
    """One after the other, each opened and closed again: a dead one hides no other."""
    for entry in bench.instrument:
        found = Found(entry.name, entry.driver, entry.address, entry.warm_up_s)
        try:
            instrument = open_instrument(bench, entry)
            try:
                _ask(instrument, found)
            finally:
                instrument.close()
        except InstrumentError as error:
            found.problems.append(f"{type(error).__name__}: {error}")
        else:
            found.problems += _differences(entry, found)
        yield found


def _ask(instrument: Instrument, found: Found) -> None:
    taken_s = []
    for _ in range(QUESTIONS):
        begun_s = time.perf_counter()
        identity = instrument.identity()
        taken_s.append(time.perf_counter() - begun_s)
    found.round_trip_s = statistics.median(taken_s)
    found.identity = {key: getattr(identity, key) for key in ("manufacturer", "model", "serial", "firmware")}
    found.settings = dict(instrument.settings())


def _differences(entry: InstrumentEntry, found: Found) -> Iterator[str]:
    serial = found.identity["serial"]
    if entry.serial is not None and serial != entry.serial:
        yield f"serial is {serial}, the bench file expects {entry.serial}"
    for key, wanted in entry.settings.items():
        if found.settings.get(key) != wanted:
            yield f"{key} is {found.settings.get(key)}, the bench file expects {wanted}"

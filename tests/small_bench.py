"""The bench of small_bench.toml, and instruments for it that live in memory: what the core is tested on."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.config.model import Bench
from bench.station import Station
from drivers.errors import InstrumentError, LinkLost
from drivers.measured import Measured, Status

FILE = Path(__file__).with_name("small_bench.toml")
AT_REST = {"ai0": 6.66, "ai1": 6.66, "ai2": 3.0, "di6": 1.0}
"""Inputs that no line moves: 100 kPa in both compartments, 3 Pa in the chamber, the emergency stop released."""


def small_bench() -> Bench:
    return Bench.model_validate({**tomllib.loads(FILE.read_text()), "file": FILE, "sha256": ""})


@dataclass
class Named:
    manufacturer: str = "nobody"
    model: str = "stand-in"
    serial: str = "1"
    firmware: str = "1"


class Inputs:
    """Gives the same values in every scan. failing: raised by whatever the test names, until it is removed."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = dict(values)
        self.failing: dict[str, Exception] = {}
        self.sent: list[tuple[object, ...]] = []
        self.stated: dict[str, str] = {}
        self.handshakes = 1

    def fail(self, call: str) -> None:
        if call in self.failing:
            raise self.failing[call]

    def identity(self) -> Named:
        return Named()

    def settings(self) -> Mapping[str, str]:
        self.fail("settings")
        return self.stated

    def request(self) -> None:
        self.fail("request")

    def collect(self) -> Mapping[str, Measured]:
        self.fail("collect")
        return {name: Measured(value, Status.GOOD) for name, value in self.values.items()}

    def reconnect(self) -> None:
        self.fail("reconnect")
        self.handshakes += 1
        self.failing.pop("cut", None)

    def close(self) -> None:
        pass


class Daq(Inputs):
    """Every end switch follows its line at once, unless the test holds it. deaf: lines that do not take a level."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(AT_REST)
        self._bench = bench
        self.levels = {driven.line: False for driven in bench.driven}
        self.deaf: set[str] = set()
        self.held: dict[str, float] = {}
        self.started = 0
        self.watched: tuple[Mapping[str, bool], float, int] | None = None
        self.fallen = False

    def start(self) -> None:
        self.started += 1

    def watch_over(self, levels: Mapping[str, bool], timeout_s: float, every: int) -> None:
        self.watched = (levels, timeout_s, every)

    def write_line(self, line: str, state: bool) -> None:  # noqa: FBT001 - as the role
        self.sent.append((line, state))
        self.fail("cut")
        self.fail(line)
        if line not in self.deaf:
            self.levels[line] = state

    def read_line(self, line: str) -> bool:
        return self.levels[line]

    def collect(self) -> Mapping[str, Measured]:
        self.values |= self._switches() | self.held
        return super().collect()

    def _switches(self) -> dict[str, float]:
        found = {pump.running_switch: float(self.levels[pump.line]) for pump in self._bench.pump}
        for actuator in self._bench.actuators.values():
            is_open = self.levels[actuator.line] == (actuator.energised == "open")
            found |= {s: float(is_open) for s in [actuator.open_switch] if s}
            found |= {s: float(not is_open) for s in [actuator.closed_switch] if s}
        return found


class Controller(Inputs):
    def __init__(self) -> None:
        super().__init__({"pressure": 101325.0})
        self.on = False

    def set_rate(self, rate_pa_s: float) -> None:
        self.sent.append(("rate", rate_pa_s))

    def set_pressure(self, pressure_pa: float) -> None:
        self.sent.append(("pressure", pressure_pa))

    def set_control(self, on: bool) -> None:  # noqa: FBT001 - as the role
        self.sent.append(("control", on))
        self.fail("cut")
        self.fail("control")
        self.on = on

    def controlling(self) -> bool:
        return self.on

    def in_limits(self) -> bool:
        return True

    def source_pressure_pa(self) -> float:
        return 150000.0


@dataclass
class Stand:
    """The station with its instruments at hand."""

    bench: Bench
    daq: Daq
    controller: Controller
    thermometers: Inputs

    @property
    def station(self) -> Station:
        return Station(self.bench, {"thermometers": self.thermometers, "controller": self.controller, "daq": self.daq})


def small_stand() -> Stand:
    bench = small_bench()
    return Stand(bench, Daq(bench), Controller(), Inputs({"101": 300.0, "102": 300.0, "103": 300.0}))


def lost(text: str = "cable pulled") -> InstrumentError:
    return LinkLost(text)

"""Driver and simulated instrument at the two ends of a real wire that faults can strike, and what is true meanwhile."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.sim import druck_pace5000, keysight_34972a, pfeiffer_tpg366
from bench.sim.device import Device, Instrument
from bench.sim.server import SimServer
from drivers.druck_pace5000 import PACE5000
from drivers.keysight_34972a import Keysight34972A
from drivers.measured import Measured
from drivers.pfeiffer_tpg366 import TPG366

TIMEOUT_S = 0.15


class World:
    """Every quantity there is, another value at every step, so that an old one is known for what it is."""

    def __init__(self) -> None:
        self.steps = 0
        self._held: float | None = None

    def step(self) -> None:
        self.steps += 1

    def freeze(self, on: bool) -> None:  # noqa: FBT001 - as the device calls it
        self._held = float(self.steps) if on else None

    def value(self, base: float) -> float:
        """base, one per cent more at every step."""
        return base * (1.0 + 0.01 * (self.steps if self._held is None else self._held))

    # the pneumatics of a pressure controller
    def line_pressure_pa(self) -> float:
        return self.value(50_000.0)

    def line_rate_pa_s(self) -> float:
        return 0.0

    def source_pressure_pa(self) -> float:
        return 150_000.0

    def barometer_pa(self) -> float:
        return 101_325.0

    def effort_percent(self) -> float:
        return 0.0

    def set_target(self, pressure_pa: float, rate_pa_s: float | None) -> None: ...
    def set_control(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's port
    def controlling(self) -> bool:
        return False

    def set_vent(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's port
    def venting(self) -> bool:
        return False

    def now_s(self) -> float:
        return 0.0


def scanned(driver: Any) -> Mapping[str, Measured]:
    driver.request()
    found: Mapping[str, Measured] = driver.collect()
    return found


@dataclass(frozen=True)
class Case:
    """An instrument of the matrix. truth: what its driver must say now if it says anything, by input."""

    name: str
    make: Callable[[World], Instrument]
    open: Callable[[str], Any]
    truth: Callable[[World], Mapping[str, float]]
    serial: bool = False
    ask: Callable[[Any], Mapping[str, Measured]] = scanned
    relative: float = 1e-4
    """What digits of the wire leave of a value."""


CASES = (
    Case(
        "druck_pace5000",
        druck_pace5000.PACE5000,
        lambda address: PACE5000.open(address, inputs=["pressure"], timeout_s=TIMEOUT_S),
        lambda world: {"pressure": world.value(50_000.0)},
    ),
    Case(
        "pfeiffer_tpg366",
        lambda world: pfeiffer_tpg366.TPG366(lambda channel: (0, world.value(channel)), {1: "PKR", 2: "CMR/APR"}),
        lambda address: TPG366.open(address, inputs=["1", "2"], timeout_s=TIMEOUT_S, settle_s=0.02),
        lambda world: {"1": world.value(1.0), "2": world.value(2.0)},
    ),
    Case(
        "keysight_34972a",
        lambda world: keysight_34972a.Keysight34972A(lambda channel: world.value(float(channel))),
        lambda address: Keysight34972A.open(address, inputs=["101", "102"], timeout_s=TIMEOUT_S),
        lambda world: {"101": world.value(101.0), "102": world.value(102.0)},
    ),
)


@dataclass
class Bed:
    case: Case
    device: Device
    world: World
    driver: Any
    heard: list[Mapping[str, Measured]] = field(default_factory=list)

    def ask(self) -> Mapping[str, Measured]:
        """Everything has changed since the last question."""
        self.world.step()
        return self.case.ask(self.driver)


@contextmanager
def bed_for(case: Case) -> Iterator[Bed]:
    world = World()
    device = Device(lambda: case.make(world), freeze=world.freeze)
    with SimServer() as server:
        if case.serial:
            address = f"ASRL{server.serve_serial(device, case.name)}::INSTR"
        else:
            address = f"TCPIP::127.0.0.1::{server.serve_tcp(device)}::SOCKET"
        driver = case.open(address)
        try:
            yield Bed(case, device, world, driver)
        finally:
            driver.close()

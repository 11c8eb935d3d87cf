"""Driver and simulated instrument at the two ends of a real wire that faults can strike, and what is true meanwhile."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from world import World

from bench.sim.instruments import (
    aimtti_cpx400dp,
    alicat_mc,
    druck_pace5000,
    inficon_lds3000,
    keysight_34972a,
    mks_937b,
    paroscientific_digiquartz,
    pfeiffer_tc400,
    pfeiffer_tpg366,
    srs_rga200,
)
from bench.sim.instruments.srs_rga200_spectrum import Head
from bench.sim.rack.device import Device, Instrument
from bench.sim.rack.server import SimServer
from bench.sim.rack.wire_faults import WireFault
from drivers.aimtti_cpx400dp import CPX400DP
from drivers.alicat_mc import AlicatMC
from drivers.druck_pace5000 import PACE5000
from drivers.inficon_lds3000 import LDS3000
from drivers.keysight_34972a import Keysight34972A
from drivers.measured import Measured, Status
from drivers.mks_937b import MKS937B
from drivers.paroscientific_digiquartz import Digiquartz
from drivers.pfeiffer_tc400 import TC400
from drivers.pfeiffer_tpg366 import TPG366
from drivers.srs_rga200 import RGA200

TIMEOUT_S = 0.2


def scanned(driver: Any) -> Mapping[str, Measured]:
    """One reading of all inputs; nothing, if none comes within a few time-outs."""
    driver.request()
    end_s = time.monotonic() + 4 * TIMEOUT_S
    while True:
        driver.ready(TIMEOUT_S)
        found: Mapping[str, Measured] = driver.collect()
        if found or time.monotonic() > end_s:
            return found


def heated(driver: CPX400DP, volts: float) -> Mapping[str, Measured]:
    """Whatever has happened to its outputs, the first one is to give these volts."""
    driver.reset_trips()
    driver.set_output(1, volts, 5.0)
    driver.switch(1, True)
    return scanned(driver)


def detected(driver: LDS3000) -> Mapping[str, Measured]:
    driver.set_measuring(True)
    return scanned(driver)


def analysed(driver: RGA200) -> Mapping[str, Measured]:
    driver.set_filament(True)
    found = driver.spectrum(27, 29)
    return {"28": Measured(float(found.partial_pressures_pa[1]), Status.GOOD)}


@dataclass(frozen=True)
class Case:
    """An instrument of the matrix. truth: what its driver must say now if it says anything, by input. serial: it has a
    serial port, too. freezes: it shows a quantity of the world, which can freeze.
    """

    name: str
    make: Callable[[World], Instrument]
    open: Callable[[str], Any]
    truth: Callable[[World], Mapping[str, float]]
    ask: Callable[[Any, World], Mapping[str, Measured]] = lambda driver, _: scanned(driver)
    serial: bool = False
    freezes: bool = True
    relative: float = 1e-4
    """What digits of the wire leave of a value."""


CASES = (
    Case(
        "druck_pace5000",
        druck_pace5000.PACE5000,
        lambda address: PACE5000.open(address, inputs=["pressure"], timeout_s=TIMEOUT_S),
        lambda world: {"pressure": world.line_pressure_pa()},
    ),
    Case(
        "paroscientific_digiquartz",
        lambda world: paroscientific_digiquartz.Digiquartz(world.line_pressure_pa, world.temperature_k),
        lambda address: Digiquartz.open(address, timeout_s=TIMEOUT_S, grace_s=TIMEOUT_S),
        lambda world: {"pressure": world.line_pressure_pa()},
        serial=True,
    ),
    Case(
        "pfeiffer_tpg366",
        lambda world: pfeiffer_tpg366.TPG366(lambda channel: (0, world.value(channel)), {1: "PKR", 2: "CMR/APR"}),
        lambda address: TPG366.open(address, inputs=["1", "2"], timeout_s=TIMEOUT_S, settle_s=0.02),
        lambda world: {"1": world.value(1.0), "2": world.value(2.0)},
    ),
    Case(
        "mks_937b",
        lambda world: mks_937b.MKS937B(lambda channel: (0, world.value(channel)), {1: "PR", 2: "CM"}),
        lambda address: MKS937B.open(address, inputs=["1", "2"], timeout_s=TIMEOUT_S),
        lambda world: {"1": world.value(1.0), "2": world.value(2.0)},
        serial=True,
        relative=5e-3,
    ),
    Case(
        "pfeiffer_tc400",
        pfeiffer_tc400.TC400,
        lambda address: TC400.open(address, inputs=["speed"], timeout_s=TIMEOUT_S),
        lambda world: {"speed": 1000.0 * world.speed()},
        serial=True,
        relative=2e-3,
    ),
    Case(
        "alicat_mc",
        alicat_mc.AlicatMC,
        lambda address: AlicatMC.open(address, inputs=["flow", "pressure"], timeout_s=TIMEOUT_S),
        lambda world: {"flow": world.flow_kg_s(), "pressure": world.pressure_pa()},
        serial=True,
        relative=1e-3,
    ),
    Case(
        "keysight_34972a",
        lambda world: keysight_34972a.Keysight34972A(lambda channel: world.value(float(channel))),
        lambda address: Keysight34972A.open(address, inputs=["101", "102"], timeout_s=TIMEOUT_S),
        lambda world: {"101": world.value(101.0), "102": world.value(102.0)},
    ),
    Case(
        "aimtti_cpx400dp",
        aimtti_cpx400dp.CPX400DP,
        lambda address: CPX400DP.open(address, inputs=["voltage_1", "power_1"], timeout_s=TIMEOUT_S),
        lambda world: {"voltage_1": world.value(10.0), "power_1": world.value(10.0) ** 2 / 24.0},
        ask=lambda driver, world: heated(driver, world.value(10.0)),
        freezes=False,
        relative=3e-3,
    ),
    Case(
        "inficon_lds3000",
        inficon_lds3000.LDS3000,
        lambda address: LDS3000.open(address, timeout_s=TIMEOUT_S),
        lambda world: {"leak_rate": world.helium_pa_m3_s(), "inlet_pressure": world.inlet_pa()},
        ask=lambda driver, _: detected(driver),
        serial=True,
        relative=5e-3,
    ),
    Case(
        "srs_rga200",
        lambda world: srs_rga200.RGA200(world.partial_pressures_pa, head=Head(quietest_a=0.0)),
        lambda address: RGA200.open(address, timeout_s=TIMEOUT_S, noise_floor=7, filament_s=TIMEOUT_S),
        lambda world: {"28": world.partial_pressures_pa()["N2"]},
        ask=lambda driver, _: analysed(driver),
        serial=True,
        relative=3e-3,
    ),
)


@dataclass
class Bed:
    case: Case
    server: SimServer
    device: Device
    world: World
    driver: Any

    def ask(self) -> Mapping[str, Measured]:
        """Everything has changed since the last question."""
        self.world.step()
        return self.case.ask(self.driver, self.world)

    def strike(self, fault: WireFault) -> None:
        async def strike() -> None:
            self.device.strike(fault)

        self.server.run(strike())

    def heal(self) -> None:
        async def heal() -> None:
            self.device.heal()

        self.server.run(heal())


@contextmanager
def bed_for(case: Case, *, serial: bool) -> Iterator[Bed]:
    world = World()
    device = Device(lambda: case.make(world), freeze=world.freeze)
    with SimServer() as server:
        if serial:
            address = f"ASRL{server.serve_serial(device, case.name)}::INSTR"
        else:
            address = f"TCPIP::127.0.0.1::{server.serve_tcp(device)}::SOCKET"
        driver = case.open(address)
        try:
            yield Bed(case, server, device, world, driver)
        finally:
            driver.close()

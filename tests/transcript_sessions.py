"""With every driver of an instrument on a wire: all that it can do, once, on its simulated counterpart."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from world import World

from bench.sim.instruments import aimtti_cpx400dp as sim_cpx
from bench.sim.instruments import alicat_mc as sim_alicat
from bench.sim.instruments import druck_pace5000 as sim_pace
from bench.sim.instruments import inficon_lds3000 as sim_lds
from bench.sim.instruments import keysight_34972a as sim_keysight
from bench.sim.instruments import mks_937b as sim_mks
from bench.sim.instruments import paroscientific_digiquartz as sim_quartz
from bench.sim.instruments import pfeiffer_tc400 as sim_tc
from bench.sim.instruments import pfeiffer_tpg366 as sim_tpg
from bench.sim.instruments import srs_rga200 as sim_rga
from bench.sim.rack.device import Instrument
from drivers import aimtti_cpx400dp, pfeiffer_tc400
from drivers.alicat_mc import AlicatMC
from drivers.druck_pace5000 import PACE5000
from drivers.inficon_lds3000 import LDS3000
from drivers.instrument import VisaInstrument
from drivers.keysight_34972a import Keysight34972A
from drivers.mks_937b import MKS937B
from drivers.paroscientific_digiquartz import Digiquartz
from drivers.pfeiffer_tpg366 import TPG366
from drivers.srs_rga200 import RGA200
from drivers.srs_rga200_replies import ERROR_QUERIES

Call = tuple[Any, ...]
GAUGES = {1: ("TPR/PCR", "PR"), 2: ("CMR/APR", "CM")}


class Switched(World):
    """A switch stays where it is put."""

    def __init__(self):
        super().__init__()
        self._pumps = self._controls = False

    def set_running(self, on):
        self._pumps = on

    def running(self):
        return self._pumps

    def set_control(self, on):
        self._controls = on

    def controlling(self):
        return self._controls


@dataclass(frozen=True)
class Session:
    """name: of the driver's module, and of the transcript. calls: of public methods, with arguments, in this order;
    what all drivers have is called in any case.

    numbers: the values of parameters in a message. besides: what is sent only about faults that the simulated
    instrument never has.
    """

    name: str
    driver: type[VisaInstrument]
    make: Callable[[World], Instrument]
    calls: tuple[Call, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    numbers: bytes = rb"(?!)"
    besides: tuple[bytes, ...] = ()

    def without_numbers(self, message: bytes) -> bytes:
        return re.sub(self.numbers, b"0", message)


SESSIONS = (
    Session(
        "druck_pace5000",
        PACE5000,
        sim_pace.PACE5000,
        calls=(
            ("pressure_pa",),
            ("in_limits",),
            ("source_pressure_pa",),
            ("effort_percent",),
            ("set_rate", 500.0),
            ("set_pressure", 80_000.0),
            ("set_control", True),
            ("controlling",),
            ("set_control", False),
            ("errors",),
        ),
        options={"inputs": ["pressure"]},
        numbers=rb"(?<= )[\d.]+",
    ),
    Session(
        "pfeiffer_tpg366",
        TPG366,
        lambda _: sim_tpg.TPG366(lambda _: (0, 100.0), {number: words[0] for number, words in GAUGES.items()}),
        options={"settle_s": 0.02},
    ),
    Session(
        "mks_937b",
        MKS937B,
        lambda _: sim_mks.MKS937B(lambda _: (0, 100.0), {number: words[1] for number, words in GAUGES.items()}),
    ),
    Session(
        "keysight_34972a",
        Keysight34972A,
        lambda _: sim_keysight.Keysight34972A(lambda _: 295.15),
        options={"inputs": ["101", "102"]},
        numbers=rb"(?<=RTD,)\d+|(?<=@)[\d,]+",
    ),
    Session(
        "paroscientific_digiquartz",
        Digiquartz,
        lambda world: sim_quartz.Digiquartz(world.pressure_pa, world.temperature_k),
        options={"inputs": ["pressure", "temperature"]},
    ),
    Session(
        "pfeiffer_tc400",
        pfeiffer_tc400.TC400,
        sim_tc.TC400,
        calls=(("set_running", True), ("running",), ("set_running", False), ("error_code",)),
        options={"inputs": list(pfeiffer_tc400.QUANTITIES)},
        numbers=rb"(?<=^\d{3}10\d{3}\d{2}).*(?=\r$)",  # of a telegram that writes: data and checksum
    ),
    Session(
        "alicat_mc",
        AlicatMC,
        sim_alicat.AlicatMC,
        calls=(("set_flow", 1e-6), ("flow_setpoint_kg_s",), ("close_valve",)),
        numbers=rb"(?<=S )[\d.]+",
    ),
    Session(
        "aimtti_cpx400dp",
        aimtti_cpx400dp.CPX400DP,
        sim_cpx.CPX400DP,
        calls=(
            ("set_output", 1, 20.0, 3.0),
            ("switch", 1, True),
            ("output_on", 1),
            ("switch", 1, False),
            ("set_output", 2, 12.0, 3.0),
            ("switch", 2, True),
            ("output_on", 2),
            ("switch", 2, False),
            ("reset_trips",),
            ("errors",),
        ),
        options={"inputs": list(aimtti_cpx400dp.INPUTS)},
        numbers=rb"(?<= )[\d.]+",
    ),
    Session(
        "inficon_lds3000",
        LDS3000,
        sim_lds.LDS3000,
        calls=(
            ("set_measuring", True),
            ("state",),
            ("error_number",),
            ("calibration_state",),
            ("trigger_states",),
            ("zeroed",),
            ("zero", True),
            ("zero", False),
            ("clear_errors",),
            ("measuring",),
            ("set_measuring", False),
        ),
    ),
    Session(
        "srs_rga200",
        RGA200,
        lambda world: sim_rga.RGA200(world.partial_pressures_pa),
        calls=(
            ("set_filament", True),
            ("filament_on",),
            ("spectrum", 26, 32),
            ("pressure_at", 28),
            ("set_filament", False),
        ),
        numbers=rb"(?<=[A-Z]{2})[\d.]+",
        besides=tuple(query + end for query in sorted(ERROR_QUERIES) for end in (b"\r", b"\rID?\r")),
        options={"filament_s": 0.1},
    ),
)

"""The rig's instruments without wires: what a station asks of instruments (request, collect, lines, control), answered
at once. They fit bench.roles by shape: a procedure runs on them as on real ones, to plan what it will do.
"""

import math
from collections.abc import Mapping

import numpy as np

from bench.config.model import InstrumentEntry
from bench.records import Floats
from bench.sim.direct_instrument import Direct, Measured, Status, measured
from bench.sim.direct_link import DirectAnalyser, DirectDetector, DirectDrive, DirectFlowController, DirectHeaters
from bench.sim.knots import GRID_S
from bench.sim.ports import ChassisPort, GaugePort, SupplyPort, ThermometerPort, inputs_of
from bench.sim.rig import SimulatedRig

WATCHDOG = "watchdog"
SECOND = round(1.0 / GRID_S)
BAND, DWELL_S = 1e-4, 2.0
"""A pressure controller is in its limits when it has been this near to its target, of its full scale, for this long (as
its manual has it from the factory).
"""
GAUGE_STATUS = {
    GaugePort.UNDERRANGE: Status.UNDERRANGE,
    GaugePort.OVERRANGE: Status.OVERRANGE,
    GaugePort.NO_SENSOR: Status.FAULT,
}


class DirectThermometers(Direct):
    def collect(self) -> Mapping[str, Measured]:
        port = ThermometerPort(self._rig, self.inputs)
        return {name: measured(port.read(int(name))) for name in self.inputs}


class DirectGauges(Direct):
    def collect(self) -> Mapping[str, Measured]:
        port = GaugePort(self._rig, self.inputs)
        found = {name: port.read(int(name)) for name in self.inputs}
        return {name: Measured(v, GAUGE_STATUS.get(code, Status.GOOD)) for name, (code, v) in found.items()}


class DirectController(Direct):
    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        (channel,) = inputs_of(rig.bench, entry.name).values()
        self._port, self._band_pa = SupplyPort(rig, channel), BAND * channel.range[1]
        self._target_pa, self._rate_pa_s, self._inside_since_s = 0.0, math.inf, math.inf
        self.set_control, self.controlling = self._port.set_control, self._port.controlling
        self.source_pressure_pa = self._port.source_pressure_pa

    def collect(self) -> Mapping[str, Measured]:
        return dict.fromkeys(self.inputs, Measured(self._port.line_pressure_pa()))

    def set_rate(self, rate_pa_s: float) -> None:
        self._rate_pa_s = rate_pa_s

    def set_pressure(self, pressure_pa: float) -> None:
        self._target_pa = pressure_pa
        self._port.set_target(pressure_pa, self._rate_pa_s)

    def in_limits(self) -> bool:
        now_s = self._rig.look()
        inside = abs(self._port.line_pressure_pa() - self._target_pa) <= self._band_pa
        self._inside_since_s = min(self._inside_since_s, now_s) if inside else math.inf
        return now_s - self._inside_since_s >= DWELL_S


class DirectChassis(Direct):
    """Analog inputs are means since the last collection, or of the last second if that was longer ago."""

    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        self._port = ChassisPort(rig, self.inputs)
        self.read_line, self.write_line = rig.read_line, rig.write_line
        self._collected = 0
        self._levels: Mapping[str, bool] = {}
        self._timeout_s = self._due_s = math.inf
        self.fallen = False

    def watch_over(self, levels: Mapping[str, bool], timeout_s: float, every: int) -> None:  # noqa: ARG002 - costs no call
        self._levels, self._timeout_s = levels, timeout_s
        self._kick()

    def _kick(self) -> None:
        now_s = self._rig.clock.now()
        self.fallen = self.fallen or now_s >= self._due_s
        if not self.fallen:
            self._due_s = now_s + self._timeout_s
            self._rig.plan(WATCHDOG, self._due_s, self._levels)

    def start(self) -> None:
        self._collected = self._now()

    def collect(self) -> Mapping[str, Measured]:
        now = self._now()
        begin = max(self._collected, now - SECOND)
        times_s: Floats = GRID_S * np.arange(begin + 1, now + 1, dtype=np.float64)
        found = {}
        for name, entry in self.inputs.items():
            if entry.quantity == "switch":
                found[name] = Measured(float(self.read_line(name)))
            elif times_s.size:
                found[name] = Measured(float(self._port.analog(name, times_s, entry.range).mean()))
        self._collected = now
        if self._levels:
            self._kick()
        return found

    def _now(self) -> int:
        return int(self._rig.look() / GRID_S + 1e-6)


KINDS: Mapping[str, type[Direct]] = {
    "ni_daq": DirectChassis,
    "druck_pace5000": DirectController,
    "pfeiffer_tpg366": DirectGauges,
    "keysight_34972a": DirectThermometers,
    "mks_937b": DirectGauges,
    "paroscientific_digiquartz": Direct,
    "inficon_lds3000": DirectDetector,
    "pfeiffer_tc400": DirectDrive,
    "alicat_mc": DirectFlowController,
    "aimtti_cpx400dp": DirectHeaters,
    "srs_rga200": DirectAnalyser,
}


def direct_instruments(rig: SimulatedRig) -> dict[str, Direct]:
    """One per instrument of the bench file, by name: what bench.station.Station is made of."""
    return {entry.name: KINDS[entry.driver](rig, entry) for entry in rig.bench.instrument}

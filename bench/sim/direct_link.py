"""Instruments without wires that a bench actuates over a link when there is one: drive, flow, heaters, analyser."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.config.model import InstrumentEntry
from bench.sim.direct_instrument import Direct, Measured, Status, measured
from bench.sim.ports_electric import HeaterPort
from bench.sim.ports_gas import FlowPort, SpeciesPort, TurboPort
from bench.sim.rig import SimulatedRig

PARENT_AMU = {"He": 4, "H2O": 18, "N2": 28, "O2": 32, "Ar": 40, "CO2": 44}
"""Where the whole of a gas is put: what an analyser's fragments are is behind its wire."""


class DirectDrive(Direct):
    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        port = TurboPort(rig, entry.name)
        self.set_running, self.running = port.set_running, port.running


class DirectFlowController(Direct):
    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        self._port, self._flow_kg_s = FlowPort(rig, entry.name), 0.0

    def set_flow(self, flow_kg_s: float) -> None:
        self._flow_kg_s = flow_kg_s
        self._port.set_flow(flow_kg_s)

    def flow_setpoint_kg_s(self) -> float:
        return self._flow_kg_s


class DirectHeaters(Direct):
    """Voltage sources with a current limit, which a heater of its stated resistance never reaches."""

    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        self._port = HeaterPort(rig, entry.name)
        self._volts: dict[int, float] = {}
        self._on: set[int] = set()

    def collect(self) -> Mapping[str, Measured]:
        return {name: measured(self._port.shown_power_w(int(name[-1]))) for name in self.inputs}

    def set_output(self, output: int, voltage_v: float, current_limit_a: float) -> None:
        del current_limit_a
        self._volts[output] = voltage_v
        self._feed(output)

    def switch(self, output: int, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        (self._on.add if on else self._on.discard)(output)
        self._feed(output)

    def output_on(self, output: int) -> bool:
        return output in self._on

    def _feed(self, output: int) -> None:
        volts = self._volts.get(output, 0.0) if output in self._on else 0.0
        self._port.set_power(output, volts**2 / self._port.resistance_ohm(output))


class DirectDetector(Direct):
    """Without a leak rate in standby."""

    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        self._measuring = False

    def collect(self) -> Mapping[str, Measured]:
        found = super().collect()
        standby = (
            {} if self._measuring else dict.fromkeys(found.keys() & {"leak_rate"}, Measured(math.nan, Status.FAULT))
        )
        return {**found, **standby}

    def set_measuring(self, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        self._measuring = on

    def measuring(self) -> bool:
        return self._measuring


@dataclass(frozen=True, slots=True)
class Spectrum:
    masses: Sequence[float]
    partial_pressures_pa: Sequence[float]
    total_pressure_pa: float


class DirectAnalyser(Direct):
    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        super().__init__(rig, entry)
        self._port, self._filament = SpeciesPort(rig, entry.name), False

    def set_filament(self, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        self._filament = on

    def filament_on(self) -> bool:
        return self._filament

    def spectrum(self, first_amu: int, last_amu: int) -> Spectrum:
        """A line per species; nothing at all without the filament."""
        found = self._port.partial_pressures_pa() if self._filament else {}
        by_mass = {PARENT_AMU[name]: pressure_pa for name, pressure_pa in found.items()}
        masses = range(first_amu, last_amu + 1)
        return Spectrum(tuple(masses), tuple(by_mass.get(m, 0.0) for m in masses), sum(found.values()))

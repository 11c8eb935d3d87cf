"""Where instruments that pump, meter or tell gases apart touch the rig (ports.py has the others)."""

from collections.abc import Mapping

from bench.config.model import ChannelEntry
from bench.sim.plant import gas
from bench.sim.plant.state import FROM, WANTED
from bench.sim.ports import inputs_of
from bench.sim.rig import SimulatedRig


class Port:
    """Of one instrument. What is a channel comes through its sensor, with its noise and faults; the rest is true."""

    def __init__(self, rig: SimulatedRig, instrument: str) -> None:
        self._rig, self._instrument = rig, instrument
        entries = inputs_of(rig.bench, instrument).values()
        self._channels: dict[str, ChannelEntry] = {entry.quantity: entry for entry in entries}

    def now_s(self) -> float:
        return self._rig.clock.now()

    def _shown(self, quantity: str, column: int) -> float:
        """What the channel of this quantity shows; without one, what is in this column of the knots."""
        entry = self._channels.get(quantity)
        return self._true(column) if entry is None else self._rig.shown(entry)

    def _true(self, column: int) -> float:
        now_s = self._rig.look()
        return self._rig.course.value(column, now_s)


class BarometerPort(Port):
    """A barometer in the room."""

    def pressure_pa(self) -> float:
        return self._shown("barometric_pressure", self._rig.course.columns.room)

    def temperature_k(self) -> float:
        """Of its sensor: the room's."""
        return float(self._rig.model.plant.room[4])


class TurboPort(Port):
    """The drive of a turbo pump."""

    def __init__(self, rig: SimulatedRig, instrument: str) -> None:
        super().__init__(rig, instrument)
        (self._number,) = (i for i, p in enumerate(rig.bench.pump) if p.instrument == instrument and p.line is None)
        pump = rig.bench.pump[self._number]
        self._index, self._nominal_hz = rig.model.path[pump.name], pump.nominal_hz or 1.0

    def set_running(self, on: bool) -> None:  # noqa: FBT001 - as the instrument's own command
        self._rig.command(lambda course: course.want(self._index, float(on)))

    def running(self) -> bool:
        """What it has been told, unless it has tripped."""
        self._rig.look()
        return bool(self._rig.course.state.move[self._index, WANTED] > 0.0)

    def speed(self) -> float:
        """Share of the nominal speed."""
        return self._shown("speed", self._rig.course.columns.rotor(self._number)) / self._nominal_hz


class FlowPort(Port):
    """A mass flow controller: sensor and valve."""

    def __init__(self, rig: SimulatedRig, instrument: str) -> None:
        super().__init__(rig, instrument)
        (controller,) = (c for c in rig.bench.flow_controller if c.instrument == instrument)
        self.full_scale_kg_s, self._index = controller.full_scale_kg_s, rig.model.path[controller.name]
        self._upstream = int(rig.model.plant.ends[self._index, FROM])

    def flow_kg_s(self) -> float:
        return self._shown("flow", self._rig.course.columns.flow(self._index))

    def set_flow(self, kg_s: float) -> None:
        """Its own sensor shall show so much; what then flows has that sensor's error. 0: shut."""
        entry = self._channels.get("flow")
        flow_kg_s = kg_s if entry is None or kg_s <= 0.0 else self._rig.regulated(entry, kg_s)
        share = min(max(flow_kg_s / self.full_scale_kg_s, 0.0), 1.0)
        self._rig.command(lambda course: course.want(self._index, share))

    def pressure_pa(self) -> float:
        """In front of its valve."""
        return self._true(self._rig.course.columns.pressure(self._upstream))

    def temperature_k(self) -> float:
        return self._true(self._rig.course.columns.gas(self._upstream))


class HeliumPort(Port):
    """A leak detector on the fore-line: it is calibrated to show what the pumps take from the chamber."""

    def helium_pa_m3_s(self) -> float:
        """At plant/knot.py's LEAK_K."""
        return self._shown("leak_rate", self._rig.course.columns.helium)

    def inlet_pa(self) -> float:
        """Of the vessel that its channel names; a detector without one is on the chamber."""
        return self._shown("inlet_pressure", self._rig.course.columns.pressure(self._rig.model.node["chamber"]))


class SpeciesPort(Port):
    """A residual gas analyser in the chamber."""

    def partial_pressures_pa(self) -> Mapping[str, float]:
        """By species: N2, O2, H2O, CO2, Ar, He."""
        columns = self._rig.course.columns
        return {name: self._true(columns.partial(species)) for species, name in enumerate(gas.NAMES)}

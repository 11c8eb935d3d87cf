"""The rig's sensors at its channels: from the plant's knots to what instruments can read."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.certificate import Certificate
from bench.config.model import Bench, ChannelEntry, NoiseEntry
from bench.records import Floats
from bench.sim.draws import Draws
from bench.sim.knots import GRID_S, Knots
from bench.sim.model import Model
from bench.sim.plant.knot import Places
from bench.sim.scenario import Scenario
from bench.sim.sensors.bank import SensorBank
from bench.sim.sensors.spec import SensorSpec, stated_spec

SILENT = NoiseEntry(white=0.0)


class Panel:
    """What every analog channel shows, read in every `every`th step of the grid; the last `rows` readings are kept."""

    def __init__(
        self, bench: Bench, scenario: Scenario, model: Model, draws: Draws, seed: int, every: int, rows: int
    ) -> None:
        self.entries = [entry for entry in bench.channel if entry.quantity != "switch"]
        columns = Places(model.plant)
        self._places = {entry.name: place for place, entry in enumerate(self.entries)}
        clocks = {clock.channel: clock for clock in scenario.clock}
        specs = [_spec(bench, entry, draws) for entry in self.entries]
        for name, clock in clocks.items():
            place = self._places[name]
            specs[place] = replace(specs[place], clock_skew=clock.skew, clock_offset_s=clock.offset_s)
        self.bank = SensorBank(
            specs,
            [_column(columns, model, bench, entry) for entry in self.entries],
            columns.shroud,
            seed,
            draws,
            scenario.faults(),
            every,
            rows,
        )

    def sense(self, knots: Knots, newest: int, until_s: float) -> None:
        until = int(until_s / GRID_S + 1e-6)
        if until > self.bank.sensed:
            self.bank.sense(knots, newest, until)

    def shown(self, entry: ChannelEntry, index: int) -> float:
        """At the last reading up to a grid index. SI; NaN where the sensor delivers nothing."""
        return float(self.bank.rows[index // self.bank.every % len(self.bank.rows), self._places[entry.name]])

    def shown_many(self, entry: ChannelEntry, indices: NDArray[np.int64]) -> Floats:
        rows: Floats = self.bank.rows[indices // self.bank.every % len(self.bank.rows), self._places[entry.name]]
        return rows

    def deceived(self, entry: ChannelEntry, wanted: float) -> float:
        """The true value at which the sensor shows wanted: where a regulator ends that trusts it."""
        return self.bank.deceived(entry.name, wanted)


def _column(columns: Places, model: Model, bench: Bench, entry: ChannelEntry) -> int:  # noqa: PLR0911 - a table
    """What the channel's sensor looks at."""
    node = model.node[entry.compartment or "chamber"]
    match entry.quantity:
        case "gas_temperature":
            return columns.gas(node)
        case "wall_temperature":
            return columns.wall(node)
        case "relative_humidity":
            return columns.humidity(node)
        case "oxygen_pressure":
            return columns.oxygen(node)
        case "supply_pressure":
            return columns.line
        case "barometric_pressure":
            return columns.room
        case "leak_rate":
            return columns.helium
        case "speed" | "flow" | "power":
            return _controlled(columns, model, bench, entry)
        case "chamber_pressure":
            kind = (entry.noise or "").split("_")[0]
            return {"pirani": columns.pirani, "cold": columns.ionisation}.get(kind, columns.pressure(node))
        case _:
            return columns.pressure(node)


def _controlled(columns: Places, model: Model, bench: Bench, entry: ChannelEntry) -> int:
    """What the channel's instrument controls: a rotor, a flow, a heater."""
    if entry.quantity == "speed":
        rotor = next(i for i, pump in enumerate(bench.pump) if pump.instrument == entry.instrument)
        return columns.rotor(rotor)
    if entry.quantity == "flow":
        controller = next(c for c in bench.flow_controller if c.instrument == entry.instrument)
        return columns.flow(model.path[controller.name])
    return columns.heater(model.node[bench.heater_of(entry).compartment])


def _spec(bench: Bench, entry: ChannelEntry, draws: Draws) -> SensorSpec:
    noise = bench.noise_class[entry.noise] if entry.noise else SILENT
    on_chassis = any(i.driver == "ni_daq" for i in bench.instrument if i.name == entry.instrument)
    spec = stated_spec(entry, noise, averaged=on_chassis or entry.quantity in ("pressure", "relative_humidity"))
    leaks = (leak for leak in bench.leak if leak.controller and bench.flow_channel(leak.controller) == entry)
    leak = next(leaks, None)
    return spec if leak is None else _certified(spec, leak.certificate, draws)


def _certified(spec: SensorSpec, stated: Certificate, draws: Draws) -> SensorSpec:
    """Of a flow controller that is a programmable leak: (shown - zero) x value / reference_reading is what passes."""
    passes = stated.value_kg_s / (stated.reference_reading_kg_s or math.nan)
    passes *= draws.calibrated(f"passed_over_shown/{spec.name}", stated)
    zero = draws.normal(f"zero/{spec.name}", stated.zero_kg_s, stated.u_zero_kg_s)
    return replace(spec, gain=1.0 / passes - 1.0, zero=zero)

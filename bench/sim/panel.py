"""The rig's sensors at its channels: from the plant's history on the grid to what instruments can read."""

import numpy as np
from numpy.typing import NDArray

from bench.config.model import Bench, ChannelEntry
from bench.records import Floats, NoiseClass
from bench.sim.model import Model
from bench.sim.scenario import Draws, Scenario
from bench.sim.sensor_bank import SensorBank
from bench.sim.sensor_spec import SensorSpec, stated_spec

SILENT = NoiseClass(white=0.0)


class Panel:
    """What every analog channel shows, in a ring of rows on the grid beside the plant's own history."""

    def __init__(self, bench: Bench, scenario: Scenario, model: Model, draws: Draws, seed: int, grid_s: float) -> None:
        entries = [entry for entry in bench.channel if entry.unit != "1"]
        self._columns = np.array([history_column(model, entry) for entry in entries])
        self._places = {entry.name: place for place, entry in enumerate(entries)}
        self._bank = SensorBank([_spec(bench, entry) for entry in entries], seed, draws, grid_s, scenario.faults())
        self._ambient_k = scenario.shroud_temperature_k
        self._rows = np.zeros((0, len(entries)))
        self._sensed = 0

    def sense(self, history: Floats, up_to: int) -> None:
        """Look at the history's rows up to index up_to, which must all still be in the ring."""
        if self._rows.shape[0] != history.shape[0]:
            self._rows = np.zeros((history.shape[0], self._columns.size))
        if up_to < self._sensed:
            return
        places = np.arange(self._sensed, up_to + 1) % history.shape[0]
        ambient_k = np.full(places.size, self._ambient_k)
        self._rows[places] = self._bank.advance(self._sensed, history[places][:, self._columns], ambient_k)
        self._sensed = up_to + 1

    def shown(self, entry: ChannelEntry, index: int) -> float:
        """SI; NaN where the sensor delivers nothing."""
        return float(self._rows[index % self._rows.shape[0], self._places[entry.name]])

    def shown_many(self, entry: ChannelEntry, indices: NDArray[np.int64]) -> Floats:
        rows: Floats = self._rows[indices % self._rows.shape[0], self._places[entry.name]]
        return rows

    def deceived(self, entry: ChannelEntry, wanted: float) -> float:
        """The true value at which the sensor shows wanted: where a regulator ends that trusts it."""
        return self._bank.deceived(entry.name, wanted)


def history_column(model: Model, entry: ChannelEntry) -> int:
    """Where kernel.keep puts what the channel's sensor looks at."""
    nodes, walls = model.plant.volume.size, model.plant.film.size
    node = model.node[entry.compartment or "chamber"]
    first = {"gas_temperature": nodes, "wall_temperature": 2 * nodes}
    if entry.quantity == "supply_pressure":
        return 2 * nodes + walls
    return first.get(entry.quantity, 0) + node


def _spec(bench: Bench, entry: ChannelEntry) -> SensorSpec:
    noise = bench.noise_class[entry.noise].record() if entry.noise else SILENT
    return stated_spec(entry, noise, averaged=entry.quantity == "pressure")

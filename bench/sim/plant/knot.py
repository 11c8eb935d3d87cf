"""What the plant leaves at each knot for sensors and instruments, compiled; Places says where what lies in a row."""

import numpy as np

from bench.records import Floats
from bench.sim.compiled import compiled, inner
from bench.sim.plant import gas
from bench.sim.plant.composition import saturation_pressure
from bench.sim.plant.flows import partial_pressure, path_flow
from bench.sim.plant.linear import copy
from bench.sim.plant.nodes import look
from bench.sim.plant.rates import suction
from bench.sim.plant.state import (
    FLOW_CONTROLLER,
    FROM,
    HEATER,
    KIND,
    LINE_PA,
    NOW_S,
    PA,
    REGULATOR,
    SUCTION,
    TO,
    VOLUME,
    K,
    Plant,
    State,
    Work,
)
from bench.sim.plant.surroundings import position, room_pressure, shroud_temperature

SPECIES = gas.SPECIES
LEAK_K = 296.0
"""At which throughputs of helium are stated, as those of the leaks that detectors are calibrated with."""
HELIUM_J_KG_K = gas.MOLAR_GAS_CONSTANT / gas.MOLAR_MASS[gas.HE]


class Places:
    """Columns of a row, SI; relative humidity as a share of 1. Those without an argument: line, shroud, room, pirani
    and ionisation (the chamber as such gauges see it), helium (throughput from the chamber into pumps, Pa m3/s).
    """

    def __init__(self, plant: Plant) -> None:
        n, m = plant.compartments, plant.vessels
        self._controllers = [int(i) for i in np.flatnonzero(plant.ends[:, KIND] == FLOW_CONTROLLER)]
        sizes = [m, m, n, n, 5, SPECIES, 1, n, len(plant.pump), len(self._controllers), len(plant.ends), n]
        self._begins = np.cumsum([0, *sizes])
        self.count = int(self._begins[-1])
        self.line, self.shroud, self.room, self.pirani, self.ionisation = (self._place(4, i) for i in range(5))
        self.helium = self._place(6, 0)

    def _place(self, part: int, number: int) -> int:
        return int(self._begins[part]) + number

    def pressure(self, node: int) -> int:
        return self._place(0, node)

    def gas(self, node: int) -> int:
        return self._place(1, node)

    def wall(self, node: int) -> int:
        return self._place(2, node)

    def humidity(self, node: int) -> int:
        return self._place(3, node)

    def partial(self, species: int) -> int:
        """Partial pressure in the chamber."""
        return self._place(5, species)

    def heater(self, node: int) -> int:
        """W into the compartment's wall."""
        return self._place(7, node)

    def rotor(self, pump: int) -> int:
        """Hz, if the bench file states its nominal speed; else share of it."""
        return self._place(8, pump)

    def flow(self, path: int) -> int:
        """Kg/s through a flow controller, as its meter sees it: what regulators let into the same node too."""
        return self._place(9, self._controllers.index(path))

    def through(self, path: int) -> int:
        """Kg that have passed the path since the start, from its first end to its second."""
        return self._place(10, path)

    def oxygen(self, node: int) -> int:
        """Its partial pressure in a compartment."""
        return self._place(11, node)


@compiled
def first_knot(plant: Plant, state: State, work: Work, row: Floats) -> None:
    look(plant, state.u, state.time[NOW_S], work)
    keep(plant, state, work, row)


@inner
def keep(plant: Plant, state: State, work: Work, row: Floats) -> None:
    """Set row to what Places says. Work.node and Work.fraction: as of now."""
    n, m, paths = plant.compartments, plant.vessels, plant.ends.shape[0]
    now_s = state.time[NOW_S]
    for i in range(m):
        row[i], row[m + i] = work.node[i, PA], work.node[i, K]
    for i in range(n):
        row[2 * m + i] = state.u[SPECIES * m + n + i]
        vapour = partial_pressure(work.node[i], work.fraction[i], gas.H2O)
        row[2 * m + n + i] = vapour / saturation_pressure(work.node[i, K])
    rest = 2 * (m + n)
    row[rest] = state.control[LINE_PA]
    row[rest + 1] = shroud_temperature(plant.shroud, plant.weather, plant.ramps, now_s)
    row[rest + 2] = room_pressure(plant.room, now_s)
    _keep_chamber(plant, state, work, row[rest + 3 : rest + 6 + SPECIES])
    rest += 6 + SPECIES
    for i in range(n):
        row[rest + i] = state.heat[i, HEATER]
    rest += n
    for i in range(plant.pump.shape[0]):
        row[rest + i] = plant.pump[i, 2] * position(state.move[paths + i], now_s)
    rest += plant.pump.shape[0]
    for index in range(paths):
        if plant.ends[index, KIND] == FLOW_CONTROLLER:
            row[rest] = _metered(plant, state, work, index)
            rest += 1
    begin = state.u.size - n - paths
    copy(row[rest:], state.u[begin : begin + paths])
    for i in range(n):
        row[rest + paths + i] = partial_pressure(work.node[i], work.fraction[i], gas.O2)


@inner
def _metered(plant: Plant, state: State, work: Work, controller: int) -> float:
    """A regulator stands in the line of the controller that feeds its node: one meter sees both."""
    now_s = state.time[NOW_S]
    total = path_flow(plant, state, work, controller, now_s)[0]
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] == REGULATOR and plant.ends[index, TO] == plant.ends[controller, TO]:
            total += path_flow(plant, state, work, index, now_s)[0]
    return total


@inner
def _keep_chamber(plant: Plant, state: State, work: Work, row: Floats) -> None:
    """As a Pirani and an ionisation gauge see it, partial pressures, helium that goes into pumps."""
    n = plant.compartments
    row[:] = 0.0
    if n == plant.vessels:
        return
    for s in range(SPECIES):
        pure = partial_pressure(work.node[n], work.fraction[n], s)
        row[0] += plant.gauges[0, s] * pure
        row[1] += plant.gauges[1, s] * pure
        row[2 + s] = pure
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] != SUCTION or plant.ends[index, FROM] != n:
            continue
        ultimate_pa = plant.pump[int(plant.path[index, 0]), 0]
        if work.node[n, PA] > ultimate_pa:
            decay = suction(plant, state, work, index, state.time[NOW_S]) / plant.node[n, VOLUME]
            kg_s = decay * (1.0 - ultimate_pa / work.node[n, PA]) * state.u[SPECIES * n + gas.HE]
            row[2 + SPECIES] += kg_s * HELIUM_J_KG_K * LEAK_K

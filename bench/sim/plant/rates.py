"""The rig's equations (science 1.1-1.3), compiled: how fast everything changes now.

Every flux leaves one book and enters another, so that mass of each species and energy close to rounding.
"""

import math

import numpy as np

from bench.records import Floats
from bench.sim.compiled import inner
from bench.sim.plant import gas
from bench.sim.plant.flows import path_flow
from bench.sim.plant.nodes import look
from bench.sim.plant.state import (
    BOOKS,
    CAPACITY,
    ENERGY_BOOKS,
    ENTHALPY,
    FILM,
    FROM,
    GAMMA,
    GAS_HEAT,
    HATCH,
    HEAT,
    HEATER,
    J_KG,
    KG,
    KIND,
    MOUNT,
    NOW_S,
    OUTGASSED,
    PA,
    PUMPED,
    RADIATION,
    SHROUD,
    SOURCES,
    SUCTION,
    SUPPLIED,
    TO,
    TO_ROOM,
    VACUUM_AGE_S,
    VOLUME,
    WALL_HEAT,
    K,
    Plant,
    State,
    Work,
)
from bench.sim.plant.surroundings import position, shroud_temperature

SPECIES = gas.SPECIES
OUTGASSED_SHARE = np.array([0.15, 0.0, 0.85, 0.0, 0.0, 0.0])
"""Of what leaves unbaked metal, by pV flow: mostly water."""
HOUR_S = 3600.0
YOUNGEST_S = 60.0
EXHAUSTION_S = 60.0
"""A sink never takes more of a species than would empty the compartment in this time."""


@inner
def rates(plant: Plant, state: State, u: Floats, time_s: float, first: bool, work: Work, out: Floats) -> None:
    """Set out to du/dt. first: also note what the implicit matrix is made of (it stays that of the first stage)."""
    out[:] = 0.0
    look(plant, u, time_s, work)
    if first:
        work.decay[:] = 0.0
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] == SUCTION:
            _suck(plant, state, u, work, index, time_s, first, out)
            continue
        flow, slope, row = path_flow(plant, state, work, index, time_s)
        if plant.ends[index, KIND] == HATCH:
            row = _open_hatch_gas(plant, work, index, row, first)
        j_kg = _carried(plant, work, row, plant.ends[index, FROM])
        if flow != 0.0:
            book(plant, out, index, flow, work.fraction[row], j_kg)
        if plant.ends[index, KIND] == HATCH:
            _join(plant, state, u, work, index, time_s, out)
        if first:
            work.slope[index, 0], work.slope[index, 1], work.gas[index] = slope, j_kg, row
    _walls(plant, state, u, time_s, work, out)
    _sources(plant, state, u, time_s, work, out)


@inner
def _carried(plant: Plant, work: Work, row: int, warm: int) -> float:
    """Specific enthalpy of the gas in a row of Work.fraction: of its node, or a pure gas as warm as node `warm`."""
    pure = row - plant.vessels - 2
    return work.node[row, J_KG] if pure < 0 else gas.CP[pure] * work.node[warm, K]


@inner
def _open_hatch_gas(plant: Plant, work: Work, index: int, row: int, first: bool) -> int:
    """Large flows through an open hatch cancel between the parts of a step: all must be of the same gas, that of the
    side which loses gas in the end.
    """
    if not first:
        return int(work.gas[index])
    if not work.turned[index]:
        return row
    return int(plant.ends[index, FROM] + plant.ends[index, TO] - row)


@inner
def turn(plant: Plant, work: Work, passed: Floats) -> bool:
    """Mark the hatches whose gas goes the other way than their pressures say; passed: rates along the paths. Any?"""
    some = False
    for index in range(plant.ends.shape[0]):
        a = plant.ends[index, FROM]
        wrong = passed[index] < 0.0 if work.gas[index] == a else passed[index] > 0.0
        if plant.ends[index, KIND] == HATCH and wrong and not work.turned[index]:
            work.turned[index] = True
            some = True
    return some


@inner
def book(plant: Plant, rates: Floats, index: int, flow: float, fraction: Floats, j_kg: float) -> None:
    """Take flow (kg/s) of gas with these mass fractions from the path's FROM to its TO, with its enthalpy."""
    n, m = plant.compartments, plant.vessels
    books = SPECIES * m + 2 * n
    a, b = plant.ends[index, FROM], plant.ends[index, TO]
    for s in range(SPECIES):
        part = flow * fraction[s]
        if a < m:
            rates[SPECIES * a + s] -= part
        elif a == m:
            rates[books + SPECIES * TO_ROOM + s] -= part
        else:
            rates[books + SPECIES * SUPPLIED + s] += part
        if b < m:
            rates[SPECIES * b + s] += part
        elif b == m:
            rates[books + SPECIES * TO_ROOM + s] += part
    if a < n:
        rates[SPECIES * m + a] -= flow * j_kg
    if b < n:
        rates[SPECIES * m + b] += flow * j_kg
    if (a < n) != (b < n):
        rates[books + SPECIES * BOOKS + ENTHALPY] += flow * j_kg if b < n else -flow * j_kg
    rates[books + SPECIES * BOOKS + ENERGY_BOOKS + index] += flow


@inner
def _speed(plant: Plant, pump: int, p: float) -> float:
    """Pumping speed, m3/s: straight between the points of ln S over ln P, level beyond; zero below the ultimate."""
    ultimate, curve = plant.pump[pump, 0], plant.curve[pump]
    if p <= ultimate:
        return 0.0
    level, last = math.log(p), curve.shape[0] - 1
    point = 0
    while point < last and curve[point + 1, 0] <= level:
        point += 1
    speed: float = curve[point, 1]
    if point < last and level > curve[0, 0]:
        span = curve[point + 1, 0] - curve[point, 0]
        speed += (level - curve[point, 0]) / span * (curve[point + 1, 1] - speed)
    return math.exp(speed)


@inner
def suction(plant: Plant, state: State, work: Work, index: int, time_s: float) -> float:
    """Pumping speed at the path's node, m3/s, as far as its valve is open, its pump turns, and its outlet lets it."""
    pump = int(plant.path[index, 0])
    outlet, limit_pa = int(plant.pump[pump, 1]), plant.pump[pump, 3]
    left = max(1.0 - work.node[outlet, PA] / limit_pa, 0.0) if outlet >= 0 else 1.0
    turning = position(state.move[plant.ends.shape[0] + pump], time_s)
    speed = _speed(plant, pump, work.node[plant.ends[index, FROM], PA])
    return left * speed * position(state.move[index], time_s) * turning


@inner
def _suck(
    plant: Plant,
    state: State,
    u: Floats,
    work: Work,
    index: int,
    time_s: float,
    first: bool,
    out: Floats,
) -> None:
    """A pump takes gas as it comes: the node empties at a rate S/V."""
    n, m, node = plant.compartments, plant.vessels, plant.ends[index, FROM]
    pump = int(plant.path[index, 0])
    decay = suction(plant, state, work, index, time_s) / plant.node[node, VOLUME]
    if first:  # what is pumped rises with the pressure beyond the ultimate one, not with its share of the pressure
        work.slope[index, 0] = decay
        work.decay[node] += decay
    if decay > 0.0:
        decay *= 1.0 - plant.pump[pump, 0] / work.node[node, PA]
    for s in range(SPECIES):
        pumped(plant, out, index, s, decay * u[SPECIES * node + s], m, n)


@inner
def pumped(plant: Plant, out: Floats, index: int, s: int, kg_s: float, m: int, n: int) -> None:
    """From the node into the pump's outlet, or out of the rig."""
    node, outlet = plant.ends[index, FROM], int(plant.pump[int(plant.path[index, 0]), 1])
    books = SPECIES * m + 2 * n
    out[SPECIES * node + s] -= kg_s
    out[SPECIES * outlet + s if outlet >= 0 else books + SPECIES * PUMPED + s] += kg_s
    out[books + SPECIES * BOOKS + ENERGY_BOOKS + index] += kg_s


@inner
def fan(plant: Plant, state: State, index: int, time_s: float) -> float:
    """What a fan blows each way through a hatch, m3/s: equal volumes, so that it moves no pressure."""
    return plant.path[index, 1] if position(state.move[index], time_s) > 0.0 else 0.0


@inner
def joules_per_volume(plant: Plant, node: Floats, a: int, b: int) -> float:
    """Enthalpy that a volume carries, per pressure: the mean of two compartments."""
    first = node[a, KG] * node[a, J_KG] / (plant.node[a, VOLUME] * node[a, PA])
    return 0.5 * (first + node[b, KG] * node[b, J_KG] / (plant.node[b, VOLUME] * node[b, PA]))


@inner
def _join(plant: Plant, state: State, u: Floats, work: Work, index: int, time_s: float, out: Floats) -> None:
    """A hatch: fan exchange while open, conduction from wall to wall always."""
    n, m = plant.compartments, plant.vessels
    a, b = plant.ends[index, FROM], plant.ends[index, TO]
    energy, wall = SPECIES * m, SPECIES * m + n
    blown = fan(plant, state, index, time_s)
    per_a, per_b = blown / plant.node[a, VOLUME], blown / plant.node[b, VOLUME]
    for s in range(SPECIES):
        net = per_a * u[SPECIES * a + s] - per_b * u[SPECIES * b + s]
        out[SPECIES * a + s] -= net
        out[SPECIES * b + s] += net
    heat = per_a * work.node[a, KG] * work.node[a, J_KG] - per_b * work.node[b, KG] * work.node[b, J_KG]
    out[energy + a] -= heat
    out[energy + b] += heat
    heat = work.node[a, GAMMA] / (work.node[a, GAMMA] - 1.0) - work.node[b, GAMMA] / (work.node[b, GAMMA] - 1.0)
    heat *= 0.5 * blown * (work.node[a, PA] + work.node[b, PA])  # because the gases differ
    out[out.size - n + a] -= heat
    out[out.size - n + b] += heat
    heat = plant.path[index, 2] * (u[wall + a] - u[wall + b])
    out[wall + a] -= heat / plant.node[a, CAPACITY]
    out[wall + b] += heat / plant.node[b, CAPACITY]


@inner
def _walls(plant: Plant, state: State, u: Floats, time_s: float, work: Work, out: Floats) -> None:
    n, m = plant.compartments, plant.vessels
    energy, wall, books = SPECIES * m, SPECIES * m + n, SPECIES * (m + BOOKS) + 2 * n
    shroud_k = shroud_temperature(plant.shroud, plant.weather, plant.ramps, time_s)
    for i in range(n):
        fixed, wall_k = plant.node[i], u[wall + i]
        film = fixed[FILM] * (wall_k - work.node[i, K])
        outside = fixed[RADIATION] * (shroud_k**4 - wall_k**4) + fixed[MOUNT] * (shroud_k - wall_k)
        out[energy + i] += film + state.heat[i, GAS_HEAT]
        heated = state.heat[i, WALL_HEAT] + state.heat[i, HEATER]
        out[wall + i] += (outside - film + heated) / fixed[CAPACITY]
        out[books + HEAT] += state.heat[i, GAS_HEAT] + heated
        out[books + SHROUD] += outside


@inner
def _sources(plant: Plant, state: State, u: Floats, time_s: float, work: Work, out: Floats) -> None:
    """Crew and others give gas of the room's temperature and take it as it is; the chamber's walls outgas."""
    n, m = plant.compartments, plant.vessels
    energy, books = SPECIES * m, SPECIES * m + 2 * n
    for i in range(n):
        for s in range(SPECIES):
            flow = max(state.source[i, s], -u[SPECIES * i + s] / EXHAUSTION_S)
            if flow == 0.0:
                continue
            heat = flow * gas.CP[s] * (work.node[m + 1, K] if flow > 0.0 else work.node[i, K])
            out[SPECIES * i + s] += flow
            out[books + SPECIES * SOURCES + s] += flow
            out[energy + i] += heat
            out[books + SPECIES * BOOKS + ENTHALPY] += heat
    if plant.outgassing > 0.0 and n < m and state.time[VACUUM_AGE_S] > 0.0:
        age_s = max(state.time[VACUUM_AGE_S] + time_s - state.time[NOW_S], YOUNGEST_S)
        for s in range(SPECIES):
            specific = gas.MOLAR_GAS_CONSTANT / gas.MOLAR_MASS[s] * work.node[n, K]
            flow = plant.outgassing * HOUR_S / age_s * OUTGASSED_SHARE[s] / specific
            out[SPECIES * n + s] += flow
            out[books + SPECIES * OUTGASSED + s] += flow

"""The rig's equations (science 1.1-1.3) and one step of them, compiled.

ROS2 (Verwer, Spee, Blom, Hundsdorfer 1999), a linearly implicit W-method: second order whatever its matrix, L-stable.
The matrix holds what is fast: gas to wall, open hatches, fans, pumps. Every flux leaves one book and enters another,
in the explicit and in the implicit part alike, so that mass of each species and energy close to rounding.
"""

import math

import numpy as np

from bench.records import Floats
from bench.sim import gas
from bench.sim.compiled import inner
from bench.sim.flows import path_flow
from bench.sim.linear import copy_table, factorise, solve
from bench.sim.state import (
    BOOKS,
    CAPACITY,
    ELASTICITY,
    ENERGY_BOOKS,
    ENTHALPY,
    EXPANSION,
    FILM,
    FROM,
    GAMMA,
    GAS_CONSTANT,
    GAS_HEAT,
    HATCH,
    HEAT,
    J_K,
    J_KG,
    KG,
    KIND,
    MOUNT,
    NOW_S,
    OUTGASSED,
    PA,
    PER_RISE,
    PER_UNKNOWN,
    PUMPED,
    RADIATION,
    REFERENCE_K,
    REFERENCE_PA,
    REGULATOR,
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
from bench.sim.surroundings import position, room_pressure, shroud_temperature

STAGE = 1.0 - math.sqrt(0.5)
"""ROS2's gamma."""
SPECIES = gas.SPECIES
OUTGASSED_SHARE = np.array([0.15, 0.0, 0.85, 0.0, 0.0, 0.0])
"""Of what leaves unbaked metal, by pV flow: mostly water."""
HOUR_S = 3600.0
YOUNGEST_S = 60.0
EXHAUSTION_S = 60.0
"""A sink never takes more of a species than would empty the compartment in this time."""


@inner
def look(plant: Plant, u: Floats, time_s: float, work: Work) -> None:
    """Set Work.node and Work.fraction to what u says."""
    n, m = plant.compartments, plant.vessels
    shroud_k = shroud_temperature(plant.shroud, plant.ramps, time_s)
    for i in range(m):
        mass, node = u[SPECIES * i : SPECIES * (i + 1)], work.node[i]
        kg = gas.total(mass)
        node[KG], node[GAS_CONSTANT] = kg, gas.MOLAR_GAS_CONSTANT * gas.moles(mass) / kg
        for s in range(SPECIES):
            work.fraction[i, s] = mass[s] / kg
        cv = gas.heat_capacity_cv(mass)
        node[J_K], node[GAMMA] = kg * cv, 1.0 + node[GAS_CONSTANT] / cv
        volume = plant.node[i, VOLUME]
        if i < n:
            node[K] = u[SPECIES * m + i] / node[J_K]
            volume = _shell(plant.node[i], u[SPECIES * m + n + i], node)
        else:
            node[K] = shroud_k
        moles_m3 = gas.moles(mass) / volume
        real, slope = gas.virial(mass, node[K])
        node[PA] = moles_m3 * gas.MOLAR_GAS_CONSTANT * node[K] * (1.0 + real * moles_m3)
        node[PER_UNKNOWN] = node[PA] / (u[SPECIES * m + i] * (1.0 - slope * moles_m3) if i < n else kg)
        node[PER_RISE] = node[PA] * (real - slope) * moles_m3 / node[J_K]
        node[J_KG] = (cv + node[GAS_CONSTANT]) * node[K]
    for i in range(m, m + 2):
        fraction, node = work.fraction[i], work.node[i]
        node[GAS_CONSTANT], node[GAMMA] = gas.gas_constant(fraction), gas.heat_capacity_ratio(fraction)
        node[K], node[PA] = plant.room[4], room_pressure(plant.room, time_s)
        node[J_KG] = node[GAS_CONSTANT] * node[GAMMA] / (node[GAMMA] - 1.0) * node[K]


@inner
def _shell(fixed: Floats, wall_k: float, node: Floats) -> float:
    """Volume of a compartment, m3: its shell expands with its temperature and with what presses on it (science 1.1)."""
    ideal_pa = node[KG] * node[GAS_CONSTANT] * node[K] / fixed[VOLUME]
    warm = 1.0 + fixed[EXPANSION] * (wall_k - fixed[REFERENCE_K])
    return fixed[VOLUME] * warm * (1.0 + fixed[ELASTICITY] * (ideal_pa - fixed[REFERENCE_PA]))


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
def _carried(plant: Plant, work: Work, row: int, warm: int) -> float:
    """Specific enthalpy of the gas in a row of Work.fraction: of its own node, or a pure gas as warm as node `warm`."""
    pure = row - plant.vessels - 2
    return work.node[row, J_KG] if pure < 0 else gas.CP[pure] * work.node[warm, K]


@inner
def rates(plant: Plant, state: State, u: Floats, time_s: float, first: bool, work: Work, out: Floats) -> None:  # noqa: FBT001
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
def _open_hatch_gas(plant: Plant, work: Work, index: int, row: int, first: bool) -> int:  # noqa: FBT001
    """Large flows through an open hatch cancel between the parts of a step: all must be of the same gas, that of the side
    which loses gas in the end.
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
def _speed(plant: Plant, pump: int, p: float) -> float:
    """Pumping speed, m3/s: straight between points of ln S over ln P, level outside them, zero below the ultimate."""
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
    turning = position(state.move[plant.ends.shape[0] + pump], time_s)
    speed = _speed(plant, pump, work.node[node, PA]) * position(state.move[index], time_s) * turning
    decay = speed / plant.node[node, VOLUME]
    if first:  # what is pumped rises with the pressure beyond the ultimate one, not with its share of the pressure
        work.slope[index, 0] = decay
        work.decay[node] += decay
    if speed > 0.0:
        decay *= 1.0 - plant.pump[pump, 0] / work.node[node, PA]
    for s in range(SPECIES):
        _pumped(plant, out, index, s, decay * u[SPECIES * node + s], m, n)


@inner
def _pumped(plant: Plant, out: Floats, index: int, s: int, kg_s: float, m: int, n: int) -> None:
    """From the node into the pump's outlet, or out of the rig."""
    node, outlet = plant.ends[index, FROM], int(plant.pump[int(plant.path[index, 0]), 1])
    books = SPECIES * m + 2 * n
    out[SPECIES * node + s] -= kg_s
    out[SPECIES * outlet + s if outlet >= 0 else books + SPECIES * PUMPED + s] += kg_s
    out[books + SPECIES * BOOKS + ENERGY_BOOKS + index] += kg_s


@inner
def _fan(plant: Plant, state: State, index: int, time_s: float) -> float:
    """What a fan blows each way through a hatch, m3/s: equal volumes, so that it moves no pressure."""
    return plant.path[index, 1] if position(state.move[index], time_s) > 0.0 else 0.0


@inner
def _joules_per_volume(plant: Plant, node: Floats, a: int, b: int) -> float:
    """Enthalpy that a volume carries, per pressure: the mean of two compartments."""
    first = node[a, KG] * node[a, J_KG] / (plant.node[a, VOLUME] * node[a, PA])
    return 0.5 * (first + node[b, KG] * node[b, J_KG] / (plant.node[b, VOLUME] * node[b, PA]))


@inner
def _join(plant: Plant, state: State, u: Floats, work: Work, index: int, time_s: float, out: Floats) -> None:
    """A hatch: fan exchange while open, conduction from wall to wall always."""
    n, m = plant.compartments, plant.vessels
    a, b = plant.ends[index, FROM], plant.ends[index, TO]
    energy, wall = SPECIES * m, SPECIES * m + n
    blown = _fan(plant, state, index, time_s)
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
    shroud_k = shroud_temperature(plant.shroud, plant.ramps, time_s)
    for i in range(n):
        fixed, wall_k = plant.node[i], u[wall + i]
        film = fixed[FILM] * (wall_k - work.node[i, K])
        outside = fixed[RADIATION] * (shroud_k**4 - wall_k**4) + fixed[MOUNT] * (shroud_k - wall_k)
        out[energy + i] += film + state.heat[i, GAS_HEAT]
        out[wall + i] += (outside - film + state.heat[i, WALL_HEAT]) / fixed[CAPACITY]
        out[books + HEAT] += state.heat[i, GAS_HEAT] + state.heat[i, WALL_HEAT]
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


@inner
def assemble(plant: Plant, state: State, u: Floats, time_s: float, gh: float, work: Work) -> None:
    """Factorise 1 - gh J, written for what is stiff: the rates y of the nodes' pressures, and the blending by fans.

    With gh times slope times the difference of y as implicit flow of a path, a compartment's heat capacity changes by
    what drains away, blended (drain), and its energy by the enthalpy that goes with it (matrix, for now) and by what the
    film takes as its temperature rises, which is as its energy rises beyond what its heat capacity does.
    """
    n, m = plant.compartments, plant.vessels
    copy_table(work.then, work.node)
    copy_table(work.fraction_then, work.fraction)
    work.matrix[:] = 0.0
    work.blend[:] = 0.0
    work.drain[:] = 0.0
    for i in range(n):
        fixed, wall_k = plant.node[i], u[SPECIES * m + n + i]
        outside = 4.0 * fixed[RADIATION] * wall_k**3 + fixed[MOUNT]
        work.wall[i] = 1.0 + gh * (fixed[FILM] + outside) / fixed[CAPACITY]
        film = gh * fixed[FILM] / work.node[i, J_K]
        work.film[i] = film * (1.0 - gh * fixed[FILM] / (fixed[CAPACITY] * work.wall[i]))
        work.blend[i, i] = 1.0
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] != SUCTION and work.slope[index, 0] > 0.0:
            _couple(plant, work, index, gh)
        if plant.ends[index, KIND] == HATCH:
            _mix(plant, work, index, gh * _fan(plant, state, index, time_s))
    factorise(work.blend)
    _respond(plant, gh, work)
    factorise(work.matrix)


@inner
def _couple(plant: Plant, work: Work, index: int, gh: float) -> None:
    """A path whose flow follows its pressure difference; a regulator's, the pressure behind it alone."""
    a, b = plant.ends[index, FROM], plant.ends[index, TO]
    slope, j_kg = gh * work.slope[index, 0], work.slope[index, 1]
    cv = gas.heat_capacity_cv(work.fraction[work.gas[index]])
    for i, sign in ((a, 1.0), (b, -1.0)):
        for j, way in ((a, 1.0), (b, -1.0)):
            if j == a and plant.ends[index, KIND] == REGULATOR:
                continue
            if i < plant.vessels and j < plant.vessels:
                work.drain[i, j] += sign * way * slope * cv
                work.matrix[i, j] += sign * way * slope * (j_kg if i < plant.compartments else 1.0)


@inner
def _mix(plant: Plant, work: Work, index: int, blown: float) -> None:
    """A fan in an open hatch. Where gases differ, more energy goes one way, but changes no pressure: it is not in J."""
    a, b = plant.ends[index, FROM], plant.ends[index, TO]
    heat = blown * _joules_per_volume(plant, work.node, a, b)
    for i, j in ((a, b), (b, a)):
        share = blown / plant.node[j, VOLUME]
        work.blend[i, j] -= share
        work.blend[j, j] += share
        work.matrix[i, j] -= heat
        work.matrix[j, j] += heat


@inner
def _respond(plant: Plant, gh: float, work: Work) -> None:
    """Turn the matrix from what leaves each unknown into how each pressure responds."""
    n, m = plant.compartments, plant.vessels
    for k in range(m):
        some = False
        for i in range(m):
            work.x[i] = work.drain[i, k]
            some |= work.x[i] != 0.0
        if some:
            solve(work.blend, work.x)
        for i in range(m):
            per = work.then[i, PER_UNKNOWN]
            per /= 1.0 + (work.film[i] if i < n else gh * work.decay[i])
            work.matrix[i, k] *= per
            if i < n:
                warm = per * work.film[i] * work.then[i, K]
                work.matrix[i, k] += (warm + work.then[i, PER_RISE]) * work.x[i]
        work.matrix[k, k] += 1.0


@inner
def settle(plant: Plant, state: State, u: Floats, time_s: float, gh: float, work: Work, out: Floats) -> None:
    """Turn a right-hand side r into the k of (1 - gh J) k = r, in place. Whatever moves here moves from one book to another,
    as in the rates.
    """
    n, m = plant.compartments, plant.vessels
    energy, wall, fans = SPECIES * m, SPECIES * m + n, out.size - n
    _rise(plant, work, out)
    for i in range(n):
        per = work.then[i, PER_UNKNOWN] / (1.0 + work.film[i])
        work.x[i] = per * _gain(plant, i, gh, work, out) + work.then[i, PER_RISE] * work.rise[i]
        work.x[i] -= work.then[i, PA] * plant.node[i, EXPANSION] * out[wall + i] / work.wall[i]
    for i in range(n, m):
        work.x[i] = work.then[i, PER_UNKNOWN] * gas.total(out[SPECIES * i : SPECIES * (i + 1)])
        work.x[i] /= 1.0 + gh * work.decay[i]
    solve(work.matrix, work.x)
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] != SUCTION:
            _pass(plant, state, index, time_s, gh, work, out)
    _rise(plant, work, out)
    for i in range(n):
        out[energy + i] = _gain(plant, i, gh, work, out) / (1.0 + work.film[i]) + out[fans + i]
    for s in range(SPECIES):
        for i in range(n):
            work.rise[i] = out[SPECIES * i + s]
        solve(work.blend, work.rise)
        for i in range(n):
            out[SPECIES * i + s] = work.rise[i]
    _settle_walls(plant, u, gh, work, out)
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] == SUCTION and work.slope[index, 0] > 0.0:
            _emptied(plant, gh, work, index, out)


@inner
def _gain(plant: Plant, i: int, gh: float, work: Work, out: Floats) -> float:
    """What a compartment's energy gains, but for what fans carry in other gas and before the film damps it, W."""
    energy, wall, fans = SPECIES * plant.vessels, SPECIES * plant.vessels + plant.compartments, out.size
    fan = out[fans - plant.compartments + i]
    wall_part = gh * plant.node[i, FILM] / work.wall[i] * out[wall + i]
    return out[energy + i] - fan + wall_part + work.film[i] * (work.then[i, K] * work.rise[i] - fan)


@inner
def _rise(plant: Plant, work: Work, out: Floats) -> None:
    """Set work.rise to the rates of the compartments' heat capacities, as fans blend them."""
    for i in range(plant.compartments):
        work.rise[i] = 0.0
        for s in range(SPECIES):
            work.rise[i] += gas.CV[s] * out[SPECIES * i + s]
    solve(work.blend, work.rise)


@inner
def _pass(plant: Plant, state: State, index: int, time_s: float, gh: float, work: Work, out: Floats) -> None:
    """Book what goes along a path, and with its fan, because of the rates of pressure in work.x."""
    a, b = plant.ends[index, FROM], plant.ends[index, TO]
    gap = -work.x[b] if b < plant.vessels else 0.0
    if a < plant.vessels and plant.ends[index, KIND] != REGULATOR:
        gap += work.x[a]
    if work.slope[index, 0] > 0.0:
        fraction = work.fraction_then[work.gas[index]]
        book(plant, out, index, gh * work.slope[index, 0] * gap, fraction, work.slope[index, 1])
    if plant.ends[index, KIND] == HATCH:
        blown = gh * _fan(plant, state, index, time_s)
        heat = blown * _joules_per_volume(plant, work.then, a, b) * gap
        out[SPECIES * plant.vessels + a] -= heat
        out[SPECIES * plant.vessels + b] += heat


@inner
def _settle_walls(plant: Plant, u: Floats, gh: float, work: Work, out: Floats) -> None:
    n, m = plant.compartments, plant.vessels
    energy, wall, books = SPECIES * m, SPECIES * m + n, SPECIES * (m + BOOKS) + 2 * n
    for i in range(n):
        fixed = plant.node[i]
        warmer = out[energy + i] / work.then[i, J_K]
        for s in range(SPECIES):
            warmer -= work.then[i, K] * gas.CV[s] * out[SPECIES * i + s] / work.then[i, J_K]
        out[wall + i] = (out[wall + i] + gh * fixed[FILM] / fixed[CAPACITY] * warmer) / work.wall[i]
        outside = 4.0 * fixed[RADIATION] * u[wall + i] ** 3 + fixed[MOUNT]
        out[books + SHROUD] -= gh * outside * out[wall + i]


@inner
def _emptied(plant: Plant, gh: float, work: Work, index: int, out: Floats) -> None:
    """The implicit part of one path of suction, and of its node with the node's first path."""
    node = plant.ends[index, FROM]
    seen = False
    for other in range(index):
        seen |= plant.ends[other, KIND] == SUCTION and plant.ends[other, FROM] == node and work.slope[other, 0] > 0.0
    for s in range(SPECIES):
        if not seen:
            out[SPECIES * node + s] /= 1.0 + gh * work.decay[node]
        part = gh * work.slope[index, 0] * out[SPECIES * node + s]
        _pumped(plant, out, index, s, part, plant.vessels, plant.compartments)
        out[SPECIES * node + s] += part

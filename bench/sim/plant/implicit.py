"""The implicit part of a step, compiled: what is fast is solved for, not followed.

ROS2 (Verwer, Spee, Blom, Hundsdorfer 1999) is a linearly implicit W-method: second order whatever its matrix, L-stable.
The matrix holds gas to wall, open hatches, fans, pumps and every path whose flow follows its pressure difference.
"""

import math

from bench.records import Floats
from bench.sim.compiled import inner
from bench.sim.plant import gas
from bench.sim.plant.linear import copy, copy_table, factorise, solve
from bench.sim.plant.rates import book, fan, joules_per_volume, pumped
from bench.sim.plant.state import (
    BOOKS,
    CAPACITY,
    EXPANSION,
    FILM,
    FROM,
    HATCH,
    J_K,
    KIND,
    MOUNT,
    PA,
    PER_RISE,
    PER_UNKNOWN,
    RADIATION,
    REGULATOR,
    SHROUD,
    SUCTION,
    TO,
    VOLUME,
    K,
    Plant,
    State,
    Work,
)

STAGE = 1.0 - math.sqrt(0.5)
"""ROS2's gamma."""
SPECIES = gas.SPECIES


@inner
def assemble(plant: Plant, state: State, u: Floats, time_s: float, gh: float, work: Work) -> None:
    """Factorise 1 - gh J, written for what is stiff: the rates y of the nodes' pressures, and what fans blend.

    With gh times slope times the difference of y as implicit flow of a path, a compartment's heat capacity changes by
    what drains away, blended (drain), and its energy by the enthalpy that goes with it (matrix, for now) and by what
    the film takes as its temperature rises, which is as its energy rises beyond what its heat capacity does.
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
            _mix(plant, work, index, gh * fan(plant, state, index, time_s))
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
    heat = blown * joules_per_volume(plant, work.node, a, b)
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
    """Turn a right-hand side r into the k of (1 - gh J) k = r, in place. Whatever moves here moves from one book to
    another, as in the rates.
    """
    n, m = plant.compartments, plant.vessels
    energy, fans = SPECIES * m, out.size - n
    copy(work.blown, out[fans:])
    solve(work.blend, work.blown)  # it goes with the gas that fans blend
    _rise(plant, work, out)
    _stiffen(plant, gh, work, out)
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] != SUCTION:
            _pass(plant, state, index, time_s, gh, work, out)
    _rise(plant, work, out)
    for i in range(n):
        out[energy + i] = _gain(plant, i, gh, work, out) / (1.0 + work.film[i]) + work.blown[i]
    copy(out[fans:], work.blown)
    _blend(plant, work, out)
    _settle_walls(plant, u, gh, work, out)
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] == SUCTION and work.slope[index, 0] > 0.0:
            _emptied(plant, gh, work, index, out)


@inner
def _stiffen(plant: Plant, gh: float, work: Work, out: Floats) -> None:
    """Set work.x to the rates of the nodes' pressures."""
    n, m = plant.compartments, plant.vessels
    wall = SPECIES * m + n
    for i in range(n):
        per = work.then[i, PER_UNKNOWN] / (1.0 + work.film[i])
        work.x[i] = per * _gain(plant, i, gh, work, out) + work.then[i, PER_RISE] * work.rise[i]
        work.x[i] -= work.then[i, PA] * plant.node[i, EXPANSION] * out[wall + i] / work.wall[i]
    for i in range(n, m):
        work.x[i] = work.then[i, PER_UNKNOWN] * gas.total(out[SPECIES * i : SPECIES * (i + 1)])
        work.x[i] /= 1.0 + gh * work.decay[i]
    solve(work.matrix, work.x)


@inner
def _blend(plant: Plant, work: Work, out: Floats) -> None:
    """What fans make of the rates of the compartments' species."""
    for s in range(SPECIES):
        for i in range(plant.compartments):
            work.rise[i] = out[SPECIES * i + s]
        solve(work.blend, work.rise)
        for i in range(plant.compartments):
            out[SPECIES * i + s] = work.rise[i]


@inner
def _gain(plant: Plant, i: int, gh: float, work: Work, out: Floats) -> float:
    """What a compartment's energy gains, but for what fans carry in other gas and before the film damps it, W."""
    energy, wall, fans = SPECIES * plant.vessels, SPECIES * plant.vessels + plant.compartments, out.size
    wall_part = gh * plant.node[i, FILM] / work.wall[i] * out[wall + i]
    own = out[energy + i] - out[fans - plant.compartments + i] + wall_part
    return own + work.film[i] * (work.then[i, K] * work.rise[i] - work.blown[i])


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
        blown = gh * fan(plant, state, index, time_s)
        heat = blown * joules_per_volume(plant, work.then, a, b) * gap
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
        pumped(plant, out, index, s, part, plant.vessels, plant.compartments)
        out[SPECIES * node + s] += part

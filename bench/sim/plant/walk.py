"""The plant walks through time, compiled: steps as long as its state allows, and a knot after each (knots.py).

How long a step is depends on the state alone, never on who looks: the same commands give the same course.
"""

import math

from bench.records import Floats
from bench.sim.compiled import compiled, inner
from bench.sim.plant import gas
from bench.sim.plant.implicit import STAGE, assemble, settle
from bench.sim.plant.knot import keep
from bench.sim.plant.linear import copy
from bench.sim.plant.nodes import look
from bench.sim.plant.rates import rates, turn
from bench.sim.plant.reliefs import FINEST_S, lift, passing
from bench.sim.plant.state import (
    FROM,
    HATCH,
    KG,
    KIND,
    LINE_PA,
    NOW_S,
    ON,
    PA,
    ROUNDED,
    STEP_S,
    SUPPLY,
    TO,
    VACUUM_AGE_S,
    Plant,
    State,
    Work,
)
from bench.sim.plant.surroundings import position, set_point

SPECIES = gas.SPECIES
FIRST_S, LONGEST_S, SHORTEST_S = 0.02, 60.0, 1e-6
"""First step after an event, and bounds of a step."""
MIXING_S, UNLIKE = 1.0, 1e-3
"""Longest step while gases whose mass fractions differ by more than UNLIKE meet in an open hatch: the implicit part
knows nothing of composition, and longer steps would show pressure differences that are not there (0.3 Pa at a minute).
"""
JUST_BEFORE = 1.0 - 1e-9
"""Where in a step its second stage looks: what happens at its end (a patch) has not happened yet."""
GROWTH, SHRINK, REFUSED = 2.5, 0.3, 4.0
ENERGY_TOLERANCE, SPECIES_TOLERANCE, CHAMBER_TOLERANCE, VESSEL_TOLERANCE, LEAST_KG = 3e-6, 1e-5, 1e-3, 1e-5, 1e-9
"""Of the difference between first and second order: relative to a compartment's energy (1e-6: 0.3 mK, 0.1 Pa), to its
gas, to the gas of the chamber and of any other vessel (and LEAST_KG)."""
TRACE = 1e-9
"""Share of a node's gas by which a species may fall short of nothing: the rounding of what a step takes and gives."""
VACUUM_PA = 1000.0
"""Below this the chamber's walls have begun to outgas."""


@inner
def attempt(plant: Plant, state: State, work: Work, h: float) -> float:
    """Set Work.stage to State.u after h; how far the step's orders differ, in tolerances. Infinite: not a state."""
    t, u, paths = state.time[NOW_S], state.u, plant.ends.shape[0]
    work.turned[:] = False
    again = True
    while again:  # twice at most for each hatch
        rates(plant, state, u, t, True, work, work.first)
        assemble(plant, state, u, t, STAGE * h, work)
        settle(plant, state, u, t, STAGE * h, work, work.first)
        begin = u.size - plant.compartments - paths
        again = turn(plant, work, work.first[begin : begin + paths])
    for i in range(u.size):
        work.stage[i] = u[i] + h * work.first[i]
    if not possible(plant, work.stage):
        return math.inf
    rates(plant, state, work.stage, t + JUST_BEFORE * h, False, work, work.second)
    for i in range(u.size):
        work.second[i] -= 2.0 * work.first[i]
    settle(plant, state, u, t, STAGE * h, work, work.second)
    for i in range(u.size):
        work.stage[i] = u[i] + h * (1.5 * work.first[i] + 0.5 * work.second[i])
    return _error(plant, state, work, h) if possible(plant, work.stage) else math.inf


@inner
def possible(plant: Plant, u: Floats) -> bool:
    """No mass or energy is negative (a species by no more than TRACE), nothing is NaN, and no vessel is empty."""
    for i in range(plant.vessels):
        kg = gas.total(u[SPECIES * i : SPECIES * (i + 1)])
        for s in range(SPECIES):
            if not u[SPECIES * i + s] >= -TRACE * kg:
                return False
        if kg <= 0.0 or (i < plant.compartments and not u[SPECIES * plant.vessels + i] > 0.0):
            return False
    return True


@inner
def _error(plant: Plant, state: State, work: Work, h: float) -> float:
    """The embedded first-order result is not damped where the plant is stiff: the difference is filtered by the
    implicit matrix, as is usual (Hairer and Wanner, Solving ODEs II, IV.8).
    """
    n, m, t, u = plant.compartments, plant.vessels, state.time[NOW_S], state.u
    for i in range(u.size):
        work.second[i] = 0.5 * h * (work.first[i] + work.second[i])
    settle(plant, state, u, t, STAGE * h, work, work.second)
    worst = 0.0
    for i in range(m):
        kg, change = work.then[i, KG], 0.0
        for s in range(SPECIES):
            part = work.second[SPECIES * i + s]
            change += part
            if i < n:
                worst = max(worst, abs(part) / (SPECIES_TOLERANCE * kg))
        if i >= n:
            tolerance = CHAMBER_TOLERANCE if i == n else VESSEL_TOLERANCE
            worst = max(worst, abs(change) / (tolerance * kg + LEAST_KG))
        else:
            place = SPECIES * m + i
            worst = max(worst, abs(work.second[place]) / (ENERGY_TOLERANCE * u[place]))
            place += n
            worst = max(worst, abs(work.second[place]) / (ENERGY_TOLERANCE * u[place]))
    return worst


@compiled
def attempt_once(plant: Plant, state: State, work: Work, h: float) -> float:
    """A step of just h, whatever its error, which is returned: to measure the order of the method."""
    error = attempt(plant, state, work, h)
    copy(state.u, work.stage)
    state.time[NOW_S] += h
    return error


@compiled
def walk(
    plant: Plant,
    state: State,
    before: State,
    work: Work,
    time_s: Floats,
    value: Floats,
    newest: int,
    limit_s: float,
    stop_s: float,
) -> int:
    """Step until limit_s is reached, perhaps beyond it, never beyond stop_s, nor further than half the ring of knots.

    before: the state in front of the last step. Returns the number of the newest knot.
    """
    last = newest + time_s.size // 2
    while state.time[NOW_S] < min(limit_s, stop_s) and newest < last:
        copy(before.u, state.u)
        copy(before.time, state.time)
        copy(before.control, state.control)
        copy(before.lift, state.lift)
        copy(before.lifted_s, state.lifted_s)
        left = stop_s - state.time[NOW_S]
        h = min(state.time[STEP_S], left)
        error = attempt(plant, state, work, h)
        while error > REFUSED and h > SHORTEST_S:
            h *= SHRINK
            error = attempt(plant, state, work, h)
        share = passing(plant, state, work, state.time[NOW_S] + h, value[newest % time_s.size])
        while share < 1.0 and h > FINEST_S:
            h *= share
            error = attempt(plant, state, work, h)
            share = passing(plant, state, work, state.time[NOW_S] + h, value[newest % time_s.size])
        if error == math.inf:
            raise ValueError("the plant cannot go on: a mass or an energy would be negative")
        _accept(plant, state, work, h, stop_s if h == left else state.time[NOW_S] + h)
        grown = min(GROWTH, 0.9 / math.sqrt(error)) if error > 0.0 else GROWTH
        longest = MIXING_S if _mixing(plant, state, work) else LONGEST_S
        moved = lift(plant, state, work)
        state.time[STEP_S] = FIRST_S if moved else min(longest, max(SHORTEST_S, h * max(grown, SHRINK)))
        newest += 1
        time_s[newest % time_s.size] = state.time[NOW_S]
        keep(plant, state, work, value[newest % time_s.size])
    return newest


@inner
def _mixing(plant: Plant, state: State, work: Work) -> bool:
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] != HATCH or position(state.move[index], state.time[NOW_S]) == 0.0:
            continue
        a, b = plant.ends[index, FROM], plant.ends[index, TO]
        for s in range(SPECIES):
            if abs(work.fraction[a, s] - work.fraction[b, s]) > UNLIKE:
                return True
    return False


@inner
def _accept(plant: Plant, state: State, work: Work, h: float, now_s: float) -> None:
    copy(state.u, work.stage)
    books = SPECIES * plant.vessels + 2 * plant.compartments
    for place in range(SPECIES * plant.vessels):
        if state.u[place] < 0.0:
            state.u[books + SPECIES * ROUNDED + place % SPECIES] -= state.u[place]
            state.u[place] = 0.0
    state.time[NOW_S] = now_s
    look(plant, state.u, now_s, work)
    vacuum = plant.compartments < plant.vessels and work.node[plant.compartments, PA] < VACUUM_PA
    state.time[VACUUM_AGE_S] = state.time[VACUUM_AGE_S] + h if vacuum else 0.0
    for index in range(plant.ends.shape[0]):
        if plant.ends[index, KIND] != SUPPLY:
            continue
        if position(state.move[index], now_s) > 0.0:
            state.control[LINE_PA] = work.node[plant.ends[index, TO], PA]
        elif state.control[ON] > 0.0:
            begun, lag_s = set_point(state.control, now_s - h), plant.supply[2]
            lagging = (set_point(state.control, now_s) - begun) / h * lag_s  # what a steady ramp settles at
            gap = state.control[LINE_PA] - begun + lagging
            state.control[LINE_PA] = set_point(state.control, now_s) - lagging + gap * math.exp(-h / lag_s)

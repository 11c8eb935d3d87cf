"""The rig's equations (science 1.1-1.3), compiled: one exponential midpoint step per call of `step`.

Nodes: compartments 0..n-1, chamber n, room n+1; SUPPLY stands for the pressure controller. Every flux is computed
once and booked on both sides, so that mass closure is a matter of rounding only. Units: SI.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.records import Floats
from bench.sim.flows import path_flow, pressure
from bench.sim.state import PUMPED, SOURCES, SUPPLIED, SUPPLY, TO_ROOM, Integers, Plant, State


@njit(cache=True)
def _relax(value: float, drive: float, rate: float, h: float) -> float:
    """Exact solution of dx/dt = drive - rate x after h with both held."""
    if rate * h < 1e-12:
        return value + h * (drive - rate * value)
    return value + (drive / rate - value) * -math.expm1(-rate * h)


@njit(cache=True)
def shroud_temperature(plant: Plant, time_s: float) -> float:
    base, drift, swing, period = plant.surroundings
    value = base + drift * time_s + swing * math.sin(2.0 * math.pi * time_s / period)
    for k in range(plant.ramps.shape[0]):
        begin, over, size = plant.ramps[k]
        value += size * min(max((time_s - begin) / over, 0.0), 1.0)
    return value


@njit(cache=True)
def room_pressure(plant: Plant, time_s: float) -> float:
    base, rate, begin, end = plant.room_front
    return base + rate * (min(max(time_s, begin), end) - begin)


@njit(cache=True)
def advance_by(plant: Plant, start: State, slope: State, out: State, time_s: float, h: float) -> None:
    """Set out to start after h, with all fluxes and rates taken from slope (start itself, or the midpoint)."""
    n = plant.film.size
    cv = plant.gas[0] / (plant.gas[1] - 1.0)
    cp = cv * plant.gas[1]
    inflow, outflow, enthalpy = np.zeros(n + 2), np.zeros(n + 2), np.zeros(n + 2)
    out.book[:] = start.book
    for index in range(plant.path_from.size):
        a, b = plant.path_from[index], plant.path_to[index]
        flow = path_flow(plant, slope, index, h)
        if flow < 0.0:
            a, b = b, a
        size = abs(flow)
        if a == SUPPLY:
            out.book[SUPPLIED] += size * h
            enthalpy[b] += size * cp * slope.temperature[n + 1]
        else:
            outflow[a] += size
        if b == SUPPLY:
            out.book[SUPPLIED] -= size * h
        else:
            inflow[b] += size
        if min(a, b) != SUPPLY:
            enthalpy[b] += size * cp * slope.temperature[a]
    out.book[TO_ROOM] += (inflow[n + 1] - outflow[n + 1]) * h
    shroud = shroud_temperature(plant, time_s + 0.5 * h)
    for i in range(n):
        out.book[SOURCES] += slope.source[i] * h
        inflow[i] += max(slope.source[i], 0.0)  # crew and make-up give and take at the gas's own temperature
        outflow[i] += max(-slope.source[i], 0.0)
        enthalpy[i] += max(slope.source[i], 0.0) * cp * slope.temperature[i]
        out.mass[i] = start.mass[i] + (inflow[i] - outflow[i]) * h
        heat_capacity = slope.mass[i] * cv
        drive = (enthalpy[i] + plant.film[i] * slope.wall[i] + plant.heat[i]) / heat_capacity
        rate = (inflow[i] * cv + outflow[i] * (cp - cv) + plant.film[i]) / heat_capacity
        out.temperature[i] = _relax(start.temperature[i], drive, rate, h)
        drive = (plant.film[i] * slope.temperature[i] + plant.environment[i] * shroud) / plant.capacity[i]
        rate = (plant.film[i] + plant.environment[i]) / plant.capacity[i]
        out.wall[i] = _relax(start.wall[i], drive, rate, h)
    _pump_down(plant, start, slope, out, inflow[n] - outflow[n], h)


@njit(cache=True)
def _pump_down(plant: Plant, start: State, slope: State, out: State, gain: float, h: float) -> None:
    """Chamber: dm/dt = gain - S/V (m - m_ultimate), exact; what the pump took is what is missing."""
    n = plant.film.size
    rate = 0.0
    if plant.pump_path >= 0:
        rate = plant.pump_speed / plant.volume[n] * slope.pump[0] * slope.opening[plant.pump_path]
    ultimate = plant.pump_ultimate * plant.volume[n] / (plant.gas[0] * slope.temperature[n])
    before = start.mass[n]  # out may be start itself
    out.mass[n] = _relax(before, gain + rate * ultimate, rate, h)
    out.book[PUMPED] += gain * h - (out.mass[n] - before)


@njit(cache=True)
def equalise(plant: Plant, state: State) -> None:
    """Open hatches make one pressure node: move gas along them until all pressures are equal, energy conserved.

    Flow work stays inside the node, so the common pressure is the volume mean. The enthalpy each hatch must pass
    follows from the tree of hatches, leaves first; it carries the upstream gas's mass with it.
    """
    n = plant.film.size
    parent, order = np.full(n, -1), np.empty(n, np.int64)
    seen = np.zeros(n, np.bool_)
    cp = plant.gas[0] * plant.gas[1] / (plant.gas[1] - 1.0)
    for root in range(n):
        if seen[root]:
            continue
        size = _tree(plant, state, root, parent, order, seen)
        if size == 1:
            continue
        volume = energy = 0.0
        for i in order[:size]:
            volume += plant.volume[i]
            energy += state.mass[i] * state.temperature[i]
        excess = np.zeros(n)
        for i in order[:size]:
            excess[i] = state.mass[i] * state.temperature[i] - energy * plant.volume[i] / volume
        upstream = state.temperature.copy()
        for position in range(size - 1, 0, -1):
            i = order[position]
            j = parent[i]
            moved = excess[i] * plant.gas[0] / (plant.gas[1] - 1.0)
            flow = moved / (cp * (upstream[i] if moved > 0.0 else upstream[j]))
            excess[j] += excess[i]
            _move(state, i, j, flow, excess[i])


@njit(cache=True)
def _move(state: State, i: int, j: int, mass: float, mass_temperature: float) -> None:
    """Take mass (kg) and its energy over cv (kg K) from i to j."""
    left, right = (
        state.mass[i] * state.temperature[i] - mass_temperature,
        state.mass[j] * state.temperature[j] + mass_temperature,
    )
    state.mass[i] -= mass
    state.mass[j] += mass
    state.temperature[i] = left / state.mass[i]
    state.temperature[j] = right / state.mass[j]


@njit(cache=True)
def _tree(plant: Plant, state: State, root: int, parent: Integers, order: Integers, seen: NDArray[np.bool_]) -> int:
    """Breadth-first tree over open hatches from root; fills order and parent, returns how many it reached."""
    paths = plant.path_from.size
    order[0], size, head = root, 1, 0
    seen[root] = True
    while head < size:
        here = order[head]
        head += 1
        for hatch in range(plant.hatch_a.size):
            if state.opening[paths + hatch] == 0.0:
                continue
            for a, b in ((plant.hatch_a[hatch], plant.hatch_b[hatch]), (plant.hatch_b[hatch], plant.hatch_a[hatch])):
                if a == here and not seen[b]:
                    seen[b] = True
                    parent[b] = here
                    order[size] = b
                    size += 1
    return size


@njit(cache=True)
def _move_actuators(plant: Plant, start: State, out: State, h: float) -> None:
    """Valves, hatches and the controller's ramp travel at constant speed towards what is wanted."""
    for index in range(start.opening.size):
        travel = h / plant.travel_s[index] if plant.travel_s[index] > 0.0 else 1.0
        gap = start.wanted[index] - start.opening[index]
        out.opening[index] = start.opening[index] + min(max(gap, -travel), travel)
        out.wanted[index] = start.wanted[index]
    out.controller[:] = start.controller
    limit = start.controller[2] * h
    out.controller[3] += min(max(start.controller[1] - start.controller[3], -limit), limit)


@njit(cache=True)
def _line_pressure(plant: Plant, state: State, h: float) -> None:
    """The controller's own gauge: the node's pressure through an open valve, else what it makes of its dead line."""
    for index in range(plant.path_from.size):
        if plant.path_from[index] != SUPPLY:
            continue
        if state.opening[index] > 0.0:
            state.controller[4] = pressure(plant, state, plant.path_to[index])
        elif state.controller[0] > 0.0:
            gap = state.controller[3] - state.controller[4]
            state.controller[4] += gap * -math.expm1(-h / plant.supply_limits[2])


@njit(cache=True)
def step(plant: Plant, state: State, half: State, time_s: float, h: float) -> None:
    """Advance state by h in place (exponential midpoint, second order); half is scratch of the same shape."""
    _move_actuators(plant, state, half, 0.5 * h)
    half.pump[:] = state.pump
    half.temperature[:] = state.temperature
    half.factor[:] = state.factor
    half.source[:] = state.source
    state.room[0] = room_pressure(plant, time_s)
    half.room[0] = room_pressure(plant, time_s + 0.5 * h)
    advance_by(plant, state, state, half, time_s, 0.5 * h)
    equalise(plant, half)
    advance_by(plant, state, half, state, time_s, h)
    _move_actuators(plant, state, state, h)
    equalise(plant, state)
    _line_pressure(plant, state, h)


@njit(cache=True)
def keep(plant: Plant, state: State, row: Floats) -> None:
    """Pressures (Pa) and temperatures (K) of compartments and chamber, wall temperatures, the controller's line."""
    nodes, walls = plant.volume.size, plant.film.size
    for node in range(nodes):
        row[node] = pressure(plant, state, node)
        row[nodes + node] = state.temperature[node]
    for i in range(walls):
        row[2 * nodes + i] = state.wall[i]
    row[2 * nodes + walls] = state.controller[4]


@njit(cache=True)
def run(plant: Plant, state: State, half: State, history: Floats, time_s: float, end_s: float, grid_s: float) -> None:
    """Advance to end_s, stepping on every grid point on the way; what sensors look at is kept there.

    history: (size, 3 n + 3) ring, row k of time k grid_s, filled by `keep`.
    """
    while end_s - time_s > 1e-9:
        index = math.floor(time_s / grid_s + 1e-6) + 1
        target = min(index * grid_s, end_s)
        step(plant, state, half, time_s, target - time_s)
        time_s = target
        if abs(target - index * grid_s) < 1e-9:
            keep(plant, state, history[index % history.shape[0]])

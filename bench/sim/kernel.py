"""The rig's equations (science 1.1-1.3), compiled: one exponential midpoint step per call of `step`.

Nodes: compartments 0..n-1, chamber n, room n+1; SUPPLY stands for the pressure controller. Every flux is computed
once and booked on both sides, so that mass closure is a matter of rounding only. Units: SI.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.records import Floats
from bench.sim.state import PUMPED, SUPPLIED, SUPPLY, TO_ROOM, Integers, Plant, State


@njit(cache=True)
def orifice_flow(area_m2: float, p_up: float, t_up: float, p_down: float, gas_constant: float, gamma: float) -> float:
    """Isentropic mass flow through effective area Cd A, kg/s; choked below the critical ratio (science 1.2.1)."""
    critical = (2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0))
    ratio = max(p_down / p_up, critical)
    expansion = ratio ** (2.0 / gamma) - ratio ** ((gamma + 1.0) / gamma)
    return area_m2 * p_up * math.sqrt(2.0 * gamma / (gamma - 1.0) / (gas_constant * t_up) * max(expansion, 0.0))


@njit(cache=True)
def pressure(plant: Plant, state: State, node: int) -> float:
    if node == plant.volume.size:
        return plant.gas[2]
    return state.mass[node] * plant.gas[0] * state.temperature[node] / plant.volume[node]


@njit(cache=True)
def _soft_limit(plant: Plant, state: State, a: int, b: int, h: float) -> float:
    """Flow that would equalise half of two nodes' difference within h: a wide valve must not overshoot."""
    inverse = 1.0 / plant.volume[a] if a < plant.volume.size else 0.0
    inverse += 1.0 / plant.volume[b] if b < plant.volume.size else 0.0
    difference = abs(pressure(plant, state, a) - pressure(plant, state, b))
    return 0.5 * difference / (plant.gas[1] * plant.gas[0] * state.temperature[a] * inverse * h)


@njit(cache=True)
def _supply_flow(plant: Plant, state: State, node: int, opening: float) -> float:
    if state.controller[0] == 0.0 or opening == 0.0:
        return 0.0
    wanted = plant.supply_limits[1] * (state.controller[3] - pressure(plant, state, node))
    return min(max(wanted, -plant.supply_limits[0]), plant.supply_limits[0])


@njit(cache=True)
def path_flow(plant: Plant, state: State, index: int, h: float) -> float:
    """Flow from path_from to path_to, kg/s, negative when it runs the other way."""
    a, b = plant.path_from[index], plant.path_to[index]
    if a == SUPPLY:
        return _supply_flow(plant, state, b, state.opening[index])
    if index == plant.pump_path:
        return 0.0
    area = plant.path_seat[index] + plant.path_area[index] * state.opening[index]
    sign = 1.0
    if pressure(plant, state, b) > pressure(plant, state, a):
        a, b, sign = b, a, -1.0
    flow = orifice_flow(
        area, pressure(plant, state, a), state.temperature[a], pressure(plant, state, b), plant.gas[0], plant.gas[1]
    )
    return sign * min(flow, _soft_limit(plant, state, a, b, h))


@njit(cache=True)
def _relax(value: float, drive: float, rate: float, h: float) -> float:
    """Exact solution of dx/dt = drive - rate x after h with both held."""
    if rate * h < 1e-12:
        return value + h * (drive - rate * value)
    return value + (drive / rate - value) * -math.expm1(-rate * h)


@njit(cache=True)
def _shroud(plant: Plant, time_s: float) -> float:
    base, drift, swing, period = plant.surroundings
    return base + drift * time_s + swing * math.sin(2.0 * math.pi * time_s / period)


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
    shroud = _shroud(plant, time_s + 0.5 * h)
    for i in range(n):
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
    advance_by(plant, state, state, half, time_s, 0.5 * h)
    equalise(plant, half)
    advance_by(plant, state, half, state, time_s, h)
    _move_actuators(plant, state, state, h)
    equalise(plant, state)
    _line_pressure(plant, state, h)


@njit(cache=True)
def run(plant: Plant, state: State, half: State, history: Floats, time_s: float, end_s: float, grid_s: float) -> None:
    """Advance to end_s, stepping on every grid point on the way; the grid's pressures and temperatures are kept.

    history: (size, 2 (n+1)) ring, row k of time k grid_s: n+1 pressures (Pa), then n+1 temperatures (K).
    """
    nodes = plant.volume.size
    while end_s - time_s > 1e-9:
        index = math.floor(time_s / grid_s + 1e-6) + 1
        target = min(index * grid_s, end_s)
        step(plant, state, half, time_s, target - time_s)
        time_s = target
        if abs(target - index * grid_s) < 1e-9:
            row = history[index % history.shape[0]]
            for node in range(nodes):
                row[node] = pressure(plant, state, node)
                row[nodes + node] = state.temperature[node]

"""How fast gas goes along each path of the plant, compiled (science 1.2).

path_shape by kind: ORIFICE effective area Cd A (m2); SHORT_TUBE and CAPILLARY diameter, length (m); SLIT width, height,
length (m). A half-open valve passes half.
"""

from numba import njit

from bench.records import Floats
from bench.sim import gas
from bench.sim.element_ducts import duct_flow, short_duct_flow, slit, tube
from bench.sim.elements import Upstream, orifice_flow
from bench.sim.state import ORIFICE, SHORT_TUBE, SLIT, SUPPLY, Plant, State

DISCHARGE = 0.83
"""Of a short cylindrical mouth (science 1.2.2)."""


@njit(cache=True)
def pressure(plant: Plant, state: State, node: int) -> float:
    if node == plant.volume.size:
        return state.room[0]
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
def _duct_flow(plant: Plant, kind: int, shape: Floats, p_up: float, t_up: float, p_down: float) -> float:
    """Flow through a leak with length."""
    up = Upstream(p_up, t_up, plant.gas[0], plant.gas[1], gas.viscosity(plant.mix, t_up))
    if kind == SHORT_TUBE:
        return short_duct_flow(tube(shape[0], shape[1]), DISCHARGE, up, p_down)
    if kind == SLIT:
        return duct_flow(slit(shape[0], shape[1], shape[2]), up, p_down)
    return duct_flow(tube(shape[0], shape[1]), up, p_down)


@njit(cache=True)
def path_flow(plant: Plant, state: State, index: int, h: float) -> float:
    """Flow from path_from to path_to, kg/s, negative when it runs the other way."""
    a, b = plant.path_from[index], plant.path_to[index]
    if a == SUPPLY:
        return _supply_flow(plant, state, b, state.opening[index])
    if index == plant.pump_path:
        return 0.0
    sign = 1.0
    if pressure(plant, state, b) > pressure(plant, state, a):
        a, b, sign = b, a, -1.0
    p_up, t_up, p_down = pressure(plant, state, a), state.temperature[a], pressure(plant, state, b)
    opening, shape = state.opening[index] * state.factor[index], plant.path_shape[index]
    area = plant.path_seat[index]
    if plant.path_kind[index] == ORIFICE:
        area += shape[0] * opening
    flow = orifice_flow(area, p_up, t_up, p_down, plant.gas[0], plant.gas[1])
    if plant.path_kind[index] != ORIFICE and opening > 0.0:
        flow += opening * _duct_flow(plant, plant.path_kind[index], shape, p_up, t_up, p_down)
    return sign * min(flow, _soft_limit(plant, state, a, b, h))

"""How fast gas goes along each path of the plant, compiled (science 1.2). Work.node, Work.fraction: as of now."""

import math

from bench.records import Floats
from bench.sim.compiled import inner
from bench.sim.plant import gas
from bench.sim.plant.element_ducts import duct_flow, short_duct_flow, slit, tube
from bench.sim.plant.elements import Upstream, critical_ratio, orifice_flow, permeation_flow, trapped_flow
from bench.sim.plant.state import (
    CAPILLARY,
    CONDUCTANCE,
    FLOW_CONTROLLER,
    FROM,
    GAMMA,
    GAS_CONSTANT,
    HATCH,
    KIND,
    ON,
    ORIFICE,
    PA,
    PERMEATION,
    REGULATOR,
    RELIEF,
    SEAT,
    SHORT_TUBE,
    SLIT,
    SUPPLY,
    TO,
    K,
    Plant,
    State,
    Work,
)
from bench.sim.plant.surroundings import conductance_factor, position, set_point

DISCHARGE = 0.83
"""Of a short cylindrical mouth (science 1.2.2)."""
LAMINAR_PA = 1.0
"""Below this difference the flow through a hole goes linearly to zero, as slow flow does, not as its root."""
METER_PA = 1000.0
"""The same for a flow controller, whose meter is a bundle of capillaries. A root would not let a small volume in front
of it come to rest: an error of a step that a vessel is allowed would throw it from side to side.
"""


@inner
def through_hole(area_m2: float, up: Floats, down: Floats, laminar_pa: float) -> float:
    """Orifice flow between two rows of Work.node, kg/s, without the root's infinite slope at equal pressures: below
    laminar_pa it is straight.
    """
    gap = up[PA] - down[PA]
    least = min(laminar_pa, 0.1 * up[PA])
    if gap >= least:
        return orifice_flow(area_m2, up[PA], up[K], down[PA], up[GAS_CONSTANT], up[GAMMA])
    flow = orifice_flow(area_m2, up[PA], up[K], up[PA] - least, up[GAS_CONSTANT], up[GAMMA])
    return flow * gap / least if gap > 0.0 else 0.0


@inner
def _through_duct(kind: int, shape: Floats, up: Floats, fraction: Floats, p_down: float) -> float:
    """Flow through a leak with length."""
    before = Upstream(up[PA], up[K], up[GAS_CONSTANT], up[GAMMA], gas.viscosity(fraction, up[K]))
    if kind == SHORT_TUBE:
        return short_duct_flow(tube(shape[0], shape[1]), DISCHARGE, before, p_down)
    if kind == SLIT:
        return duct_flow(slit(shape[0], shape[1], shape[2]), before, p_down)
    return duct_flow(tube(shape[0], shape[1]), before, p_down)


@inner
def _downhill(shape: Floats, kind: int, opening: float, up: Floats, down: Floats, fraction: Floats) -> float:
    """Flow of a leak element from the higher to the lower pressure."""
    area = shape[SEAT]
    flow = 0.0
    if kind in (ORIFICE, RELIEF):
        area += shape[0] * opening
    elif opening > 0.0 and kind in (SHORT_TUBE, SLIT, CAPILLARY):
        flow = opening * _through_duct(kind, shape, up, fraction, down[PA])
    elif kind == CONDUCTANCE:
        flow = opening * trapped_flow(shape[0], up[PA], up[K], down[PA], up[GAS_CONSTANT])
    if area > 0.0:
        flow += through_hole(area, up, down, LAMINAR_PA)
    return flow


@inner
def _supplied(plant: Plant, state: State, opening: float, p: float, time_s: float) -> tuple[float, float]:
    """The pressure controller: proportional, limited either way. Flow and its slope."""
    if state.control[ON] == 0.0 or opening == 0.0:
        return 0.0, 0.0
    limit, gain = plant.supply[0], plant.supply[1]
    wanted = gain * (set_point(state.control, time_s) - p)
    return (wanted, gain) if abs(wanted) < limit else (math.copysign(limit, wanted), 0.0)


@inner
def _regulated(shape: Floats, opening: float, p_before: float, p: float) -> tuple[float, float]:
    """Make-up: a regulator that only opens towards the lower pressure, as far as its bottle can."""
    if opening == 0.0 or p_before <= p:
        return 0.0, 0.0
    wanted = shape[1] * (shape[0] - p)
    return (max(wanted, 0.0), shape[1] if wanted > 0.0 else 0.0) if wanted < shape[2] else (shape[2], 0.0)


@inner
def _controlled(shape: Floats, opening: float, up: Floats, down: Floats) -> tuple[float, float]:
    """A mass flow controller: what it is set to, or what its wide open valve lets through; never uphill."""
    if opening == 0.0 or up[PA] <= down[PA]:
        return 0.0, 0.0
    most = through_hole(shape[1], up, down, METER_PA)
    wanted = opening * shape[0]
    return (wanted, 0.0) if wanted <= most else (most, most / (up[PA] - down[PA]))


@inner
def path_flow(plant: Plant, state: State, work: Work, index: int, time_s: float) -> tuple[float, float, int]:
    """Flow from FROM to TO (kg/s, negative the other way), its slope with their pressure difference (kg/s/Pa; an
    estimate that only steers the implicit step), and the row of Work.fraction that passes.
    """
    a, b, kind = plant.ends[index, FROM], plant.ends[index, TO], plant.ends[index, KIND]
    node, shape = work.node, plant.path[index]
    opening = state.lift[int(shape[1])] if kind == RELIEF else position(state.move[index], time_s)
    if kind == SUPPLY:
        flow, slope = _supplied(plant, state, opening, node[b, PA], time_s)
        return flow, slope, (a if flow >= 0.0 else b)
    if kind == REGULATOR:
        flow, slope = _regulated(shape, opening, node[a, PA], node[b, PA])
        return flow, slope, a
    if kind == FLOW_CONTROLLER:
        flow, slope = _controlled(shape, opening, node[a], node[b])
        return flow, slope, a
    opening *= conductance_factor(shape, time_s)
    gap = node[a, PA] - node[b, PA]
    if kind == HATCH and opening > 0.0:
        return shape[0] * gap, shape[0], (a if gap >= 0.0 else b)
    if kind == PERMEATION:
        return _permeated(plant, work, index, opening)
    up, down = (a, b) if gap >= 0.0 else (b, a)
    flow = _downhill(shape, kind, opening, node[up], node[down], work.fraction[up])
    choked = kind in (ORIFICE, RELIEF) and node[down, PA] <= node[up, PA] * critical_ratio(node[up, GAMMA])
    slope = flow / abs(gap) if gap != 0.0 and not choked else 0.0
    return (flow if gap >= 0.0 else -flow), slope, up


@inner
def _permeated(plant: Plant, work: Work, index: int, opening: float) -> tuple[float, float, int]:
    a, b, shape = plant.ends[index, FROM], plant.ends[index, TO], plant.path[index]
    species = int(shape[3])
    p_up = partial_pressure(work.node[a], work.fraction[a], species)
    p_down = partial_pressure(work.node[b], work.fraction[b], species)
    flow = opening * permeation_flow(shape[0], shape[1], shape[2], work.node[a, K], p_up, p_down)
    return flow, 0.0, plant.vessels + 2 + species


@inner
def partial_pressure(node: Floats, fraction: Floats, species: int) -> float:
    """Pa: of the node's whole pressure, the share of molecules."""
    return node[PA] * fraction[species] * gas.MOLAR_GAS_CONSTANT / (gas.MOLAR_MASS[species] * node[GAS_CONSTANT])

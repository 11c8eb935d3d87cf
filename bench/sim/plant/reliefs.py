"""Relief valves and burst discs, compiled: the plant opens them by itself, at their set pressure and no later."""

from bench.records import Floats
from bench.sim.compiled import inner
from bench.sim.plant.nodes import look
from bench.sim.plant.state import FROM, NOW_S, PA, TO, Plant, State, Work

PASSED_PA = 5.0
"""How far a step may go beyond a pressure at which a relief opens or closes."""
FINEST_S, LEAST_SHARE = 1e-3, 0.05
"""Shortest step towards one, and the least that a step is cut down to at once."""


@inner
def passing(plant: Plant, state: State, work: Work, time_s: float, knot: Floats) -> float:
    """Share of the step to Work.stage after which the first relief is just beyond where it moves; 1 where none gets
    there, or by no more than PASSED_PA. time_s: the step's end; knot: its beginning. Sets Work.node to the step's end.
    """
    share = 1.0
    if plant.relief.shape[0] == 0:
        return share
    look(plant, work.stage, time_s, work)
    for i in range(plant.relief.shape[0]):
        path = int(plant.relief[i, 0])
        a, b = plant.ends[path, FROM], plant.ends[path, TO]
        gap, begun = work.node[a, PA] - work.node[b, PA], knot[a] - knot[b]
        way = 1.0 if state.lift[i] == 0.0 else -1.0
        limit = plant.relief[i, 1] if state.lift[i] == 0.0 else plant.relief[i, 2]
        if way * (gap - limit) > PASSED_PA:
            part = (limit + 0.5 * way * PASSED_PA - begun) / (gap - begun) if way * (gap - begun) > 0.0 else 0.0
            share = min(share, max(part, LEAST_SHARE))
    return share


@inner
def lift(plant: Plant, state: State, work: Work) -> bool:
    """Open and close what has got there. Work.node: as of now. Any?"""
    some = False
    for i in range(plant.relief.shape[0]):
        path = int(plant.relief[i, 0])
        gap = work.node[plant.ends[path, FROM], PA] - work.node[plant.ends[path, TO], PA]
        if state.lift[i] == 0.0 and gap >= plant.relief[i, 1]:
            state.lift[i] = 1.0
            state.lifted_s[i] = min(state.lifted_s[i], state.time[NOW_S])
            some = True
        elif state.lift[i] == 1.0 and gap < plant.relief[i, 2]:
            state.lift[i] = 0.0
            some = True
    return some

"""When a scenario does what: its events as (time, act on the course), in order of time, perhaps without end."""

import heapq
import itertools
import math
from collections.abc import Iterator

import numpy as np

from bench.config.model import Bench
from bench.sim.course import Act, Course, Timed
from bench.sim.model import Model
from bench.sim.plant.state import GAS_HEAT
from bench.sim.power import power_lost
from bench.sim.rack.wire_faults import WireFaultKind
from bench.sim.scenario import Scenario
from bench.sim.scenario_entries import Crew, Makeup, Puffs, Source


def schedule(bench: Bench, scenario: Scenario, model: Model) -> Iterator[Timed]:
    """All events of the scenario. Those at the same time keep the order in which they are listed here."""
    streams: list[Iterator[Timed]] = [
        iter(sorted(((t, _nothing) for t in _kinks(scenario)), key=lambda timed: timed[0]))
    ]
    streams += [_open(model.path[leak.name], leak.begin_s, leak.end_s) for leak in scenario.hidden_leak]
    streams += [_makeup(makeup, model) for makeup in scenario.makeup]
    streams += [_puffs(puffs, model.path[puffs.name]) for puffs in scenario.purification]
    streams += [_source(source, model) for source in scenario.source]
    streams += [_crew(crew, model.node[crew.compartment]) for crew in scenario.crew]
    for trip in scenario.pump_trip:
        streams += [iter([(trip.at_s, _want(index, 0.0))]) for index in _pumps(model, trip.pump)]
    for fault in scenario.wire_fault:
        if fault.kind is WireFaultKind.POWER_CYCLE:
            streams += [iter([(fault.begin_s, power_lost(bench, model, fault.instrument))])]
    return heapq.merge(*streams, key=lambda timed: timed[0])


def _kinks(scenario: Scenario) -> Iterator[float]:
    """Where the surroundings, a patch, a growing leak or a fault of a sensor begins or ends: a knot must lie there."""
    for ramp in scenario.ramp:
        yield from (ramp.begin_s, ramp.begin_s + ramp.over_s)
    if scenario.room_front:
        yield from (scenario.room_front.begin_s, scenario.room_front.end_s)
    for patch in scenario.patch:
        yield from (patch.at_s, math.inf if patch.reopen_s is None else patch.reopen_s)
    for growth in scenario.growth:
        yield from (growth.begin_s, growth.begin_s + growth.over_s)
    for fault in scenario.fault:
        yield from (fault.begin_s, fault.end_s)


def _nothing(_: Course) -> None:
    """A knot is all that is wanted."""


def _want(index: int, opening: float) -> Act:
    return lambda course: course.want(index, opening)


def _open(index: int, begin_s: float, end_s: float | None) -> Iterator[Timed]:
    yield begin_s, _want(index, 1.0)
    if end_s is not None:
        yield end_s, _want(index, 0.0)


def _makeup(makeup: Makeup, model: Model) -> Iterator[Timed]:
    return _open(model.path[makeup.name], makeup.begin_s, makeup.end_s)


def _puffs(puffs: Puffs, index: int) -> Iterator[Timed]:
    for number in itertools.count():
        begin_s = puffs.begin_s + number * puffs.period_s
        yield begin_s, _want(index, 1.0)
        yield begin_s + puffs.open_s, _want(index, 0.0)


def _source(source: Source, model: Model) -> Iterator[Timed]:
    node, species = model.node[source.compartment], source.species_index
    kg_s = np.zeros(model.state.source.shape[1])
    if species is None:
        kg_s += source.kg_s * model.plant.reservoirs[1]
    else:
        kg_s[species] = source.kg_s

    def add(sign: float) -> Act:
        def act(course: Course) -> None:
            course.state.source[node] += sign * kg_s

        return act

    yield source.begin_s, add(1.0)
    if source.end_s is not None:
        yield source.end_s, add(-1.0)


def _crew(crew: Crew, node: int) -> Iterator[Timed]:
    def come(sign: float) -> Act:
        def act(course: Course) -> None:
            for species, kg_s in crew.rates_kg_s():
                course.state.source[node, species] += sign * kg_s
            course.state.heat[node, GAS_HEAT] += sign * crew.people * crew.heat_w

        return act

    yield crew.begin_s, come(1.0)
    if crew.end_s is not None:
        yield crew.end_s, come(-1.0)


def _pumps(model: Model, name: str | None) -> list[int]:
    """Places of pumps in State.move: they come after the paths."""
    return [index for pump, index in model.path.items() if index >= len(model.paths) and name in (None, pump)]

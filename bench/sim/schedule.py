"""When a scenario does what: its events as (time, act on the plant's state), in order of time, perhaps without end."""

import heapq
import itertools
from collections.abc import Callable, Iterator

from bench.sim.elements import patch_factor
from bench.sim.model import Model
from bench.sim.scenario import Patch, Puffs, PumpTrip, Scenario, Source
from bench.sim.state import State

Act = Callable[[State], None]
Timed = tuple[float, Act]
PATCH_STEPS = 50
"""A curing patch follows its exponential in this many steps to a cure time, for CURES of them."""
CURES = 8


def schedule(scenario: Scenario, model: Model) -> Iterator[Timed]:
    """All events of the scenario. Those at the same time keep the order in which they are listed here."""
    streams: list[Iterator[Timed]] = []
    for leak in scenario.hidden_leak:
        index = model.path[leak.name]
        streams.append(iter([(leak.begin_s, _want(index, 1.0))]))
        if leak.end_s is not None:
            streams.append(iter([(leak.end_s, _want(index, 0.0))]))
    streams += [_patch(patch, model.path[patch.leak]) for patch in scenario.patch]
    streams += [_puffs(puffs, model.path[puffs.name]) for puffs in scenario.purification]
    streams += [_source(source, model.node[source.compartment]) for source in scenario.source]
    streams += [_trip(trip) for trip in scenario.pump_trip]
    return heapq.merge(*streams, key=lambda timed: timed[0])


def _want(index: int, opening: float) -> Act:
    def act(state: State) -> None:
        state.wanted[index] = opening

    return act


def _factor(index: int, value: float) -> Act:
    def act(state: State) -> None:
        state.factor[index] = value

    return act


def _patch(patch: Patch, index: int) -> Iterator[Timed]:
    """The factor at the middle of each step; re-opening has a step of its own."""
    step_s = patch.cure_s / PATCH_STEPS
    count = PATCH_STEPS * CURES if patch.cure_s > 0.0 else 0
    times = {patch.at_s + k * step_s for k in range(count + 1)}
    if patch.reopen_s is not None:
        times.add(patch.reopen_s)
    for time_s in sorted(times):
        since_reopening_s = -1.0 if patch.reopen_s is None else time_s - patch.reopen_s
        since_s = time_s - patch.at_s + 0.5 * step_s
        value = patch_factor(since_s, patch.residual, patch.cure_s, since_reopening_s, patch.reopening)
        yield time_s, _factor(index, float(value))


def _puffs(puffs: Puffs, index: int) -> Iterator[Timed]:
    for number in itertools.count():
        begin_s = puffs.begin_s + number * puffs.period_s
        yield begin_s, _want(index, 1.0)
        yield begin_s + puffs.open_s, _want(index, 0.0)


def _source(source: Source, node: int) -> Iterator[Timed]:
    def add(kg_s: float) -> Act:
        def act(state: State) -> None:
            state.source[node] += kg_s

        return act

    yield source.begin_s, add(source.kg_s)
    if source.end_s is not None:
        yield source.end_s, add(-source.kg_s)


def _trip(trip: PumpTrip) -> Iterator[Timed]:
    yield trip.at_s, lambda state: state.pump.fill(0.0)

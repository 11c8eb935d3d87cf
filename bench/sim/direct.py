"""The rig without wires: a schedule known in advance goes in, what every channel shows comes out.

For plans and campaigns. Plant, sensors and their noise are those behind the wires (rig.py), sample for sample; only
what instruments do to numbers on their way (the digits they print) is missing.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from bench.clock import VirtualClock
from bench.config.model import Bench
from bench.config.parts import Leak
from bench.records import Floats
from bench.sim.course import RING
from bench.sim.knots import GRID_S, Knots
from bench.sim.ports_electric import HeaterPort
from bench.sim.ports_gas import FlowPort
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario

Order = tuple[float, Callable[[SimulatedRig], None]]
"""A time (s) and what is done to the rig then."""


@dataclass(frozen=True, slots=True)
class Readings:
    """One row per period from time 0 on. values: (row, channel), SI, NaN where a sensor delivers nothing; a channel of
    the NI chassis is the mean of its samples of the last second. passed_kg: (row, leak), what each hidden leak and each
    leak of the bench, by its valve, has passed since the start: the truth, for scores alone.
    """

    time_s: Floats
    channels: tuple[str, ...]
    values: Floats
    leaks: tuple[str, ...]
    passed_kg: Floats

    def column(self, channel: str) -> Floats:
        values: Floats = self.values[:, self.channels.index(channel)]
        return values


def opened(name: str) -> Callable[[SimulatedRig], None]:
    """Open a valve or hatch, or start a pump."""
    return lambda rig: rig.command(lambda course: course.want(rig.model.path[name], 1.0))


def closed(name: str) -> Callable[[SimulatedRig], None]:
    """Close a valve or hatch, or stop a pump."""
    return lambda rig: rig.command(lambda course: course.want(rig.model.path[name], 0.0))


def heated(name: str, power_w: float) -> Callable[[SimulatedRig], None]:
    """Give a heater this power; 0: switch it off."""

    def act(rig: SimulatedRig) -> None:
        heater = rig.bench.named_heater(name)
        HeaterPort(rig, heater.instrument).set_power(heater.output, power_w)

    return act


def flowing(name: str, kg_s: float) -> Callable[[SimulatedRig], None]:
    """Set a flow controller; 0: shut it."""
    return lambda rig: FlowPort(rig, rig.bench.named_flow_controller(name).instrument).set_flow(kg_s)


def leaking(leak: Leak) -> Callable[[SimulatedRig], None]:
    """Open a leak of the bench: of a programmable one, its flow is set first."""

    def act(rig: SimulatedRig) -> None:
        if leak.controller is not None:
            flowing(leak.controller, leak.flow_kg_s or 0.0)(rig)
        opened(leak.valve)(rig)

    return act


def simulate(
    bench: Bench,
    scenario: Scenario,
    seed: int,
    orders: Iterable[Order] = (),
    *,
    duration_s: float,
    period_s: float = 1.0,
) -> Readings:
    """One run. period_s: a multiple of the sampling grid; it changes nothing but which rows are there."""
    every = round(period_s / GRID_S)
    if every < 1 or abs(every * GRID_S - period_s) > 1e-9:
        raise ValueError(f"period_s = {period_s:g} is no multiple of {GRID_S:g} s")
    rows = int(duration_s / period_s + 1e-9) + 1
    rig = SimulatedRig(bench, scenario, seed, VirtualClock(), every, rows)
    witness = Witness(rig, period_s, rows)
    for time_s, act in sorted(orders, key=lambda order: order[0]):
        if time_s <= duration_s:
            rig.clock.advance_to(time_s)
            act(rig)
    rig.clock.advance_to(duration_s)
    rig.look()
    names = tuple(entry.name for entry in rig.panel.entries)
    return Readings(witness.time_s, names, rig.panel.bank.rows, witness.leaks, witness.passed_kg)


def simulate_many(
    bench: Bench,
    scenario: Scenario,
    seeds: Iterable[int],
    orders: Sequence[Order] = (),
    *,
    duration_s: float,
    period_s: float = 60.0,
    workers: int | None = None,
) -> Iterator[Readings]:
    """One run per seed, in the order of seeds. Threads share the work: the compiled code needs no interpreter lock."""

    def one(seed: int) -> Readings:
        return simulate(bench, scenario, seed, orders, duration_s=duration_s, period_s=period_s)

    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        yield from pool.map(one, seeds)


class Witness:
    """Looks on beside the sensors, and notes what has passed the leaks."""

    def __init__(self, rig: SimulatedRig, period_s: float, rows: int) -> None:
        hidden = [leak.name for leak in rig.scenario.hidden_leak]
        self.leaks = (*hidden, *(leak.valve for leak in rig.bench.leak))
        self.time_s: Floats = period_s * np.arange(rows, dtype=np.float64)
        self.passed_kg = np.zeros((rows, len(self.leaks)))
        self._columns = [rig.course.columns.through(rig.model.path[name]) for name in self.leaks]
        self._panel, self._known, self._row = rig.panel, 0, 0
        rig.course.watcher = self

    def sense(self, knots: Knots, newest: int, until_s: float) -> None:
        self._panel.sense(knots, newest, until_s)
        last = int(np.searchsorted(self.time_s, until_s + 1e-9))
        if last > self._row:
            places = np.arange(self._known, newest + 1) % RING
            times, rows = knots.time_s[places], slice(self._row, last)
            for leak, column in enumerate(self._columns):
                self.passed_kg[rows, leak] = np.interp(self.time_s[rows], times, knots.value[places, column])
            self._row = last
        while self._known < newest and knots.time_s[(self._known + 1) % RING] <= until_s:
            self._known += 1

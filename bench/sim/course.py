"""The plant's way through time: as far as somebody asks, and exactly to every event and command.

A step is planned by the plant's state alone. Who asks in the middle of one sees it half way, on the straight line
between knots; a command in the middle cuts it: it is taken again, just to the command. So asking changes nothing.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from bench.records import Floats
from bench.sim.knots import Knots
from bench.sim.model import Model
from bench.sim.plant import gas
from bench.sim.plant.knot import Places, first_knot
from bench.sim.plant.state import (
    ENTHALPY,
    FROM,
    NOW_S,
    POSITION,
    SINCE_S,
    STEP_S,
    TO,
    TRAVEL_S,
    VOLUME,
    WANTED,
    copy_of,
    work_for,
)
from bench.sim.plant.surroundings import position
from bench.sim.plant.walk import FIRST_S, walk

RING, MOVES = 4096, 64
TIE_S = 1e-9
REST_S = 3600.0
"""A valve that has rested this long is nearly as sticky as it gets."""


class Watcher(Protocol):
    """Looks at the knots before they are overwritten: sensors."""

    def sense(self, knots: Knots, newest: int, until_s: float) -> None: ...


class Course:
    """state is that of the newest knot, which may lie ahead of who asks."""

    def __init__(self, model: Model, events: "Iterator[Timed]", watcher: Watcher) -> None:
        self.model, self.state = model, model.state
        self._before, self._work = copy_of(model.state), work_for(model.plant)
        self.columns = Places(model.plant)
        self.knots = Knots(np.zeros(RING), np.zeros((RING, self.columns.count)))
        self.newest = 0
        self._events, self.watcher = events, watcher
        self._stops: dict[str, float] = {}
        self._leaving: dict[int, float] = {}
        self._moved_s = np.zeros(len(model.state.move))
        self.moves: defaultdict[int, deque[tuple[float, Floats]]] = defaultdict(lambda: deque(maxlen=MOVES))
        """When an actuator was told to move, and its row of State.move from there on: the last few of each."""
        first_knot(model.plant, self.state, self._work, self.knots.value[0])
        self._next = next(events, NEVER)

    def reach(self, time_s: float) -> None:
        """Make sure that all is known up to time_s."""
        while (stop_s := self._stop_s()) <= time_s:
            self._walk(stop_s)
            self._happen(stop_s)
        self._walk(time_s)

    def act(self, time_s: float, action: "Act") -> None:
        """Let action change the state at time_s, which must be the present. What it moves at once shows in the knots
        from the next one on, FIRST_S later.
        """
        self.reach(time_s)
        self._cut(time_s)
        action(self)
        self.state.time[STEP_S] = FIRST_S

    def value(self, column: int, time_s: float) -> float:
        """A quantity at a time between the two newest knots, both included; reach it first."""
        times, values = self.knots.time_s, self.knots.value[:, column]
        new, old = self.newest % RING, (self.newest - 1) % RING
        if self.newest == 0 or times[new] - times[old] <= 0.0:
            return float(values[new])
        share = min(max((time_s - times[old]) / (times[new] - times[old]), 0.0), 1.0)
        return float(values[old] + share * (values[new] - values[old]))

    # -- what an action can do -----------------------------------------------------------------------------------
    def want(self, index: int, opening: float) -> None:
        """Send an actuator or pump towards closed (0) or open (1)."""
        row, now_s = self.state.move[index], float(self.state.time[NOW_S])
        if row[WANTED] == opening:
            return
        here = float(position(row, now_s))
        row[POSITION], row[WANTED] = here, opening
        row[SINCE_S] = now_s + self._hesitation_s(index, now_s)
        self.moves[index].append((now_s, row.copy()))
        self.stop_at(f"{index} leaves", float(row[SINCE_S]))
        self.stop_at(f"{index} arrives", float(row[SINCE_S] + abs(opening - here) * row[TRAVEL_S]))
        self._leaving.pop(index, None)
        if here == 0.0 and opening > 0.0 and index < len(self.model.paths):
            self._leaving[index] = float(row[SINCE_S])

    def stop_at(self, what: str, time_s: float) -> None:
        """Put a knot there: something has a kink. It replaces what was announced under the same name."""
        self._stops[what] = time_s

    def _hesitation_s(self, index: int, now_s: float) -> float:
        if index >= len(self.model.paths):
            return 0.0
        return -self.model.paths[index].stiction_s * math.expm1((self._moved_s[index] - now_s) / REST_S)

    def _puff(self, index: int) -> None:
        """The dead volume behind a seat that opens fills at once with what is in front of it."""
        plant, layout, u = self.model.plant, self.model.layout, self.state.u
        a, b = plant.ends[index, FROM], plant.ends[index, TO]
        dead_m3 = self.model.paths[index].dead_m3
        if dead_m3 == 0.0 or max(a, b) >= plant.vessels:
            return
        mass = layout.mass(u)
        moved = dead_m3 * np.maximum(mass[a] / plant.node[a, VOLUME] - mass[b] / plant.node[b, VOLUME], 0.0)
        mass[a] -= moved
        mass[b] += moved
        layout.through(u)[index] += moved.sum()
        joules = float(moved @ gas.CP) * self.value(self.columns.gas(int(a)), float(self.state.time[NOW_S]))
        for node, sign in ((a, -1.0), (b, 1.0)):
            if node < plant.compartments:
                layout.energy(u)[node] += sign * joules
                layout.energy_book(u)[ENTHALPY] += sign * joules

    # -- time ----------------------------------------------------------------------------------------------------
    def _stop_s(self) -> float:
        return min(self._next[0], *self._stops.values()) if self._stops else self._next[0]

    def _walk(self, time_s: float) -> None:
        """Knots up to time_s or beyond, never beyond the next stop; the sensors follow up to time_s."""
        stop_s = self._stop_s()
        while self.state.time[NOW_S] < time_s - TIE_S:
            self.newest = walk(
                self.model.plant, self.state, self._before, self._work, *self.knots, self.newest, time_s, stop_s
            )
            self.watcher.sense(self.knots, self.newest, min(time_s, float(self.state.time[NOW_S])))
        self.watcher.sense(self.knots, self.newest, time_s)

    def _happen(self, stop_s: float) -> None:
        """All that is due at stop_s, in its order."""
        self._stops = {what: time_s for what, time_s in self._stops.items() if time_s > stop_s}
        self._arrive(stop_s)
        for index in [index for index, leaves_s in self._leaving.items() if leaves_s <= stop_s]:
            del self._leaving[index]
            self._puff(index)
        while self._next[0] <= stop_s:
            self._next[1](self)
            self._next = next(self._events, NEVER)
        self.state.time[STEP_S] = FIRST_S

    def _arrive(self, now_s: float) -> None:
        move = self.state.move
        due_s = move[:, SINCE_S] + np.abs(move[:, WANTED] - move[:, POSITION]) * move[:, TRAVEL_S]
        there = (due_s <= now_s + 1e-6) & (move[:, WANTED] != move[:, POSITION])
        self._moved_s[there] = now_s
        move[there, POSITION] = move[there, WANTED]

    def _cut(self, time_s: float) -> None:
        """Take back the step that is planned beyond time_s, and take it just to there."""
        if self.state.time[NOW_S] <= time_s + TIE_S:
            return
        for array, kept in zip(self.state, self._before, strict=True):
            if array.ndim == 1:  # what the plant changes by itself; the rest only actions change
                array[:] = kept
        self.newest = walk(
            self.model.plant, self.state, self._before, self._work, *self.knots, self.newest - 1, time_s, time_s
        )


Act = Callable[[Course], None]
Timed = tuple[float, Act]
NEVER: Timed = (math.inf, lambda _: None)

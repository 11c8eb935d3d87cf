"""The simulated rig: one plant, its sensors and its lines, advanced lazily to the clock whenever somebody asks."""

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from bench.clock import SimulatorClock
from bench.config.model import Actuator, Bench, ChannelEntry
from bench.records import Floats
from bench.sim import flows, kernel
from bench.sim.model import build
from bench.sim.panel import Panel
from bench.sim.scenario import Draws, Scenario
from bench.sim.schedule import Act, Timed, schedule
from bench.sim.state import State

NEVER: Timed = (math.inf, lambda _: None)
GRID_S = 0.1
"""Internal grid of plant and sensors; commands act at their exact instants."""
HISTORY_S = 600.0


class SimulatedRig:
    def __init__(self, bench: Bench, scenario: Scenario, seed: int, clock: SimulatorClock) -> None:
        self.bench = bench
        self.draws = Draws(seed, hidden=scenario.hidden_draws)
        self.model = build(bench, scenario, self.draws)
        self.clock = clock
        self._scenario = scenario
        self._state = self.model.state
        self._half, self._ahead = (_copy(self._state) for _ in range(2))
        self._time_s = 0.0
        self._schedule = schedule(scenario, self.model)
        self._next = next(self._schedule, NEVER)
        self._asked, self._asked_s = self._state, math.nan
        self._history = np.zeros((int(HISTORY_S / GRID_S), 3 * self.model.plant.volume.size))
        self._panel = Panel(bench, scenario, self.model, self.draws, seed, GRID_S)
        self._outputs: dict[str, Callable[[bool], None]] = self._wire_outputs()
        self._levels: dict[str, Callable[[], bool]] = self._wire_levels()
        self._written: dict[str, bool] = dict.fromkeys(self._outputs, False)

    def compile(self) -> None:
        """Compile the equations (seconds, once per installation) by a step of copies that nobody looks at."""
        scratch, history = (_copy(self._state), _copy(self._state)), self._history.copy()
        kernel.run(self.model.plant, *scratch, history, 0.0, GRID_S, GRID_S)
        flows.pressure(self.model.plant, self._state, 0)
        kernel.keep(self.model.plant, self._state, history[0])
        nobody = Draws(0, hidden=False)
        Panel(self.bench, self._scenario, self.model, nobody, 0, GRID_S).sense(history, 0)

    # -- time ----------------------------------------------------------------------------------------------------
    def state(self) -> State:
        """The plant now. Between grid points a copy is run ahead, so that asking never changes the course."""
        now = self.clock.now()
        if now != self._asked_s:  # most questions come many at a time
            self._asked = self._state_at(now)
            self._asked_s = now
        return self._asked

    def _state_at(self, now: float) -> State:
        grid = math.floor(now / GRID_S + 1e-6)
        if math.isnan(self._asked_s) and self._time_s == 0.0:
            kernel.keep(self.model.plant, self._state, self._history[0])
            self._panel.sense(self._history, 0)
        while self._next[0] <= now:
            self._next = self._happen(*self._next)
        self._walk(grid)
        if now - self._time_s <= 1e-9:
            return self._state
        _assign(self._ahead, self._state)
        self._run(self._ahead, self._time_s, now)
        return self._ahead

    def _happen(self, time_s: float, act: Act) -> Timed:
        """Let the scenario's next event act at its exact instant; what comes after it."""
        self._walk(math.floor(time_s / GRID_S + 1e-6))
        self._run(self._state, self._time_s, time_s)
        self._time_s = max(self._time_s, time_s)
        act(self._state)
        return next(self._schedule, NEVER)

    def _walk(self, grid: int) -> None:
        """Run to a point of the grid, the sensors looking on."""
        while (reached := math.floor(self._time_s / GRID_S + 1e-6)) < grid:
            index = min(grid, reached + self._history.shape[0] // 2)  # the sensors must see every row of the ring
            self._run(self._state, self._time_s, index * GRID_S)
            self._time_s = index * GRID_S
            self._panel.sense(self._history, index)

    def command(self, act: Callable[[State], None]) -> None:
        """Let act change the state at this very instant."""
        self.state()
        now = self.clock.now()
        self._run(self._state, self._time_s, now)
        self._time_s = max(self._time_s, now)
        self._asked_s = math.nan
        act(self._state)

    def _run(self, state: State, begin_s: float, end_s: float) -> None:
        if end_s - begin_s > 1e-9:
            kernel.run(self.model.plant, state, self._half, self._history, begin_s, end_s, GRID_S)

    # -- what is there -------------------------------------------------------------------------------------------
    def true_pressure_pa(self, node: int, state: State | None = None) -> float:
        return float(flows.pressure(self.model.plant, self.state() if state is None else state, node))

    def shroud_k(self, time_s: float) -> float:
        """Temperature of the shroud at any time: the scenario's doing alone."""
        return float(kernel.shroud_temperature(self.model.plant, time_s))

    def shown(self, entry: ChannelEntry) -> float:
        """What the channel's sensor shows now (at the last grid point), SI."""
        self.state()
        return self._panel.shown(entry, math.floor(self._asked_s / GRID_S + 1e-6))

    def shown_at(self, entry: ChannelEntry, times_s: Floats) -> Floats:
        """What it showed at past times on the grid (the last HISTORY_S), SI."""
        self.state()
        return self._panel.shown_many(entry, np.floor(times_s / GRID_S + 1e-6).astype(np.int64))

    def regulated(self, entry: ChannelEntry, wanted: float) -> float:
        """The true value that a controller reaches that makes its own sensor show wanted."""
        return self._panel.deceived(entry, wanted)

    # -- lines ---------------------------------------------------------------------------------------------------
    def write_line(self, line: str, state: bool) -> None:  # noqa: FBT001 - a level is a bool
        self._written[line] = state
        self._outputs[line](state)

    def read_line(self, line: str) -> bool:
        """Level of an input line, or the state of an output line."""
        return self._written[line] if line in self._written else self._levels[line]()

    def _wire_outputs(self) -> dict[str, Callable[[bool], None]]:
        wires: dict[str, Callable[[bool], None]] = {a.line: self._mover(a) for a in self.bench.actuators.values()}
        for pump in self.bench.pump:
            wires[pump.line] = lambda on: self.command(lambda state: state.pump.fill(float(on)))
        return wires

    def _mover(self, actuator: Actuator) -> Callable[[bool], None]:
        index = self.model.path[actuator.name]

        def move(level: bool) -> None:  # noqa: FBT001 - a level is a bool
            wanted = 1.0 if level == (actuator.energised == "open") else 0.0
            self.command(lambda state: state.wanted.__setitem__(index, wanted))

        return move

    def _wire_levels(self) -> dict[str, Callable[[], bool]]:
        wires: dict[str, Callable[[], bool]] = {}
        for actuator in self.bench.actuators.values():
            index = self.model.path[actuator.name]
            for line, position in ((actuator.open_switch, 1.0), (actuator.closed_switch, 0.0)):
                if line is not None:
                    wires[line] = partial(self._at_position, index, position)
        for pump in self.bench.pump:
            wires[pump.running_switch] = lambda: bool(self.state().pump[0] > 0.0)
        for entry in self.bench.channel:
            if entry.unit == "1":
                wires[entry.input] = self._contact(entry)
        return wires

    def _at_position(self, index: int, position: float) -> bool:
        return bool(abs(self.state().opening[index] - position) < 1e-9)

    def _contact(self, entry: ChannelEntry) -> Callable[[], bool]:
        """A pressure switch, or a safety contact, which is closed while all is well."""
        if entry.switch_pa is None:
            return lambda: True
        limit, chamber = entry.switch_pa, self.model.node["chamber"]
        return lambda: self.true_pressure_pa(chamber) < limit


def _copy(state: State) -> State:
    return State(*(array.copy() for array in state))


def _assign(target: State, source: State) -> None:
    for old, new in zip(target, source, strict=True):
        old[:] = new

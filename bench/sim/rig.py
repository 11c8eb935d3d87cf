"""The simulated rig: one plant, its sensors and its lines, advanced lazily to the clock whenever somebody asks."""

import math
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from bench.clock import SimulatorClock, VirtualClock
from bench.config.model import Bench, ChannelEntry
from bench.config.parts import Actuator
from bench.records import Floats
from bench.sim.course import Act, Course
from bench.sim.draws import Draws
from bench.sim.hearing import Hearing
from bench.sim.knots import GRID_S
from bench.sim.model import build
from bench.sim.panel import Panel
from bench.sim.plant.state import POSITION, WANTED
from bench.sim.plant.surroundings import position, shroud_temperature
from bench.sim.power import power_lost
from bench.sim.scenario import Scenario
from bench.sim.schedule import schedule

HISTORY_S = 600.0
"""How long a chassis can leave its samples before it finds them overwritten."""


class SimulatedRig:
    """every, rows: how often the sensors are read, in grid steps, and how many readings are kept (panel.py). day: of
    the run; none: everything that has a certificate has just been calibrated.
    """

    def __init__(
        self,
        bench: Bench,
        scenario: Scenario,
        seed: int,
        clock: SimulatorClock,
        every: int = 1,
        rows: int = int(HISTORY_S / GRID_S),
        day: date | None = None,
    ) -> None:
        self.bench, self.scenario, self._seed = bench, scenario, seed
        self.draws = Draws(seed, hidden=scenario.hidden_draws, day=day)
        self.model = build(bench, scenario, self.draws)
        self.clock = clock
        self.panel = Panel(bench, scenario, self.model, self.draws, seed, every, rows)
        self.course = Course(self.model, schedule(bench, scenario, self.model), self.panel)
        self._looked_s = -1.0
        self._frozen: dict[str, dict[str, float]] = {}
        self._outputs: dict[str, Callable[[bool, float], None]] = dict(self._wire_outputs())
        self._planned: dict[str, tuple[float, Mapping[str, bool]]] = {}
        self._levels: dict[str, Callable[[], bool]] = dict(self._wire_levels())
        self._written: dict[str, bool] = dict.fromkeys(self._outputs, False)

    # -- time ----------------------------------------------------------------------------------------------------
    def look(self) -> float:
        """Let the plant and its sensors follow the clock; what it shows."""
        now_s = self.clock.now()
        if now_s != self._looked_s:  # most questions come many at a time
            self._fall_due(now_s)
            self.course.reach(now_s)
            self._looked_s = now_s
        return now_s

    def command(self, action: Act) -> None:
        """Let action change the plant at this very instant."""
        now_s = self.clock.now()
        self._fall_due(now_s)
        self.course.act(now_s, action)

    def plan(self, name: str, due_s: float, levels: Mapping[str, bool]) -> None:
        """Lines go there at due_s, unless it is planned anew under the same name (a watchdog is kicked); inf: never."""
        self._fall_due(self.clock.now())
        self._planned[name] = due_s, dict(levels)

    def _fall_due(self, now_s: float) -> None:
        for name, (due_s, levels) in sorted(self._planned.items(), key=lambda plan: plan[1][0]):
            if due_s <= now_s:
                self._planned[name] = math.inf, {}
                for line, level in levels.items():
                    self._set_line(line, level, due_s)

    @cached_property
    def sound(self) -> Hearing:
        """What its microphones hear. Nothing of it is worked out before somebody asks."""
        return Hearing(self.bench, self.scenario, self.course, self.draws, self._seed, self.look, self._frozen)

    # -- what is there -------------------------------------------------------------------------------------------
    def true_pressure_pa(self, node: int) -> float:
        now_s = self.look()
        return self.course.value(self.course.columns.pressure(node), now_s)

    def shroud_k(self, time_s: float) -> float:
        """Temperature of the shroud at any time: the scenario's doing alone."""
        plant = self.model.plant
        return float(shroud_temperature(plant.shroud, plant.weather, plant.ramps, time_s))

    def shown(self, entry: ChannelEntry) -> float:
        """What the channel's sensor shows now (at the last grid point), SI."""
        value = self.panel.shown(entry, int(self.look() / GRID_S + 1e-6))
        held = self._frozen.get(entry.instrument)
        return value if held is None else held.setdefault(entry.name, value)

    def shown_at(self, entry: ChannelEntry, times_s: Floats) -> Floats:
        """What it showed at past times on the grid (the last HISTORY_S), SI."""
        self.look()
        values = self.panel.shown_many(entry, np.floor(times_s / GRID_S + 1e-6).astype(np.int64))
        held = self._frozen.get(entry.instrument)
        if held is not None and values.size:
            values[:] = held.setdefault(entry.name, float(values[0]))
        return values

    def freeze(self, instrument: str, on: bool) -> None:  # noqa: FBT001 - a fault is there or not
        """Let the instrument's channels show again and again what they show when first asked from now on."""
        if on:
            self._frozen.setdefault(instrument, {})
        else:
            self._frozen.pop(instrument, None)

    def lose_power(self, instrument: str) -> None:
        """Of one instrument, now: what it drives goes where it goes without power, and stays there."""
        lines = [driven.line for driven in self.bench.driven if driven.instrument == instrument and driven.line]
        self._written.update(dict.fromkeys(lines, False))
        self.command(power_lost(self.bench, self.model, instrument))

    def regulated(self, entry: ChannelEntry, wanted: float) -> float:
        """The true value that a controller reaches that makes its own sensor show wanted."""
        return self.panel.deceived(entry, wanted)

    @property
    def reliefs_opened(self) -> dict[str, float]:
        """When each relief valve or burst disc first opened, s: nothing else may have saved the day. Empty at best."""
        now_s, lifted_s = self.look(), self.course.state.lifted_s
        return {r.name: float(at) for r, at in zip(self.bench.relief, lifted_s, strict=True) if at <= now_s}

    def sealed(self) -> dict[str, object]:
        """What nobody may know during the run: what was drawn, and what each path has passed (kg) by now."""
        now_s, columns = self.look(), self.course.columns
        passed = {path.name: self.course.value(columns.through(i), now_s) for i, path in enumerate(self.model.paths)}
        scenario = self.scenario.model_dump(mode="json")
        sound = {"sound": self.sound.sealed()} if self.bench.microphone else {}
        return {"drawn": self.draws.drawn, "scenario": scenario, "passed_kg": passed, "until_s": now_s, **sound}

    def standing(self) -> dict[str, object]:
        """How the rig stands now, whoever says otherwise: positions (0: closed, off) and true pressures (Pa)."""
        now_s, columns = self.look(), self.course.columns
        positions = {driven.name: self._position(driven.name, now_s) for driven in self.bench.driven}
        opened = self.reliefs_opened
        pressures = {name: self.course.value(columns.pressure(node), now_s) for name, node in self.model.node.items()}
        return {"time_s": now_s, "positions": positions, "pressures_pa": pressures, "reliefs_opened": opened}

    def _position(self, name: str, now_s: float) -> float:
        return float(position(self.course.state.move[self.model.path[name]], now_s))

    # -- lines ---------------------------------------------------------------------------------------------------
    def write_line(self, line: str, state: bool) -> None:  # noqa: FBT001 - a level is a bool
        now_s = self.clock.now()
        self._fall_due(now_s)
        self._set_line(line, state, now_s)

    def _set_line(self, line: str, state: bool, time_s: float) -> None:  # noqa: FBT001 - a level is a bool
        """At a time that the plant has not passed."""
        self._written[line] = state
        if line in self._outputs:
            self._outputs[line](state, time_s)

    def read_line(self, line: str) -> bool:
        """Level of an input line, or the state of an output line."""
        return self._written[line] if line in self._written else self._levels[line]()

    def _wire_outputs(self) -> Iterator[tuple[str, Callable[[bool, float], None]]]:
        for actuator in self.bench.actuators.values():
            yield actuator.line, partial(self._move, actuator)
        for pump in self.bench.pump:
            if pump.line is not None:
                yield pump.line, partial(self._turn, self.model.path[pump.name])

    def _move(self, actuator: Actuator, level: bool, time_s: float) -> None:  # noqa: FBT001 - a level is a bool
        wanted = 1.0 if level == (actuator.energised == "open") else 0.0
        self.course.act(time_s, lambda course: course.want(self.model.path[actuator.name], wanted))

    def _turn(self, index: int, on: bool, time_s: float) -> None:  # noqa: FBT001 - a level is a bool
        self.course.act(time_s, lambda course: course.want(index, float(on)))

    def _wire_levels(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        for actuator in self.bench.actuators.values():
            index = self.model.path[actuator.name]
            for line, there in ((actuator.open_switch, 1.0), (actuator.closed_switch, 0.0)):
                if line is not None:
                    yield line, partial(self._at_position, index, there)
        for pump in self.bench.pump:
            if pump.running_switch is not None:
                yield pump.running_switch, partial(self._running, self.model.path[pump.name])
        for entry in self.bench.channel:
            if entry.quantity == "switch":
                yield entry.input, self._contact(entry)

    def _at_position(self, index: int, there: float) -> bool:
        now_s = self.look()
        row = self.course.state.move[index]
        if row[POSITION] == row[WANTED]:  # most stand still, and are asked in every scan
            return bool(row[POSITION] == there)
        return bool(abs(position(row, now_s) - there) < 1e-9)

    def _running(self, index: int) -> bool:
        """A contactor: whatever the speed, it says what the pump has been told, or that it has tripped."""
        self.look()
        return bool(self.course.state.move[index, WANTED] > 0.0)

    def _contact(self, entry: ChannelEntry) -> Callable[[], bool]:
        """A pressure switch, a thermal cut-out, or a safety contact: all are closed while all is well."""
        if any(relief.channel == entry.name for relief in self.bench.relief):
            return partial(self._never_lifted, entry.name)
        columns, node = self.course.columns, self.model.node[entry.compartment or "chamber"]
        if entry.switch_pa is not None:
            return partial(self._below, columns.pressure(node), entry.switch_pa)
        if entry.switch_k is not None:
            return partial(self._below, columns.wall(node), entry.switch_k)
        return lambda: True

    def _never_lifted(self, channel: str) -> bool:
        """Contacts in series, that stay open once their relief has moved."""
        opened = self.reliefs_opened
        return not any(relief.name in opened for relief in self.bench.relief if relief.channel == channel)

    def _below(self, column: int, limit: float) -> bool:
        now_s = self.look()
        return self.course.value(column, now_s) < limit


def never_compiled() -> bool:
    """Nothing is kept of an earlier compilation of these sources."""
    return not any(Path(os.environ["NUMBA_CACHE_DIR"]).rglob("*.nbi"))


def compile_plant(bench: Bench, scenario: Scenario) -> None:
    """Compile plant, sensors and sound (seconds, once per installation) on a rig that nobody looks at."""
    rig = SimulatedRig(bench, scenario, 0, VirtualClock())
    rig.course.reach(2.0 * GRID_S)
    if bench.microphone:
        rig.sound.volts(bench.microphone[0].input, np.zeros(1))

"""Trip-tests of a bench's interlocks by readings made up on both sides of each limit. Pure: nothing is actuated.

What is tried is the very code that gives permission in a run, on the bench file's own rules; what it should say is
worked out here from the rule alone.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from fnmatch import fnmatchcase

import numpy as np

from bench.commands import VERBS, Command, SetPressure, label
from bench.config.interlocks import Interlock
from bench.config.model import Bench
from bench.config.targets import targets
from bench.interlock import HOLDS, Condition, conditions, trips, violations
from bench.records import USABLE, Quality, RigState, Scan

BASE = 50_000.0
"""What the other channel of a difference shows."""
HALVINGS, NAMED = 60, 5
CLEAR = 0.25
"""How far beyond a limit a reading is that must trip or release, relative to the limit's own size."""


@dataclass(frozen=True, slots=True)
class TripTest:
    """One interlock. trips_at, releases_at: of its quantity, as found; forbids: labels of commands that are refused
    once it has tripped. problems: what it does not do that the bench file says, empty at best.
    """

    name: str
    trips_at: float
    releases_at: float
    forbids: tuple[str, ...]
    ends_run: bool
    problems: tuple[str, ...]

    def as_dict(self) -> dict[str, object]:
        """JSON has no number that is none."""
        lost = {key for key in ("trips_at", "releases_at") if math.isnan(getattr(self, key))}
        return asdict(self) | dict.fromkeys(lost)

    def as_text(self) -> str:
        what = f"trips at {self.trips_at:g}, releases at {self.releases_at:g}"
        more = f" and {len(self.forbids) - NAMED} more" if len(self.forbids) > NAMED else ""
        effect = (
            f"forbids {', '.join(self.forbids[:NAMED]) or 'nothing'}{more}{'; ends the run' if self.ends_run else ''}"
        )
        lines = [f"interlock {self.name}  {what}; {effect}", *(f"PROBLEM: {problem}" for problem in self.problems)]
        return "\n    ".join(lines)


def trip_test(bench: Bench) -> tuple[TripTest, ...]:
    """Every interlock of the bench, by itself."""
    commands = tuple(commands_of(bench))
    return tuple(_Trial(rule, commands).result() for rule in bench.interlock)


def commands_of(bench: Bench) -> Iterator[Command]:
    """Every command to everything that can be given it; numbers are zero."""
    for verb, names in targets(bench).items():
        numbers = [0.0] * (len(fields(VERBS[verb])) - 1)
        yield from (VERBS[verb](name, *numbers) for name in sorted(names))


class _Trial:
    def __init__(self, rule: Interlock, commands: tuple[Command, ...]) -> None:
        self.rule = rule
        self.limit = rule.above if rule.above is not None else rule.below or 0.0
        self.way = 1.0 if rule.above is None else -1.0  # towards the bad side
        clear = CLEAR * max(abs(self.limit), 1.0) + rule.hysteresis
        self.good, self.bad = self.limit - self.way * clear, self.limit + self.way * clear
        if rule.magnitude:
            self.good = 0.0
        self.tripped = self.read(self.bad, HOLDS)
        self.commands = tuple(self._as_bad(command) for command in commands)

    def _as_bad(self, command: Command) -> Command:
        """A set point that is itself beyond the limit."""
        if isinstance(command, SetPressure) and self.rule.setpoint:
            return SetPressure(command.target, self.bad + (BASE if self.rule.minus else 0.0), 1.0)
        return command

    # -- readings ------------------------------------------------------------------------------------------------
    def read(self, value: float, before: Condition, broken: Mapping[str, Quality] | None = None) -> Condition:
        """How it stands when its quantity is value: of a rate, when the channel has changed so fast over the window."""
        over_s = self.rule.over_s
        if over_s is None:
            return self._condition(before, self._state(0.0, value, broken or {}))
        begun = replace(before, seen=((0.0, 0.0),))
        return self._condition(begun, self._state(over_s, value * over_s, broken or {}))

    def _condition(self, before: Condition, state: RigState) -> Condition:
        return conditions([self.rule], {self.rule.name: before}, state)[self.rule.name]

    def _state(self, time_s: float, value: float, broken: Mapping[str, Quality], *, unless: float = 0.0) -> RigState:
        shown = {self.rule.channel: value}
        if self.rule.minus is not None:
            shown |= {self.rule.channel: BASE + value, self.rule.minus: BASE}
        if self.rule.unless is not None:
            shown[self.rule.unless] = unless
        quality = np.array([broken.get(name, Quality.GOOD) for name in shown], dtype=np.uint8)
        scan = Scan(time_s, np.array(list(shown.values())), np.zeros(len(shown)), quality)
        return RigState({name: place for place, name in enumerate(shown)}, scan)

    # -- what is found -------------------------------------------------------------------------------------------
    def result(self) -> TripTest:
        after = HOLDS if self.rule.latch else Condition(holds=False)
        trips_at = self._turn(lambda value: self.read(value, HOLDS).holds)
        releases_at = self._turn(lambda value: self.read(value, after).holds)
        forbids = tuple(label(command) for command in self._forbidden(self.tripped))
        return TripTest(
            self.rule.name, trips_at, releases_at, forbids, self._ends(self.tripped), tuple(self.problems())
        )

    def _turn(self, holds: Callable[[float], bool]) -> float:
        """Where it stops holding, between the good and the bad side; nowhere: not a number."""
        good, bad = self.good, self.bad
        if not holds(good) or holds(bad):
            return float("nan")
        for _ in range(HALVINGS):
            middle = 0.5 * (good + bad)
            good, bad = (middle, bad) if holds(middle) else (good, middle)
        return bad

    def _forbidden(self, condition: Condition) -> list[Command]:
        standing = {self.rule.name: condition}
        return [command for command in self.commands if violations(command, [self.rule], standing)]

    def _ends(self, condition: Condition) -> bool:
        return bool(trips([self.rule], {self.rule.name: condition}))

    # -- what it should be -----------------------------------------------------------------------------------------
    def problems(self) -> Iterator[str]:
        well = self.read(self.good, HOLDS)
        if not well.holds or self._ends(well):
            yield f"does not hold at {self.good:g}"
        if needless := [label(c) for c in self._forbidden(well) if not isinstance(c, SetPressure)]:
            yield f"forbids {', '.join(needless)} at {self.good:g}"
        yield from self._unmoved(f"at {self.bad:g}", self.tripped)
        yield from self._unmoved(f"at its limit {self.limit:g}", self.read(self.limit, HOLDS))
        if self.rule.magnitude:
            yield from self._unmoved(f"at {-self.bad:g}", self.read(-self.bad, HOLDS))
        if self.rule.hysteresis:
            inside = self.limit - 0.5 * self.way * self.rule.hysteresis
            yield from self._unmoved(f"within the hysteresis, at {inside:g}", self.read(inside, self.tripped))
        yield from self._unmoved("not a number", self.read(float("nan"), HOLDS))
        late = replace(HOLDS, unread_since_s=(self.rule.over_s or 0.0) - self.rule.patience_s)
        for channel in self.rule.channels:
            for quality in (quality for quality in Quality if quality not in USABLE):
                said = f"{channel} {quality.name}"
                yield from self._unmoved(said, self.read(self.good, late, {channel: quality}))
        yield from self._release()

    def _unmoved(self, said: str, condition: Condition) -> Iterator[str]:
        """What it should forbid, and does not, at a reading that must trip it."""
        if condition.holds:
            yield f"{said}: it holds"
        found = {label(command) for command in self._forbidden(condition)}
        wanted = {label(c) for c in self.commands if any(fnmatchcase(label(c), guard) for guard in self.rule.guards)}
        if missing := sorted(wanted - found):
            yield f"{said}: does not forbid {', '.join(missing)}"
        if self.rule.trips and not self._ends(condition):
            yield f"{said}: does not end the run"

    def _release(self) -> Iterator[str]:
        after = self.read(self.good, self.tripped)
        if self.rule.latch and not after.latched:
            yield f"back at {self.good:g}: holds again although nobody has acknowledged it"
        if not self.rule.latch and not after.holds:
            yield f"back at {self.good:g}: does not hold again"
        if self.rule.unless is not None:
            state = self._state(0.0, self.bad, {}, unless=1.0)
            if not self._condition(HOLDS, state).holds:
                yield f"at {self.bad:g} with {self.rule.unless}: does not hold"

"""How the interlocks of a run stand, scan after scan: what has tripped, who acknowledged it, what is bypassed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.commands import Command
from bench.config.interlocks import Interlock
from bench.errors import CommandRefusedError
from bench.interlock import HOLDS, Condition, conditions, trips, violations
from bench.records import RigState


@dataclass(frozen=True, slots=True)
class Bypass:
    """One interlock is let go unheeded for a while, by a person with a reason."""

    interlock: str
    who: str
    reason: str
    until_s: float

    def __str__(self) -> str:
        return f"interlock {self.interlock} bypassed by {self.who}: {self.reason}"


class Standing:
    """read: every rule's condition as the readings have it; what is heeded is that, less what is bypassed. bypasses: by
    interlock, those in force; taints: all that there were.
    """

    def __init__(self, rules: Sequence[Interlock]) -> None:
        self._rules = {rule.name: rule for rule in rules}
        self._heeded: dict[str, Condition] = {}
        self.read: dict[str, Condition] = {}
        self.bypasses: dict[str, Bypass] = {}
        self.taints: list[str] = []

    def judge(self, state: RigState) -> tuple[tuple[Interlock, ...], tuple[Bypass, ...]]:
        """Take the latest scan in. What held on the scan before and holds no more, and bypasses that are over."""
        now_s = state.scan.time_s
        over = tuple(bypass for bypass in self.bypasses.values() if bypass.until_s <= now_s)
        for bypass in over:
            del self.bypasses[bypass.interlock]
        before = self._heeded
        self.read = conditions(self._all, self.read, state)
        self._heed()
        lost = (name for name, now in self._heeded.items() if now.tripped and not before.get(name, now).tripped)
        return tuple(self._rules[name] for name in lost), over

    def violations(self, command: Command) -> tuple[str, ...]:
        return violations(command, self._all, self._heeded)

    def trips(self) -> tuple[str, ...]:
        """Why the run may not go on."""
        return trips(self._all, self._heeded)

    def latched(self) -> tuple[str, ...]:
        """Of those that end a run: what has tripped and was never acknowledged, whatever is read now."""
        return trips([rule for rule in self._all if rule.latch], self._heeded)

    def acknowledge(self, name: str) -> None:
        """Let an interlock hold again. CommandRefusedError while its reading forbids that, or if it never tripped."""
        condition = self.read.get(name)
        if condition is None or not condition.latched:
            why = "there is no such interlock" if condition is None else condition.reason or "it has not tripped"
            raise CommandRefusedError(f"acknowledge {name} refused: {why}")
        self.read[name] = HOLDS
        self._heed()

    def bypass(self, name: str, who: str, reason: str, now_s: float, duration_s: float) -> None:
        """duration_s: not a number where nobody attends. Raises CommandRefusedError for what nobody answers for."""
        if name not in self._rules:
            raise CommandRefusedError(f"bypass {name} refused: there is no such interlock")
        if not who.strip() or not reason.strip() or not 0.0 < duration_s < math.inf:
            raise CommandRefusedError(f"bypass {name} refused: it needs somebody who attends, a reason and a duration")
        self.bypasses[name] = Bypass(name, who, reason, now_s + duration_s)
        self.taints.append(str(self.bypasses[name]))
        self._heed()

    @property
    def _all(self) -> tuple[Interlock, ...]:
        return tuple(self._rules.values())

    def _heed(self) -> None:
        self._heeded = {name: HOLDS if name in self.bypasses else found for name, found in self.read.items()}

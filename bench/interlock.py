"""Permission is a function: what forbids this command now? Level-triggered, with hysteresis; stale data forbids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bench.commands import Command, label
from bench.config.model import Interlock
from bench.records import RigState


@dataclass(frozen=True, slots=True)
class Condition:
    """How an interlock stands: holds, and if not, why."""

    holds: bool
    reason: str = ""


HOLDS = Condition(holds=True)


def conditions(rules: Sequence[Interlock], before: Mapping[str, Condition], state: RigState) -> dict[str, Condition]:
    """Every rule judged on the latest scan; before: the same on the scan before (hysteresis)."""
    return {rule.name: _judge(rule, before.get(rule.name), state) for rule in rules}


def violations(command: Command, rules: Sequence[Interlock], standing: Mapping[str, Condition]) -> tuple[str, ...]:
    """Why the command is forbidden; empty when it is allowed."""
    name = label(command)
    return tuple(
        _sentence(rule, standing[rule.name])
        for rule in rules
        if not standing[rule.name].holds and any(fnmatchcase(name, pattern) for pattern in rule.guards)
    )


def trips(rules: Sequence[Interlock], standing: Mapping[str, Condition]) -> tuple[str, ...]:
    """Interlocks that end the run: those marked trips that do not hold."""
    return tuple(_sentence(rule, standing[rule.name]) for rule in rules if rule.trips and not standing[rule.name].holds)


def _judge(rule: Interlock, before: Condition | None, state: RigState) -> Condition:
    if not state.usable(rule.channel):
        return Condition(holds=False, reason=f"{rule.channel} is {state.quality(rule.channel).name}")
    value = state.value(rule.channel)
    margin = rule.hysteresis if before is not None and not before.holds else 0.0
    if rule.above is not None and not value > rule.above + margin:  # not a number never holds
        return Condition(holds=False, reason=f"{rule.channel} = {value:g}, must be above {rule.above + margin:g}")
    if rule.below is not None and not value < rule.below - margin:
        return Condition(holds=False, reason=f"{rule.channel} = {value:g}, must be below {rule.below - margin:g}")
    return HOLDS


def _sentence(rule: Interlock, condition: Condition) -> str:
    remedy = f" ({rule.remedy})" if rule.remedy else ""
    return f"{rule.name}: {condition.reason}{remedy}"

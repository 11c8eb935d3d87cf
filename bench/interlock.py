"""Permission is a function: what forbids this command now? Level-triggered, with hysteresis; stale data forbids."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from bench.commands import Command, SetPressure, label
from bench.config.interlocks import Interlock
from bench.records import Quality, RigState

Seen = tuple[tuple[float, float], ...]
"""(time_s, value) of the scans that a rate is judged by, the oldest first."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How an interlock stands: holds, and if not, why."""

    holds: bool
    reason: str = ""
    latched: bool = False
    """Its reading would let it hold again; nobody has acknowledged that it did not."""
    bound: float = math.nan
    """What a set point must be above, or below, in place of the channel; not a number: nothing is allowed."""
    seen: Seen = ()
    unread_since_s: float = math.nan
    """Since when no fresh value has come although one was due."""
    pending: bool = False
    """It has been without one for less than its patience: it forbids, but does not trip yet."""

    @property
    def tripped(self) -> bool:
        return not (self.holds or self.pending)


HOLDS = Condition(holds=True)


def conditions(rules: Sequence[Interlock], before: Mapping[str, Condition], state: RigState) -> dict[str, Condition]:
    """Every rule judged on the latest scan; before: the same on the scan before (hysteresis, latch, rates)."""
    return {rule.name: _latched(rule, before.get(rule.name, HOLDS), state) for rule in rules}


def violations(command: Command, rules: Sequence[Interlock], standing: Mapping[str, Condition]) -> tuple[str, ...]:
    """Why the command is forbidden; empty when it is allowed."""
    name = label(command)
    guarding = (rule for rule in rules if any(fnmatchcase(name, pattern) for pattern in rule.guards))
    return tuple(
        f"{rule.name}: {reason}{_remedy(rule)}"
        for rule in guarding
        if (reason := _objection(command, rule, standing[rule.name]))
    )


def trips(rules: Sequence[Interlock], standing: Mapping[str, Condition]) -> tuple[str, ...]:
    """Interlocks that end the run: those marked trips that have tripped."""
    failing = (rule for rule in rules if rule.trips and standing[rule.name].tripped)
    return tuple(f"{rule.name}: {standing[rule.name].reason}{_remedy(rule)}" for rule in failing)


def _objection(command: Command, rule: Interlock, condition: Condition) -> str:
    """Empty when there is none."""
    if not (rule.setpoint and isinstance(command, SetPressure)) or condition.latched:
        return "" if condition.holds else condition.reason
    if math.isnan(condition.bound):
        return condition.reason
    wanted, bound = command.pressure_pa, condition.bound
    if rule.above is not None:
        return "" if wanted > bound else f"asks for {wanted:g}, must be above {bound:g}"
    return "" if wanted < bound else f"asks for {wanted:g}, must be below {bound:g}"


def _latched(rule: Interlock, before: Condition, state: RigState) -> Condition:
    now = _judge(rule, before, state)
    if not rule.latch or not before.tripped or not now.holds:
        return now
    reason = before.reason if before.latched else f"{before.reason}; not acknowledged"
    return replace(now, holds=False, latched=True, reason=reason)


def _judge(rule: Interlock, before: Condition, state: RigState) -> Condition:
    if rule.unless is not None and state.usable(rule.unless) and state.value(rule.unless) == 1.0:
        return HOLDS
    time_s, seen = state.scan.time_s, before.seen
    if rule.over_s is not None:
        seen = tuple(entry for entry in seen if entry[0] >= time_s - rule.over_s)
    for channel in rule.channels:
        if not state.usable(channel):
            return replace(_unread(rule, before, state, channel), seen=seen)
    value, what = _value(rule, state)
    if rule.over_s is not None:
        seen = (*seen, (time_s, value))
        value, what = _rate(rule, rule.over_s, seen), f"change of {what} over {rule.over_s:g} s, per second,"
    minus = 0.0 if rule.minus is None else state.value(rule.minus)
    margin = rule.hysteresis if before.tripped else 0.0
    if rule.above is not None:
        least = rule.above + margin
        holds, reason, bound = value > least, f"must be above {least:g}", rule.above + minus
    else:
        most = (rule.below or 0.0) - margin
        holds, reason, bound = value < most, f"must be below {most:g}", (rule.below or 0.0) + minus
    bound = math.nan if math.isnan(value) else bound
    # not a number never holds
    return Condition(holds=holds, reason="" if holds else f"{what} = {value:g}, {reason}", bound=bound, seen=seen)


def _unread(rule: Interlock, before: Condition, state: RigState, channel: str) -> Condition:
    """A reading that says something is wrong is believed at once; one that has not come may be late."""
    quality, time_s = state.quality(channel), state.scan.time_s
    reason = f"{channel} is {quality.name}"
    if quality is not Quality.STALE:
        return Condition(holds=False, reason=reason)
    since_s = time_s if math.isnan(before.unread_since_s) else before.unread_since_s
    pending = not before.tripped and time_s - since_s < rule.patience_s
    return Condition(holds=False, reason=reason, unread_since_s=since_s, pending=pending)


def _value(rule: Interlock, state: RigState) -> tuple[float, str]:
    """What the limit is of, and what to call it."""
    value = state.value(rule.channel)
    if rule.minus is None:
        return value, rule.channel
    value -= state.value(rule.minus)
    what = f"{rule.channel} - {rule.minus}"
    return (abs(value), f"|{what}|") if rule.magnitude else (value, what)


def _rate(rule: Interlock, over_s: float, seen: Seen) -> float:
    """The change within the window over its whole length: a window just begun shows too little, never too much."""
    values = [value for _, value in seen]
    return (values[-1] - (min(values) if rule.above is None else max(values))) / over_s


def _remedy(rule: Interlock) -> str:
    return f" ({rule.remedy})" if rule.remedy else ""

"""What a bench file's interlocks and reliefs must agree with: channels, commands, each other."""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from bench.config.interlocks import Interlock, Relief
from bench.config.model import Bench
from bench.config.targets import targets


def interlock_problems(bench: Bench) -> Iterator[str]:
    """One line for each; key: reason."""
    channels = {channel.name for channel in bench.channels}
    switches = {channel.name for channel in bench.channels if channel.quantity == "switch"}
    labels = {f"{command}:{name}" for command, names in targets(bench).items() for name in names}
    for rule in bench.interlock:
        yield from _channels(rule, channels, switches)
        yield from _idle_guards(rule, labels)
        yield from _undone(rule, labels)
    compartments = {compartment.name for compartment in bench.compartment}
    for relief in bench.relief:
        yield from _relief(bench, relief, compartments, switches)


def _channels(rule: Interlock, channels: set[str], switches: set[str]) -> Iterator[str]:
    used = {"channel": (rule.channel, channels), "minus": (rule.minus, channels), "unless": (rule.unless, switches)}
    for key, (name, known) in used.items():
        if name is not None and name not in known:
            what = "is no switch of this file" if key == "unless" else "is not in this file"
            yield f"interlock.{rule.name}.{key}: {name!r} {what}"


def _idle_guards(rule: Interlock, labels: set[str]) -> Iterator[str]:
    """A pattern that no command can match protects nothing: a name in it is misspelt."""
    for pattern in rule.guards:
        if not any(fnmatchcase(label, pattern) for label in labels):
            yield f"interlock.{rule.name}.guards: {pattern!r} matches no command of this bench"
    if rule.setpoint and not any(fnmatchcase(label, p) for p in rule.guards for label in labels if "SetP" in label):
        yield f"interlock.{rule.name}.setpoint: no guard matches a SetPressure"


def _undone(rule: Interlock, labels: set[str]) -> Iterator[str]:
    """What trips once acts once: nothing may undo it while the rule does not hold."""
    for action in rule.actions:
        if f"{action.command}:{action.target}" not in labels:
            yield f"interlock.{rule.name}.actions: {action.target!r} is not in this file"
        elif not any(fnmatchcase(action.undone_by, pattern) for pattern in rule.guards):
            yield f"interlock.{rule.name}.actions: no guard forbids {action.undone_by}, which undoes {action.command}"


def _relief(bench: Bench, relief: Relief, compartments: set[str], switches: set[str]) -> Iterator[str]:
    key = f"relief.{relief.name}"
    if relief.compartment not in compartments:
        yield f"{key}.compartment: {relief.compartment!r} is not in this file"
    if relief.channel is not None and relief.channel not in switches:
        yield f"{key}.channel: {relief.channel!r} is no switch of this file"
    if relief.set_pressure_pa <= bench.limits.pressure_max_pa:
        limit = f"limits.pressure_max_pa = {bench.limits.pressure_max_pa:g}"
        yield f"{key}.set_pressure_pa: not above {limit}: it must not be what keeps that"

"""What single entries of a bench file cannot know: names used twice, names that do not exist, sums that must be one."""

from collections import Counter
from collections.abc import Iterator

from bench.config.model import Bench


def problems(bench: Bench) -> Iterator[str]:
    """One line for each; key: reason."""
    yield from _duplicates(bench)
    yield from _dangling(bench)
    yield from _compartment_channels(bench)
    yield from _unsafe_steps(bench)


def _duplicates(bench: Bench) -> Iterator[str]:
    names = [*bench.actuators, *(e.name for e in bench.leak), *(e.name for e in bench.pump)]
    names += [e.name for e in bench.compartment]
    for group in (names, [c.name for c in bench.channels], [i.name for i in bench.instrument]):
        for name, count in Counter(group).items():
            if count > 1:
                yield f"{name}: name used {count} times"
    lines = Counter([*(a.line for a in bench.actuators.values()), *(pump.line for pump in bench.pump)])
    yield from (f"line {line}: drives {count} actuators" for line, count in lines.items() if count > 1)


def _dangling(bench: Bench) -> Iterator[str]:
    instruments = {i.name for i in bench.instrument}
    channels = {c.name for c in bench.channels}
    nodes = {c.name for c in bench.compartment} | {"chamber", "pump", "supply", "room"}
    valves = {v.name for v in bench.valve}
    targets = set(bench.actuators) | {p.name for p in bench.pump} | instruments
    uses = [
        *((f"channel.{c.name}.instrument", c.instrument, instruments) for c in bench.channels),
        *((f"channel.{c.name}.compartment", c.compartment, nodes) for c in bench.channel if c.compartment),
        *((f"channel.{c.name}.noise", c.noise, set(bench.noise_class)) for c in bench.channel if c.noise),
        *((f"{a.name}.connects", node, nodes) for a in bench.actuators.values() for node in a.connects),
        *((f"leak.{leak.name}.compartment", leak.compartment, nodes) for leak in bench.leak),
        *((f"leak.{leak.name}.valve", leak.valve, valves) for leak in bench.leak),
        *((f"pump.{pump.name}.valve", pump.valve, valves) for pump in bench.pump),
        ("supply.controller", bench.supply.controller, instruments),
        ("supply.valve", bench.supply.valve, valves),
        *((f"interlock.{i.name}.channel", i.channel, channels) for i in bench.interlock),
        *((f"safe_state.{s.command}.target", s.target, targets) for s in bench.safe_state),
    ]
    yield from (f"{key}: {name!r} is not in this file" for key, name, known in uses if name not in known)


def _compartment_channels(bench: Bench) -> Iterator[str]:
    for compartment in bench.compartment:
        if len(bench.channels_of(compartment.name, "pressure")) != 1:
            yield f"compartment.{compartment.name}: needs exactly one channel of quantity 'pressure'"
        thermometers = bench.channels_of(compartment.name, "gas_temperature")
        total = sum(c.volume_fraction or 0.0 for c in thermometers)
        if not thermometers:
            yield f"compartment.{compartment.name}: needs a channel of quantity 'gas_temperature'"
        elif abs(total - 1.0) > 1e-6:
            yield f"compartment.{compartment.name}: volume_fraction of its gas thermometers adds up to {total:g}, not 1"


def _unsafe_steps(bench: Bench) -> Iterator[str]:
    """A safety step must be one that the loss of power takes too (design 8)."""
    wanted = {"CloseValve": "closed", "OpenValve": "open"}
    for step in bench.safe_state:
        actuator = bench.actuators.get(step.target)
        if step.safety and actuator is not None and actuator.without_power != wanted.get(step.command):
            yield f"safe_state.{step.command}.{step.target}: a safety step must not need power"
        if step.safety and step.command == "StopControl":
            yield f"safe_state.{step.command}.{step.target}: a step over a link cannot be a safety step"

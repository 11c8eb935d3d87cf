"""A scenario speaks of one bench's compartments, channels and valves: one line for what that bench does not have."""

from collections import Counter
from collections.abc import Iterator, Mapping

from bench.config.model import Bench
from bench.errors import ConfigError
from bench.sim.scenario import Scenario


def check(bench: Bench, scenario: Scenario, node: Mapping[str, int]) -> None:
    """Raises ConfigError naming the scenario, the key and the bench file."""
    for key, name, known in _uses(bench, scenario, node):
        if name not in known:
            raise ConfigError(f"scenario {scenario.name}: {key}: {name!r} is not in {bench.file}")
    parts = (*bench.driven, *bench.vessel, *bench.flow_controller)
    taken = [*(part.name for part in parts), *_own(scenario)]
    for name, count in Counter(taken).items():
        if count > 1:
            raise ConfigError(f"scenario {scenario.name}: {name!r} has the name of a valve, hatch or other leak")
    for problem in (*_idle(scenario), *_misplaced(bench, scenario)):
        raise ConfigError(f"scenario {scenario.name}: {problem}")
    through = {pump.valve for pump in bench.pump}
    for valve in bench.valve:
        if "pump" in valve.connects and valve.name not in through:
            raise ConfigError(f"{bench.file}: valve.{valve.name}.connects: no pump names it as its valve")


def _idle(scenario: Scenario) -> Iterator[str]:
    """What would silently do nothing."""
    for kind in ("patch", "growth"):
        for leak, count in Counter(entry.leak for entry in getattr(scenario, kind)).items():
            if count > 1:
                yield f"{kind}.{leak}: {count} of them, only one can act on a leak"
    for leak in scenario.hidden_leak:
        if leak.to == leak.compartment:
            yield f"hidden_leak.{leak.name}.to: it leads where it comes from"


def _misplaced(bench: Bench, scenario: Scenario) -> Iterator[str]:
    """What sounds where its compartment is not."""
    boxes = {compartment.name: compartment.box for compartment in bench.compartment}
    placed = [(f"hidden_leak.{leak.name}", leak.compartment, leak.position_m) for leak in scenario.hidden_leak]
    placed += [("hiss", hiss.compartment, hiss.position_m) for hiss in scenario.hiss]
    for key, compartment, position_m in placed:
        box = boxes[compartment]
        if position_m is not None and (box is None or not box.contains(position_m)):
            yield f"{key}.position_m: not within the box of {compartment}"


def _own(scenario: Scenario) -> Iterator[str]:
    for entries in (scenario.hidden_leak, scenario.trapped, scenario.purification, scenario.makeup):
        yield from (entry.name for entry in entries)


def _uses(bench: Bench, scenario: Scenario, node: Mapping[str, int]) -> Iterator[tuple[str, str, set[str]]]:
    compartments = {c.name for c in bench.compartment}
    channels = {c.name for c in bench.channel if c.quantity != "switch"}
    leaks = {leak.valve for leak in bench.leak} | {leak.name for leak in scenario.hidden_leak}
    yield from ((f"hidden_leak.{leak.name}.to", leak.to, set(node)) for leak in scenario.hidden_leak)
    yield from ((f"patch.{patch.leak}.leak", patch.leak, leaks) for patch in scenario.patch)
    yield from ((f"growth.{growth.leak}.leak", growth.leak, leaks) for growth in scenario.growth)
    yield from ((f"fault.{fault.channel}.channel", fault.channel, channels) for fault in scenario.fault)
    yield from ((f"clock.{clock.channel}.channel", clock.channel, channels) for clock in scenario.clock)
    wired = {i.name for i in bench.instrument if i.driver != "ni_daq"}
    yield from (("wire_fault.instrument", fault.instrument, wired) for fault in scenario.wire_fault)
    chassis = {i.name for i in bench.instrument if i.driver == "ni_daq"}
    yield from (("daq_fault.instrument", fault.instrument, chassis) for fault in scenario.daq_fault)
    pumps = {pump.name for pump in bench.pump}
    yield from (("pump_trip.pump", trip.pump, pumps) for trip in scenario.pump_trip if trip.pump)
    for key in ("heat_w", "wall_heat_w"):
        yield from ((key, name, compartments) for name in getattr(scenario, key))
    for kind in ("hidden_leak", "trapped", "purification", "makeup", "source", "crew", "racks", "hiss"):
        yield from ((f"{kind}.compartment", entry.compartment, compartments) for entry in getattr(scenario, kind))

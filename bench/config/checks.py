"""What single entries of a bench file cannot know: names used twice, names that do not exist, sums that must be one."""

from collections import Counter
from collections.abc import Iterator

from bench.certificate import Certificate
from bench.config.interlock_checks import interlock_problems
from bench.config.model import NOBODY, Bench, ChannelEntry
from bench.config.sound_checks import sound_problems
from bench.config.targets import targets

LEAST_WATCHDOG_PERIODS = 4.0
"""Of scans: a hardware watchdog that is kicked four times within its time-out must not fall over one late scan."""
OVER_LINKS = ("StopControl", "StopHeater", "StopFlow", "StopFilament")


def problems(bench: Bench) -> Iterator[str]:
    """One line for each; key: reason."""
    yield from _duplicates(bench)
    yield from _dangling(bench)
    yield from interlock_problems(bench)
    yield from _compartment_channels(bench)
    yield from _powers(bench)
    yield from _unsafe_steps(bench)
    yield from _certificates(bench)
    yield from _programmable(bench)
    yield from _watchdogs(bench)
    yield from sound_problems(bench)


def _duplicates(bench: Bench) -> Iterator[str]:
    names = [
        [e.name for e in (*bench.driven, *bench.leak, *bench.compartment, *bench.heater, *bench.flow_controller)],
        [c.name for c in bench.channels],
        [i.name for i in bench.instrument],
        [i.name for i in bench.interlock],
        [r.name for r in (*bench.relief, *bench.driven)],
        [v.name for v in bench.vessel],
        [m.name for m in bench.microphone],
    ]
    for group in names:
        yield from (f"{name}: name used {count} times" for name, count in Counter(group).items() if count > 1)
    lines = Counter((d.instrument, d.line) for d in bench.driven if d.line is not None)
    inputs = Counter([(c.instrument, c.input) for c in bench.channels])
    inputs.update((microphone.instrument, microphone.input) for microphone in bench.microphone)
    yield from (f"{i}, line {line}: drives {count} actuators" for (i, line), count in lines.items() if count > 1)
    yield from (f"{i}, input {name}: is {count} channels" for (i, name), count in inputs.items() if count > 1)
    yield from _shared(bench)


def _shared(bench: Bench) -> Iterator[str]:
    """What can serve one thing alone. A heater's power is told from others' by its wall."""
    uses = {
        "drives {} pumps": [p.instrument for p in bench.pump if p.line is None],
        "sets {} flows": [c.instrument for c in bench.flow_controller],
        "feeds {} heaters": [f"{h.instrument}, output {h.output}" for h in bench.heater],
        "is heated by {} heaters": [h.compartment for h in bench.heater],
    }
    for sentence, users in uses.items():
        yield from (f"{name}: {sentence.format(count)}" for name, count in Counter(users).items() if count > 1)


def _dangling(bench: Bench) -> Iterator[str]:
    instruments = {i.name for i in bench.instrument}
    channels = {c.name for c in bench.channels}
    compartments = {c.name for c in bench.compartment}
    vessels = {v.name for v in bench.vessel}
    nodes = compartments | vessels | {p.name for p in bench.pump} | {"chamber", "pump", "supply", "room"}
    valves = {v.name for v in bench.valve}
    controllers = {c.name for c in bench.flow_controller}
    gas = compartments | vessels | {"chamber"}
    known_targets = targets(bench)
    uses = [
        *(
            (f"channel.{c.name}.instrument", c.instrument, instruments)
            for c in bench.channels
            if c.instrument != NOBODY
        ),
        *((f"chamber_gauge.{g.channel}.channel", g.channel, channels) for g in bench.chamber_gauge),
        *((f"channel.{c.name}.compartment", c.compartment, nodes) for c in bench.channel if c.compartment),
        *((f"channel.{c.name}.noise", c.noise, set(bench.noise_class)) for c in bench.channel if c.noise),
        *((f"{a.name}.connects", node, nodes) for a in bench.actuators.values() for node in a.connects),
        *((f"{d.name}.instrument", d.instrument, instruments) for d in bench.driven),
        *((f"leak.{leak.name}.compartment", leak.compartment, compartments) for leak in bench.leak),
        *((f"leak.{leak.name}.valve", leak.valve, valves) for leak in bench.leak),
        *((f"leak.{leak.name}.controller", leak.controller, controllers) for leak in bench.leak if leak.controller),
        *((f"pump.{pump.name}.valve", pump.valve, valves) for pump in bench.pump),
        *((f"pump.{pump.name}.outlet", pump.outlet, vessels) for pump in bench.pump if pump.outlet),
        *((f"heater.{heater.name}.compartment", heater.compartment, compartments) for heater in bench.heater),
        *((f"heater.{heater.name}.instrument", heater.instrument, instruments) for heater in bench.heater),
        *((f"flow_controller.{c.name}.connects", node, gas) for c in bench.flow_controller for node in c.connects),
        *((f"flow_controller.{c.name}.instrument", c.instrument, instruments) for c in bench.flow_controller),
        *((f"purification.{p.compartment}.compartment", p.compartment, compartments) for p in bench.purification),
        *(
            (f"nominal_loss.{n.compartment}.compartment", n.compartment, compartments)
            for n in bench.nominal_loss
            if n.compartment
        ),
        *((f"crew.{c.compartment}.compartment", c.compartment, compartments) for c in bench.crew),
        *(
            (f"channel.{c.name}.compartment", c.compartment, compartments)
            for c in bench.channel
            if c.quantity == "oxygen_pressure"
        ),
        *((f"microphone.{m.name}.instrument", m.instrument, instruments) for m in bench.microphone),
        *((f"channel.{c.name}.instrument", c.instrument, set(_measured(bench, c))) for c in bench.channel),
        ("supply.controller", bench.supply.controller, instruments),
        ("supply.valve", bench.supply.valve, valves),
        *((f"safe_state.{s.command}.target", s.target, known_targets[s.command]) for s in bench.safe_state),
    ]
    yield from (f"{key}: {name!r} is not in this file" for key, name, known in uses if name not in known)


def _measured(bench: Bench, channel: ChannelEntry) -> Iterator[str]:
    """Instruments that can be the channel's: a speed, a flow or a power is of what the instrument controls."""
    match channel.quantity:
        case "speed":
            yield from (pump.instrument for pump in bench.pump)
        case "flow":
            yield from (controller.instrument for controller in bench.flow_controller)
        case "power":
            yield from (heater.instrument for heater in bench.heater)
        case _:
            yield from (instrument.name for instrument in bench.instrument)


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


def _powers(bench: Bench) -> Iterator[str]:
    outputs = {(heater.instrument, str(heater.output)) for heater in bench.heater}
    for channel in bench.channel:
        if channel.quantity == "power" and (channel.instrument, channel.input[-1:]) not in outputs:
            yield f"channel.{channel.name}.input: {channel.input!r} ends with the number of no output that has a heater"


def _unsafe_steps(bench: Bench) -> Iterator[str]:
    """A safety step must be one that the loss of power takes too (design 8)."""
    wanted = {"CloseValve": "closed", "OpenValve": "open"}
    link_driven = {pump.name for pump in bench.pump if pump.line is None}
    for step in bench.safe_state:
        actuator = bench.actuators.get(step.target)
        if step.safety and actuator is not None and actuator.without_power != wanted.get(step.command):
            yield f"safe_state.{step.command}.{step.target}: a safety step must not need power"
        if step.safety and (step.command in OVER_LINKS or step.target in link_driven):
            yield f"safe_state.{step.command}.{step.target}: a step over a link cannot be a safety step"
    for actuator in bench.actuators.values():
        if actuator.without_power == actuator.energised:
            yield f"{actuator.name}.without_power: {actuator.without_power!r} is what it does when energised"


def _certificates(bench: Bench) -> Iterator[str]:
    for leak in bench.leak:
        if leak.certificate.model != leak.kind:
            yield f"leak.{leak.name}.certificate: is of model {leak.certificate.model}, the leak is of kind {leak.kind}"


def _programmable(bench: Bench) -> Iterator[str]:
    """A leak of a flow controller: from its compartment through its valve to the controller, and into the chamber."""
    controllers = {controller.name: controller for controller in bench.flow_controller}
    certificates: dict[str, Certificate] = {}
    for leak in (leak for leak in bench.leak if leak.controller in controllers):
        controller, valve = controllers[str(leak.controller)], bench.actuators.get(leak.valve)
        key = f"leak.{leak.name}"
        if valve is None or {*valve.connects} != {leak.compartment, controller.connects[0]}:
            yield f"{key}.valve: does not lead from {leak.compartment} to {controller.name}"
        if controller.connects[1] != "chamber":
            yield f"{key}.controller: {controller.name} does not lead into the chamber"
        if bench.flow_channel(controller.name) is None:
            yield f"{key}.controller: no channel of quantity 'flow' shows what passes {controller.name}"
        if (leak.flow_kg_s or 0.0) > controller.full_scale_kg_s:
            yield f"{key}.flow_kg_s: above the {controller.full_scale_kg_s:g} kg/s of {controller.name}"
        if certificates.setdefault(controller.name, leak.certificate) != leak.certificate:
            yield f"{key}.certificate: {controller.name} has another one elsewhere in this file"


def _watchdogs(bench: Bench) -> Iterator[str]:
    least_s = LEAST_WATCHDOG_PERIODS * bench.acquisition.period_s
    for entry in bench.instrument:
        if entry.watchdog_s is not None and entry.watchdog_s < least_s:
            yield f"instrument.{entry.name}.watchdog_s: must be at least {least_s:g}, four acquisition periods"

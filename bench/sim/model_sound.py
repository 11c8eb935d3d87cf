"""From bench file and scenario to what sounds where: leaks, hatches, microphones as they are."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench.config.model import Bench
from bench.config.sound import Box, Microphone, Position
from bench.records import Floats
from bench.sim.draws import Draws
from bench.sim.scenario import Scenario
from bench.sim.sound.house import Door, House, Spot
from bench.sim.sound.sources import Ear, efficiency_of, rms_pa
from bench.sim.sound.spectra import flat

CHANNEL_GAIN = 0.003
"""Standard uncertainty of the gain of a microphone's channel."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Where gas leaves a compartment. path: of the plant, by name. efficiency: of sources.leak_rms_pa."""

    name: str
    path: str
    spot: Spot
    efficiency: float


def house_of(bench: Bench) -> House:
    boxes = {compartment.name: compartment.box for compartment in bench.compartment if compartment.box}
    hatches = [hatch for hatch in bench.hatch if hatch.position_m is not None and boxes.keys() >= set(hatch.connects)]
    return House(boxes, [Door(hatch.name, hatch.connects, hatch.position_m or (0, 0, 0)) for hatch in hatches])


def wall_centre(box: Box) -> Position:
    """Of the wall with the largest y: where a leak is whose place nobody states."""
    (x, y, z), (length, width, height) = box.origin_m, box.size_m
    return (x + 0.5 * length, y + width, z + 0.5 * height)


def openings_of(bench: Bench, scenario: Scenario, boxes: dict[str, Box], draws: Draws) -> Iterator[Opening]:
    """Leaks of the bench, other ways into the chamber or to the programmable leak, hidden leaks, purification.

    Each is as loud as is drawn for it around what the bench file states.
    """
    stated = bench.acoustics.leak_noise
    for name, path, compartment, position_m in _places(bench, scenario):
        if compartment in boxes:
            level_db = draws.normal(f"leak_level_db/{name}", stated.level_db, stated.u_level_db)
            spot = Spot(compartment, position_m or wall_centre(boxes[compartment]))
            yield Opening(name, path, spot, efficiency_of(level_db, stated.at_kg_s))


def _places(bench: Bench, scenario: Scenario) -> Iterator[tuple[str, str, str, Position | None]]:
    for leak in bench.leak:
        yield leak.name, leak.valve, leak.compartment, leak.position_m
    outlets = {"chamber", *(c.connects[0] for c in bench.flow_controller if c.connects[1] == "chamber")}
    named = {leak.valve for leak in bench.leak}
    ways = [(valve.name, valve.connects) for valve in bench.valve if valve.name not in named]
    ways += [(controller.name, controller.connects) for controller in bench.flow_controller]
    for name, ends in ways:
        yield from ((name, name, end, None) for end, other in (ends, ends[::-1]) if other in outlets)
    for hidden in scenario.hidden_leak:
        yield hidden.name, hidden.name, hidden.compartment, hidden.position_m
    for puffs in scenario.purification:
        yield puffs.name, puffs.name, puffs.compartment, None


def ears_of(bench: Bench, draws: Draws, frequency_hz: Floats) -> Iterator[Ear]:
    boxes = {compartment.name: compartment.box for compartment in bench.compartment}
    for entry in bench.microphone:
        box = boxes[entry.compartment]
        deviation_db = draws.normal(f"sensitivity_db/{entry.name}", 0.0, entry.u_sensitivity_db)
        gain = draws.normal(f"channel_gain/{entry.name}", 1.0, CHANNEL_GAIN)
        volts_pa = entry.sensitivity_v_pa * 10.0 ** (deviation_db / 20.0) * gain
        own = rms_pa(entry.self_noise_db) * flat(frequency_hz, bench.acoustics.band_hz)
        position_m = _drawn(entry, box, draws) if box else entry.position_m
        yield Ear(entry.name, Spot(entry.compartment, position_m), own, volts_pa)


def _drawn(entry: Microphone, box: Box, draws: Draws) -> Position:
    """Never behind a wall."""
    x, y, z = (
        min(max(draws.normal(f"position_{axis}/{entry.name}", at, entry.u_position_m), low), low + length)
        for axis, at, low, length in zip("xyz", entry.position_m, box.origin_m, box.size_m, strict=True)
    )
    return (x, y, z)

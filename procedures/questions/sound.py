"""Ultrasonic search of drawn rigs, hatches closed, a burst of half a second."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.clock import VirtualClock
from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.ultrasonic import UltrasonicSearch
from bench.detection.ultrasonic_finding import Answer, UltrasonicFinding
from bench.records import Burst, LeakEstimate, Series
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.outcomes import places
from bench.validation.outcomes.mark import Mark, right_if
from procedures.questions.question import Answered, Question
from procedures.questions.stage import SMALL, TRANSFER, WORKING
from procedures.simulate import make_ready

RATE_HZ, BURST_S, MINUTE_S = 200e3, 0.5, 60.0
EVERY, ROWS = 600, 10
"""Sensors are read every so many steps of the grid: once a minute."""
SURE, U_PRIOR = 0.9, 0.1


def drawn(bench: Bench, scenario: Scenario, seed: int) -> SimulatedRig:
    rig = SimulatedRig(bench, scenario, seed, VirtualClock(), EVERY, ROWS)
    make_ready(rig)
    return rig


def recorded(rig: SimulatedRig, end_s: float) -> tuple[Burst, Series]:
    """A burst of all microphones that ends then, and the minute before: gas temperatures, hatches' switches."""
    rig.clock.advance_to(end_s)
    count = round(BURST_S * RATE_HZ)
    times_s = rig.look() + (np.arange(count, dtype=np.float64) + 1.0 - count) / RATE_HZ
    rows = [rig.sound.volts(m.input, times_s) / m.sensitivity_v_pa for m in rig.bench.microphone]
    shown = {c.name: rig.shown(c) for c in rig.bench.channel if c.quantity == "gas_temperature"}
    switches = {hatch.name: hatch.closed_switch for hatch in rig.bench.hatch if hatch.closed_switch}
    shown |= {f"{name}_closed": float(rig.read_line(line)) for name, line in switches.items()}
    series = Series(np.array([end_s - MINUTE_S, end_s]), {name: np.full(2, value) for name, value in shown.items()})
    names = tuple(m.name for m in rig.bench.microphone)
    return Burst(float(times_s[0]), 1.0 / RATE_HZ, names, np.array(rows, np.float32)), series


def search(rig: SimulatedRig, end_s: float, prior: LeakEstimate | None = None) -> UltrasonicFinding:
    burst, series = recorded(rig, end_s)
    return UltrasonicSearch().search(rig_of(rig.bench), [burst], series, prior)


@dataclass(frozen=True, slots=True)
class Heard:
    """Exactly these compartments have a source, and none is called a leak."""

    end_s: float
    sources: tuple[str, ...] = ()

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        found = search(drawn(bench, scenario, seed), self.end_s)
        called = any("the leak is in" in statement for statement in found.statements)
        mark = Mark.WRONG if called else places.heard(found.sources, self.sources)
        return Answered(mark, ", ".join(found.sources) or "nothing heard")


def too_loud(bench: Bench, scenario: Scenario, seed: int) -> Answered:
    """Racks run: nothing elsewhere, and of their compartment it is said that a leak would have been missed."""
    found = search(drawn(bench, scenario, seed), 3600.0)
    answer = found.findings[TRANSFER].answer
    mark = Mark.WRONG if set(found.sources) - {TRANSFER} else right_if(answer in {Answer.TOO_LOUD, Answer.SOURCE})
    return Answered(mark, str(answer))


def with_pressure(bench: Bench, scenario: Scenario, seed: int) -> Answered:
    """What a pressure method good to 10 % says of the rate tells the leak from the decoy."""
    rig, end_s = drawn(bench, scenario, seed), 3620.0
    through = rig.course.columns.through(rig.model.path["weld"])
    rig.clock.advance_to(end_s - 20.0)
    begin_kg = rig.course.value(through, rig.look())
    rig.clock.advance_to(end_s - 10.0)
    flow_kg_s = (rig.course.value(through, rig.look()) - begin_kg) / 10.0
    rate_kg_s = flow_kg_s * (1.0 + U_PRIOR * float(np.random.default_rng(seed).standard_normal()))
    after = search(rig, end_s, LeakEstimate("pressure", "x", rate_kg_s, U_PRIOR * flow_kg_s)).leak_probabilities
    best = max(after, key=lambda name: after[name])
    mark = right_if(best == WORKING, Mark.WRONG) if after[best] > SURE else Mark.UNDECIDED
    return Answered(mark, f"{best} {after[best]:.2f}", rate_kg_s, U_PRIOR * flow_kg_s, flow_kg_s)


def questions() -> Iterator[Question]:
    racks, decoy = load_scenario("S17"), load_scenario("S17b")
    said = "racks run: 'too loud, would have been missed' (or heard all the same), nothing elsewhere"
    yield Question("S17 racks on", racks, UltrasonicSearch.name, said, too_loud)
    found = "racks off: a source in the leak's compartment alone"
    yield Question("S17 racks off", racks, UltrasonicSearch.name, found, Heard(22_000.0, (TRANSFER,)))
    both = "leak and decoy heard, neither called a leak"
    yield Question("S17b", decoy, UltrasonicSearch.name, both, Heard(3600.0, (TRANSFER, WORKING)))
    told = "with pressure's rate: the leak's compartment above 0.9"
    yield Question("S17b + pressure", decoy, UltrasonicSearch.name, told, with_pressure)
    alone = "a source in the leak's compartment alone"
    yield Question("S17c", load_scenario("S17c"), UltrasonicSearch.name, alone, Heard(3600.0, (SMALL,)))

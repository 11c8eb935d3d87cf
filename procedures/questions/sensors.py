"""Faults of sensors and rigs: is the faulty channel named, is the rate still covered? Six hours teach the offsets."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.sensor_faults.believed import Believed
from bench.detection.sensor_faults.careful import Careful
from bench.records import Window
from bench.rig import WHOLE
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.outcomes import rates, sensors
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, SMALL, WORKING, run, staged

BEGIN_S, LEARNED_S, HOURS = 1800.0, 6 * HOUR_S, 36.0
GAUGE = "working_pressure"


@dataclass(frozen=True, slots=True)
class Doubts:
    """faulty: these and no others; None: nobody, and that the gauge alone cannot be judged."""

    faulty: tuple[str, ...] | None
    shut: bool = False

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        series = run(bench, scenario, seed, HOURS * HOUR_S, shut=self.shut).series
        believed = Believed(rig_of(bench), series.between(BEGIN_S, LEARNED_S))
        believed.update(series.between(LEARNED_S, np.inf))
        doubted = {doubt.channel for doubt in believed.doubts}
        alone = believed.alone
        mark = sensors.honest(doubted, alone, GAUGE) if self.faulty is None else sensors.named(doubted, self.faulty)
        return Answered(mark, ", ".join(sorted(doubted)) or "nobody doubted")


@dataclass(frozen=True, slots=True)
class Covers:
    """The 95 % interval of the last day covers what leaked; no background is taken off. share: and the rate is as near
    as that.
    """

    compartment: str = WHOLE
    share: float | None = None
    begin_h: float = 12.0

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        seen = run(bench, scenario, seed, (self.begin_h + 24.0) * HOUR_S, shut=self.compartment != WHOLE)
        window = Window("hold", self.compartment, self.begin_h * HOUR_S, (self.begin_h + 24.0) * HOUR_S)
        found = Careful().estimate(rig_of(bench), seen.series.between(BEGIN_S, np.inf), window)
        truth_kg_s = seen.lost_kg_s(scenario, window.begin_s, window.end_s) if scenario.hidden_leak else 0.0
        mark = rates.covered(found, truth_kg_s)
        if self.share is not None:
            mark = rates.found_within(found, truth_kg_s, self.share, alarm=False)
        said = f"{found.rate_kg_s:.2g} +- {found.u_kg_s:.1g} kg/s"
        return Answered(mark, said, found.rate_kg_s, found.u_kg_s, truth_kg_s)


NAMED: dict[str, tuple[Doubts, str]] = {
    "S01 open": (Doubts(()), "no channel named in 36 h"),
    "S19 open": (Doubts((GAUGE,)), "the drifting gauge named, no other"),
    "S19 shut": (Doubts(None, shut=True), "said that it cannot be told, no channel named"),
    "S20 open": (Doubts((GAUGE,)), "the gauge that jumped named, no other"),
    "S20 shut": (Doubts(None, shut=True), "said that it cannot be told, no channel named"),
    "S21 open": (Doubts((GAUGE, "transfer_pressure")), "stuck and dropping out named, no other"),
    "S22 open": (Doubts(("working_gas_2",)), "the detached thermometer named, no other"),
    "S23 open": (Doubts(()), "humid, a swing of 2 K: no channel named"),
    "S24 open": (Doubts((GAUGE,)), "the channel with lost samples named, no other"),
}
NOTHING = "the 95 % interval of 24 h covers what leaked: nothing"
COVERED: dict[str, tuple[Covers, str]] = {
    "S23 rate": (Covers(), NOTHING),
    "S24 rate": (Covers(), NOTHING),
    "S25 open": (Covers(), f"one compartment heated, hatches open: {NOTHING}"),
    "S25 shut": (Covers(WORKING), f"one compartment heated, hatches shut: {NOTHING}"),
    "S26": (Covers(), f"a front of 24 hPa a day: {NOTHING}"),
    "S28 rate": (Covers(), f"pumps trip: {NOTHING}"),
}


def questions() -> Iterator[Question]:
    for name, (doubts, right) in NAMED.items():
        yield Question(name, load_scenario(name.split()[0]), "believed", right, doubts)
    for name, (covers, right) in COVERED.items():
        yield Question(name, load_scenario(name.split()[0]), Careful().name, right, covers)
    yield from _small_chamber()


def _small_chamber() -> Iterator[Question]:
    """The time constant is the mass over the rate. The second published run-down: 730 to 678 mmHg in 11.5 h."""
    prk = load_scenario("S11").hidden_leak[0]
    slower = prk.model_copy(update={"diameter_m": prk.diameter_m * (110.2 / 155.6) ** 0.5})
    asked = Covers(SMALL, share=0.05)
    for name, leak, tau in (("S11", prk, "110.2"), ("S11 sealed", slower, "155.6")):
        right = f"tau = {tau} h: rate within 5 %, and within 3 u"
        yield Question(name, staged("S11", hidden_leak=(leak,)), Careful().name, right, asked)

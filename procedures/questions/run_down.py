"""How long until the limit? A leak empties a shut compartment down to it; early on the time left is predicted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.compensated_mass import CompensatedMass
from bench.detection.time_to_limit import Cabin, Growth, growth_of, with_time_to_limit
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.outcomes.mark import Mark
from bench.validation.outcomes.times import time_left
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, SMALL, WORKING, run

BEGIN_S, LOOK_S = 0.5 * HOUR_S, 300.0
HOLDS = 3
"""That show how a leak grows."""
GROWTH_PRIOR = Growth(0.0, 1.0 / (10 * HOUR_S))
"""Of the growing leaks: these runs are hundreds of times faster than a station's."""


@dataclass(frozen=True, slots=True)
class RunDown:
    """kind: that is told, None where it is not known. hours: by then it is surely there. end_h: of the hold, a tenth of
    the run-down or more. grows: then as much is learned from earlier holds.
    """

    compartment: str
    kind: str | None
    hours: float
    end_h: float
    grows: bool = False

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        found, left_s = self.predicted(bench, scenario, seed)
        hours = {name: seconds / HOUR_S for name, seconds in found.time_to_limit_s.items()}
        said = f"{hours['0.05']:.1f} to {hours['0.95']:.1f} h, there were {left_s / HOUR_S:.1f}"
        mark = time_left(found, left_s) if np.isfinite(left_s) else Mark.UNDECIDED
        return Answered(mark, said)

    def predicted(self, bench: Bench, scenario: Scenario, seed: int) -> tuple[LeakEstimate, float]:
        """The estimate with its times, and the time that was left, s; infinite where the run ended before."""
        rig, end_s = rig_of(bench), self.end_h * HOUR_S
        series = run(bench, scenario, seed, self.hours * HOUR_S, shut=True).series
        edges_s = np.linspace(BEGIN_S, end_s, HOLDS + 1 if self.grows else 2)
        holds = [self._hold(rig, series, *edge) for edge in pairwise(edges_s)]
        gas_kg = [self._cabin(rig, series, (begin_s + end_s) / 2.0).gas_kg for begin_s, end_s in pairwise(edges_s)]
        growth, cabin = (
            growth_of(holds, gas_kg, GROWTH_PRIOR) if self.grows else Growth(),
            self._cabin(rig, series, end_s),
        )
        since = float(np.exp(growth.per_s * (end_s - edges_s[-2]) / 2.0)) * cabin.gas_kg / gas_kg[-1]
        now = replace(holds[-1], rate_kg_s=since * holds[-1].rate_kg_s, u_kg_s=since * holds[-1].u_kg_s)
        there = self._there_s(rig, series, end_s)
        return with_time_to_limit(now, cabin, growth), there - end_s

    def _hold(self, rig: Rig, series: Series, begin_s: float, end_s: float) -> LeakEstimate:
        found = CompensatedMass().estimate(rig, series, Window("hold", self.compartment, begin_s, end_s))
        return replace(found, leak_kind=self.kind, time_s=(begin_s + end_s) / 2.0)

    def _cabin(self, rig: Rig, series: Series, end_s: float) -> Cabin:
        last, compartment = series.between(end_s - LOOK_S, end_s), rig.compartments[self.compartment]
        pressure_pa = float(last.columns[compartment.gauges[0].channel].mean())
        gas_k = float(np.mean([last.columns[t.channel].mean() for t in compartment.thermometers]))
        return Cabin.of(rig, self.compartment, pressure_pa, gas_k)

    def _there_s(self, rig: Rig, series: Series, end_s: float) -> float:
        gauge = rig.compartments[self.compartment].gauges[0].channel
        there = np.flatnonzero((series.time_s > end_s) & (series.columns[gauge] <= rig.limit_pa))
        return float(series.time_s[there[0]]) if there.size else np.inf


RIGHT = "time left within the predicted 5 to 95 % times; wrong if shorter than the safe one"


def questions() -> Iterator[Question]:
    for name, (scenario, asked) in run_downs().items():
        yield Question(name, scenario, "time_to_limit", RIGHT, asked)


def run_downs() -> dict[str, tuple[Scenario, RunDown]]:
    crack = {"kind": "capillary", "diameter_m": 75e-6, "length_m": 0.02}
    big, middle = ({"diameter_m": diameter_m} for diameter_m in (100e-6, 50e-6))
    growing = {"growth": [{"leak": "big", "over_s": 20 * HOUR_S, "factor": 3.0}]}
    stated = load_scenario("S30")
    return {
        "S30": (stated, RunDown(WORKING, "orifice", 140.0, 10.0)),
        "S30 100 um, 60 L": (_leaking(big), RunDown(SMALL, "orifice", 9.0, 1.5)),
        "S30 50 um, 60 L": (_leaking(middle), RunDown(SMALL, "orifice", 30.0, 3.0)),
        "S30 kind unknown": (_leaking(middle), RunDown(SMALL, None, 30.0, 3.0)),
        "S30 capillary": (_leaking(crack), RunDown(SMALL, "capillary", 120.0, 3.0)),
        "S30 capillary unknown": (_leaking(crack), RunDown(SMALL, None, 120.0, 3.0)),
        "S30 grows threefold": (_leaking({"diameter_m": 40e-6}, **growing), RunDown(SMALL, "orifice", 40.0, 6.0, True)),
    }


def _leaking(shape: Mapping[str, object], **more: object) -> Scenario:
    leak = {"name": "big", "compartment": SMALL, **shape}
    stated = {"name": "S30_run_down", "why": "a run-down", "swing_k": 0.25, "hidden_leak": [leak], **more}
    return Scenario.model_validate(stated)

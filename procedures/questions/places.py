"""Where is the leak? Half an hour with all hatches open, then all closed (S09, S10 with a seal that leaks, S15)."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.isolation.monitor import HatchIsolation
from bench.records import Series
from bench.sim.direct import closed
from bench.sim.scenario import Scenario, load_scenario
from bench.sim.scenario_entries import Source
from bench.validation.confusion import NONE, SEVERAL
from bench.validation.outcomes import places
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, SMALL, TRANSFER, WORKING, run

PERIOD_S, CLOSING_S, TRAVEL_S = 10.0, 1800.0, 20.0
"""Hatches have closed after their travel."""


@dataclass(frozen=True, slots=True)
class Isolated:
    """truth: a compartment, NONE or SEVERAL."""

    truth: str
    hours: float

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        orders = tuple((CLOSING_S, closed(hatch.name)) for hatch in bench.hatch)
        seen = run(bench, scenario, seed, self.hours * HOUR_S, orders=orders, period_s=PERIOD_S).series
        method = HatchIsolation()
        answers = list(method.start(rig_of(bench)).update(_switched(bench, seen)))
        mark = places.isolated(answers, self.truth, method.error)
        return Answered(mark, places.said(answers[-1], method.error) or answers[-1].notes[0])


def _switched(bench: Bench, series: Series) -> Series:
    """With what the end switches say of hatches that are closed at CLOSING_S."""
    shut = (series.time_s >= CLOSING_S + TRAVEL_S).astype(np.float64)
    return Series(series.time_s, {**series.columns, **{f"{hatch.name}_closed": shut for hatch in bench.hatch}})


def questions() -> Iterator[Question]:
    for name, where in (("transfer", TRANSFER), ("working", WORKING), ("intermediate", SMALL)):
        right = f"10 um: {where} named within 10.6 h"
        yield Question(f"S09 {name}", _staged("S09", 10e-6, where), "hatch_isolation", right, Isolated(where, 11.15))
        fed = _staged("S10", 16e-6, where)
        right = f"16 um and a seal that leaks: {where} named within 8.5 h, never another"
        yield Question(f"S10 {name}", fed, "hatch_isolation", right, Isolated(where, 9.0))
    none, two = (f"{number} named within 10.6 h" for number in (f"'{NONE}'", f"'{SEVERAL}'"))
    yield Question("S09 none", _staged("S09", 10e-6), "hatch_isolation", none, Isolated(NONE, 11.15))
    both = _staged("S09", 10e-6, TRANSFER, SMALL)
    yield Question("S09 two", both, "hatch_isolation", two, Isolated(SEVERAL, 11.15))
    yield Question("S15", load_scenario("S15"), "hatch_isolation", two, Isolated(SEVERAL, 11.15))


def _staged(number: str, diameter_m: float, *where: str) -> Scenario:
    """The scenario's last leak, in each of these places instead. Where a seal leaks, gas is fed to one side of it an
    hour after it was closed.
    """
    stated = load_scenario(number)
    *seals, leak = stated.hidden_leak
    leaks = [leak.model_copy(update={"name": w, "compartment": w, "diameter_m": diameter_m}) for w in where]
    fed = Source(compartment=SMALL, kg_s=4.7e-5, begin_s=5400.0, end_s=5430.0)
    return stated.model_copy(update={"hidden_leak": (*seals, *leaks), "source": (fed,) if seals else ()})

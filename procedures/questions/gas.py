"""What took the gas? Scenarios that mimic, mask or hide a leak: a hold after two hours of background, in which nothing
is made up; what a scenario does from its start it does there too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.detection.attribution.method import Attribution
from bench.detection.leak_kind import LeakKind
from bench.records import LeakEstimate, Window
from bench.rig import WHOLE
from bench.sim.plant.elements import orifice_flow
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.outcomes import rates
from bench.validation.outcomes.mark import Mark
from procedures.questions.question import Answered, Question
from procedures.questions.stage import HOUR_S, SMALL, beginning, hole, run, staged

ROW_S, DAY_S = 10.0, 86_400.0
BEGIN_S = 3.0 * HOUR_S
AIR_J_KG_K, AIR_GAMMA, ROOM_K = 287.055, 1.4, 295.15

Judge = Callable[[LeakEstimate, float], Mark]
"""Of an answer and what the hidden leaks passed, kg/s."""


def whole_loss(found: LeakEstimate) -> float:
    return found.rate_kg_s + found.causes_kg_s["nominal loss"]


@dataclass(frozen=True, slots=True)
class Hold:
    """compared: what of the answer stands beside the truth."""

    judge: Judge
    hours: float = 24.0
    background: bool = True
    compartment: str = WHOLE
    method: Attribution | LeakKind = field(default_factory=Attribution)
    compared: Callable[[LeakEstimate], float] = lambda found: found.rate_kg_s

    def __call__(self, bench: Bench, scenario: Scenario, seed: int) -> Answered:
        end_s = BEGIN_S + self.hours * HOUR_S
        seen = run(bench, scenario, seed, end_s, shut=self.compartment != WHOLE, period_s=ROW_S)
        background = ((HOUR_S, BEGIN_S),) if self.background else ()
        window = Window("hold", self.compartment, BEGIN_S, end_s, background)
        found = self.method.estimate(rig_of(bench), seen.series, window)
        truth_kg_s = seen.lost_kg_s(scenario, BEGIN_S, end_s) if scenario.hidden_leak else 0.0
        mark = self.judge(found, truth_kg_s)
        return Answered(mark, _said(found), self.compared(found), found.u_kg_s, truth_kg_s)


def _said(found: LeakEstimate) -> str:
    causes = "".join(f", {name} {kg_s:.2g}" for name, kg_s in found.causes_kg_s.items())
    first = [*(["alarm"] if found.alarm else []), *([found.leak_kind] if found.leak_kind else [])]
    return ", ".join([*first, f"{found.rate_kg_s:.2g} kg/s"]) + causes


def found_leak(found: LeakEstimate, truth_kg_s: float) -> Mark:
    return rates.found_within(found, truth_kg_s, 0.2)


def accounted(cause: str, taken_kg_s: float, share: float) -> Judge:
    return lambda found, _: rates.accounted(found, cause, taken_kg_s, share)


def by_hand(scenario: Scenario, hours: float = 24.0) -> Judge:
    (source,) = scenario.source
    assert source.end_s is not None
    return accounted("added by hand", -source.kg_s * (source.end_s - source.begin_s) / (hours * HOUR_S), 0.15)


def of_kind(kind: str, exponent: float) -> Judge:
    return lambda found, _: rates.of_kind(found, kind, exponent)


def puffs_kg_s(scenario: Scenario) -> float:
    (puffs,) = scenario.purification
    flow = orifice_flow(puffs.area_m2, scenario.initial_pressure_pa, ROOM_K, 0.0, AIR_J_KG_K, AIR_GAMMA)
    return float(flow) * puffs.open_s / puffs.period_s


def crew_kg_s(scenario: Scenario) -> float:
    return scenario.crew[0].people * scenario.crew[0].oxygen_kg_day / DAY_S


def questions() -> Iterator[Question]:
    yield from _losses()
    yield from _purified()
    yield from _made_up()
    yield from _kinds()
    yield from _fading()


def _question(name: str, scenario: Scenario, right: str, hold: Hold) -> Question:
    return Question(name, scenario, hold.method.name, right, hold)


def _losses() -> Iterator[Question]:
    nominal = Hold(lambda found, truth_kg_s: rates.nominal(found, truth_kg_s, 0.2), 168.0, compared=whole_loss)
    yield _question("S02", staged("S02"), "no alarm, whole loss within 20 %", nominal)
    tiny = staged("S16", hidden_leak=beginning("S16", BEGIN_S))
    yield _question("S16", tiny, "'minimum detectable leak', above the truth; no alarm", Hold(rates.unnoticeable))
    helium = staged("S32", hidden_leak=beginning("S32", BEGIN_S))
    yield _question("S32", helium, "16 um found, rate within 20 %, though no gauge tells helium", Hold(found_leak))


def _purified() -> Iterator[Question]:
    s07, s08 = load_scenario("S07"), load_scenario("S08")
    twice = s07.purification[0].model_copy(update={"area_m2": 2.0 * s07.purification[0].area_m2})
    degraded = staged("S07", purification=(twice,))
    for name, scenario in (("S07", s07), ("S07 x2", degraded)):
        bed = accounted("purification", puffs_kg_s(scenario), 0.1)
        yield _question(name, scenario, "no alarm, purification within 10 %", Hold(bed))
    crew = accounted("crew", crew_kg_s(s08), 0.2)
    yield _question("S08", s08, "no alarm, crew within 20 %", Hold(crew))
    for name, scenario in (("S07", s07), ("S07 x2", degraded), ("S08", s08)):
        leaking = scenario.model_copy(update={"hidden_leak": (hole(10.0, BEGIN_S),)})
        yield _question(f"{name} + leak", leaking, "10 um found, rate within 20 %", Hold(found_leak))


def _made_up() -> Iterator[Question]:
    s18, s18b = load_scenario("S18"), load_scenario("S18b")
    known = Hold(rates.covered, background=False)
    yield _question("S18", s18, "no background, zero of the meter unknown: truth within 1.96 u", known)
    regulated = (s18.makeup[0].model_copy(update={"begin_s": BEGIN_S}),)
    later = beginning("S18", BEGIN_S)
    leaking = staged("S18", makeup=regulated, hidden_leak=later)
    yield _question("S18 back", leaking, "25 um found, rate within 20 %", Hold(found_leak))
    null = staged("S18", makeup=regulated, hidden_leak=())
    yield _question("S18 null", null, "a regulator and no leak: no alarm", Hold(lambda found, _: rates.quiet(found)))
    more = staged("S18", hole(16.0, BEGIN_S), makeup=regulated, hidden_leak=later)
    yield _question("S18 + leak", more, "25 um and 16 um: their sum found within 20 %", Hold(found_leak))
    oxygen = staged("S18b", source=(s18b.source[0].model_copy(update={"species": "O2"}),))
    for name, scenario in (("S18b", s18b), ("S18b O2", oxygen)):
        yield _question(name, scenario, "no alarm, no negative leak, what came within 15 %", Hold(by_hand(scenario)))
    yield _question("S18b + leak", staged("S18b", hole(10.0, BEGIN_S)), "10 um found, within 20 %", Hold(found_leak))


def _kinds() -> Iterator[Question]:
    """From an atmosphere down to about 70 kPa."""
    full = {"initial_pressure_pa": 101_325.0}
    crack = staged("S29", hidden_leak=beginning("S29", BEGIN_S), **full)
    round_hole = staged("S29", hole(158.0, BEGIN_S, SMALL), hidden_leak=(), **full)
    run_down = Hold(of_kind("capillary", 2.0), 1.75, compartment=SMALL, method=LeakKind())
    yield _question("S29 crack", crack, "'capillary', n = 2 +- 0.1", run_down)
    orifice = replace(run_down, judge=of_kind("orifice", 1.0), hours=1.5)
    yield _question("S29 orifice", round_hole, "'orifice', n = 1 +- 0.1", orifice)


def _fading() -> Iterator[Question]:
    hold = Hold(lambda found, _: rates.faded(found), 72.0)
    trapped = load_scenario("S31").trapped[0]
    big = (trapped.model_copy(update={"volume_m3": 5e-3, "conductance_m3_s": 1e-7}),)
    yield _question("S31", staged("S31"), "no alarm, and 'fades'", hold)
    yield _question("S31 x10", staged("S31", trapped=big), "the same, ten times the volume", hold)

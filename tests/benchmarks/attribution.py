"""What took the gas? Scenarios that mimic, mask or hide a leak, each with what counts as right.

    python tests/benchmarks/attribution.py --runs 50
    python tests/benchmarks/attribution.py --runs 50 --only S07 S08

Bench rig580, all hatches open (S29: shut), direct face, seeds from --first on. Two hours of background, in which
nothing is made up, tell the zero of the make-up meter; what a scenario does from its start it does there too. Then the
hold; leaks laid over open with it. Truth: what the plant passed through its hidden leaks, and the scenario's own
entries. alarm: the rate is above three standard uncertainties. S35: the monitor, asked every hour about the last day.
"""

import argparse
import os
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.attribution.method import Attribution
from bench.detection.attribution.watch import AttributionMonitor
from bench.detection.leak_kind import LeakKind
from bench.records import LeakEstimate, Series, Window
from bench.rig import WHOLE
from bench.sim.direct import opened, simulate
from bench.sim.plant.elements import orifice_flow
from bench.sim.scenario import Scenario, load_scenario
from bench.sim.scenario_entries import HiddenLeak
from bench.validation.false_alarms import NullExposure, false_alarm_rates
from procedures.simulate import make_ready

HOUR_S, DAY_S = 3600.0, 86_400.0
ROW_S = 10.0
BEGIN_S = 3.0 * HOUR_S
RIGHT, WRONG, UNDECIDED = "right", "wrong", "undecided"
AIR_J_KG_K, AIR_GAMMA, ROOM_K = 287.055, 1.4, 295.15


@dataclass(frozen=True)
class Run:
    """hold: (begin_s, end_s). leak_kg_s: of all hidden leaks, mean over the hold."""

    scenario: Scenario
    series: Series
    hold: tuple[float, float]
    leak_kg_s: float


def leak_alone(found: LeakEstimate) -> float:
    return found.rate_kg_s


def whole_loss(found: LeakEstimate) -> float:
    return found.rate_kg_s + found.causes_kg_s["nominal loss"]


@dataclass(frozen=True)
class Case:
    name: str
    scenario: Scenario
    hours: float
    judge: Callable[[Run, LeakEstimate], str]
    means: str
    background: bool = True
    shut: bool = False
    compared: Callable[[LeakEstimate], float] = leak_alone
    """With what the hidden leaks passed."""


def staged(number: str, *extra: HiddenLeak, **changes: object) -> Scenario:
    scenario = load_scenario(number)
    changed = scenario.model_copy(update=changes)
    return changed.model_copy(update={"hidden_leak": (*changed.hidden_leak, *extra)})


def hole(diameter_um: float, begin_s: float = BEGIN_S, compartment: str = "working_compartment") -> HiddenLeak:
    return HiddenLeak(
        name=f"hole{diameter_um:g}", compartment=compartment, diameter_m=diameter_um * 1e-6, begin_s=begin_s
    )


def from_hold(number: str) -> tuple[HiddenLeak, ...]:
    """A scenario's leaks, beginning with the hold."""
    return tuple(leak.model_copy(update={"begin_s": BEGIN_S}) for leak in load_scenario(number).hidden_leak)


def nominal(run: Run, found: LeakEstimate) -> str:
    if found.alarm:
        return WRONG
    return RIGHT if abs(whole_loss(found) / run.leak_kg_s - 1.0) <= 0.2 else UNDECIDED


def no_leak_but(cause: str, truth: Callable[[Run], float], share: float, run: Run, found: LeakEstimate) -> str:
    """No alarm, and the cause found within a share of what it took."""
    if found.alarm:
        return WRONG
    return RIGHT if abs(found.causes_kg_s[cause] / truth(run) - 1.0) <= share else UNDECIDED


def found_leak(run: Run, found: LeakEstimate) -> str:
    """Alarm, and a rate within three uncertainties and a fifth."""
    error = abs(found.rate_kg_s - run.leak_kg_s)
    if error > 3.0 * found.u_kg_s:
        return WRONG
    return RIGHT if found.alarm and error <= 0.2 * run.leak_kg_s else UNDECIDED


def within_u(run: Run, found: LeakEstimate) -> str:
    return RIGHT if abs(found.rate_kg_s - run.leak_kg_s) <= 1.96 * found.u_kg_s else WRONG


def quiet(_: Run, found: LeakEstimate) -> str:
    return WRONG if found.alarm else RIGHT


def unnoticeable(run: Run, found: LeakEstimate) -> str:
    if found.alarm:
        return WRONG
    said = any(note.startswith("inconclusive: minimum detectable leak") for note in found.notes)
    return RIGHT if said and found.detectable_kg_s > run.leak_kg_s else UNDECIDED


def by_hand(run: Run, found: LeakEstimate) -> str:
    (source,) = run.scenario.source
    came = -source.kg_s * (source.end_s - source.begin_s) / (run.hold[1] - run.hold[0])
    if found.alarm or found.rate_kg_s < -3.0 * found.u_kg_s:
        return WRONG
    return RIGHT if abs(found.causes_kg_s.get("added by hand", 0.0) / came - 1.0) <= 0.15 else UNDECIDED


def faded(_: Run, found: LeakEstimate) -> str:
    if found.alarm:
        return WRONG
    return RIGHT if any(note.startswith("fades") for note in found.notes) else UNDECIDED


def of_kind(kind: str, exponent: float, _: Run, found: LeakEstimate) -> str:
    if found.leak_kind is None:
        return UNDECIDED
    said = float(found.notes[0].split()[2])
    return RIGHT if found.leak_kind == kind and abs(said - exponent) <= 0.1 else WRONG


def puffs_kg_s(run: Run) -> float:
    (puffs,) = run.scenario.purification
    flow = orifice_flow(puffs.area_m2, run.scenario.initial_pressure_pa, ROOM_K, 0.0, AIR_J_KG_K, AIR_GAMMA)
    return float(flow) * puffs.open_s / puffs.period_s


def crew_kg_s(run: Run) -> float:
    return run.scenario.crew[0].people * run.scenario.crew[0].oxygen_kg_day / DAY_S


def cases() -> Iterator[Case]:
    s07, s18 = load_scenario("S07"), load_scenario("S18")
    degraded = (s07.purification[0].model_copy(update={"area_m2": 2.0 * s07.purification[0].area_m2}),)
    makeup = (s18.makeup[0].model_copy(update={"begin_s": BEGIN_S}),)
    later = from_hold("S18")
    oxygen = (load_scenario("S18b").source[0].model_copy(update={"species": "O2"}),)
    big = (load_scenario("S31").trapped[0].model_copy(update={"volume_m3": 5e-3, "conductance_m3_s": 1e-7}),)
    bed = partial(no_leak_but, "purification", puffs_kg_s, 0.1)
    crew = partial(no_leak_but, "crew", crew_kg_s, 0.2)
    yield Case(
        "S02", staged("S02"), 168.0, nominal, "no alarm, whole loss within 20 %; wrong if alarm", compared=whole_loss
    )
    yield Case("S07", s07, 24.0, bed, "no alarm, purification within 10 %")
    yield Case(
        "S07 x2", staged("S07", purification=degraded), 24.0, bed, "degraded: no alarm, purification within 10 %"
    )
    yield Case("S07 + leak", staged("S07", hole(10)), 24.0, found_leak, "10 um found, rate within 20 %")
    yield Case("S07 x2 + leak", staged("S07", hole(10), purification=degraded), 24.0, found_leak, "the same")
    yield Case("S08", staged("S08"), 24.0, crew, "no alarm, crew within 20 %")
    yield Case("S08 + leak", staged("S08", hole(10)), 24.0, found_leak, "10 um found, rate within 20 %")
    yield Case(
        "S16",
        staged("S16", hidden_leak=from_hold("S16")),
        24.0,
        unnoticeable,
        "'minimum detectable leak', above the truth; wrong if alarm",
    )
    yield Case(
        "S18",
        s18,
        24.0,
        within_u,
        "as shipped, no background: zero of meter unknown; truth within 1.96 u",
        background=False,
    )
    yield Case("S18 back", staged("S18", makeup=makeup, hidden_leak=later), 24.0, found_leak, "25 um found, 20 %")
    yield Case(
        "S18 null", staged("S18", makeup=makeup, hidden_leak=()), 24.0, quiet, "regulator, no leak: no alarm", True
    )
    more = staged("S18", hole(16), makeup=makeup, hidden_leak=later)
    yield Case("S18 + leak", more, 24.0, found_leak, "25 um and 16 um: sum found, 20 %")
    yield Case("S18b", staged("S18b"), 24.0, by_hand, "no alarm, no negative leak, 15 % of what came by hand")
    yield Case("S18b O2", staged("S18b", source=oxygen), 24.0, by_hand, "the same, pure oxygen")
    yield Case("S18b + leak", staged("S18b", hole(10)), 24.0, found_leak, "10 um found, rate within 20 %")
    crack = staged("S29", initial_pressure_pa=101_325.0, hidden_leak=from_hold("S29"))
    round_hole = staged(
        "S29", hole(158, BEGIN_S, "intermediate_chamber"), initial_pressure_pa=101_325.0, hidden_leak=()
    )
    yield Case("S29 crack", crack, 1.75, partial(of_kind, "capillary", 2.0), "n = 2 +- 0.1, 'capillary'", shut=True)
    yield Case("S29 orifice", round_hole, 1.5, partial(of_kind, "orifice", 1.0), "n = 1 +- 0.1, 'orifice'", shut=True)
    yield Case("S31", staged("S31"), 72.0, faded, "no alarm and 'fades'; undecided without; wrong if alarm")
    yield Case("S31 x10", staged("S31", trapped=big), 72.0, faded, "the same, ten times the volume")


def run_of(bench, case: Case, seed: int) -> Run:
    end_s = BEGIN_S + case.hours * HOUR_S
    hatches = () if case.shut else tuple((20.0, opened(hatch.name)) for hatch in bench.hatch)
    readings = simulate(bench, case.scenario, seed, ((0.0, make_ready), *hatches), duration_s=end_s, period_s=ROW_S)
    series = Series(readings.time_s, {name: readings.column(name) for name in readings.channels})
    names = [leak.name for leak in case.scenario.hidden_leak if leak.species != "N2"]
    passed = readings.passed_kg[:, [readings.leaks.index(name) for name in names]].sum(axis=1)
    lost = np.interp([BEGIN_S, end_s], readings.time_s, passed)
    return Run(case.scenario, series, (BEGIN_S, end_s), float(lost[1] - lost[0]) / (end_s - BEGIN_S))


def asked(rig, case: Case, run: Run) -> LeakEstimate:
    background = ((HOUR_S, BEGIN_S),) if case.background else ()
    place = "intermediate_chamber" if case.shut else WHOLE
    method = LeakKind() if case.shut else Attribution()
    return method.estimate(rig, run.series, Window(case.name, place, *run.hold, background))


def tabulate(bench, case: Case, seeds: range) -> None:
    rig, counts, errors, us = rig_of(bench), Counter(), [], []
    for seed in seeds:
        run = run_of(bench, case, seed)
        found = asked(rig, case, run)
        counts[case.judge(run, found)] += 1
        errors.append(case.compared(found) - run.leak_kg_s)
        us.append(found.u_kg_s)
    rms, u = np.sqrt(np.mean(np.square(errors))), np.sqrt(np.mean(np.square(us)))
    outcome = "  ".join(f"{counts[key]:9}" for key in (RIGHT, WRONG, UNDECIDED))
    print(
        f"{case.name:14}{len(seeds):5}  {outcome}   {np.mean(errors):9.1e}  {rms:7.1e}  {u:7.1e}  {case.means}",
        flush=True,
    )


def watched(bench, seeds: range, days: float, *leaks: HiddenLeak) -> Iterator[tuple[Run, list[LeakEstimate]]]:
    """S35 through the monitor."""
    rig, case = rig_of(bench), Case("S35", staged("S35", *leaks), 24.0 * days, quiet, "")
    for seed in seeds:
        run = run_of(bench, case, seed)
        watch = AttributionMonitor().start(rig, run.series.between(HOUR_S, BEGIN_S))
        yield run, list(watch.update(run.series.between(*run.hold)))


def hostile(bench, seeds: range, days: float) -> None:
    alarms = 0
    for _, found in watched(bench, seeds, days):
        flags = [bool(estimate.alarm) for estimate in found]
        alarms += sum(now and not before for before, now in zip([False, *flags], flags, strict=False))
    asked_s = len(seeds) * days * DAY_S
    at_most = 30.0 * DAY_S * false_alarm_rates([NullExposure("S35", alarms, asked_s)])[0].at_most_per_s
    print(
        f"S35: {alarms} alarms begin in {asked_s / DAY_S:g} days; at most {at_most:.2f} in 30 days (95 %)", flush=True
    )


def hostile_leak(bench, seeds: range, diameter_um: float) -> None:  # it begins a day into the hold
    onset_s, delays_h = BEGIN_S + DAY_S, []
    for _, found in watched(bench, seeds, 3.0, hole(diameter_um, onset_s)):
        times_s = [estimate.time_s for estimate in found if estimate.alarm and estimate.time_s > onset_s]
        delays_h.append((times_s[0] - onset_s) / HOUR_S if times_s else np.inf)
    missed, median_h = np.isinf(delays_h).sum(), np.median(delays_h)
    print(f"S35 + {diameter_um:g} um: median delay {median_h:.3g} h, {missed} of {len(delays_h)} missed in 48 h")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first", type=int, default=1001)
    parser.add_argument("--only", nargs="*", default=[], help="rows whose names begin so")
    parser.add_argument("--days", type=float, default=3.0, help="of each run of S35")
    options = parser.parse_args()
    bench = load_bench(find_bench("rig580"), datetime.now(UTC).date())
    seeds, begun = range(options.first, options.first + options.runs), time.perf_counter()
    print(f"rig580, seeds {seeds.start} to {seeds.stop - 1}; {platform.machine()}, {os.cpu_count()} cores")
    print("scenario       runs      right      wrong  undecided   mean error      rms        u  (kg/s)  right means")
    wanted = tuple(options.only) or ("",)
    for case in (case for case in cases() if case.name.startswith(wanted)):
        tabulate(bench, case, seeds)
    if "S35".startswith(wanted):
        hostile(bench, seeds, options.days)
        hostile_leak(bench, seeds, 10.0)
        hostile_leak(bench, seeds, 25.0)
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()

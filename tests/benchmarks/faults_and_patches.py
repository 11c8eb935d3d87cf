"""Sensor faults and patches of the S-list, on rig580 through the direct face: right, wrong, undecided.

    python tests/benchmarks/faults_and_patches.py --runs 50

Faults: six hours teach the offsets. Patches: the hatches are shut; an answer every three hours. What "right" means is
printed with each row.
"""

import argparse
import time
from collections import Counter
from collections.abc import Callable
from datetime import date

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.patch_watch import PatchWatch
from bench.detection.sensor_faults.believed import Believed
from bench.detection.sensor_faults.careful import Careful
from bench.records import Series, Window
from bench.rig import WHOLE
from bench.sim.direct import Readings, opened, simulate
from bench.sim.scenario import Scenario, load_scenario
from procedures.simulate import make_ready

HOUR_S = 3600.0
BEGIN_S, LEARNED_S, PERIOD_S = 1800.0, 6 * HOUR_S, 30.0
BENCH = load_bench(find_bench("rig580"), date(2026, 11, 24))
RIG = rig_of(BENCH)
SMALL, TRANSFER, WORKING = "intermediate_chamber", "transfer_compartment", "working_compartment"
RIGHT, WRONG, UNDECIDED = "right", "wrong", "undecided"


def run(scenario: Scenario, seed: int, hours: float, *, joined: bool) -> tuple[Series, Readings]:
    orders = [(0.0, make_ready), *((20.0, opened(hatch.name)) for hatch in BENCH.hatch if joined)]
    readings = simulate(BENCH, scenario, seed, orders, duration_s=hours * HOUR_S, period_s=PERIOD_S)
    columns = {name: readings.column(name) for name in RIG.channels if name in readings.channels}
    for hatch in RIG.hatches:
        columns[hatch.closed_channel] = np.full(readings.time_s.size, 0.0 if joined else 1.0)
    return Series(readings.time_s, columns), readings


def named(name: str, *wanted: str, joined: bool = True) -> Callable[[int], str]:
    """The faulty channels and no others."""

    def judge(seed: int) -> str:
        series, _ = run(load_scenario(name), seed, 36.0, joined=joined)
        believed = Believed(RIG, series.between(BEGIN_S, LEARNED_S))
        believed.update(series.between(LEARNED_S, np.inf))
        found = {doubt.channel for doubt in believed.doubts}
        if found - set(wanted):
            return WRONG
        return RIGHT if found == set(wanted) else UNDECIDED

    return judge


def cannot_tell(name: str) -> Callable[[int], str]:
    """Nobody named, and it is said that one gauge in a shut compartment tells nothing of itself."""

    def judge(seed: int) -> str:
        series, _ = run(load_scenario(name), seed, 36.0, joined=False)
        believed = Believed(RIG, series.between(BEGIN_S, LEARNED_S))
        believed.update(series.between(LEARNED_S, np.inf))
        said = any("working_pressure" in note for note in believed.alone)
        return WRONG if believed.doubts or not said else RIGHT

    return judge


def covers(name: str, compartment: str = WHOLE) -> Callable[[int], str]:
    """The careful method's 95 % interval covers what leaked in 12 to 36 h; no background is taken off."""

    def judge(seed: int) -> str:
        series, readings = run(load_scenario(name), seed, 36.0, joined=compartment == WHOLE)
        window = Window("hold", compartment, 12 * HOUR_S, 36 * HOUR_S)
        found = Careful().estimate(RIG, series.between(BEGIN_S, np.inf), window)
        hidden = readings.passed_kg[:, : len(load_scenario(name).hidden_leak)].sum(axis=1)
        truth = np.interp([window.begin_s, window.end_s], readings.time_s, hidden)
        truth_kg_s = (truth[1] - truth[0]) / (window.end_s - window.begin_s)
        return RIGHT if abs(found.rate_kg_s - truth_kg_s) < 1.96 * found.u_kg_s else WRONG

    return judge


def answers(scenario: Scenario, seed: int, hours: float, watches: dict[str, float | None]) -> dict[str, list]:
    series, _ = run(scenario, seed, hours, joined=False)
    seen = series.between(600.0, np.inf)
    return {
        compartment: PatchWatch(compartment, patched_s, every_s=3 * HOUR_S).start(RIG).update(seen)
        for compartment, patched_s in watches.items()
    }


def patched(residual: float) -> Callable[[int], str]:
    """S12 with this residual: sealed (of 0) or residual in the end, and never the other one."""
    stated = load_scenario("S12")
    patch = stated.patch[0].model_copy(update={"residual": residual})
    scenario = stated.model_copy(update={"patch": (patch,)})
    right, other = ("patch sealed", "patch residual") if residual == 0.0 else ("patch residual", "patch sealed")

    def judge(seed: int) -> str:
        found = answers(scenario, seed, 30.0, {SMALL: patch.at_s})[SMALL]
        said = [note for f in found for note in f.notes]
        early = residual == 0.0 and found[-1].notes[0].startswith(right)
        if any(f.alarm for f in found) or (any(note.startswith(other) for note in said) and not early):
            return WRONG
        return RIGHT if said[-1].startswith(right) else UNDECIDED

    return judge


def alarms(
    name: str, where: str, from_s: float, watches: dict[str, float | None], hours: float
) -> Callable[[int], str]:
    """An alarm in that compartment after from_s, none before, none elsewhere."""

    def judge(seed: int) -> str:
        found = answers(load_scenario(name), seed, hours, watches)
        times = {c: [f.time_s for f in of if f.alarm] for c, of in found.items()}
        if any(times[c] for c in times if c != where) or any(t < from_s for t in times[where]):
            return WRONG
        return RIGHT if times[where] else UNDECIDED

    return judge


def says_it_cannot_tell(seed: int) -> str:
    """S15b: no alarm, and it is said that pressure cannot tell one leak from two."""
    found = answers(load_scenario("S15b"), seed, 24.0, {WORKING: None})[WORKING]
    return RIGHT if all("cannot tell" in f.notes[0] and not f.alarm for f in found) else WRONG


ROWS: dict[str, tuple[Callable[[int], str], str]] = {
    "S01 open": (named("S01"), "no channel named in 36 h"),
    "S19 open": (named("S19", "working_pressure"), "the drifting gauge named, no other"),
    "S19 shut": (cannot_tell("S19"), "said that it cannot be told, no channel named"),
    "S20 open": (named("S20", "working_pressure"), "the gauge that jumped named, no other"),
    "S20 shut": (cannot_tell("S20"), "said that it cannot be told, no channel named"),
    "S21 open": (named("S21", "working_pressure", "transfer_pressure"), "stuck and dropping out named, no other"),
    "S22 open": (named("S22", "working_gas_2"), "the detached thermometer named, no other"),
    "S23 open": (named("S23"), "humid, a swing of 2 K: no channel named"),
    "S23 rate": (covers("S23"), "the 95 % interval of 24 h covers what leaked: nothing"),
    "S24 open": (named("S24", "working_pressure"), "the channel with lost samples named, no other"),
    "S24 rate": (covers("S24"), "the 95 % interval of 24 h covers what leaked: nothing"),
    "S28 rate": (covers("S28"), "pumps trip: the 95 % interval covers what leaked: nothing"),
    "S12 r 0": (patched(0.0), "sealed in the end (30 h), no alarm"),
    "S12 r 0.1": (patched(0.1), "residual in the end, never sealed, no alarm"),
    "S12 r 0.3": (patched(0.3), "residual in the end, never sealed, no alarm"),
    "S12 r 0.6": (patched(0.6), "residual in the end, never sealed, no alarm"),
    "S13": (alarms("S13", SMALL, 75_600.0, {SMALL: 3600.0}, 28.0), "alarm within 7 h of the re-opening, none before"),
    "S14": (
        alarms("S14", TRANSFER, 43_200.0, {SMALL: 21_600.0, TRANSFER: None}, 30.0),
        "alarm in the second's compartment, none before and none at the patch",
    ),
    "S05": (alarms("S05", SMALL, 43_200.0, {SMALL: None}, 24.0), "alarm after the jump, none before"),
    "S15b": (says_it_cannot_tell, "said that pressure cannot tell one from two, no alarm"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    seeds = range(options.first_seed, options.first_seed + options.runs)
    print(f"rig580, direct face, seeds {seeds.start} to {seeds.stop - 1}, a scan each {PERIOD_S:g} s")
    print(f"{'scenario':10} {'runs':>4} {'right':>5} {'wrong':>5} {'undecided':>9}  right means")
    for name, (judge, means) in ROWS.items():
        if options.only and name.split()[0] not in options.only:
            continue
        begun = time.perf_counter()
        count = Counter(judge(seed) for seed in seeds)
        row = f"{name:10} {options.runs:4} {count[RIGHT]:5} {count[WRONG]:5} {count[UNDECIDED]:9}  {means}"
        print(f"{row} ({time.perf_counter() - begun:.0f} s)", flush=True)


if __name__ == "__main__":
    main()

"""Does closing hatches find the leak, and how soon? S09 and S10 on rig580, many seeds, hatches moved between chunks.

    python tests/benchmarks/isolation.py --runs 500 --diameter-um 10
    python tests/benchmarks/isolation.py --runs 100 --diameter-um 10 --plan --occupied working_compartment
    python tests/benchmarks/isolation.py --runs 50 --diameter-um 16 --seal

The truths take turns: one compartment after another, none, two (whichever pair). All hatches are closed after half an
hour with all of them open, or by the planner (--plan). Wrong: a compartment was named that does not leak, or one alone
where two do, or none where one does, at any time before the end. --seal: S10, a hatch seal leaks as well (from the
scenario), and 2 kPa are fed to one side of it an hour after it is closed. Science 5.6, 10 um: 400 L 7.1 h, 120 L
2.25 h, 60 L 0.95 h; other sizes by (size / 10 um)^(-4/3), which holds for long tests. Named: when the last of those
that leak was said to, alone or not, over its own time of science 5.6 (of a pair, the longer). Answered: "alone", "none"
and "more than one" are about all compartments, so over that of 400 L.
"""

import argparse
import os
import platform
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations

import numpy as np

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.isolation.balance import STEP_PA
from bench.detection.isolation.monitor import HatchIsolation
from bench.detection.isolation.planner import NONE, SEVERAL, next_closure
from bench.records import Series
from bench.sim.direct import Witness, closed, opened
from bench.sim.knots import GRID_S
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.validation.outcomes import places

HOUR_S, PERIOD_S, CHUNK_S, CLOSING_S = 3600.0, 10.0, 600.0, 1800.0
REFERENCE_H = {"working_compartment": 7.1, "transfer_compartment": 2.25, "intermediate_chamber": 0.95}
BENCH = load_bench(find_bench("rig580"), date(2026, 11, 24))
METHOD = HatchIsolation()
SEAL = "hatch_working_intermediate"


@dataclass
class Found:
    truth: tuple[str, ...]
    said: str | None = None
    said_h: float = np.inf
    named_h: dict[str, float] = field(default_factory=dict)
    """When each compartment was first said to leak, alone or not."""
    wrong: bool = False
    seal: tuple[float, float] | None = None


class Bed:
    """The simulated rig, scan by scan."""

    def __init__(self, scenario, seed, hours):
        rows = int(hours * HOUR_S / PERIOD_S) + 1
        self.rig = SimulatedRig(BENCH, scenario, seed, VirtualClock(), round(PERIOD_S / GRID_S), rows)
        self.witness = Witness(self.rig, PERIOD_S, rows)
        self.names = [entry.name for entry in self.rig.panel.entries]
        self._row = 0
        for pump in ("roughing_pump", "roughing_valve"):
            opened(pump)(self.rig)

    def until(self, end_s):
        """The scans up to there, with what the end switches said at each."""
        first, switches = self._row, defaultdict(list)
        while self._row * PERIOD_S <= end_s:
            self.rig.clock.advance_to(self._row * PERIOD_S)
            self.rig.look()
            for hatch in BENCH.hatch:
                switches[f"{hatch.name}_closed"].append(float(self.rig.read_line(hatch.closed_switch)))
            self._row += 1
        values = self.rig.panel.bank.rows[first : self._row]
        columns = dict(zip(self.names, values.T, strict=True)) | {k: np.array(v) for k, v in switches.items()}
        return Series(PERIOD_S * np.arange(first, self._row), columns)


def truths():
    names = [entry.name for entry in BENCH.compartment]
    pairs = list(combinations(names, 2))
    while True:
        for pair in pairs:
            yield from [(name,) for name in names]
            yield ()
            yield pair


def staged(truth, diameter_m, *, seal):
    base = load_scenario("S10" if seal else "S09")
    leak = base.hidden_leak[-1]
    leaks = [leak.model_copy(update={"name": n, "compartment": n, "diameter_m": diameter_m}) for n in truth]
    feed = []
    if seal:
        leaks.append(base.hidden_leak[0])
        feed = [{"compartment": "intermediate_chamber", "kg_s": 4.7e-5, "begin_s": 5400.0, "end_s": 5430.0}]
    dump = base.model_dump(exclude={"hidden_leak", "source"})
    return type(base).model_validate(dump | {"hidden_leak": [one.model_dump() for one in leaks], "source": feed})


def one_run(work):
    truth, seed, options = work
    rig = rig_of(BENCH)
    bed = Bed(staged(truth, options.diameter_um * 1e-6, seal=options.seal), seed, options.hours)
    watch = replace(METHOD, occupied=frozenset(options.occupied)).start(rig)
    found, probabilities, review_s = Found(truth), {}, CLOSING_S
    right = truth[0] if len(truth) == 1 else SEVERAL if truth else NONE
    for end_s in np.arange(CHUNK_S, options.hours * HOUR_S + 1.0, CHUNK_S):
        for estimate in watch.update(bed.until(end_s)):
            probabilities = estimate.compartment_probabilities
            note(found, estimate, watch, rig, right)
        if found.said is not None and not options.seal:
            break
        if end_s >= review_s:
            review_s = move(bed.rig, rig, probabilities, options, watch, end_s)
    if options.seal:
        found.seal = seal_of(bed, watch, rig)
    return found


def note(found, estimate, watch, rig, right):
    hours = (estimate.time_s - CLOSING_S) / HOUR_S
    for place, name in enumerate(rig.compartments):
        if watch.latest.chance(place) >= 1.0 - watch.error:
            found.named_h.setdefault(name, hours)
            found.wrong |= name not in found.truth
    best = places.said(estimate, watch.error)
    if best is not None and found.said is None:
        found.said, found.said_h = best, hours
        found.wrong |= best != right
        found.named_h = dict.fromkeys(found.truth, hours) | found.named_h


def move(simulated, rig, probabilities, options, watch, now_s):
    """Close hatches; until when they stay."""
    if not options.plan:
        for hatch in BENCH.hatch:
            closed(hatch.name)(simulated)
        return np.inf
    plan = next_closure(rig, probabilities, options.occupied, foresight=watch.foresight)
    if plan is None:
        return now_s + HOUR_S
    for name in plan.close:
        closed(name)(simulated)
    for name in plan.open:
        opened(name)(simulated)
    return now_s + min(plan.duration_s, 2.0 * HOUR_S)


def seal_of(bed, watch, rig):
    """Gas that the seal passed after the step, kg: as said, and really."""
    element = len(rig.compartments) + [hatch.name for hatch in rig.hatches].index(SEAL)
    after = bed.witness.time_s > 5700.0
    passed = bed.witness.passed_kg[after, bed.witness.leaks.index("hatch_seal")]
    shown = bed.rig.panel.bank.rows[after]
    one, other = (bed.names.index(f"{name}_pressure") for name in ("working", "intermediate"))
    head_pa = shown[:, one] - shown[:, other]
    laws = np.array([head_pa, np.sign(head_pa) * np.sqrt(np.abs(head_pa) * STEP_PA)]).sum(axis=1) * PERIOD_S
    conductances = watch.latest.probability @ watch.latest.mean[:, [element, element + len(rig.hatches)]]
    return float(conductances @ laws), float(passed[-1] - passed[0])


def report(found, options):
    rows = defaultdict(list)
    for run in found:
        rows["+".join(run.truth) or NONE].append(run)
    print(f"{'truth':45} runs right wrong undecided | over science 5.6, median and 95 %: named, answered")
    for truth, runs in sorted(rows.items()):
        right = sum(not run.wrong and run.said is not None for run in runs)
        wrong = sum(run.wrong for run in runs)
        ratios = (quantiles([over(run, options) for run in runs]) for over in (named, answered))
        print(f"{truth:45} {len(runs):4} {right:5} {wrong:5} {len(runs) - right - wrong:9} | {', '.join(ratios)}")
    total, wrong = len(found), sum(run.wrong for run in found)
    right = sum(not run.wrong and run.said is not None for run in found)
    print(f"all: {total} runs, right {right / total:.1%}, wrong {wrong / total:.1%}; within {options.hours:g} h")
    said = Counter(("+".join(run.truth) or NONE, run.said) for run in found if run.wrong)
    for (truth, answer), count in said.items():
        print(f"  wrong: {truth} was called {answer}: {count}")
    if options.seal:
        ratios = np.array([run.seal[0] / run.seal[1] for run in found])
        print(f"seal: flow said over passed: median {np.median(ratios):.3f}, from {ratios.min():.3f} to "
              f"{ratios.max():.3f}; within 20 %: {np.mean(np.abs(ratios - 1.0) < 0.2):.1%}")  # fmt: skip


def named(run, options):
    if not run.truth:
        return np.nan
    last_h = max(run.named_h.get(name, np.inf) for name in run.truth)
    return last_h / science_h(run.truth, options)


def answered(run, options):
    return run.said_h / science_h(REFERENCE_H, options)


def science_h(names, options):
    return max(REFERENCE_H[name] for name in names) * (options.diameter_um / 10.0) ** (-4.0 / 3.0)


def quantiles(ratios):
    return " ".join(f"{np.quantile(ratios, share, method='higher'):5.2f}" for share in (0.5, 0.95))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--diameter-um", type=float, default=10.0)
    parser.add_argument("--hours", type=float, default=11.15, help="with the half hour before hatches are closed")
    parser.add_argument("--plan", action="store_true")
    parser.add_argument("--occupied", nargs="*", default=[])
    parser.add_argument("--seal", action="store_true")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}; seeds {options.first} to "
          f"{options.first + options.runs - 1}; {vars(options)}")  # fmt: skip
    begun = time.perf_counter()
    seeds = range(options.first, options.first + options.runs)
    work = [(truth, seed, options) for truth, seed in zip(truths(), seeds, strict=False)]
    with ProcessPoolExecutor(options.jobs) as pool:
        found = list(pool.map(one_run, work))
    print(f"{time.perf_counter() - begun:.0f} s")
    report(found, options)


if __name__ == "__main__":
    main()

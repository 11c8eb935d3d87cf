"""Ultrasonic search of simulated rigs: right, wrong and undecided, what would have been found, and how well places are.

    PYTHONPATH=tests python tests/benchmarks/ultrasonic.py [--bench rig580] [--runs 20] [--first-seed 301]

Rigs are drawn, a burst of half a second each. right: exactly the compartment that leaks; undecided: nothing found, or
racks too loud; wrong: any other. Of S17b by sound alone right is to hear both sources and call none a leak; with what a
pressure method good to 10 % says of the rate, right is the leak's compartment with more than
0.9.
"""

import argparse
import math
import os
import platform
from collections import Counter
from datetime import date

import numpy as np
from sim import listening, rigs

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.ultrasonic import UltrasonicSearch
from bench.detection.ultrasonic_geometry import wall_points
from bench.records import LeakEstimate
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario, load_scenario
from bench.validation.outcomes.places import heard
from procedures.questions.sound import recorded

SEARCH = UltrasonicSearch()
DECOY = "S17b_decoy"
CASES = (
    ("quiet", 3600.0, set(), "working_compartment"),
    ("S17_racks", 3600.0, {"transfer_compartment"}, "transfer_compartment"),
    ("S17_racks", 22_000.0, {"transfer_compartment"}, "transfer_compartment"),
    (DECOY, 3600.0, {"transfer_compartment", "working_compartment"}, "working_compartment"),
    ("S17c_inflow", 3600.0, {"intermediate_chamber"}, "intermediate_chamber"),
)
"""Scenario, when, where sources are, and the compartment whose detectable size is printed."""
FLOW_OF_50_UM_KG_S = 4.53e-7


class Searches:
    """Of drawn rigs of one bench."""

    def __init__(self, bench):
        self.bench, self.rig = bench, rig_of(bench)

    def rig_with(self, scenario, seed, *, closed):
        """Its chamber is empty."""
        rig = SimulatedRig(self.bench, scenario, seed, VirtualClock(), rigs.MINUTELY, 10)
        if closed:
            rigs.close_hatches(rig)
        lines = {driven.name: driven.line for driven in self.bench.driven}
        for name in ("roughing_pump", "roughing_valve"):
            rig.write_line(lines[name], True)
        rig.command(emptied)
        return rig

    def planted(self, seed, compartment, rate_kg_s, *, closed):
        """A hole anywhere in the wall; its diameter by the flow of one of 50 um."""
        points_m = wall_points(self.rig.acoustics.boxes[compartment])
        place_m = [float(x) for x in np.random.default_rng(seed).choice(points_m)]
        diameter_m = 50e-6 * math.sqrt(rate_kg_s / FLOW_OF_50_UM_KG_S)
        leak = listening.hole(compartment, diameter_m, place_m, name=f"hole_{compartment}")
        scenario = Scenario.model_validate({"name": "x", "why": "x", "hidden_leak": [leak]})
        return self.rig_with(scenario, seed, closed=closed), place_m

    def search(self, rig, time_s, prior=None):
        burst, series = recorded(rig, time_s)
        return SEARCH.search(self.rig, [burst], series, prior)

    def scenario_rows(self, seeds, *, closed):
        hatches = "closed" if closed else "open"
        for name, time_s, true, where in CASES:
            told, sizes_kg_s, together, called = Counter(), [], Counter(), 0
            for seed in seeds:
                rig = self.rig_with(load_scenario(name), seed, closed=closed)
                found = self.search(rig, time_s)
                told[verdict(found.sources, true)] += 1
                called += any("the leak is in" in statement for statement in found.statements)
                sizes_kg_s.append(found.findings[where].detectable_kg_s)
                if name == DECOY:
                    together[self.with_pressure(rig, time_s, seed)] += 1
            yield row(f"{name} at {time_s:.0f} s, {hatches}", told, f"{np.median(sizes_kg_s):.1e}")
            if together:
                yield row(f"{name}, {hatches}, with pressure", together, f"called a leak by sound alone: {called}")

    def with_pressure(self, rig, time_s, seed):
        flow_kg_s = rigs.flow_kg_s(rig, "weld", time_s, 10.0)
        rate_kg_s = flow_kg_s * (1.0 + 0.1 * np.random.default_rng(seed).standard_normal())
        prior = LeakEstimate("pressure", "x", rate_kg_s, 0.1 * flow_kg_s)
        after = self.search(rig, time_s + 20.0, prior).leak_probabilities
        best = max(after, key=after.get)
        return ("right" if best == "working_compartment" else "wrong") if after[best] > 0.9 else "undecided"

    def size_rows(self, seeds):
        """Is a leak of the size that the same rig says it finds with 90 % found so often?"""
        for compartment in self.rig.compartments:
            told, sizes_kg_s = Counter(), []
            for seed in seeds:
                quiet = self.rig_with(load_scenario("quiet"), seed, closed=True)
                sizes_kg_s.append(self.search(quiet, 60.0).findings[compartment].detectable_kg_s)
                rig, _ = self.planted(seed, compartment, sizes_kg_s[-1], closed=True)
                told[verdict(self.search(rig, 60.0).sources, {compartment})] += 1
            yield row(f"leak of the detectable size in {compartment}", told, f"{np.median(sizes_kg_s):.1e}")

    def place_rows(self, seeds):
        for compartment in self.rig.compartments:
            pulls, errors_m, us_m = [], [], []
            for seed in seeds:
                rig, place_m = self.planted(seed, compartment, FLOW_OF_50_UM_KG_S, closed=False)
                found = self.search(rig, 60.0).findings[compartment]
                for each in found.differences[:1]:
                    farther_m = math.dist(place_m, each.other_m) - math.dist(place_m, each.one_m)
                    pulls.append(abs(farther_m - each.farther_m) / each.u_m)
                if found.place:
                    errors_m.append(math.dist(found.place.position_m, place_m))
                    us_m.append(found.place.u_m)
            middle = f"{np.median(errors_m):.3f} | {np.median(us_m):.3f}" if errors_m else "- | -"
            within = f"{np.sum(np.array(pulls) < 2.0)} of {len(pulls)}"
            yield f"| {compartment} | {len(seeds)} | {within} | {len(errors_m)} | {middle} |"


def emptied(course):
    mass = course.model.layout.mass(course.state.u)[course.model.node["chamber"]]
    mass *= rigs.EMPTY_KG / mass.sum()


def verdict(sources, true):
    return str(heard(sources, true))


def row(case, told, last):
    counts = [str(told[key]) for key in ("right", "wrong", "undecided")]
    return "| " + " | ".join([case, str(told.total()), *counts, last]) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", default="rig580")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=301)
    chosen = parser.parse_args()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.runs)
    searches = Searches(load_bench(find_bench(chosen.bench), date(2026, 11, 23)))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}"
    print(f"{machine}, {chosen.bench}, seeds {seeds[0]} to {seeds[-1]}\n")
    print("| scenario | runs | right | wrong | undecided | detectable, kg/s |\n|---|---|---|---|---|---|")
    for closed in (True, False):
        print(*searches.scenario_rows(seeds, closed=closed), sep="\n", flush=True)
    print(*searches.size_rows(seeds), sep="\n", flush=True)
    print("\nHoles of 50 um, hatches open: first way difference within 2 u; places named; median error and u, m")
    print("| compartment | runs | within 2 u | named | error | u |\n|---|---|---|---|---|---|")
    print(*searches.place_rows(seeds), sep="\n", flush=True)


if __name__ == "__main__":
    main()

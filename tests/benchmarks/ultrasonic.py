"""Ultrasonic search of simulated rigs: right, wrong and undecided, what would have been found, and how well places are.

    PYTHONPATH=tests python tests/benchmarks/ultrasonic.py [--runs 20] [--first-seed 301]

Rigs are drawn, a burst of half a second each. right: exactly the compartment that leaks; undecided: nothing found, or
racks too loud; wrong: any other. Of S17b by sound alone right is to hear both sources and call none a leak; with what a
pressure method good to 10 % says of the rate, right is the leak's compartment with more than 0.5.
"""

import argparse
import math
import os
import platform
from collections import Counter

import numpy as np
from sim import listening, rigs

from bench.clock import VirtualClock
from bench.config.rig import rig_of
from bench.detection.ultrasonic import UltrasonicSearch
from bench.detection.ultrasonic_geometry import wall_points
from bench.records import LeakEstimate
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario, load_scenario

RIG, SEARCH = rig_of(rigs.BENCH), UltrasonicSearch()
CASES = (
    ("quiet", 3600.0, set(), "working_compartment"),
    ("S17_racks", 3600.0, {"us_segment"}, "us_segment"),
    ("S17_racks", 22_000.0, {"us_segment"}, "us_segment"),
    ("S17b_decoy", 3600.0, {"us_segment", "working_compartment"}, "working_compartment"),
    ("S17c_inflow", 3600.0, {"intermediate_chamber"}, "intermediate_chamber"),
)
"""Scenario, when, where sources are, and the compartment whose detectable size is printed."""
UM = 1e-6


def rig_with(scenario, seed, *, closed):
    rig = SimulatedRig(rigs.BENCH, scenario, seed, VirtualClock(), rigs.MINUTELY, 10)
    if closed:
        rigs.close_hatches(rig)
    rigs.start_pump(rig)
    rig.command(rigs.empty_chamber)
    return rig


def verdict(sources, true):
    if set(sources) == true:
        return "right"
    return "undecided" if set(sources) < true else "wrong"


def fused(recorded, rig, seed):
    flow_kg_s = rigs.flow_kg_s(rig, "weld", 3601.0, 10.0)
    rate_kg_s = flow_kg_s * (1.0 + 0.1 * np.random.default_rng(seed).standard_normal())
    after = SEARCH.search(RIG, *recorded, LeakEstimate("pressure", "x", rate_kg_s, 0.1 * flow_kg_s)).leak_probabilities
    best = max(after, key=after.get)
    return ("right" if best == "working_compartment" else "wrong") if after[best] > 0.5 else "undecided"


def scenario_rows(seeds, *, closed):
    hatches = "closed" if closed else "open"
    for name, time_s, true, where in CASES:
        told, sizes_kg_s, together, leak_said = Counter(), [], Counter(), 0
        for seed in seeds:
            rig = rig_with(load_scenario(name), seed, closed=closed)
            burst, series = listening.recorded(rig, time_s)
            found = SEARCH.search(RIG, [burst], series)
            told[verdict(found.sources, true)] += 1
            leak_said += any("the leak is in" in statement for statement in found.statements)
            sizes_kg_s.append(found.findings[where].detectable_kg_s)
            if name == "S17b_decoy":
                together[fused(([burst], series), rig, seed)] += 1
        case = f"{name} at {time_s:.0f} s, {hatches}"
        yield row(case, len(seeds), told, f"{np.median(sizes_kg_s):.1e}")
        if together:
            yield row(f"{name}, {hatches}, with pressure", len(seeds), together, f"called a leak by sound: {leak_said}")


def row(case, runs, told, last):
    counts = [str(told[key]) for key in ("right", "wrong", "undecided")]
    return "| " + " | ".join([case, str(runs), *counts, last]) + " |"


def planted(seed, compartment, rate_kg_s, *, closed):
    """A hole anywhere in the wall; its diameter by the flow of a reference hole."""
    points_m = wall_points(RIG.acoustics.boxes[compartment])
    place_m = [float(x) for x in np.random.default_rng(seed).choice(points_m)]
    diameter_m = 50.0 * UM * math.sqrt(rate_kg_s / 4.53e-7)
    leak = listening.hole(compartment, diameter_m, place_m)
    scenario = Scenario.model_validate({"name": "x", "why": "x", "hidden_leak": [leak]})
    return rig_with(scenario, seed, closed=closed), place_m


def size_rows(seeds):
    """Is a leak of the size that is said to be found with 90 % found so often?"""
    for compartment in RIG.compartments:
        told = Counter()
        burst, series = listening.recorded(rig_with(load_scenario("quiet"), seeds[0], closed=True), 60.0)
        size_kg_s = SEARCH.search(RIG, [burst], series).findings[compartment].detectable_kg_s
        for seed in seeds:
            rig, _ = planted(seed, compartment, size_kg_s, closed=True)
            burst, series = listening.recorded(rig, 60.0)
            told[verdict(SEARCH.search(RIG, [burst], series).sources, {compartment})] += 1
        yield row(f"leak of the detectable size in {compartment}", len(seeds), told, f"{size_kg_s:.1e}")


def place_rows(seeds):
    for compartment in RIG.compartments:
        pulls, errors_m, us_m = [], [], []
        for seed in seeds:
            rig, place_m = planted(seed, compartment, 4.53e-7, closed=False)
            burst, series = listening.recorded(rig, 60.0)
            found = SEARCH.search(RIG, [burst], series).findings[compartment]
            for each in found.differences[:1]:
                farther_m = math.dist(place_m, each.other_m) - math.dist(place_m, each.one_m)
                pulls.append(abs(farther_m - each.farther_m) / each.u_m)
            if found.place:
                errors_m.append(math.dist(found.place.position_m, place_m))
                us_m.append(found.place.u_m)
        middle = f"{np.median(errors_m):.3f} | {np.median(us_m):.3f}" if errors_m else "- | -"
        within = f"{np.sum(np.array(pulls) < 2.0)} of {len(pulls)}"
        yield f"| {compartment} | {len(seeds)} | {within} | {len(errors_m)} | {middle} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=301)
    chosen = parser.parse_args()
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.runs)
    print(f"{platform.machine()}, {os.cpu_count()} cores, numpy {np.__version__}, seeds {seeds[0]} to {seeds[-1]}\n")
    print("| scenario | runs | right | wrong | undecided | detectable, kg/s |\n|---|---|---|---|---|---|")
    for rows in (scenario_rows(seeds, closed=True), scenario_rows(seeds, closed=False), size_rows(seeds)):
        for line in rows:
            print(line, flush=True)
    print("\nHoles of 50 um, hatches open: first way difference within 2 u; places named; median error and u, m")
    print("| compartment | runs | within 2 u | named | error | u |\n|---|---|---|---|---|---|")
    for line in place_rows(seeds):
        print(line, flush=True)


if __name__ == "__main__":
    main()

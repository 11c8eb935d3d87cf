"""Predicted times to the limit pressure against run-downs of rig580 to it, through the direct face (S30 and kin).

    python tests/benchmarks/time_to_limit.py --runs 30

Each run: a leak of the kind in a shut compartment; from a tenth of the run-down on (an hour at least) the rate of the
last hold and the time to the limit are stated, and the run goes on until the pressure is there. Steady leaks are
predicted with the default growth, growing ones with what two earlier holds show. PIT by the three quantiles; worst
optimistic error of "0.05" and of "safe": at most 0, nobody was told too long.
"""

import argparse
import time
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.compensated_mass import CompensatedMass
from bench.detection.time_to_limit import LEVELS, Cabin, Growth, growth_of, with_time_to_limit
from bench.records import LeakEstimate, Series, Window
from bench.sim.direct import simulate
from bench.sim.scenario import Scenario
from bench.validation.calibration import quantile_checks, worst_optimistic_error
from procedures.simulate import make_ready

HOUR_S = 3600.0
BENCH = load_bench(find_bench("rig580"), date(2026, 11, 24))
RIG = rig_of(BENCH)
SMALL, WORKING = "intermediate_chamber", "working_compartment"
PERIOD_S = 30.0
GROWTH_PRIOR = Growth(0.0, 1.0 / (10 * HOUR_S))
"""Of the growing leaks: these runs are hundreds of times faster than a station's."""


def leak(compartment: str, **shape: object) -> dict:
    return {"hidden_leak": [{"name": "big", "compartment": compartment, **shape}]}


CRACK = leak(SMALL, kind="capillary", diameter_m=75e-6, length_m=0.02)
# name: (scenario, compartment, kind told, hours until surely there, end of the hold in hours, growing)
CASES: dict[str, tuple[dict, str, str | None, float, float, bool]] = {
    "orifice 100 um, 60 L": (leak(SMALL, diameter_m=100e-6), SMALL, "orifice", 9.0, 1.5, False),
    "orifice 50 um, 60 L": (leak(SMALL, diameter_m=50e-6), SMALL, "orifice", 30.0, 3.0, False),
    "orifice, kind unknown": (leak(SMALL, diameter_m=50e-6), SMALL, None, 30.0, 3.0, False),
    "capillary, 60 L": (CRACK, SMALL, "capillary", 60.0, 3.0, False),
    "capillary, kind unknown": (CRACK, SMALL, None, 60.0, 3.0, False),
    "S30: 56 um, 400 L": (leak(WORKING, diameter_m=56e-6), WORKING, "orifice", 140.0, 9.0, False),
    "grows threefold in 20 h": (
        {**leak(SMALL, diameter_m=40e-6), "growth": [{"leak": "big", "over_s": 20 * HOUR_S, "factor": 3.0}]},
        SMALL, "orifice", 40.0, 6.0, True,
    ),
}  # fmt: skip


def predicted(case: str, seed: int) -> tuple[LeakEstimate, float]:
    """The estimate with its times, and the time that was left, s; infinite where the run ended before."""
    stated, compartment, kind, hours, end_h, grows = CASES[case]
    scenario = Scenario.model_validate({"name": "run_down", "why": case, "swing_k": 0.25, **stated})
    readings = simulate(BENCH, scenario, seed, [(0.0, make_ready)], duration_s=hours * HOUR_S, period_s=PERIOD_S)
    series = Series(readings.time_s, {n: readings.column(n) for n in RIG.channels if n in readings.channels})
    begin_s, end_s = 0.5 * HOUR_S, end_h * HOUR_S
    edges_s = np.linspace(begin_s, end_s, 4) if grows else np.array([begin_s, end_s])
    holds = [hold(series, compartment, *edge, kind) for edge in pairwise(edges_s)]
    growth = growth_of(holds, GROWTH_PRIOR) if grows else Growth()
    gauge = RIG.compartments[compartment].gauges[0].channel
    last = series.between(end_s - 300.0, end_s)
    pressure_pa = float(last.columns[gauge].mean())
    gas_k = float(np.mean([last.columns[t.channel].mean() for t in RIG.compartments[compartment].thermometers]))
    cabin = Cabin.of(RIG, compartment, pressure_pa, gas_k)
    now = replace(holds[-1], rate_kg_s=holds[-1].rate_kg_s * np.exp(growth.per_s * (end_s - edges_s[-2]) / 2.0))
    there = np.flatnonzero((series.time_s > end_s) & (series.columns[gauge] <= RIG.limit_pa))
    left_s = float(series.time_s[there[0]]) - end_s if there.size else np.inf
    return with_time_to_limit(now, cabin, growth), left_s


def hold(series: Series, compartment: str, begin_s: float, end_s: float, kind: str | None) -> LeakEstimate:
    found = CompensatedMass().estimate(RIG, series, Window("hold", compartment, begin_s, end_s))
    return replace(found, leak_kind=kind, time_s=(begin_s + end_s) / 2.0)


def report(case: str, runs: int, first_seed: int) -> None:
    begun = time.perf_counter()
    told = [predicted(case, seed) for seed in range(first_seed, first_seed + runs)]
    quantiles = np.array([[found.time_to_limit_s[name] for name in LEVELS] for found, _ in told])
    safe_s, left_s = (
        np.array([found.time_to_limit_s["safe"] for found, _ in told]),
        np.array([left for _, left in told]),
    )
    checks = quantile_checks(tuple(LEVELS.values()), quantiles, left_s)
    below = " ".join(f"{check.below:3d}/{check.runs} (p {check.p:.2g})" for check in checks)
    reached = np.isfinite(left_s)
    if reached.any():
        worst = [worst_optimistic_error(q[reached], left_s[reached]) for q in (quantiles[:, 0], safe_s)]
        below += f"  worst optimistic error: 0.05 {worst[0]:+.1%}, safe {worst[1]:+.1%}"
    width = np.median((quantiles[:, 2] - quantiles[:, 0]) / quantiles[:, 1])
    print(f"{case:24} left {np.median(left_s) / HOUR_S:6.1f} h, said {np.median(quantiles[:, 1]) / HOUR_S:6.1f} h, "
          f"width {width:.0%}; below 0.05 0.5 0.95: {below}; {reached.sum()} reached "
          f"({time.perf_counter() - begun:.0f} s)", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--first-seed", type=int, default=2000)
    options = parser.parse_args()
    print(f"rig580, limit {RIG.limit_pa:g} Pa, seeds {options.first_seed} to {options.first_seed + options.runs - 1}")
    for case in CASES:
        report(case, options.runs, options.first_seed)


if __name__ == "__main__":
    main()

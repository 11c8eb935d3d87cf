"""Do 95 % intervals of rates cover what the plant really lost, and how near does the error come to the physical bound?

    python tests/benchmarks/rate_intervals.py --runs 100
    python tests/benchmarks/rate_intervals.py --runs 2001 --jobs 2

A run: hatches shut, 2 h to settle, 24 h of background, then a hold with a leak in every compartment, drawn per run and
compartment (0.05 to 2 % of the gas per day, log-uniform). The noise is learned from the background. Two questions, each
with its own bound (bench.validation.bounds; covariance of white noise, rounding, Ornstein-Uhlenbeck error, random walk
as the plant makes them): `above background`, the background's slope as unknown as the hold's; `whole loss`, the hold
alone. What is compared with the bound is the slope's part: from the mean square error is taken what volume, pressure
scale and temperature scale (stated relative uncertainties) make of the true rates.
"""

import argparse
import os
import platform
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.compensated_mass import CompensatedMass
from bench.detection.mass_point import MassPoint
from bench.detection.pressure_decay import PressureDecay
from bench.records import Series, Window
from bench.sim.direct import simulate
from bench.sim.scenario import load_scenario
from bench.sim.scenario_entries import HiddenLeak
from bench.validation.binomial import proportion
from bench.validation.bounds import cramer_rao_u
from bench.validation.rate_accuracy import errors_accuracy
from procedures.campaign.cases import hole_m
from procedures.simulate import make_ready

HOUR_S, DAY_S = 3600.0, 86_400.0
SETTLE_S, BACKGROUND_S = 2 * HOUR_S, 24 * HOUR_S
BEGIN_S = SETTLE_S + BACKGROUND_S
EXPOSURES_H = (1, 2, 4, 12, 24)
FRACTIONS_PER_DAY = (5e-4, 2e-2)
METHODS = {
    "compensated, above background": (CompensatedMass(), True),
    "compensated, whole loss": (CompensatedMass(above_background=False), False),
    "mass_point": (MassPoint(), False),
    "pressure_decay": (PressureDecay(), False),
}


@dataclass(frozen=True)
class Answer:
    """Errors and half-widths are fractions of the gas per hour; bound_1_h is the slope's alone."""

    method: str
    exposure_h: int
    error_1_h: float
    u_1_h: float
    truth_1_h: float
    bound_1_h: float
    u_scale: float
    inconclusive: bool


@cache
def stated(bench_name):
    bench = load_bench(find_bench(bench_name), date(2026, 1, 1))
    return bench, rig_of(bench)


def gas_kg(rig, compartment, scenario):
    return (
        scenario.initial_pressure_pa * compartment.volume_m3 / (rig.gas_constant_j_kg_k * scenario.shroud_temperature_k)
    )


def one_run(arguments):
    """All answers of one simulation."""
    seed, bench_name, scenario_name, period_s = arguments
    bench, rig = stated(bench_name)
    rng, scenario = np.random.default_rng([seed, 0xC0FFEE]), load_scenario(scenario_name)
    leaks = []
    for name, compartment in rig.compartments.items():
        per_day = np.exp(rng.uniform(*np.log(FRACTIONS_PER_DAY)))
        size_kg_s = gas_kg(rig, compartment, scenario) * per_day / DAY_S
        hole = hole_m(bench, scenario, size_kg_s)
        leaks.append(HiddenLeak(name=f"leak_{name}", compartment=name, diameter_m=hole, begin_s=BEGIN_S))
    scenario = scenario.model_copy(update={"hidden_leak": tuple(leaks)})
    duration_s = BEGIN_S + max(EXPOSURES_H) * HOUR_S
    seen = simulate(bench, scenario, seed, [(0.0, make_ready)], duration_s=duration_s, period_s=period_s)
    series = Series(seen.time_s, {name: seen.column(name) for name in rig.channels if name in seen.channels})
    return [answer for name in rig.compartments for answer in answers(bench, rig, scenario, seen, series, name)]


def answers(bench, rig, scenario, seen, series, name):
    compartment = rig.compartments[name]
    ours = [f"leak_{name}", *(leak.valve for leak in bench.leak if leak.compartment == name)]
    lost_kg = sum(seen.passed_kg[:, seen.leaks.index(leak)] for leak in ours)
    mass_kg = gas_kg(rig, compartment, scenario)
    per_hour = HOUR_S / mass_kg
    gauge_u = np.linalg.norm([g.u_pa for g in compartment.gauges]) / len(compartment.gauges)
    scales = (compartment.u_volume_m3 / compartment.volume_m3, gauge_u / scenario.initial_pressure_pa,
              compartment.u_temperature_k / scenario.shroud_temperature_k)  # fmt: skip
    for exposure_h in EXPOSURES_H:
        window = Window("hold", name, BEGIN_S, BEGIN_S + exposure_h * HOUR_S, ((SETTLE_S, BEGIN_S),))
        rates = [np.diff(np.interp(span, seen.time_s, lost_kg))[0] / (span[1] - span[0])
                 for span in ((window.begin_s, window.end_s), *window.background)]  # fmt: skip
        for label, (method, above) in METHODS.items():
            found = method.estimate(rig, series, window)
            truth = rates[0] - above * rates[1]
            yield Answer(
                label,
                exposure_h,
                (found.rate_kg_s - truth) * per_hour,
                found.u_kg_s * per_hour,
                truth * per_hour,
                bound_1_h(compartment, scenario.initial_pressure_pa, exposure_h, above),
                float(np.linalg.norm(scales)),
                any("inconclusive" in note for note in found.notes),
            )


@cache
def bound_1_h(compartment, pressure_pa, exposure_h, above, gas_k=295.15, period_s=60.0):
    """Least standard uncertainty of the hold's slope; the noise is what the bench file states and the plant makes."""
    hold_s, step_s = exposure_h * HOUR_S, max(60.0, exposure_h * HOUR_S / 240.0)
    hold = BACKGROUND_S + np.arange(0.0, hold_s, step_s)
    before = np.arange(0.0, BACKGROUND_S, max(step_s, 180.0)) if above else np.zeros(0)
    time_s = np.concatenate([before, hold])
    in_hold = time_s >= BACKGROUND_S
    white = np.where(in_hold, period_s / step_s, period_s / max(step_s, 180.0))
    covariance = np.zeros((time_s.size, time_s.size))
    parts = [(g.noise, 1.0 / (len(compartment.gauges) * pressure_pa)) for g in compartment.gauges]
    parts += [(t.noise, t.volume_fraction / gas_k) for t in compartment.thermometers]
    for noise, sensitivity in parts:
        square = sensitivity**2
        covariance += np.diag(square * (noise.white**2 + noise.resolution**2 / 12.0) * white)
        memory = np.exp(-np.abs(time_s[:, None] - time_s) / noise.correlation_time_s)
        covariance += square * noise.representativeness**2 * memory
        covariance += square * noise.random_walk**2 / HOUR_S * np.minimum(time_s[:, None], time_s)
    signal = np.where(in_hold, time_s - hold.mean(), 0.0)
    nuisance = [in_hold.astype(float), *([(~in_hold).astype(float), time_s / HOUR_S] if above else [])]
    return HOUR_S * cramer_rao_u(signal, np.column_stack(nuisance), covariance)


def report(found):
    print("exposure  method  runs  covered (95 % limits) accepted  RMSE/bound of the slope (95 % limits)  "
          "half-width in %/day and Pa/h  called inconclusive")  # fmt: skip
    for exposure_h in EXPOSURES_H:
        for label in METHODS:
            print(line(exposure_h, label, [a for a in found if a.exposure_h == exposure_h and a.method == label]))


def line(exposure_h, label, these):
    errors, u = np.array([a.error_1_h for a in these]), np.array([a.u_1_h for a in these])
    hits = int(np.sum(np.abs(errors) <= 1.96 * u))
    covered, accuracy = proportion(hits, len(these)), errors_accuracy(errors, hits)
    scale = np.mean([(a.u_scale * a.truth_1_h) ** 2 for a in these])
    bound = np.sqrt(np.mean([a.bound_1_h**2 for a in these]))
    limits = accuracy.rmse_limits
    ratio, low, high = (np.sqrt(max(e**2 - scale, 0.0)) / bound for e in (accuracy.rmse, limits.low, limits.high))
    half_1_h, silent = 1.96 * np.median(u), np.mean([a.inconclusive for a in these])
    return (f"{exposure_h:2d} h  {label:30} {len(these):5d}  {hits / len(these):.3f} ({covered.low:.3f} to "
            f"{covered.high:.3f}) {'yes' if accuracy.coverage_accepted else 'no ':3}  {ratio:.3f} ({low:.3f} to "
            f"{high:.3f})  {2400 * half_1_h:.4f} {98_500 * half_1_h:6.2f}  {silent:4.0%}")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=100, help="of each exposure: simulations times compartments")
    parser.add_argument("--first", type=int, default=100_000, help="first seed")
    parser.add_argument("--bench", default="rig580")
    parser.add_argument("--scenario", default="S01")
    parser.add_argument("--period", type=float, default=60.0, help="between scans, s")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    _, rig = stated(options.bench)
    simulations = -(-options.runs // len(rig.compartments))
    seeds = range(options.first, options.first + simulations)
    print(f"{options.bench}, {options.scenario}, seeds {seeds[0]} to {seeds[-1]}, a scan each {options.period:g} s")
    print(f"{platform.machine()}, {options.jobs} of {os.cpu_count()} cores, Python {platform.python_version()}")
    begun = time.perf_counter()
    work = [(seed, options.bench, options.scenario, options.period) for seed in seeds]
    if options.jobs == 1:
        found = [answer for each in map(one_run, work) for answer in each]
    else:
        with ProcessPoolExecutor(options.jobs) as pool:
            found = [answer for each in pool.map(one_run, work, chunksize=4) for answer in each]
    print(f"{time.perf_counter() - begun:.0f} s")
    report(found)


if __name__ == "__main__":
    main()

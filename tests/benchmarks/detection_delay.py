"""Issue 7: delay at 10, 16 and 25 um on rig580 with all hatches open, at one false alarm in 30 days.

    python tests/benchmarks/detection_delay.py --cache FOLDER [--runs 100] [--null 40] [--no-peers]

Thresholds are set on null runs of their own seeds; the realised rate is that of others. Leaks begin at random times of
the sixth day. Peers need `pip install leakbench[peers]`. Days are simulated once into FOLDER (0.04 s of CPU a day).
"""

import argparse
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path as Folder

import numpy as np
from alarm_paths import Score, blocks, chart_score, delay, path, realised, threshold
from watched_days import BENCH, BLOCK_S, DAY_S, HOUR_S, ORDERS, RIG, TYPICAL, leaking, watched

from bench.detection.sequential.mass_stream import MassBlock
from bench.detection.sequential.monitors import charts
from bench.detection.sequential.ramp_filter import RampModel
from bench.rig import WHOLE
from bench.validation.campaign.bounds import Quiet
from bench.validation.delay_bounds import delay_bound_s, information_clock

ARL_S = 30.0 * DAY_S
CALIBRATION, NULL, LEAKS = 1000, 2000, 3000
"""First seeds."""
NULL_DAYS, LEAK_DAYS = 40.0, 8.0
DIAMETERS_M = (10e-6, 16e-6, 25e-6)
GAS_KG = 98_500.0 * 0.58 / (287.055 * 295.15)


@dataclass(frozen=True, slots=True)
class Runs:
    """Blocks of each run; of leaks by diameter, with onset."""

    calibration: Sequence[Sequence[MassBlock]]
    null: Sequence[Sequence[MassBlock]]
    leaks: Mapping[float, Sequence[tuple[float, Sequence[MassBlock]]]]
    loss_1_s: Mapping[float, float]


def simulated(options: argparse.Namespace) -> Runs:
    null = partial(watched, TYPICAL, days=NULL_DAYS, cache=options.cache)
    leaks, losses = {}, {}
    for diameter_m in DIAMETERS_M:
        runs = list(leaking(diameter_m, range(LEAKS, LEAKS + options.runs), LEAK_DAYS, options.cache))
        leaks[diameter_m] = [(run.onset_s, blocks(run)) for run in runs]
        losses[diameter_m] = float(np.mean([run.leak_kg_s for run in runs])) / GAS_KG
    return Runs(
        [blocks(run) for run in null(seeds=range(CALIBRATION, CALIBRATION + options.null))],
        [blocks(run) for run in null(seeds=range(NULL, NULL + options.null))],
        leaks,
        losses,
    )


def check_hatches(cache: Folder) -> None:
    """Open hatches: gauges of different compartments differ by their constant offsets and slow walks alone."""
    gauges = [gauge.channel for gauge in RIG.volume(WHOLE).gauges]
    run = next(watched(TYPICAL, [CALIBRATION], NULL_DAYS, cache))
    apart = np.diff([run.series.columns[gauge] for gauge in gauges], axis=0)
    print(f"  gauges less each other: {np.round(apart.mean(axis=1), 1)} Pa, +- {apart.std(axis=1).round(1)} in 40 days")


def bound_h(loss_1_s: float, unit_s: float) -> float:
    """Information clock with the rig's own noise, a leak on the sixth day, level and nominal slope not known."""
    before, after = round(5.0 * DAY_S / BLOCK_S), round(2.0 * DAY_S / BLOCK_S)
    centre_s = BLOCK_S * (np.arange(before + after) + 0.5)
    quiet = Quiet(RIG.volume(WHOLE), RIG.gas_constant_j_kg_k, 98_500.0, 295.15, period_s=1.0)
    covariance = quiet.covariance(centre_s, np.full_like(centre_s, BLOCK_S))
    covariance += 1.0 + RampModel().slope_u_1_s ** 2 * np.outer(centre_s, centre_s)
    onset_s = before * BLOCK_S
    information = information_clock(np.maximum(centre_s - onset_s, 0.0), covariance, loss_1_s)[before:]
    return delay_bound_s(centre_s[before:] + 0.5 * BLOCK_S - onset_s, information, ARL_S, unit_s) / HOUR_S


def detectors(runs: Runs, *, peers: bool) -> dict[str, Score]:
    found = {name: chart_score(maker) for name, maker in charts().items()}
    if peers:
        from peers import PEERS, hourly_losses, ln_mass, ln_pressure, peer_score

        for fed, feature in (("raw pressure", ln_pressure), ("compensated mass", ln_mass)):
            sigma = float(np.std(np.concatenate([hourly_losses(feature, of)[1] for of in runs.calibration])))
            for name, detector in PEERS.items():
                found[f"{name}, {fed}"] = peer_score(detector, feature, sigma)
    return found


def row(score: Score, runs: Runs) -> str:
    limit = threshold([path(score, of) for of in runs.calibration], ARL_S)
    rate = realised([path(score, of) for of in runs.null], limit)
    low, high = rate.limits_per_s.low * ARL_S, rate.limits_per_s.high * ARL_S
    cells = [f"{limit:9.4g} | {rate.rate_per_s * ARL_S:4.2f} ({low:.2f}-{high:.2f})"]
    for diameter_m in DIAMETERS_M:
        onsets_s, of = zip(*runs.leaks[diameter_m], strict=True)
        found = delay([path(score, each) for each in of], onsets_s, limit)
        median, most = (found.quantile_s(p)[0] / HOUR_S for p in (0.5, 0.95))
        cells.append(f"{median:6.2f} {most:6.1f} {found.missed / found.runs:4.0%} {found.early:3d}")
    return " | ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Folder, required=True)
    parser.add_argument("--runs", type=int, default=100, help="of each leak")
    parser.add_argument("--null", type=int, default=40, help="null runs of 40 days, for each of two purposes")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {BENCH.bench.name}, {len(ORDERS)} orders")
    print(f"seeds: thresholds {CALIBRATION}+, null {NULL}+ ({options.null} runs of {NULL_DAYS:g} days each),", end=" ")
    print(f"leaks {LEAKS}+ ({options.runs} runs of {LEAK_DAYS:g} days each)")
    begun, runs = time.perf_counter(), simulated(options)
    check_hatches(options.cache)
    print(f"days simulated or loaded: {time.perf_counter() - begun:.0f} s")
    for diameter_m, loss in runs.loss_1_s.items():
        bounds = ", ".join(f"{bound_h(loss, unit):.2f} h (unit {unit / HOUR_S:g} h)" for unit in (HOUR_S, 10 * HOUR_S))
        print(f"  {1e6 * diameter_m:.0f} um: {loss * DAY_S:.4%} a day, information bound {bounds}")
    print("alarms in 30 days with exact 95 % limits; per leak: median and 95 % delay in h, missed, alarms before onset")
    for name, score in detectors(runs, peers=not options.no_peers).items():
        print(f"{name:42} | {row(score, runs)}", flush=True)


if __name__ == "__main__":
    main()

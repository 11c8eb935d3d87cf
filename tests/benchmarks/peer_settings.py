"""Which settings bring each public peer the shortest delay at 10 um, fed our compensated mass: what peers.py has.

    python tests/benchmarks/peer_settings.py --cache FOLDER [--runs 40] [--null 40]

Thresholds are set on the null runs on which detection_delay sets them; the leaks are of seeds that it does not report.
"""

import argparse
import os
import platform
from functools import partial
from pathlib import Path as Folder

import numpy as np
from alarm_paths import blocks, delay, path, threshold
from detection_delay import ARL_S, CALIBRATION, LEAK_DAYS, NULL_DAYS
from peers import binary_segmentation, focus, hourly_losses, ln_mass, page_hinkley, peer_score
from watched_days import HOUR_S, TYPICAL, leaking, watched

CHOSEN_ON = 5000
"""First seed of the leaks."""
SETTINGS = {
    **{f"river PageHinkley, delta {delta:g}": partial(page_hinkley, delta=delta) for delta in (0.1, 0.25, 0.5, 1.0)},
    "changepoint_online Focus": focus,
    **{f"ruptures Binseg l2, {hours} h": partial(binary_segmentation, window=hours) for hours in (24, 48, 120)},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Folder, required=True)
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--null", type=int, default=40, help="runs of 40 days")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}; leaks {CHOSEN_ON}+, thresholds {CALIBRATION}+")
    seeds = range(CALIBRATION, CALIBRATION + options.null)
    null = [blocks(run) for run in watched(TYPICAL, seeds, NULL_DAYS, options.cache)]
    leaks = leaking(10e-6, range(CHOSEN_ON, CHOSEN_ON + options.runs), LEAK_DAYS, options.cache)
    onsets_s, holes = zip(*((run.onset_s, blocks(run)) for run in leaks), strict=True)
    sigma = float(np.std(np.concatenate([hourly_losses(ln_mass, of)[1] for of in null])))
    for name, detector in SETTINGS.items():
        score = peer_score(detector, ln_mass, sigma)
        limit = threshold([path(score, of) for of in null], ARL_S)
        found = delay([path(score, of) for of in holes], onsets_s, limit)
        print(f"{name:30} | {found.quantile_s(0.5)[0] / HOUR_S:5.2f} h, missed {found.missed}", flush=True)


if __name__ == "__main__":
    main()

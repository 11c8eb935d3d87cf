"""Predicted times to the limit pressure against run-downs of rig580 to it, through the direct face (S30 and kin).

    python tests/benchmarks/time_to_limit.py --runs 30

Each run: a leak of the kind in a shut compartment; from a tenth of the run-down on (an hour at least) the rate of the
last hold and the time to the limit are stated, and the run goes on until the pressure is there. Steady leaks are
predicted with the default growth, growing ones with what two earlier holds show. PIT by the three quantiles; worst
optimistic error of "0.05" and of "safe": at most 0, nobody was told too long.
"""

import argparse
import time
from datetime import UTC, datetime

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.detection.time_to_limit import LEVELS
from bench.validation.calibration import quantile_checks, worst_optimistic_error
from procedures.questions.run_down import run_downs
from procedures.questions.stage import HOUR_S

BENCH = load_bench(find_bench("rig580"), datetime.now(UTC).date())


def report(case: str, runs: int, first_seed: int) -> None:
    begun = time.perf_counter()
    scenario, asked = run_downs()[case]
    told = [asked.predicted(BENCH, scenario, seed) for seed in range(first_seed, first_seed + runs)]
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
    seeds = range(options.first_seed, options.first_seed + options.runs)
    print(f"rig580, limit {BENCH.limits.cabin_limit_pa:g} Pa, seeds {seeds.start} to {seeds.stop - 1}")
    for case in run_downs():
        report(case, options.runs, options.first_seed)


if __name__ == "__main__":
    main()

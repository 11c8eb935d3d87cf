"""What took the gas? Scenarios that mimic, mask or hide a leak, each with what counts as right.

    python tests/benchmarks/attribution.py --runs 50
    python tests/benchmarks/attribution.py --runs 50 --only S07 S08

Bench rig580, direct face; the questions of procedures/questions/gas.py. S35: the monitor, asked every hour about the
last day: alarms in days without a leak, and delays of leaks that begin a day into the hold.
"""

import time
from datetime import UTC, datetime

import numpy as np
from outcomes import parser, tabulate

from bench.config.load import find_bench, load_bench
from bench.detection.attribution.watch import AttributionMonitor
from bench.validation.false_alarms import NullExposure, false_alarm_rates
from procedures.questions import gas
from procedures.questions.stage import HOUR_S, hole, staged
from procedures.questions.watching import Watched

DAY_S, BEGIN_H, LEARNED_H = 86_400.0, 3.0, 2.0


def watched(bench, seeds, days, *leaks):
    """Answers of each run of S35."""
    asked = Watched(AttributionMonitor(), BEGIN_H + 24.0 * days, BEGIN_H, LEARNED_H)
    for seed in seeds:
        yield asked.answers(bench, staged("S35", *leaks), seed)


def hostile(bench, seeds, days):
    """After an alarm the watch begins anew, so that each counts once."""
    alarms = sum(bool(found.alarm) for said in watched(bench, seeds, days) for found in said)
    asked_s = len(seeds) * days * DAY_S
    at_most = 30.0 * DAY_S * false_alarm_rates([NullExposure("S35", alarms, asked_s)])[0].at_most_per_s
    print(f"S35: {alarms} alarms in {asked_s / DAY_S:g} days; at most {at_most:.2f} in 30 days (95 %)", flush=True)


def hostile_leak(bench, seeds, diameter_um):
    onset_s, delays_h = BEGIN_H * HOUR_S + DAY_S, []
    for said in watched(bench, seeds, 3.0, hole(diameter_um, onset_s)):
        times_s = [found.time_s for found in said if found.alarm and found.time_s > onset_s]
        delays_h.append((times_s[0] - onset_s) / HOUR_S if times_s else np.inf)
    missed, median_h = np.isinf(delays_h).sum(), np.median(delays_h)
    print(f"S35 + {diameter_um:g} um: median delay {median_h:.3g} h, {missed} of {len(delays_h)} missed in 48 h")


def main():
    asked = parser(__doc__, 1001)
    asked.add_argument("--days", type=float, default=3.0, help="of each run of S35")
    options = asked.parse_args()
    seeds, begun = range(options.first, options.first + options.runs), time.perf_counter()
    wanted = tuple(options.only)
    tabulate([each for each in gas.questions() if each.name.startswith(wanted)], seeds)
    if "S35".startswith(wanted):
        bench = load_bench(find_bench("rig580"), datetime.now(UTC).date())
        hostile(bench, seeds, options.days)
        hostile_leak(bench, seeds, 10.0)
        hostile_leak(bench, seeds, 25.0)
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()

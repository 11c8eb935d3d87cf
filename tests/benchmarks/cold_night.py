"""Issue 7: what robustness against a cold night costs, on rig580 with all hatches open (science 5.5).

    python tests/benchmarks/cold_night.py --cache FOLDER [--runs 100] [--null 40] [--plot FILE.png]

P: share of runs with an alarm within 48 h of the night's beginning; delay: median at 10 um without a night. Each row
has its own threshold, for one false alarm in 30 days.
"""

import argparse
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as Folder

from alarm_paths import Path, blocks, chart_score, delay, path, threshold
from detection_delay import ARL_S, CALIBRATION, LEAK_DAYS, LEAKS, NULL_DAYS
from watched_days import HOUR_S, RIG, TYPICAL, leaking, watched

from bench.detection.sequential.chart import ChartMaker
from bench.detection.sequential.mass_stream import MassBlock
from bench.detection.sequential.monitors import UNSEEN, charts
from bench.detection.sequential.ramp_chart import RampCharts
from bench.rig import WHOLE
from bench.sim.scenario import load_scenario
from bench.validation.binomial import proportion

NIGHTS = {
    "S06g_night_100": "0.5 K 100 %",
    "S06c_night_90": "0.5 K 90 %",
    "S06d_night_70": "0.5 K 70 %",
    "S06e_deep_night_90": "1.5 K 90 %",
    "S06f_shallow_night_70": "0.35 K 70 %",
    "S06b_night_leak": "and a leak",
}
HARD = "S06d_night_70"
NIGHT_SEEDS, NIGHT_DAYS = 4000, 4.5
WITHIN_S = 48 * HOUR_S
UNSEENS = (0.1, 0.2, 0.4, 0.8)
PUBLISHED = ((1.5, 0.42), (2.2, 0.18))
"""Science 5.5, 0.5 K seen to 70 %: delay over that of the plain GLR, P."""


@dataclass(frozen=True, slots=True)
class Runs:
    calibration: Sequence[Sequence[MassBlock]]
    leaks: Sequence[tuple[float, Sequence[MassBlock]]]
    nights: Mapping[str, Sequence[Sequence[MassBlock]]]


@dataclass(frozen=True, slots=True)
class Row:
    """alarmed: runs by night."""

    name: str
    delay_h: float
    alarmed: Mapping[str, int]


def simulated(options: argparse.Namespace) -> Runs:
    cache = options.cache
    null = watched(TYPICAL, range(CALIBRATION, CALIBRATION + options.null), NULL_DAYS, cache)
    holes = leaking(10e-6, range(LEAKS, LEAKS + options.runs), LEAK_DAYS, cache)
    seeds = range(NIGHT_SEEDS, NIGHT_SEEDS + options.runs)
    nights = {name: [blocks(r) for r in watched(load_scenario(name), seeds, NIGHT_DAYS, cache)] for name in NIGHTS}
    return Runs([blocks(run) for run in null], [(run.onset_s, blocks(run)) for run in holes], nights)


def night_s(name: str) -> float:
    return load_scenario(name).ramp[0].begin_s


def alarmed(paths: Sequence[Path], begin_s: float, limit: float) -> int:
    alarms_s = [each.alarm_s(limit, begin_s) for each in paths]
    return sum(alarm_s is not None and alarm_s <= begin_s + WITHIN_S for alarm_s in alarms_s)


def row(name: str, chart: ChartMaker, runs: Runs) -> Row:
    score = chart_score(chart)
    limit = threshold([path(score, of) for of in runs.calibration], ARL_S)
    onsets_s, holes = zip(*runs.leaks, strict=True)
    median_s, _ = delay([path(score, of) for of in holes], onsets_s, limit).quantile_s(0.5)
    counts = {n: alarmed([path(score, of) for of in each], night_s(n), limit) for n, each in runs.nights.items()}
    return Row(name, median_s / HOUR_S, counts)


def rows(runs: Runs) -> list[Row]:
    """The statistics without and with the share; then what the walls and the day before are worth."""
    found = []
    shipped = charts()
    for kind in ("glr", "shiryaev_roberts"):
        plain = shipped[kind]
        assert isinstance(plain, RampCharts)
        found.append(shown(row(kind, plain, runs), runs))
        for unseen in UNSEENS:
            model = replace(plain.model, unseen=unseen)
            name = f"kalman_{kind}, unseen {unseen:g}{' (shipped)' if unseen == UNSEEN else ''}"
            found.append(shown(row(name, replace(plain, model=model), runs), runs))
    doubtful = replace(shipped["glr"].model, unseen=UNSEEN, usual_k=1e-6)
    shown(row("kalman_glr, no day like the other", replace(shipped["glr"], model=doubtful), runs), runs)
    return found


def shown(of: Row, runs: Runs) -> Row:
    cells = []
    for name, count in of.alarmed.items():
        total = len(runs.nights[name])
        limits = proportion(count, total)
        cells.append(f"{count / total:4.2f} ({limits.low:.2f}-{limits.high:.2f})")
    print(f"{of.name:44} | {of.delay_h:5.2f} | {' | '.join(cells)}", flush=True)
    return of


def without_walls(runs: Runs) -> Runs:
    """The thermometers of the gas in the place of those of the wall."""

    def bare(of: Sequence[MassBlock]) -> list[MassBlock]:
        return [replace(block, wall_k=block.temperature_k) for block in of]

    nights = {name: [bare(of) for of in each] for name, each in runs.nights.items()}
    return Runs([bare(of) for of in runs.calibration], [(onset_s, bare(of)) for onset_s, of in runs.leaks], nights)


def plot(found: Sequence[Row], total: int, file: Folder) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(7.0, 4.5), layout="constrained")
    for kind, mark in (("glr", "o-"), ("shiryaev_roberts", "s-")):
        line = [(r.delay_h, r.alarmed[HARD] / total) for r in found if r.name.removeprefix("kalman_").startswith(kind)]
        axes.plot(*zip(*line, strict=True), mark, label=kind)
    plain_h = found[0].delay_h
    axes.plot(*zip(*((plain_h * ratio, p) for ratio, p in PUBLISHED), strict=True), "kx--", label="science 5.5")
    axes.set(xlabel="median delay at 10 um, h", ylabel="P(alarm in 48 h), 0.5 K seen to 70 %", ylim=(-0.02, 1.02))
    axes.legend()
    figure.savefig(file, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Folder, required=True)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--null", type=int, default=40)
    parser.add_argument("--plot", type=Folder)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {len(RIG.volume(WHOLE).gauges)} gauges")
    print(f"seeds: nights {NIGHT_SEEDS}+ and leaks {LEAKS}+ ({options.runs} each), thresholds {CALIBRATION}+", end=" ")
    print(f"({options.null} runs of {NULL_DAYS:g} days)")
    runs = simulated(options)
    print(f"{'':44} | delay | P(alarm in 48 h): {', '.join(NIGHTS.values())}")
    found = rows(runs)
    bare = without_walls(runs)
    shown(row("kalman_glr, gas for walls", charts()["kalman_glr"], bare), bare)
    print("science 5.5, 0.5 K 70 %:", *(f"P {p} at {r} times the plain GLR's delay;" for r, p in PUBLISHED))
    if options.plot:
        plot(found, options.runs, options.plot)


if __name__ == "__main__":
    main()

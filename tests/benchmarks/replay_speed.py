"""How long does the replay of a recorded run take, and what does a monitor cost per scan, live?

    python tests/benchmarks/replay_speed.py --hours 24 -m compensated_mass -m my_monitor.py:MyMonitor

A run of so many hours at 1 Hz is simulated without wires and recorded as any other; it has eight windows.
Asked for: at most 10 s per method, 60 s for all, of 24 h; 100 us per scan.
"""

import argparse
import os
import platform
import tempfile
import time
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.dataset import BENCH
from bench.detection import shipped
from bench.detection.made import Made, make
from bench.detection.monitor import Watch as Monitoring
from bench.detection.sensor_faults.believed import Believed
from bench.recorder import Recorder
from bench.records import Event, EventKind, LeakEstimate, Scan, Series
from bench.replay import Recording
from bench.sim.direct import leaking, simulate
from bench.sim.scenario import load_scenario
from bench.watching import Watching
from procedures.replay import recording, replay
from procedures.simulate import make_ready

WINDOWS = 8
ONE_BY_ONE = 7200
"""Scans."""
BACKGROUND_S = (3600.0, 8.0 * 3600.0)
"""Sequential monitors refuse to learn from less than six hours."""


def recorded(bench: Bench, scenario: str, seed: int, hours: float, folder: Path) -> Path:
    """A run folder; leak after leak is said to be asked about, one of them is opened half-way."""
    duration_s = 3600.0 * hours
    leak = bench.leak[-1]
    orders = [(0.0, make_ready), (0.5 * duration_s, leaking(leak))]
    seen = simulate(bench, load_scenario(scenario), seed, orders, duration_s=duration_s)
    channels = [entry.record() for entry in bench.channels]
    places = [seen.channels.index(c.name) if c.name in seen.channels else -1 for c in channels]
    values = np.where(np.array(places) >= 0, seen.values[:, places], np.nan)
    nothing = np.zeros(len(channels))
    recorder = Recorder(folder, channels, {"bench": {"name": bench.bench.name}})
    recorder.write_json(BENCH, bench.model_dump(mode="json"))
    for time_s, row in zip(seen.time_s, values, strict=True):
        recorder.record(Scan(time_s, row, nothing, np.where(np.isfinite(row), 0, 3).astype(np.uint8)))
    edges_s = np.linspace(BACKGROUND_S[1], duration_s, WINDOWS + 1)
    for begin_s, end_s in pairwise(edges_s):
        detail = {"window": f"from {begin_s:.0f} s", "compartment": leak.compartment, "begin_s": begin_s}
        recorder.event(
            Event(duration_s, EventKind.WINDOW, {**detail, "end_s": end_s, "background": [list(BACKGROUND_S)]})
        )
    recorder.seal()
    return folder


def live_us(bench: Bench, made: Made, recorded_run: Recording) -> float:
    """CPU time per scan, with what it takes to show it; in pieces as in a run. One watch for each compartment."""
    series = recorded_run.series
    names = list(series.columns)
    values = np.column_stack([series.columns[name] for name in names])
    watching = Watching(bench, {name: place for place, name in enumerate(names)}, refuse_errors)
    watching.begin(made.watching(recorded_run.compartments), series, BACKGROUND_S, BACKGROUND_S[1])
    nothing, quality = np.zeros(len(names)), np.zeros(len(names), np.uint8)
    first = int(np.searchsorted(series.time_s, BACKGROUND_S[1]))
    scans = [Scan(t, v, nothing, quality) for t, v in zip(series.time_s[first:], values[first:], strict=True)]
    begun = time.process_time()
    for scan in scans:
        watching.scanned(scan)
    watching.end()
    return 1e6 * (time.process_time() - begun) / len(scans)


def alone_us(watch: Monitoring | Believed, series: Series) -> float:
    """CPU time per scan of a watch that is shown one at a time, and nothing else: two hours of them."""
    scans = [series.rows(slice(k, k + 1)) for k in range(ONE_BY_ONE)]
    begun = time.process_time()
    for scan in scans:
        watch.update(scan)
    return 1e6 * (time.process_time() - begun) / len(scans)


def refuse_errors(event: Event) -> None:
    """A monitor that is out costs nothing, and its figure would say nothing."""
    if event.kind is EventKind.ERROR:
        raise RuntimeError(event.detail["message"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--bench", default="zvezda")
    parser.add_argument("--scenario", default="S01")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-m", "--method", action="append", help="without: all that are shipped")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {vars(options)}")
    bench = load_bench(find_bench(options.bench), datetime.now(UTC).date())
    with tempfile.TemporaryDirectory() as name:
        folder = recorded(bench, options.scenario, options.seed, options.hours, Path(name))
        begun, used = time.perf_counter(), time.process_time()
        known = recording(folder)
        spent = f"{time.perf_counter() - begun:.2f} s ({time.process_time() - used:.2f} s of CPU)"
        print(f"read: {spent}, {known.series.time_s.size} scans of {len(known.series.columns)} channels")
        for word in options.method or shipped.every():
            made, used = make(word), time.process_time()
            (found,) = replay(known, [made])
            cpu_s = time.process_time() - used
            live = ""
            if made.monitor:
                watch = made.monitor.start(known.rig, known.series.between(*BACKGROUND_S))
                alone = alone_us(watch, known.series.between(BACKGROUND_S[1], np.inf))
                live = f", live {live_us(bench, made, known):.1f} us per scan, one by one and alone {alone:.1f} us"
            refused = sum(not isinstance(answer, LeakEstimate) for _, answer in found.answers)
            answers = f"{len(found.answers)} answers, {refused} refused"
            print(f"{made.name}: {answers}, {found.wall_s:.2f} s ({cpu_s:.2f} s of CPU){live}", flush=True)
        believed = Believed(known.rig, known.series.between(*BACKGROUND_S))
        alone = alone_us(believed, known.series.between(BACKGROUND_S[1], np.inf))
        print(f"Believed, which is put before a method: one by one and alone {alone:.1f} us")


if __name__ == "__main__":
    main()

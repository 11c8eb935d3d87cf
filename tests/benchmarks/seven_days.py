"""A week at one scan a second in one process: does anything grow, is any scan missed?

    python tests/benchmarks/seven_days.py --days 7

The shipped bench zvezda at rest (chamber and mock-up left alone, a soak without a procedure), everything of it through
the real wire on a virtual clock: drivers, loopback sockets, gRPC, recorder, interlocks, bursts of sound; without
Prefect. Memory is looked at every hour of bench time; its slope is fitted after the first fifth, when the buffers that
are meant to fill are full. The run folder is made, closed, sealed and verified in --folder, and taken away again.
"""

import argparse
import os
import platform
import resource
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.dataset import Dataset
from bench.manifest import verify
from bench.recorder import Recorder
from bench.records import EventKind, Outcome, Verdict
from bench.run import Run
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import open_station
from bench.stop import StopRequest
from procedures.progress import PhaseLines

HOUR_S, DAY_S, MB = 3600.0, 86_400.0, 1e6
TIMEOUT_S = 60.0
EVERY_H = 6
"""Bench hours between two lines."""
WARM_UP = 0.2
"""Share of the time after which what fills up is full: the two hours of scans that conditions may look back on."""


@dataclass
class Looks:
    """hours: of bench time; memory_mb: resident set of the process; handles: open file descriptors."""

    hours: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)

    def look(self, time_s: float) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self.hours.append(time_s / HOUR_S)
        self.memory_mb.append(pages * resource.getpagesize() / MB)
        self.handles.append(sum(1 for _ in Path("/proc/self/fd").iterdir()))

    @property
    def slope_mb_day(self) -> float:
        first = int(WARM_UP * len(self.hours))
        return 24.0 * float(np.polyfit(self.hours[first:], self.memory_mb[first:], 1)[0])


def patient(bench: Bench) -> Bench:
    """Time-outs count wall time: a machine that is busy with something else shall not be taken for a broken link."""
    entries = tuple(entry.model_copy(update={"timeout_s": TIMEOUT_S}) for entry in bench.instrument)
    return bench.model_copy(update={"instrument": entries})


def soak(days: float, seed: int, folder: Path) -> Looks:
    bench = patient(load_bench(find_bench("zvezda"), datetime.now(UTC).date()))
    rig, looks = SimulatedRig(bench, load_scenario("quiet"), seed, VirtualClock()), Looks()
    compile_plant(bench, rig.scenario)
    with serve(rig) as rack, StopRequest() as stop, open_station(rack.bench) as station:
        recorder = Recorder(folder, [entry.record() for entry in rack.bench.channels], {})
        with Run(station, recorder, rig.clock, PhaseLines(), stop) as run:
            begun_s = time.perf_counter()
            for hour in range(1, round(24 * days) + 1):
                run.hold(HOUR_S)
                looks.look(rig.clock.now())
                if hour % EVERY_H == 0:
                    wall_s = time.perf_counter() - begun_s
                    print(
                        f"{hour:5d} h  {looks.memory_mb[-1]:7.1f} MB  {looks.handles[-1]} handles  {wall_s:.0f} s wall",
                        flush=True,
                    )
            run.conclude(Verdict(Outcome.PASS, "soaked"))
        recorder.update(outcome=run.verdict.outcome)
        recorder.seal()
    return looks


def report(looks: Looks, folder: Path, days: float) -> None:
    dataset = Dataset(folder)
    time_s = dataset.series([]).time_s
    gaps = [event for event in dataset.events() if event.kind is EventKind.GAP]
    soaked_s = time_s[time_s <= round(24 * days) * HOUR_S]
    missed = round(24 * days) * 3600 - soaked_s.size
    size_mb = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / MB
    print(f"{time_s.size} scans, {missed} missed, {len(gaps)} gaps; longest step {np.diff(time_s).max():.6f} s")
    print(f"memory {looks.memory_mb[0]:.1f} MB after an hour, {looks.memory_mb[-1]:.1f} MB at the end")
    print(f"slope {looks.slope_mb_day:+.3f} MB/day over the last {1 - WARM_UP:.0%}")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB:.1f} MB, closing the folder included")
    print(
        f"file handles {looks.handles[0]} after an hour, {looks.handles[-1]} at the end, {max(looks.handles)} at most"
    )
    print(f"run folder {size_mb:.0f} MB, {len(dataset.waveforms())} bursts; verify: {verify(folder) or 'as sealed'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the run folder is made; without: where temporary files go")
    options = parser.parse_args()
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, zvezda, quiet, "
        f"seed {options.seed}, {options.days:g} days"
    )
    begun_s = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        looks = soak(options.days, options.seed, Path(folder))
        report(looks, Path(folder), options.days)
    wall_s = time.perf_counter() - begun_s
    print(
        f"{wall_s:.0f} s of wall time, {options.days * DAY_S / wall_s:.0f} times real time; "
        f"load average {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()

"""What a burst of the shipped bench's microphones costs, step by step, in milliseconds of wall time.

    python tests/benchmarks/bursts.py

A scan may take a second: what stands under "fetch" to "write" comes on top of it once a burst.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.acoustics import features, load
from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.records import Burst
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import open_station
from bench.waveforms import write_burst

REPEATS = 10


class Stopwatch:
    def __init__(self) -> None:
        self.took_ms: dict[str, list[float]] = {}

    def timed(self, step: str, call: Callable[..., Any], *arguments: object) -> Any:
        begun_s = time.perf_counter()
        found = call(*arguments)
        self.took_ms.setdefault(step, []).append(1e3 * (time.perf_counter() - begun_s))
        return found


def record(daq: Any, clock: VirtualClock, bench: Bench, path: Path, watch: Stopwatch) -> None:
    watch.timed("start", daq.start_burst)
    clock.sleep(1.0)
    watch.timed("ready", daq.burst_ready)
    pressures_pa = watch.timed("fetch", daq.fetch_burst).astype(np.float32)
    dt_s = 1.0 / daq.burst_rate_hz
    watch.timed("features", features, pressures_pa, dt_s, bench.acoustics.band_hz)
    names = tuple(microphone.name for microphone in bench.microphone)
    watch.timed("write", write_burst, path, Burst(0.0, dt_s, names, pressures_pa))


def main() -> None:
    bench = load_bench(find_bench("zvezda"), datetime.now(UTC).date())
    scenario = load_scenario("quiet")
    compile_plant(bench, scenario)
    load()
    rig, watch = SimulatedRig(bench, scenario, 1, VirtualClock()), Stopwatch()
    with tempfile.TemporaryDirectory() as folder, serve(rig) as rack, open_station(rack.bench) as station:
        daq, path = station.instruments["daq"], Path(folder) / "burst.parquet"
        daq.start()
        for _ in range(REPEATS):
            record(daq, rig.clock, bench, path, watch)
        print(f"{len(bench.microphone)} microphones, {path.stat().st_size / 1e6:.1f} MB a file")
    for step, values in watch.took_ms.items():
        print(f"{step:>9}: median {median(values):6.1f}, longest {max(values):6.1f}")


if __name__ == "__main__":
    main()

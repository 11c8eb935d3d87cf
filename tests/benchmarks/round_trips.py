"""How many scans a second does each instrument of a bench take over its own wire, and how many bytes are that?

    python tests/benchmarks/round_trips.py --bench zvezda

Driver and simulated instrument in one process, on loopback sockets and pseudo-terminals; each instrument alone. A scan
is request() and collect(); a question is identity(). What metal takes, `leakbench check` tells.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.roles import SampleClock
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import Station, open_station
from drivers.link import JOURNAL


class Counted:
    """Messages and bytes of the links that are made while it is the journal."""

    def __init__(self) -> None:
        self.messages = self.bytes = 0

    def sent(self, address: str, data: bytes) -> None:
        del address
        self.messages += 1
        self.bytes += len(data)

    def received(self, address: str, data: bytes) -> None:
        del address
        self.bytes += len(data)


def rate(step: Callable[[], object], seconds: float) -> tuple[float, int]:
    """Steps a second, and how many there were."""
    begun_s, count = time.perf_counter(), 0
    while time.perf_counter() - begun_s < seconds:
        step()
        count += 1
    return count / (time.perf_counter() - begun_s), count


def measure(station: Station, clock: VirtualClock, name: str, counted: Counted, seconds: float) -> str:
    instrument = station.instruments[name]

    def scan() -> None:
        clock.sleep(1.0)
        instrument.request()
        instrument.collect()

    scan()
    counted.messages = counted.bytes = 0
    scans, count = rate(scan, seconds)
    messages, size = counted.messages / count, counted.bytes / count
    questions, _ = rate(instrument.identity, seconds)
    return (
        f"{name:24} {scans:9.0f} scans/s {messages:5.1f} messages {size:6.0f} bytes a scan {questions:9.0f} questions/s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", default="zvezda")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each figure")
    options = parser.parse_args()
    bench, scenario, clock = (
        load_bench(find_bench(options.bench), datetime.now(UTC).date()),
        load_scenario("quiet"),
        VirtualClock(),
    )
    compile_plant(bench, scenario)
    counted = Counted()
    JOURNAL.set(counted)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, bench {bench.bench.name}")
    with serve(SimulatedRig(bench, scenario, 1, clock)) as rack, open_station(rack.bench) as station:
        for instrument in station.instruments.values():
            if isinstance(instrument, SampleClock):
                instrument.start()
        for name in station.instruments:
            print(measure(station, clock, name, counted, options.seconds))
    print(f"load average {os.getloadavg()[0]:.2f}")


if __name__ == "__main__":
    main()

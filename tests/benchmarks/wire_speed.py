"""How many times faster than real time does the simulated bench hold, and where does a scan's time go?

    python tests/benchmarks/wire_speed.py --hours 12 --scenario quiet

The shipped bench zvezda through the real wire: drivers, loopback sockets, gRPC, recorder, interlocks; without Prefect.
The total comes from an undisturbed pass, in which only the messages on the wire are counted. A second, shorter pass of
the same run is timed inside; its split is scaled to the total of the first, because the timers cost time themselves.
"""

import argparse
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from nidaqmx._grpc_interpreter import GrpcStubInterpreter

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.config.model import Bench
from bench.detection.shipped import methods
from bench.recorder import Recorder
from bench.run import Run
from bench.sim.host import serve
from bench.sim.rig import SimulatedRig, compile_plant
from bench.sim.scenario import load_scenario
from bench.station import Station, open_station
from bench.stop import StopRequest
from drivers.link import VisaLink
from procedures.progress import PhaseLines

WARM_UP_S = 120.0
RIG, INTERLOCKS, RECORDER, METHODS, REST = "plant and sensors", "interlocks", "recorder", "methods", "the rest"
TARGET, AIM = 200.0, 300.0
MEGA = 1e6


@dataclass
class Bed:
    """One run that has begun, and what is behind its wires."""

    rig: SimulatedRig
    station: Station
    run: Run


@contextmanager
def holding(scenario: str, seed: int, bench: Bench) -> Iterator[Bed]:
    rig = SimulatedRig(bench, load_scenario(scenario), seed, VirtualClock())
    compile_plant(bench, rig.scenario)
    with tempfile.TemporaryDirectory() as folder, serve(rig) as rack, StopRequest() as stop:
        recorder = Recorder(Path(folder), [entry.record() for entry in rack.bench.channels], {})
        with open_station(rack.bench) as station, Run(station, recorder, rig.clock, PhaseLines(), stop) as run:
            run.hold(WARM_UP_S)
            yield Bed(rig, station, run)


# -- what is counted ---------------------------------------------------------------------------------------------------
@contextmanager
def counted(names: dict[str, str], calls: Counter) -> Iterator[None]:
    """Count VISA messages by instrument and direction, and gRPC calls by name: one dictionary entry a message."""
    send, receive, invoke = VisaLink._write, VisaLink._note, GrpcStubInterpreter._invoke

    def sent(self, resource, data):
        calls["sent", names[self.address]] += 1
        return send(self, resource, data)

    def received(self, data):
        calls["received", names[self.address]] += 1
        return receive(self, data)

    def counted_invoke(self, func, request, metadata=None):
        calls["gRPC", type(request).__name__.removesuffix("Request")] += 1
        return invoke(self, func, request, metadata)

    with (
        patch.object(VisaLink, "_write", sent),
        patch.object(VisaLink, "_note", received),
        patch.object(GrpcStubInterpreter, "_invoke", counted_invoke),
    ):
        yield


def resource_names(station: Station) -> dict[str, str]:
    visa = [entry for entry in station.bench.instrument if not entry.address.startswith("grpc:")]
    return {entry.address: entry.name for entry in visa}


# -- what is timed -----------------------------------------------------------------------------------------------------
@dataclass
class Timers:
    """Seconds by part. A part entered from another one stops the other's time: every second is counted once."""

    spent_s: Counter = field(default_factory=Counter)
    _open: list[str] = field(default_factory=lambda: [REST])
    _since_s: float = field(default_factory=time.perf_counter)

    def timed(self, part: str, function: Callable) -> Callable:
        def wrapper(*args, **kwargs):
            self._switch(lambda: self._open.append(part))
            try:
                return function(*args, **kwargs)
            finally:
                self._switch(self._open.pop)

        return wrapper

    def _switch(self, change: Callable) -> None:
        now_s = time.perf_counter()
        self.spent_s[self._open[-1]] += now_s - self._since_s
        self._since_s = now_s
        change()

    def behind_the_wire(self, clock: VirtualClock, state: Callable) -> Callable:
        """The rig runs on the simulator's thread: its CPU time is taken out of the part that waits for it meanwhile.

        A second question at the same time costs the rig next to nothing and is not timed.
        """
        asked_s = -1.0

        def wrapper():
            nonlocal asked_s
            if clock.now() == asked_s:
                return state()
            begun_s, asked_s = time.thread_time(), clock.now()
            found = state()
            used_s = time.thread_time() - begun_s
            self.spent_s[RIG] += used_s
            self.spent_s[self._open[-1]] -= used_s
            return found

        return wrapper


@contextmanager
def timed(bed: Bed, timers: Timers) -> Iterator[None]:
    """Timers around the parts, put on from outside: the code under test does not know of them."""
    parts = [(bed.run.recorder, "record", RECORDER), (bed.run.recorder, "event", RECORDER)]
    parts += [(instrument, "request", name) for name, instrument in bed.station.instruments.items()]
    parts += [(instrument, "collect", name) for name, instrument in bed.station.instruments.items()]
    for owner, name, part in parts:
        setattr(owner, name, timers.timed(part, getattr(owner, name)))
    bed.rig.look = timers.behind_the_wire(bed.rig.clock, bed.rig.look)
    modules = [
        patch(f"bench.standing.{name}", timers.timed(INTERLOCKS, _judging(name))) for name in ("conditions", "trips")
    ]
    kinds = {type(method) for method in methods().values()}
    estimates = [patch.object(kind, "estimate", timers.timed(METHODS, kind.estimate)) for kind in kinds]
    for change in (*modules, *estimates):
        change.start()
    try:
        yield
    finally:
        for change in (*modules, *estimates):
            change.stop()


def _judging(name: str) -> Callable:
    import bench.standing

    return getattr(bench.standing, name)


# -- the passes --------------------------------------------------------------------------------------------------------
@dataclass
class Pass:
    """scans, and what they took: wall and CPU seconds (all threads), load average of the machine at the end."""

    scans: int
    wall_s: float
    cpu_s: float
    load: float
    calls: Counter

    def us(self, seconds: float) -> float:
        return MEGA * seconds / self.scans


def hold(bed: Bed, duration_s: float) -> Pass:
    """Every scan of the grid, or an error: a scan missed would be a gap in the count."""
    calls: Counter = Counter()
    scans, wall_s, cpu_s = bed.run.scans, time.perf_counter(), time.process_time()
    with counted(resource_names(bed.station), calls):
        bed.run.hold(duration_s)
    wall_s, cpu_s, scans = time.perf_counter() - wall_s, time.process_time() - cpu_s, bed.run.scans - scans
    period_s = bed.station.bench.acquisition.period_s
    if scans != round(duration_s / period_s) or bed.run.recorder.scans != bed.run.scans:
        raise SystemExit(f"{scans} scans in {duration_s:g} s at one in {period_s:g} s: not every scan was taken")
    return Pass(scans, wall_s, cpu_s, os.getloadavg()[0], calls)


def measure(options: argparse.Namespace) -> None:
    bench = load_bench(find_bench("zvezda"), datetime.now(UTC).date())
    with holding(options.scenario, options.seed, bench) as bed:
        whole = hold(bed, 3600.0 * options.hours)
        report_total(whole, bench.acquisition.period_s)
        report_calls(whole)
        timers = Timers()
        with timed(bed, timers):
            inside = hold(bed, 60.0 * options.split_minutes)
        timers.timed(REST, lambda: None)()
    report_split(whole, inside, timers.spent_s, list(bed.station.instruments))


# -- what is said ------------------------------------------------------------------------------------------------------
def report_total(whole: Pass, period_s: float) -> None:
    multiple = whole.scans * period_s / whole.wall_s
    print(f"{whole.scans} scans, one in {period_s:g} s of bench time, none left out")
    print(
        f"{multiple:.0f} times real time (asked for: {TARGET:g}, aimed at: {AIM:g}); {whole.wall_s:.1f} s of wall time"
    )
    print(f"{whole.us(whole.wall_s):.0f} us a scan; {whole.us(whole.cpu_s):.0f} us of CPU time, all threads together")
    print(f"load average {whole.load:.2f}: beside an idle machine only the CPU time can be compared")


def report_calls(whole: Pass) -> None:
    visa = sum(count for (kind, _), count in whole.calls.items() if kind == "received")
    grpc = sum(count for (kind, _), count in whole.calls.items() if kind == "gRPC")
    print(f"\nexchanged: {visa} VISA queries, {grpc} gRPC calls; a scan:")
    for (kind, name), count in sorted(whole.calls.items()):
        print(f"  {kind:9} {name:22} {count / whole.scans:6.3f}")


def report_split(whole: Pass, inside: Pass, spent_s: Counter, instruments: list[str]) -> None:
    total_s = sum(spent_s.values())
    print(f"\nsplit of a second pass, {inside.scans} scans, {inside.us(inside.wall_s):.0f} us each with the timers on,")
    print("scaled to the undisturbed total; an instrument is request and collect, with its simulated end but its rig")
    for name in (*instruments, RIG, INTERLOCKS, RECORDER, METHODS, REST):
        share = spent_s[name] / total_s
        note = "  none runs live" if name == METHODS and not spent_s[name] else ""
        print(f"  {name:22} {share * whole.us(whole.wall_s):7.0f} us  {share:6.1%}{note}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=12.0)
    parser.add_argument("--scenario", default="quiet")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--split-minutes", type=float, default=60.0, help="bench time of the pass that is timed inside")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, scenario {options.scenario}")
    measure(options)


if __name__ == "__main__":
    main()

"""The safe-state supervisor, a process of its own: it outlives a run that does not, and does what that cannot any more.

When the beat of a run stops, it first kills the run's process (which frees single-client sockets and lines), then opens
its own links and takes every step of the declared safe state, in order, each read back. It never actuates otherwise.
"""

import json
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.commands import Command, label
from bench.config.model import Bench
from bench.ending import failures
from bench.heartbeat import SAFE, SOCKET
from bench.possession import latch
from bench.recorder import write_atomically
from bench.roles import Instrument, SampleClock
from bench.station import Station, open_instrument

REPORT = "guard.json"
STEP_PATIENCE_S = 10.0
"""How long a step that fails is tried again, on links opened anew."""
DYING_S = 10.0


@dataclass(frozen=True, slots=True)
class Watched:
    """A run: its process, the folder that it writes, and how long it may be silent, s of wall time."""

    pid: int
    run: Path
    patience_s: float


@dataclass(frozen=True, slots=True)
class Step:
    """failure: empty where it was taken and read back."""

    command: str
    attempts: int
    failure: str


class Guard:
    """Watches one run at a time, on a Unix socket in the bench's state folder."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench, self._folder = bench, folder
        path = folder / SOCKET
        path.unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(path))
        self._listening.listen(1)

    def serve_one(self) -> dict[str, Any] | None:
        """Wait for a run and watch it to its end. None: it ended safe by itself; else the report of what was done."""
        connection, _ = self._listening.accept()
        with connection:
            watched = _introduced(connection)
            process = os.pidfd_open(watched.pid)
            try:
                connection.sendall(b"ok\n")
                reason = _watch(connection, watched.patience_s)
                return None if reason is None else self._take_over(watched, process, reason)
            finally:
                os.close(process)

    def _take_over(self, watched: Watched, process: int, reason: str) -> dict[str, Any]:
        ended = _killed(process)
        steps = make_safe(self._bench)
        report = {
            "reason": f"the guard made the bench safe: {reason}",
            "run": str(watched.run),
            "process": watched.pid,
            "process_ended": ended,
            "safe": all(not step.failure for step in steps),
            "steps": [asdict(step) for step in steps],
        }
        latch(self._folder, report)
        if watched.run.is_dir():
            write_atomically(watched.run / REPORT, json.dumps(report, indent=2).encode())
        return report


def _introduced(connection: socket.socket) -> Watched:
    """Who it is says the system; what it is about, its first line."""
    pid, _, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    line = b""
    while not line.endswith(b"\n") and (byte := connection.recv(1)):
        line += byte
    said = json.loads(line)
    return Watched(pid, Path(said["run"]), float(said["patience_s"]))


def _watch(connection: socket.socket, patience_s: float) -> str | None:
    """Why the guard must act, or None when the run has hung up and all was safe."""
    armed = False
    while True:
        ready, _, _ = select.select([connection], [], [], patience_s if armed else None)
        if not ready:
            return f"no beat of the run for {patience_s:g} s"
        heard = connection.recv(65_536)
        if not heard:
            return "the run's process is gone" if armed else None
        armed = heard[-len(SAFE) :] != SAFE


def _killed(process: int) -> bool:
    """By its handle, never by its number: that may be another's by now. Whether it has ended."""
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        return True
    ready, _, _ = select.select([process], [], [], DYING_S)
    return bool(ready)


def make_safe(bench: Bench, patience_s: float = STEP_PATIENCE_S) -> list[Step]:
    """Every step of the declared safe state in order, each tried again until it is read back or patience ends."""
    with _opened(bench) as station:
        return [_take(station, step, patience_s) for step in station.safe_steps()]


def _take(station: Station, step: Command, patience_s: float) -> Step:
    """Closing, and switching off, may be said again."""
    until_s, attempts, failure = time.monotonic() + patience_s, 0, ""
    while attempts == 0 or time.monotonic() < until_s:
        attempts += 1
        failure = station.safe_step(step) or ""
        if not failure:
            break
        time.sleep(min(0.2, patience_s))
    return Step(label(step), attempts, failure)


@contextmanager
def _opened(bench: Bench) -> Iterator[Station]:
    """As many instruments of the bench as can be opened, those of the safe state first; the others' steps fail."""
    with ExitStack() as closing:
        instruments: dict[str, Instrument] = {}

        def open_one(name: str) -> None:
            entry = next(entry for entry in bench.instrument if entry.name == name)
            instrument = instruments[name] = open_instrument(bench, entry)
            closing.callback(instrument.close)
            if isinstance(instrument, SampleClock):
                instrument.start()

        station = Station(bench, instruments)
        needed = dict.fromkeys(station.owner(step) for step in station.safe_steps())
        tuple(failures(lambda name=name: open_one(name) for name in needed))  # type: ignore[misc]
        yield station

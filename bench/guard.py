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
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.commands import Command, label
from bench.config.model import Bench
from bench.disk import write_atomically
from bench.heartbeat import LEFT, SAFE, SOCKET, address
from bench.possession import latch
from bench.roles import Instrument
from bench.station import Station, open_instrument

REPORT = "guard.json"
STEP_PATIENCE_S, RETRY_S = 10.0, 0.2
"""How long, and how often, a step that fails is tried again, on links opened anew."""
DYING_S = 10.0
LEFT_UNSAFE = "the run left a bench that is not safe"


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
        (folder / SOCKET).unlink(missing_ok=True)
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with address(folder) as path:
            self._listening.bind(path)
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

    def close(self) -> None:
        self._listening.close()

    def _take_over(self, watched: Watched, process: int, reason: str) -> dict[str, Any]:
        """Latched before anything else: the guard may die at it."""
        about: dict[str, Any] = {"run": str(watched.run), "process": watched.pid}
        latch(self._folder, {"reason": f"the guard is at work: {reason}", **about})
        left = reason == LEFT_UNSAFE
        ended = left or _killed(process)
        steps = make_safe(self._bench)
        failures = [step.failure for step in steps if step.failure]
        done = f"could not make the bench safe ({failures[0]})" if failures else "made the bench safe"
        report = {
            "reason": f"the guard {done}: {reason}",
            **about,
            "process_ended": ended,
            "safe": not failures,
            "steps": [asdict(step) for step in steps],
        }
        latch(self._folder, report)
        if not left and watched.run.is_dir():  # a run that left closes its folder itself
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
    armed = left = False
    while True:
        ready, _, _ = select.select([connection], [], [], patience_s if armed else None)
        if not ready:
            return f"no beat of the run for {patience_s:g} s"
        heard = connection.recv(65_536)
        if not heard:
            return (LEFT_UNSAFE if left else "the run's process is gone") if armed else None
        for word in heard.splitlines(keepends=True):
            left = word == LEFT
            armed = armed if left else word != SAFE


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
    with ExitStack() as closing:
        links = _Links(bench, closing)
        return [_take(links, step, patience_s) for step in links.station.safe_steps()]


def _take(links: "_Links", step: Command, patience_s: float) -> Step:
    """Closing, and switching off, may be said again."""
    until_s, attempts = time.monotonic() + patience_s, 0
    while True:
        failure = links.take(step, again=attempts > 0)
        attempts += 1
        if not failure or time.monotonic() >= until_s:
            return Step(label(step), attempts, failure)
        time.sleep(min(RETRY_S, patience_s))


class _Links:
    """Instruments of the bench, opened as they are needed; one that would not obey is taken from whoever holds it."""

    def __init__(self, bench: Bench, closing: ExitStack) -> None:
        self._instruments: dict[str, Instrument] = {}
        self.station = Station(bench, self._instruments)
        self._entries = {entry.name: entry for entry in bench.instrument}
        closing.callback(self._close)

    def take(self, step: Command, *, again: bool) -> str:
        """Why the step was not taken, or empty."""
        name = self.station.owner(step)
        try:
            if name not in self._instruments:
                self._instruments[name] = open_instrument(self.station.bench, self._entries[name], freed=again)
        except Exception as error:  # noqa: BLE001 - the steps after this one must be taken
            return f"{label(step)}: {type(error).__name__}: {error}"
        failure = self.station.safe_step(step) or ""
        if failure:
            self._instruments.pop(name).close()
        return failure

    def _close(self) -> None:
        for instrument in self._instruments.values():
            instrument.close()

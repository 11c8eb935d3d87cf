"""A rig in a process of its own, runs on it in others, and how the rig really stands."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from bench.config.load import find_bench, load_bench
from procedures.fault import told

CLI = (sys.executable, "-m", "procedures.cli")
SHORT = {
    "chamber_pa": "90000",
    "pressure_pa": "98700",
    "temperature_rate_k_h": "1e6",
    "curvature_pa_h": "1e9",
    "stable_window_s": "10",
    "background_s": "10",
    "exposure_s": "10",
    "lead_s": "2",
    "max_relative_u": "1e6",
    "leaks": "working_100um",
}
"""Every phase within seconds of a rig at speed 1; what the method says of them is nobody's concern here."""
SAFE_WITHIN_S, START_S, END_S = 5.0, 240.0, 120.0
BENCH = load_bench(find_bench("zvezda"), date.min)
SAFE = {
    step.target: float(step.command == "OpenValve")
    for step in BENCH.safe_state
    if step.command in {"CloseValve", "OpenValve", "StopPump"}
}
"""Position of every actuator in the safe state."""


def until(condition: Callable[[], object], within_s: float, what: str) -> float:
    """Wall time it took."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > within_s:
            raise TimeoutError(f"{what}: not within {within_s:g} s")
        time.sleep(0.02)
    return time.monotonic() - begun


class Attempt:
    """A run, as a process that may be killed."""

    def __init__(self, process: "subprocess.Popen[bytes]", results: Path) -> None:
        self.process, self.results = process, results

    @property
    def folder(self) -> Path | None:
        return next(iter(sorted(self.results.glob("*/*-leak_sweep"))), None)

    def events(self) -> list[dict[str, object]]:
        path = self.folder / "events.jsonl" if self.folder else None
        lines = path.read_text().splitlines(keepends=True) if path and path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def begun(self, phase: str) -> bool:
        if self.process.poll() is not None:
            raise ChildProcessError(f"the run ended before {phase}: {self.said()}")
        return any(e["kind"] == "phase_begun" and e["detail"] == {"phase": phase} for e in self.events())

    def wait_for(self, phase: str) -> None:
        until(lambda: self.begun(phase), START_S, phase)

    def end(self, within_s: float = END_S) -> int:
        return self.process.wait(within_s)

    def said(self) -> str:
        return (self.results / "said").read_text()

    def document(self, name: str) -> dict[str, object]:
        assert self.folder is not None
        found: dict[str, object] = json.loads((self.folder / name).read_text())
        return found

    def guard(self) -> int:
        """The guard's process number."""
        found = subprocess.run(
            ["/usr/bin/env", "pgrep", "-f", f"guard --run .*{self.results}"], capture_output=True, text=True, check=True
        )
        return int(found.stdout.split()[0])


class Bed:
    """One rig at a time, in a state folder of its own."""

    def __init__(self, folder: Path, prefect: str, speed: float = 1.0) -> None:
        self.folder, self.address = folder, ""
        self._count = 0
        own = {"LEAKBENCH_STATE": str(folder), "TMPDIR": str(folder), "PREFECT_HOME": str(folder / "prefect")}
        self._environment = {**os.environ, **own, "PREFECT_API_URL": prefect}
        self._open: list[subprocess.Popen[bytes]] = []
        self._speed = speed

    def begin(self) -> None:
        folder = self.folder
        self._process([*CLI, "sim", "--speed", str(self._speed)], folder / "rig")
        until(lambda: "faults:" in (folder / "rig").read_text(), START_S, "the rig")
        self.address = (folder / "rig").read_text().rpartition("this rig is ")[2].partition(")")[0]

    def _process(self, line: list[str], said: Path, **changes: str) -> "subprocess.Popen[bytes]":
        environment = self._environment | changes
        with said.open("wb") as file:
            process = subprocess.Popen(line, env=environment, stdout=file, stderr=file, cwd=self.folder)
        self._open.append(process)
        return process

    def stand(self) -> Mapping[str, Mapping[str, float]]:
        found: Mapping[str, Mapping[str, float]] = told(self.address, {"do": "stand"})
        return found

    def unsafe(self) -> dict[str, float]:
        """Actuators that are not where the safe state has them."""
        positions = self.stand()["positions"]
        return {name: positions[name] for name, wanted in SAFE.items() if positions[name] != wanted}

    def safe_within(self, within_s: float = SAFE_WITHIN_S, allowed: Collection[str] = ()) -> float:
        """allowed: actuators that may stand where they do."""
        return until(lambda: not self.unsafe().keys() - set(allowed), within_s, "the safe state")

    def run(self, *, own_prefect: bool = False, **plan: str) -> Attempt:
        """own_prefect: with a server that it starts itself."""
        self._count += 1
        results = self.folder / f"results{self._count}"
        results.mkdir()
        words = [word for key, value in {**SHORT, **plan}.items() for word in ("-e", f"{key}={value}")]
        line = [*CLI, "run", "leak_sweep", "--rig", self.address, "--json", "--results", str(results), *words]
        return Attempt(
            self._process(line, results / "said", **({"PREFECT_API_URL": ""} if own_prefect else {})), results
        )

    def ask(self, *words: str) -> "subprocess.CompletedProcess[str]":
        line = [*CLI, *words, "--rig", self.address]
        return subprocess.run(line, env=self._environment, capture_output=True, text=True, check=False, timeout=END_S)

    def acknowledge(self) -> int:
        return self.ask("ack", "--name", "A. Tester", "--reason", "seen").returncode

    def close(self) -> None:
        for process in reversed(self._open):
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


@contextmanager
def bed(folder: Path, prefect: str, speed: float = 1.0) -> Iterator[Bed]:
    made = Bed(folder, prefect, speed)
    try:
        made.begin()
        yield made
    finally:
        made.close()

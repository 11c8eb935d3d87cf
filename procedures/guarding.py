"""A run on a bench that outlives it: one process drives it, under a guard that is there before anything moves."""

import subprocess
import sys
from pathlib import Path
from typing import Self

from bench.heartbeat import Heart
from bench.listener import Listener
from bench.possession import GUARDS, holder, state_folder
from bench.records import RigState

PATIENCE_PERIODS, LEAST_PATIENCE_S = 10.0, 5.0
"""How long a run may take no scan before the guard takes over, s of wall time."""


class Beating:
    """A listener that beats with every scan, and passes on what it hears."""

    def __init__(self, listener: Listener, heart: Heart) -> None:
        self._listener, self._heart = listener, heart
        self.phase_begun, self.noticed = listener.phase_begun, listener.noticed

    def scanned(self, state: RigState) -> None:
        self._heart.beat()
        self._listener.scanned(state)

    def made_safe(self) -> None:
        self._heart.rest()
        self._listener.made_safe()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._heart.close()


def key_of(bench: str, rig: str | None) -> str:
    """What the bench's folder on this machine is called; a served rig is a bench of its own."""
    return bench if rig is None else f"{bench}_at_{rig}"


def watched(key: str, run_folder: Path, listener: Listener, period_s: float) -> Beating:
    """Under the guard that is there, or under one that is started now and ends with this run. period_s: of its scans,
    wall time.
    """
    folder = state_folder(key)
    started: list[subprocess.Popen[bytes]] = []

    def ensure() -> None:
        alive = started and started[-1].poll() is None
        if not alive and holder(folder, GUARDS) is None:
            started.append(_start(folder, run_folder))

    return Beating(
        listener, Heart(folder, run_folder.resolve(), max(LEAST_PATIENCE_S, PATIENCE_PERIODS * period_s), ensure)
    )


def _start(folder: Path, run_folder: Path) -> "subprocess.Popen[bytes]":
    """In a session of its own: what ends the run must not end its guard."""
    command = [sys.executable, "-m", "procedures.cli", "guard", "--run", str(run_folder)]
    with (folder / "guard.log").open("ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)  # noqa: S603

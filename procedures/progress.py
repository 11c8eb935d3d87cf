"""What a person sees while a run goes on: a live line on a terminal, a line per phase where there is none."""

import sys
import time
from collections.abc import Mapping
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from bench.config.model import Bench
from bench.records import Event, RigState

REFRESH_S = 0.2
SUBJECTS = {"instrument", "channel", "reason", "method", "compartment"}
"""Details that speak for themselves."""


class Watcher(Protocol):
    """A listener of bench.run that is also a context manager."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def phase_begun(self, name: str) -> None: ...
    def scanned(self, state: RigState) -> None: ...
    def noticed(self, event: Event) -> None: ...
    def made_safe(self) -> None: ...


def watcher(bench: Bench, expected: Mapping[str, float], *, quiet: bool) -> Watcher:
    """The live line needs a terminal; with quiet, or without one, a line per phase goes to standard error."""
    return PhaseLines() if quiet or not sys.stderr.isatty() else LiveLine(bench, expected)


def notice(event: Event) -> str:
    """One line: when, what, and its details."""
    details = ", ".join(
        _told(value) if key in SUBJECTS else f"{key} {_told(value)}" for key, value in event.detail.items()
    )
    return f"{event.time_s:9.0f} s  {event.kind.replace('_', ' ')}: {details}"


def _told(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class PhaseLines:
    """One line per phase, when it begins, with the bench time reached."""

    def __init__(self) -> None:
        self._begun_s = time.monotonic()
        self._bench_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def phase_begun(self, name: str) -> None:
        wall_s = time.monotonic() - self._begun_s
        print(f"{self._bench_s:9.0f} s  {name}  (wall {wall_s:.1f} s)", file=sys.stderr, flush=True)  # noqa: T201

    def scanned(self, state: RigState) -> None:
        self._bench_s = state.scan.time_s

    def made_safe(self) -> None:
        pass

    def noticed(self, event: Event) -> None:
        print(notice(event), file=sys.stderr, flush=True)  # noqa: T201


class LiveLine:
    """Phase, bench time, highest compartment pressure and bench time left, redrawn a few times a second."""

    def __init__(self, bench: Bench, expected: Mapping[str, float]) -> None:
        self._pressures = [c.name for c in bench.channel if c.quantity == "pressure"]
        self._expected = dict(expected)
        self._phase = ""
        self._begun_s = self._now_s = self._drawn_s = 0.0
        columns = (TextColumn("{task.description:24}"), BarColumn(), TextColumn("{task.fields[line]}"))
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._task = self._progress.add_task("starting", total=sum(expected.values()), line="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def phase_begun(self, name: str) -> None:
        self._progress.console.print(f"{self._now_s:9.0f} s  {name}")
        self._phase, self._begun_s = name, self._now_s

    def scanned(self, state: RigState) -> None:
        self._now_s = state.scan.time_s
        if time.monotonic() - self._drawn_s < REFRESH_S:
            return
        self._drawn_s = time.monotonic()
        left_s = self._left_s()
        pressure_pa = max(state.value(name) for name in self._pressures)
        line = f"{_clock(self._now_s)}  {pressure_pa / 1000.0:8.3f} kPa  {_clock(left_s)} left"
        total_s = self._now_s + left_s
        self._progress.update(self._task, description=self._phase, total=total_s, completed=self._now_s, line=line)

    def made_safe(self) -> None:
        pass

    def noticed(self, event: Event) -> None:
        self._progress.console.print(notice(event), markup=False, highlight=False)

    def _left_s(self) -> float:
        """Expected rest of this phase and of all that follow; a phase that overruns has nothing left."""
        names = list(self._expected)
        if self._phase not in names:
            return sum(self._expected.values())
        later = names[names.index(self._phase) + 1 :]
        rest = max(0.0, self._expected[self._phase] - (self._now_s - self._begun_s))
        return rest + sum(self._expected[name] for name in later)


def _clock(duration_s: float) -> str:
    return f"{int(duration_s // 3600)}:{int(duration_s % 3600 // 60):02d}:{int(duration_s % 60):02d}"

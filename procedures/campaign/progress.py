"""What a person sees while a campaign works: a bar with the time left; a line per part where there is no terminal."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Told = Callable[[int, int], None]
"""Runs done and runs in all."""


@contextmanager
def shown(quiet: bool) -> Iterator[Told]:  # noqa: FBT001 - a flag of the command line
    """Tell it how far the work is."""
    if quiet:
        yield lambda done, total: None  # noqa: ARG005 - nothing is said
    elif sys.stderr.isatty():
        with _bar() as told:
            yield told
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[Told]:
    columns = (
        TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=120.0) as progress:
        task = progress.add_task("runs")
        yield lambda done, total: progress.update(task, completed=done, total=total)


class _Lines:
    def __init__(self) -> None:
        self._begun_s: float | None = None
        self._before = 0

    def __call__(self, done: int, total: int) -> None:
        if self._begun_s is None:
            self._begun_s, self._before = time.monotonic(), done
        spent_s = time.monotonic() - self._begun_s
        rate_hz = (done - self._before) / spent_s if done > self._before else None
        left = f", {(total - done) / rate_hz:.0f} s left" if rate_hz else ""
        print(f"{done} of {total} runs{left}", file=sys.stderr, flush=True)  # noqa: T201

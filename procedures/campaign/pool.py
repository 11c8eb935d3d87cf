"""Parts worked on by processes of this machine, a case at a time each."""

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import partial
from multiprocessing import get_context
from typing import Self, TypeVar

import pandas as pd

from bench.stop import StopRequest
from procedures.campaign.cases import Case
from procedures.campaign.conduct import Cut
from procedures.campaign.load import Campaign
from procedures.campaign.rows import chunk
from procedures.campaign.threads import ONE_THREAD

T = TypeVar("T")
Perform = Callable[[str, Callable[[], T]], T]

LOOK_S = 0.2
PR_SET_PDEATHSIG = 1


def plainly(name: str, body: Callable[[], T]) -> T:
    """A part without Prefect."""
    del name
    return body()


class PoolRunner:
    """Processes of this machine; they end with this object."""

    def __init__(self, workers: int, perform: Perform[pd.DataFrame | None] = plainly) -> None:
        self.at_once, self.busy_s = workers, 0.0
        self._perform = perform
        for name in ONE_THREAD:  # the processes inherit it
            os.environ.setdefault(name, "1")
        self._pool = ProcessPoolExecutor(workers, get_context("spawn"), _obey_the_parent, (os.getpid(),))
        for _ in range(workers):
            self._pool.submit(_warm)  # beside Prefect's own start

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def results(self, campaign: Campaign, cut: Cut, stop: StopRequest) -> Iterator[pd.DataFrame]:
        while not stop.asked and (part := cut()):
            name = f"runs {part[0].number} to {part[-1].number}"
            rows = self._perform(name, partial(self._rows, campaign, part, stop))
            if rows is not None:
                yield rows

    def _rows(self, campaign: Campaign, part: list[Case], stop: StopRequest) -> pd.DataFrame | None:
        """None when it was stopped before the part was whole."""
        begun = time.perf_counter()
        futures = [self._pool.submit(chunk, campaign, [case]) for case in part]
        pending = set(futures)
        while pending and not stop.asked:
            _, pending = wait(pending, LOOK_S, FIRST_COMPLETED)
        for future in pending:
            future.cancel()
        self.busy_s += time.perf_counter() - begun
        return None if pending else pd.concat([future.result() for future in futures], ignore_index=True)


def _obey_the_parent(parent: int) -> None:
    """Ctrl-C is the parent's to answer; and when it is killed, nobody stays behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _warm() -> None:
    """Nothing: that a process could do it is what matters."""

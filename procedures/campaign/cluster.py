"""Parts worked on elsewhere, a part at a time each, as tasks that Prefect gives to a Dask cluster."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from bench.stop import StopRequest
from procedures import flow
from procedures.campaign.cases import Case
from procedures.campaign.conduct import Cut
from procedures.campaign.load import Campaign
from procedures.campaign.rows import chunk

AHEAD = 2
"""Parts a worker has before it: none waits for the next, and little is lost when the campaign is stopped."""


class ClusterRunner:
    """Rows come back over the network and are written here: workers share no disk. at_once is one case: a part is
    worked on by one process.
    """

    at_once = 1

    def __init__(self, workers: int) -> None:
        self.busy_s = 0.0
        self._workers = workers

    def results(self, campaign: Campaign, cut: Cut, stop: StopRequest) -> Iterator[pd.DataFrame]:
        """In the order submitted."""
        begun = time.perf_counter()
        running: deque[Callable[[], pd.DataFrame]] = deque()
        while not stop.asked:
            while len(running) < AHEAD * self._workers and (part := cut()):
                running.append(flow.submit(f"runs {part[0].number} to {part[-1].number}", Work(campaign, part)))
            if not running:
                break
            yield running.popleft()()
        self.busy_s += time.perf_counter() - begun


@dataclass(frozen=True)
class Work:
    """What is sent to a worker."""

    campaign: Campaign
    part: list[Case]

    def __call__(self) -> pd.DataFrame:
        return chunk(self.campaign, self.part)

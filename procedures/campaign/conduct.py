"""The rows of a campaign, part after part; each is written as soon as it is done, and none is worked on twice."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

import pandas as pd

from bench.errors import RunAbortedError
from bench.stop import StopRequest
from procedures.campaign.cases import Case, cases
from procedures.campaign.folder import CampaignFolder
from procedures.campaign.load import Campaign
from procedures.campaign.rows import TIMINGS

PART_S = 10.0
"""Aimed at, of wall time a part: what a killed campaign loses, and long beside what Prefect takes for a task."""

Cut = Callable[[], list[Case]]
"""The next part to work on; empty when there is none."""


class Runner(Protocol):
    """Who works on parts, here or elsewhere. at_once: how many cases it works on at one time within a part. busy_s:
    wall time within parts so far; the rest of a campaign's is orchestration.
    """

    at_once: int
    busy_s: float

    def results(self, campaign: Campaign, cut: Cut, stop: StopRequest) -> Iterator[pd.DataFrame]: ...


@dataclass
class Progress:
    """Told as parts come in. Wall times in s: working of all parts together, cpu_s of all their cases."""

    total: int
    before: int
    told: Callable[[int, int], None]
    done: int = 0
    cpu_s: float = 0.0
    begun: float = field(default_factory=time.perf_counter)

    def add(self, rows: pd.DataFrame) -> None:
        self.done += rows["case"].nunique()
        self.cpu_s += rows.groupby("case")["rig_s"].first().sum() + rows["method_s"].sum()
        self.told(self.before + self.done, self.total)


def conduct(
    campaign: Campaign,
    folder: CampaignFolder,
    runner: Runner,
    stop: StopRequest,
    *,
    part_cases: int | None = None,
    told: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005 - nobody listens
) -> Progress:
    """Work on every case whose rows are not in the folder. part_cases: so many a part, whatever time they take.

    Raises RunAbortedError when it was stopped; what was done by then is in the folder.
    """
    done, every = folder.done(), cases(campaign)
    progress = Progress(len(every), len(done), told)
    left = iter([case for case in every if case.number not in done])
    told(len(done), len(every))

    def cut() -> list[Case]:
        return list(islice(left, part_cases or _size(progress, runner.at_once)))

    for rows in runner.results(campaign, cut, stop):
        folder.add(rows)
        progress.add(rows)
    if stop.asked and progress.before + progress.done < progress.total:
        so_far = f"{progress.before + progress.done} of {progress.total} runs are done"
        raise RunAbortedError(f"{stop.asked}: {so_far}; the same command goes on from there")
    return progress


def _size(progress: Progress, at_once: int) -> int:
    """Cases that take PART_S, by those done so far; a few to begin with."""
    if not progress.done:
        return 2 * at_once
    return max(at_once, math.ceil(PART_S * at_once * progress.done / progress.cpu_s))


def work_s(costs: pd.DataFrame) -> dict[str, float]:
    """Processor time by kind, s: the rig's once a run, each method's over all its answers."""
    rig_s, method_s = TIMINGS
    methods = costs.groupby("method")[method_s].sum()
    return {"rig": float(costs.groupby("case")[rig_s].first().sum()), **{str(k): float(v) for k, v in methods.items()}}

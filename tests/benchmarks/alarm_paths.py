"""The way of a detector's score through a run, and what follows from it: threshold, false alarms, delays.

A run counts until its first alarm; then the detector would start anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from watched_days import RIG, Run

from bench.detection.sequential.chart import ChartMaker
from bench.detection.sequential.mass_stream import MassBlock, MassStream
from bench.records import Floats
from bench.rig import WHOLE
from bench.validation.delays import Delays, Watch, delays
from bench.validation.false_alarms import FalseAlarmRate, NullExposure, false_alarm_rates

Score = Callable[[Sequence[MassBlock]], tuple[Floats, Floats]]
"""Blocks of a run -> times and scores, which rest on nothing later than that time."""


@dataclass(frozen=True, slots=True)
class Path:
    """begun_s: when the watch began."""

    begun_s: float
    time_s: Floats
    score: Floats

    def alarm_s(self, threshold: float, after_s: float = 0.0) -> float | None:
        late = np.flatnonzero((self.score > threshold) & (self.time_s > after_s))
        return float(self.time_s[late[0]]) if late.size else None

    def exposure(self, threshold: float) -> NullExposure:
        alarm_s = self.alarm_s(threshold)
        end_s = self.time_s[-1] if alarm_s is None else alarm_s
        return NullExposure("null", alarm_s is not None, float(end_s - self.begun_s))


def blocks(run: Run) -> list[MassBlock]:
    return MassStream(RIG, RIG.volume(WHOLE)).add(run.series)


def chart_score(maker: ChartMaker) -> Score:
    def score(of: Sequence[MassBlock]) -> tuple[Floats, Floats]:
        chart = maker.start(RIG.volume(WHOLE), of[0])
        return np.array([b.end_s for b in of]), np.array([chart.update(block) for block in of])

    return score


def path(score: Score, of: Sequence[MassBlock]) -> Path:
    return Path(of[0].begin_s, *score(of))


def threshold(paths: Sequence[Path], arl_s: float) -> float:
    """The least with one alarm in arl_s on the mean; bisection, since fewer alarm at a higher one."""
    low, high = (pick([float(pick(p.score)) for p in paths]) for pick in (min, max))
    for _ in range(40):
        middle = 0.5 * (low + high)
        if realised(paths, middle).rate_per_s > 1.0 / arl_s:
            low = middle
        else:
            high = middle
    return high


def realised(paths: Sequence[Path], limit: float) -> FalseAlarmRate:
    return false_alarm_rates([each.exposure(limit) for each in paths])[-1]


def delay(paths: Sequence[Path], onsets_s: Sequence[float], limit: float) -> Delays:
    return delays(
        [
            Watch(onset_s, float(each.time_s[-1]), each.alarm_s(limit))
            for each, onset_s in zip(paths, onsets_s, strict=True)
        ]
    )

"""What the methods of a campaign say: one asked about each window, or one that has watched the whole run."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bench.detection.asking import about
from bench.detection.made import Made
from bench.detection.method import CannotEstimateError, Method
from bench.detection.renewed import Renewed
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig
from procedures.campaign.file import CampaignFile


@dataclass(frozen=True, slots=True)
class Answer:
    """found: of nothing but NaN where there is no answer, and then refused says why. alarm_s: when it called, NaN if it
    did not. spent_s: wall time.
    """

    found: LeakEstimate
    refused: str
    alarm_s: float
    spent_s: float


class Answering(Protocol):
    def about(self, window: Window) -> Answer: ...


def answering(made: Made, k: float, rig: Rig, series: Series, file: CampaignFile, compartment: str) -> Answering:
    """k: alarm where rate > k u, of what gives no alarms of its own. What can be asked is asked, the rest watches."""
    if made.method is not None:
        return Asked(made.method, k, rig, series)
    (each,) = made.watching([compartment])
    return watched(each, k, rig, series, file, compartment)


@dataclass(frozen=True, slots=True)
class Asked:
    """Once about each window."""

    method: Method
    k: float
    rig: Rig
    series: Series

    def about(self, window: Window) -> Answer:
        begun = time.perf_counter()
        past = self.series.between(-math.inf, window.end_s)  # nobody knows the future
        try:
            found, refused = self.method.estimate(self.rig, past, window), ""
        except CannotEstimateError as error:
            found, refused = _none(self.method.name, window), error.reason
        alarm_s = window.end_s if _alarms(found, self.k) else math.nan
        return Answer(found, refused, alarm_s, time.perf_counter() - begun)


@dataclass(frozen=True, slots=True)
class Watched:
    """All that was said, with its time. refused: why it said no more. spent_s: of the whole watch, told to each of so
    many windows as an equal share.
    """

    name: str
    k: float
    answers: Sequence[tuple[float, LeakEstimate]]
    refused: str
    spent_s: float

    def about(self, window: Window) -> Answer:
        """The latest answer in the window, and its first alarm."""
        within = [(time_s, found) for time_s, found in self.answers if window.begin_s < time_s <= window.end_s]
        if not within:
            return Answer(_none(self.name, window), self.refused or "no answer yet", math.nan, self.spent_s)
        latest = within[-1][1]
        if all(found.alarm is None for _, found in within):
            alarm_s = window.end_s if _alarms(latest, self.k) else math.nan
        else:
            alarm_s = next((time_s for time_s, found in within if found.alarm), math.nan)
        return Answer(latest, "", alarm_s, self.spent_s)


def watched(made: Made, k: float, rig: Rig, series: Series, file: CampaignFile, compartment: str) -> Watched:
    """From the first window on, after it has learned from the background; what it says of other compartments is left
    out.
    """
    assert made.monitor is not None
    begun = time.perf_counter()
    learned = [series.between(*span) for span in file.background_s]
    said: list[LeakEstimate] = []
    refused = ""
    try:
        watch = Renewed(made.monitor, rig, learned[0] if learned else None)
        said += watch.update(series.between(file.watch_s, math.inf))
    except CannotEstimateError as error:
        refused = error.reason
    answers = [(found.time_s, found) for found in said if found.time_s is not None]
    of_it = [answer for answer in answers if about(answer[1], rig, compartment) == compartment]
    windows = sum(len(file.windows_s(3600.0 * exposure_h)) for exposure_h in file.exposures_h)
    return Watched(made.name, k, of_it, refused, (time.perf_counter() - begun) / windows)


def _none(name: str, window: Window) -> LeakEstimate:
    return LeakEstimate(name, window.name, math.nan, math.nan)


def _alarms(found: LeakEstimate, k: float) -> bool:
    """A method's own alarm goes before the rule; NaN is beyond nothing."""
    return found.rate_kg_s > k * found.u_kg_s if found.alarm is None else found.alarm

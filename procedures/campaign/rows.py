"""From cases to rows: simulate, ask every method about every window, note what really leaked."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.config.rig import rig_of
from bench.detection.method import CannotEstimateError
from bench.records import Floats, Series, Window
from bench.rig import Rig
from bench.sim.direct import Readings, simulate
from bench.sim.scenario import Scenario
from procedures.campaign.cases import Case, staged, windows
from procedures.campaign.file import HOUR_S, MethodEntry
from procedures.campaign.load import Campaign

NEGLIGIBLE_KG_S = 1e-11
"""A hundredth of a 3 um hole. Below it a window counts as one without a leak: closed valves pass about so much."""


@dataclass(frozen=True, slots=True)
class Row:
    """A method's answer to one window, and the truth beside it. alarm_s: when it called, NaN if it did not; refused:
    why it gave no answer. rig_s, method_s: wall time of the whole run's simulation and of this answer.
    """

    case: int
    scenario: str
    seed: int
    leak: str
    compartment: str
    onset_s: float
    method: str
    exposure_s: float
    begin_s: float
    end_s: float
    judged: bool
    null: bool
    truth_kg_s: float
    rate_kg_s: float
    u_kg_s: float
    alarm: bool
    alarm_s: float
    refused: str
    rig_s: float
    method_s: float


TIMINGS = ("rig_s", "method_s")
"""The columns that differ from one time to the next."""


def chunk(campaign: Campaign, part: Sequence[Case]) -> pd.DataFrame:
    """All rows of these cases, in their order. The same for any way of cutting a campaign into parts."""
    return pd.DataFrame([row for case in part for row in _rows(campaign, case)])


def _rows(campaign: Campaign, case: Case) -> Iterator[Row]:
    begun = time.perf_counter()
    scenario, orders = staged(campaign, case)
    duration_s, period_s = campaign.file.duration_h * HOUR_S, campaign.file.period_s
    seen = simulate(campaign.bench, scenario, case.seed, orders, duration_s=duration_s, period_s=period_s)
    rig_s = time.perf_counter() - begun
    rig = rig_of(campaign.bench)
    series = Series(seen.time_s, {name: seen.column(name) for name in rig.channels if name in seen.channels})
    lost_kg = _lost_kg(campaign, scenario, case, seen)
    for exposure_h in campaign.file.exposures_h:
        for window, judged in windows(campaign.file, case, exposure_h * HOUR_S):
            truth_kg_s = _truth_kg_s(seen.time_s, lost_kg, window)
            known = series.between(-math.inf, window.end_s)  # nobody knows the future
            for entry in campaign.file.method:
                yield _row(case, entry, rig, known, window, judged, truth_kg_s, rig_s)


def _lost_kg(campaign: Campaign, scenario: Scenario, case: Case, seen: Readings) -> Floats:
    """What leaks have let out of the compartment since the start, less what they have let in."""
    lost_kg = np.zeros(seen.time_s.size)
    for leak in scenario.hidden_leak:
        sign = (leak.compartment == case.compartment) - (leak.to == case.compartment)
        lost_kg += float(sign) * seen.passed_kg[:, seen.leaks.index(leak.name)]
    for orifice in campaign.bench.leak:
        if orifice.compartment == case.compartment:
            lost_kg += seen.passed_kg[:, seen.leaks.index(orifice.valve)]
    return lost_kg


def _truth_kg_s(time_s: Floats, lost_kg: Floats, window: Window) -> float:
    """What a method is asked for: the mean rate of loss in the window above that in its background."""

    def rate_kg_s(span: tuple[float, float]) -> float:
        begin_kg, end_kg = np.interp(span, time_s, lost_kg)
        return float(end_kg - begin_kg) / (span[1] - span[0])

    before = [rate_kg_s(span) for span in window.background]
    return rate_kg_s((window.begin_s, window.end_s)) - (sum(before) / len(before) if before else 0.0)


def _row(  # noqa: PLR0913, PLR0917 - what a row is made of
    case: Case,
    entry: MethodEntry,
    rig: Rig,
    series: Series,
    window: Window,
    judged: bool,  # noqa: FBT001 - a fact of the window
    truth_kg_s: float,
    rig_s: float,
) -> Row:
    begun = time.perf_counter()
    rate_kg_s, u_kg_s, alarm, refused = _answer(entry, rig, series, window)
    return Row(
        case=case.number,
        scenario=case.scenario,
        seed=case.seed,
        leak=case.leak,
        compartment=case.compartment,
        onset_s=case.onset_s,
        method=entry.called,
        exposure_s=window.end_s - window.begin_s,
        begin_s=window.begin_s,
        end_s=window.end_s,
        judged=judged,
        null=abs(truth_kg_s) <= NEGLIGIBLE_KG_S,
        truth_kg_s=truth_kg_s,
        rate_kg_s=rate_kg_s,
        u_kg_s=u_kg_s,
        alarm=alarm,
        alarm_s=window.end_s if alarm else math.nan,
        refused=refused,
        rig_s=rig_s,
        method_s=time.perf_counter() - begun,
    )


def _answer(entry: MethodEntry, rig: Rig, series: Series, window: Window) -> tuple[float, float, bool, str]:
    """Rate, its standard uncertainty, alarm, why there is no answer. A method's own alarm goes before the rule."""
    try:
        estimate = entry.method().estimate(rig, series, window)
    except CannotEstimateError as error:
        return math.nan, math.nan, False, error.reason
    own = estimate.alarm
    alarm = estimate.rate_kg_s > entry.alarm.k * estimate.u_kg_s if own is None else own
    return estimate.rate_kg_s, estimate.u_kg_s, alarm, ""

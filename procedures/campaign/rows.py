"""From cases to rows: simulate, ask every method about every window, note what really leaked."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from bench.config.rig import rig_of
from bench.detection.method import CannotEstimateError
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig
from bench.sim.direct import simulate
from bench.validation.confusion import Located
from procedures.campaign.cases import Case, staged, windows
from procedures.campaign.file import HOUR_S, MethodEntry
from procedures.campaign.load import Campaign
from procedures.campaign.truth import NEGLIGIBLE_KG_S, Known, known, lost_by_compartment_kg


@dataclass(frozen=True, slots=True)
class Row:
    """A method's answer to one window, and the truth beside it. alarm_s: when it called, NaN if it did not; refused:
    why it gave no answer; located: the likeliest compartment, empty where it names none; limit05_s ... limit95_s:
    quantiles of the time from end_s to the limit, NaN where it predicts none. rig_s, method_s: wall time of the whole
    run's simulation and of this answer.
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
    truth_compartment: str
    limit_truth_s: float
    rate_kg_s: float
    u_kg_s: float
    alarm: bool
    alarm_s: float
    located: str
    limit05_s: float
    limit50_s: float
    limit95_s: float
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
    lost_kg = lost_by_compartment_kg(campaign.bench, scenario, seen)
    pressure_pa = series.columns[rig.volume(case.compartment).gauges[0].channel]
    for exposure_h in campaign.file.exposures_h:
        for window, judged in windows(campaign.file, case, exposure_h * HOUR_S):
            truth = known(lost_kg, seen.time_s, pressure_pa, window, campaign.file.limit_pa or -math.inf)
            past = series.between(-math.inf, window.end_s)  # nobody knows the future
            for entry in campaign.file.method:
                yield _row(case, entry, rig, past, window, judged, truth, rig_s)


def _row(  # noqa: PLR0913, PLR0917 - what a row is made of
    case: Case,
    entry: MethodEntry,
    rig: Rig,
    series: Series,
    window: Window,
    judged: bool,  # noqa: FBT001 - a fact of the window
    truth: Known,
    rig_s: float,
) -> Row:
    begun = time.perf_counter()
    found, refused = _answer(entry, rig, series, window)
    alarm = _alarms(entry, found)
    limit05_s, limit50_s, limit95_s = (found.time_to_limit_s.get(level, math.nan) for level in ("0.05", "0.5", "0.95"))
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
        null=abs(truth.rate_kg_s) <= NEGLIGIBLE_KG_S,
        truth_kg_s=truth.rate_kg_s,
        truth_compartment=truth.leaking,
        limit_truth_s=truth.limit_s,
        rate_kg_s=found.rate_kg_s,
        u_kg_s=found.u_kg_s,
        alarm=alarm,
        alarm_s=window.end_s if alarm else math.nan,
        located=Located("", found.compartment_probabilities).said if found.compartment_probabilities else "",
        limit05_s=limit05_s,
        limit50_s=limit50_s,
        limit95_s=limit95_s,
        refused=refused,
        rig_s=rig_s,
        method_s=time.perf_counter() - begun,
    )


def _answer(entry: MethodEntry, rig: Rig, series: Series, window: Window) -> tuple[LeakEstimate, str]:
    """The estimate, of nothing but NaN where there is none, and then why."""
    try:
        return entry.method().estimate(rig, series, window), ""
    except CannotEstimateError as error:
        return LeakEstimate(entry.name, window.name, math.nan, math.nan), error.reason


def _alarms(entry: MethodEntry, found: LeakEstimate) -> bool:
    """A method's own alarm goes before the rule; NaN is beyond nothing."""
    return found.rate_kg_s > entry.alarm.k * found.u_kg_s if found.alarm is None else found.alarm

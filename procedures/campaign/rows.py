"""From cases to rows: simulate, ask every method about every window, note what really leaked."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.config.rig import rig_of
from bench.records import Series, Window
from bench.rig import Rig
from bench.sim.direct import Readings, simulate
from bench.validation.confusion import Located
from procedures.campaign.answers import Answer, answering
from procedures.campaign.cases import Case, staged, windows
from procedures.campaign.file import HOUR_S, Hatches
from procedures.campaign.load import Campaign
from procedures.campaign.truth import NEGLIGIBLE_KG_S, Known, known, lost_by_compartment_kg


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A method's answer to one window, and the truth beside it. alarm_s: when it called, NaN if it did not; refused:
    why it gave no answer; located: the likeliest compartment, empty where it names none; limit05_s ... limit95_s:
    quantiles of the time from end_s to the limit, NaN where it predicts none. question: of a row that answers one
    instead of a window; mark: right, wrong or undecided, said: in short what was answered. rig_s, method_s: wall time
    of the whole run's simulation and of this answer.
    """

    case: int
    scenario: str
    seed: int
    leak: str = ""
    compartment: str = ""
    onset_s: float = math.nan
    method: str
    exposure_s: float = math.nan
    begin_s: float = math.nan
    end_s: float = math.nan
    judged: bool = False
    null: bool = False
    truth_kg_s: float = math.nan
    truth_compartment: str = ""
    limit_truth_s: float = math.nan
    rate_kg_s: float = math.nan
    u_kg_s: float = math.nan
    alarm: bool = False
    alarm_s: float = math.nan
    located: str = ""
    limit05_s: float = math.nan
    limit50_s: float = math.nan
    limit95_s: float = math.nan
    refused: str = ""
    question: str = ""
    mark: str = ""
    said: str = ""
    rig_s: float
    method_s: float


TIMINGS = ("rig_s", "method_s")
"""The columns that differ from one time to the next."""


def chunk(campaign: Campaign, part: Sequence[Case]) -> pd.DataFrame:
    """All rows of these cases, in their order. The same for any way of cutting a campaign into parts."""
    return pd.DataFrame([row for case in part for row in _rows(campaign, case)])


def windowed(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that are about windows: all, of campaigns from before there were questions."""
    return rows[rows["question"] == ""] if "question" in rows else rows


def _rows(campaign: Campaign, case: Case) -> Iterator[Row]:
    yield from [_asked(campaign, case)] if case.question else _windows(campaign, case)


def _asked(campaign: Campaign, case: Case) -> Row:
    """method_s: with the simulation, which the question does itself."""
    begun, (question,) = time.perf_counter(), (each for each in campaign.questions() if each.name == case.question)
    answered = question.ask(campaign.elsewhere[question.bench], question.scenario, case.seed)
    return Row(
        case=case.number,
        scenario=question.scenario.name,
        seed=case.seed,
        method=question.method,
        truth_kg_s=answered.truth_kg_s,
        rate_kg_s=answered.rate_kg_s,
        u_kg_s=answered.u_kg_s,
        question=question.name,
        mark=str(answered.mark),
        said=answered.said,
        rig_s=0.0,
        method_s=time.perf_counter() - begun,
    )


def _windows(campaign: Campaign, case: Case) -> Iterator[Row]:
    begun = time.perf_counter()
    scenario, orders = staged(campaign, case)
    duration_s, period_s = campaign.file.duration_h * HOUR_S, campaign.file.period_s
    seen = simulate(campaign.bench, scenario, case.seed, orders, duration_s=duration_s, period_s=period_s)
    rig_s = time.perf_counter() - begun
    rig = rig_of(campaign.bench)
    series = _shown(rig, seen, campaign.file.hatches)
    lost_kg = lost_by_compartment_kg(campaign.bench, scenario, seen)
    pressure_pa = series.columns[rig.volume(case.compartment).gauges[0].channel]
    asked = {
        entry.called: answering(made, entry.alarm.k, rig, series, campaign.file, case.compartment)
        for entry, made in zip(campaign.file.method, campaign.methods(), strict=True)
    }
    for exposure_h in campaign.file.exposures_h:
        for window, judged in windows(campaign.file, case, exposure_h * HOUR_S):
            truth = known(lost_kg, seen.time_s, pressure_pa, window, campaign.file.limit_pa or -math.inf)
            for name, method in asked.items():
                yield _row(case, name, window, judged, truth, method.about(window), rig_s)


def _shown(rig: Rig, seen: Readings, hatches: Hatches) -> Series:
    """What methods may see. End switches are seen over the wire alone: here hatches stay as the file says."""
    columns = {name: seen.column(name) for name in rig.channels if name in seen.channels}
    shut = np.full(seen.time_s.size, float(hatches is Hatches.SHUT))
    switches = {hatch.closed_channel: shut for hatch in rig.hatches if hatch.closed_channel is not None}
    return Series(seen.time_s, {**columns, **switches})


def _row(
    case: Case,
    method: str,
    window: Window,
    judged: bool,  # noqa: FBT001 - a fact of the window
    truth: Known,
    answer: Answer,
    rig_s: float,
) -> Row:
    found = answer.found
    limit05_s, limit50_s, limit95_s = (found.time_to_limit_s.get(level, math.nan) for level in ("0.05", "0.5", "0.95"))
    return Row(
        case=case.number,
        scenario=case.scenario,
        seed=case.seed,
        leak=case.leak,
        compartment=case.compartment,
        onset_s=case.onset_s,
        method=method,
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
        alarm=not math.isnan(answer.alarm_s),
        alarm_s=answer.alarm_s,
        located=Located("", found.compartment_probabilities).said if found.compartment_probabilities else "",
        limit05_s=limit05_s,
        limit50_s=limit50_s,
        limit95_s=limit95_s,
        refused=answer.refused,
        rig_s=rig_s,
        method_s=answer.spent_s,
    )

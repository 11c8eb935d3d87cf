"""From a campaign's rows to measures: every method at every exposure, in each scenario and in all."""

import math
from collections.abc import Iterator
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from bench.validation import binomial
from bench.validation.accuracy import COVERAGE_FACTOR
from bench.validation.campaign.bounds import Bounds
from bench.validation.campaign.efficiency import delay_efficiency, rmse_over_bound
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.campaign.place import place_measures
from bench.validation.campaign.pod import detections, pod_measures
from bench.validation.campaign.roc import roc_measure
from bench.validation.campaign.time_left import time_left_measures
from bench.validation.delays import Delays, Watch, delays
from bench.validation.false_alarms import NullExposure, false_alarm_rates
from bench.validation.rate_accuracy import errors_accuracy

DAY_S, HOUR_S = 86_400.0, 3600.0
QUANTILES = {Name.DELAY50_H: 0.5, Name.DELAY95_H: 0.95}


def measures(rows: pd.DataFrame, costs: pd.DataFrame, bounds: Bounds) -> list[Measure]:
    """rows: one per method and window (procedures.campaign.rows.Row); costs: case, method, exposure_s, method_s."""
    found = []
    for (method, exposure_s), part in rows.groupby(["method", "exposure_s"], sort=True):
        whole = Slice(str(method), float(str(exposure_s)))
        spent = costs[(costs["method"] == method) & (costs["exposure_s"] == exposure_s)]
        sizes = pod_measures(part, whole)
        found += [*sizes, *_of(part, whole, bounds), *_by_leak(part, whole, bounds), _cost(spent, whole)]
        for scenario, inside in part.groupby("scenario", sort=True):
            of_what = Slice(whole.method, whole.exposure_s, str(scenario))
            found += [*_pod_inside(inside, of_what, sizes), *_of(inside, of_what, bounds)]
    return found


def _pod_inside(rows: pd.DataFrame, of_what: Slice, sizes: list[Measure]) -> list[Measure]:
    """Of one scenario. Where all leaks are in it, what was found for all together is its own: a fit takes seconds."""
    if detections(rows).hits.size == sizes[0].of:
        return [replace(measure, of_what=of_what) for measure in sizes]
    return pod_measures(rows, of_what)


def table(found: list[Measure]) -> pd.DataFrame:
    """One row per measure, its slice in columns of their own."""
    flat = [{**asdict(m.of_what), **{k: v for k, v in asdict(m).items() if k != "of_what"}} for m in found]
    return pd.DataFrame(flat).astype({"name": str})


def _of(rows: pd.DataFrame, of_what: Slice, bounds: Bounds) -> Iterator[Measure]:
    judged = rows[rows["judged"]]
    yield _false_alarms(rows[rows["null"]], of_what)
    yield _share(Name.FALSE_CALLS, of_what, judged[judged["null"]]["alarm"], "no judged window is without a leak")
    yield _share(Name.DETECTED, of_what, judged[~judged["null"]]["alarm"], "no judged window has a leak")
    yield _share(Name.ANSWERED, of_what, rows["refused"] == "", "no window")
    yield roc_measure(rows, of_what)
    yield from _accuracy(judged[judged["refused"] == ""], of_what)
    yield rmse_over_bound(judged[judged["refused"] == ""], of_what, bounds)
    yield from place_measures(rows, of_what)
    yield from time_left_measures(rows, of_what)


def _share(name: Name, of_what: Slice, hits: "pd.Series[bool]", nothing: str) -> Measure:
    if hits.empty:
        return Measure.unknown(name, of_what, 0, nothing)
    count, of = int(hits.sum()), len(hits)
    return Measure.known(name, of_what, count / of, binomial.proportion(count, of), of).counting(count)


def _false_alarms(null: pd.DataFrame, of_what: Slice) -> Measure:
    """Every window without a leak that ends in an alarm is one; exposure: the length of all those windows."""
    name = Name.FALSE_ALARMS_PER_DAY
    if null.empty:
        return Measure.unknown(name, of_what, 0.0, "no window is without a leak")
    exposure_s = float((null["end_s"] - null["begin_s"]).sum())
    found = false_alarm_rates([NullExposure(of_what.scenario, int(null["alarm"].sum()), exposure_s)])[-1]
    limits, days = found.limits_per_s, exposure_s / DAY_S
    value = found.rate_per_s * DAY_S
    measure = Measure(
        name, of_what, value, limits.low * DAY_S, limits.high * DAY_S, limits.confidence, limits.method, days
    )
    return measure.counting(found.alarms)


def _accuracy(judged: pd.DataFrame, of_what: Slice) -> Iterator[Measure]:
    errors = (judged["rate_kg_s"] - judged["truth_kg_s"]).to_numpy(float)
    covered = int((np.abs(errors) <= COVERAGE_FACTOR * judged["u_kg_s"].to_numpy(float)).sum())
    try:
        found = errors_accuracy(errors, covered)
    except ValueError as error:
        for name in (Name.COVERAGE, Name.BIAS_KG_S, Name.RMSE_KG_S):
            yield Measure.unknown(name, of_what, errors.size, str(error))
        return
    low, high = found.coverage_range
    word = "so" if found.coverage_accepted else "NOT so"
    said = f"honest 95 % intervals cover {low} to {high} of {found.runs}: {word}"
    coverage = Measure.known(Name.COVERAGE, of_what, covered / found.runs, found.coverage_limits, found.runs)
    yield coverage.counting(covered).remarking(said)
    yield Measure.known(Name.BIAS_KG_S, of_what, found.bias, found.bias_limits, found.runs)
    yield Measure.known(Name.RMSE_KG_S, of_what, found.rmse, found.rmse_limits, found.runs)


def _by_leak(rows: pd.DataFrame, whole: Slice, bounds: Bounds) -> Iterator[Measure]:
    """By what was laid over and by a scenario's own leak: a delay over a mixture of sizes says nothing."""
    with_onset = rows[rows["onset_s"].notna()]
    for (scenario, leak), part in with_onset.groupby(["scenario", "leak"], sort=False):
        of_what = Slice(whole.method, whole.exposure_s, str(scenario), str(leak))
        inside = rows[rows["scenario"] == scenario]
        yield roc_measure(inside[(inside["leak"] == leak) | inside["null"]], of_what)
        half, most = _delay(part, of_what)
        yield from (half, most, delay_efficiency(half, part, _false_alarms(inside[inside["null"]], of_what), bounds))


def watched(rows: pd.DataFrame) -> Delays:
    """Onset to first alarm of every run in rows that has an onset; silent ones are censored at the end of the watch."""
    runs = []
    for _, run in rows[rows["onset_s"].notna()].groupby("case"):
        onset_s, first_s = float(run["onset_s"].iloc[0]), float(run["alarm_s"].min())
        early_s = math.nextafter(onset_s, -math.inf)  # an alarm at the onset itself has seen nothing of the leak
        alarm_s = None if math.isnan(first_s) else first_s if first_s > onset_s else early_s
        runs.append(Watch(onset_s, float(run["end_s"].max()), alarm_s))
    return delays(runs)


def _delay(rows: pd.DataFrame, of_what: Slice) -> Iterator[Measure]:
    runs = rows["case"].nunique()
    try:
        found = watched(rows)
    except ValueError as error:
        for name in QUANTILES:
            yield Measure.unknown(name, of_what, runs, str(error))
        return
    said = f"{found.missed} silent to the end, {found.early} left out that alarmed before the leak"
    for name, probability in QUANTILES.items():
        value_s, limits = found.quantile_s(probability)
        in_h = (value_s / HOUR_S, limits.low / HOUR_S, limits.high / HOUR_S)
        yield Measure(name, of_what, *in_h, limits.confidence, limits.method, found.runs, note=said)


def _cost(costs: pd.DataFrame, whole: Slice) -> Measure:
    value = float(costs["method_s"].mean())
    return Measure(Name.COST_S, whole, value, math.nan, math.nan, math.nan, "", len(costs), note="wall time")

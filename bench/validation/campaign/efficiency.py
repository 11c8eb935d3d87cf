"""How near a method comes to what no method can beat: rates to Cramer-Rao's bound, delays to the information bound."""

import math

import numpy as np
import pandas as pd

from bench.validation.campaign.bounds import Bounds
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.interval import Interval
from bench.validation.rate_accuracy import errors_accuracy

DAY_S, HOUR_S = 86_400.0, 3600.0
MOST_PER_DAY = 1.0
"""The bound of delays is for rare false alarms: with more, chance alone alarms before it."""
UNDECLARED = "not known: in no scenario here is the noise the declared one alone"


def rmse_over_bound(judged: pd.DataFrame, of_what: Slice, bounds: Bounds) -> Measure:
    """Each error in units of the bound of its own window; 1 is all that the data can give."""
    name = Name.RMSE_OVER_BOUND
    asked = judged[["scenario", "compartment", "begin_s", "end_s", "truth_kg_s"]].itertuples(index=False, name=None)
    u_kg_s = np.array([bounds.rate_u_kg_s(*window) for window in asked], dtype=float)
    known = np.isfinite(u_kg_s)
    if not known.any():
        return Measure.unknown(name, of_what, 0, UNDECLARED)
    errors = (judged["rate_kg_s"] - judged["truth_kg_s"]).to_numpy(float)
    try:
        found = errors_accuracy(errors[known] / u_kg_s[known], 0)
    except ValueError as error:
        return Measure.unknown(name, of_what, int(known.sum()), str(error))
    scenarios = ", ".join(sorted(judged["scenario"][known].unique()))
    said = f"Cramer-Rao, declared noise and volume, of {scenarios}"
    return Measure.known(name, of_what, found.rmse, found.rmse_limits, found.runs).remarking(said)


def delay_efficiency(delay: Measure, rows: pd.DataFrame, false_alarms: Measure, bounds: Bounds) -> Measure:
    """delay: the median of rows, whose runs share scenario and leak; false_alarms: in the same scenario. Where
    none was seen their upper limit counts: the bound is then one for more false alarms than there may be.
    """
    name, of_what = Name.DELAY50_EFFICIENCY, delay.of_what
    per_day = false_alarms.value or false_alarms.high
    if math.isnan(delay.value) or math.isnan(per_day):
        return Measure.unknown(name, of_what, delay.of, delay.note if math.isnan(delay.value) else false_alarms.note)
    if per_day > MOST_PER_DAY:
        return Measure.unknown(name, of_what, delay.of, f"{per_day:.3g} false alarms a day: no bound is known")
    rate_kg_s = float(rows.loc[rows["judged"], "truth_kg_s"].mean())
    where, onsets_s = (of_what.scenario, str(rows["compartment"].iloc[0])), rows["onset_s"].unique()
    try:
        each_s = [bounds.delay_s(*where, float(onset_s), rate_kg_s, DAY_S / per_day) for onset_s in onsets_s]
    except ValueError as error:
        return Measure.unknown(name, of_what, delay.of, str(error))
    bound_h = float(np.mean(each_s)) / HOUR_S
    limits = Interval(bound_h / delay.high, bound_h / delay.low, delay.confidence, delay.interval)
    often = f"one false alarm in {'more than ' * (false_alarms.value == 0.0)}{1.0 / per_day:.3g} days"
    said = f"bound {bound_h:.3g} h: Lai, approximate, declared noise, {often}"
    return Measure.known(name, of_what, bound_h / delay.value, limits, delay.of).remarking(said)

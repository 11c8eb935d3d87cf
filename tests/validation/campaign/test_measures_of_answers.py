"""ROC, place and predicted times of methods whose worth is known."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from validation.campaign.made_up import HOUR_S, U_KG_S, copying, costs, honest, rows, silent

from bench.validation.campaign.bounds import Bounds
from bench.validation.campaign.measures import Name, Slice
from bench.validation.campaign.scores import measures
from bench.validation.campaign.time_left import time_left_measures

WHOLE = Slice("m", HOUR_S)


def scored(made):
    return {(m.of_what, m.name): m for m in measures(made, costs(made), Bounds({}))}


@pytest.mark.parametrize("size_kg_s", [1e-9, 3e-9, 1e-8])
def test_the_area_of_an_honest_method_is_that_of_two_normal_distributions(size_kg_s):
    made = rows({"m": honest}, seeds=200, nulls=200)
    measure = scored(made)[Slice("m", HOUR_S, "S01", f"hole {size_kg_s:g} kg/s"), Name.ROC_AREA]
    assert measure.low <= norm.cdf(size_kg_s / U_KG_S / math.sqrt(2.0)) <= measure.high
    assert measure.note.endswith("against 100 windows without a leak")


def test_one_that_says_nothing_has_an_area_of_a_half_and_one_that_knows_of_one():
    found = scored(rows({"silent": silent, "copying": copying}))
    assert found[Slice("silent", HOUR_S), Name.ROC_AREA].value == 0.5
    assert found[Slice("copying", HOUR_S), Name.ROC_AREA].value == 1.0


def test_no_answer_is_no_alarm_at_any_threshold():
    made = rows({"m": copying})
    with_leak = made["judged"] & ~made["null"]
    made.loc[with_leak, ["rate_kg_s", "u_kg_s"]] = np.nan
    made.loc[with_leak, "refused"] = "too short"
    assert scored(made)[WHOLE, Name.ROC_AREA].value == 0.0


def test_a_method_that_names_compartments_is_right_as_often_as_it_is():
    made = rows({"m": honest})
    assert (WHOLE, Name.LOCATED_RIGHT) not in scored(made)
    made["located"] = np.where(made["case"] % 4 == 0, "elsewhere", made["truth_compartment"])
    measure = scored(made)[WHOLE, Name.LOCATED_RIGHT]
    assert (measure.value, measure.of, measure.count) == (0.75, 280, 210)
    assert measure.low < 0.75 < measure.high


def predicted(stretch, runs=400):
    """Times to the limit, lognormal; quantiles stretched by a factor."""
    truth_s = np.exp(np.random.default_rng(5).normal(10.0, 0.5, runs))
    low, half, high = stretch * np.exp(10.0 + 0.5 * norm.ppf([0.05, 0.5, 0.95]))
    told = {"judged": True, "limit_truth_s": truth_s, "limit05_s": low, "limit50_s": half, "limit95_s": high}
    return {m.name: m for m in time_left_measures(pd.DataFrame(told), WHOLE)}, low, truth_s


def test_honest_times_are_undercut_as_often_as_they_say():
    found, low, truth_s = predicted(1.0)
    for name, level in ((Name.LIMIT05_BELOW, 0.05), (Name.LIMIT50_BELOW, 0.5), (Name.LIMIT95_BELOW, 0.95)):
        assert found[name].low <= level <= found[name].high
    assert found[Name.LIMIT_OPTIMISM].value == pytest.approx(low / truth_s.min() - 1.0)


def test_times_that_are_too_long_are_told():
    found, _, _ = predicted(1.5)
    assert all(found[n].low > level for n, level in ((Name.LIMIT05_BELOW, 0.05), (Name.LIMIT50_BELOW, 0.5)))
    assert predicted(0.01)[0][Name.LIMIT_OPTIMISM].value < 0.0


def test_nothing_is_said_of_times_that_nobody_predicted():
    assert not [name for _, name in scored(rows({"m": honest})) if name.startswith("limit")]

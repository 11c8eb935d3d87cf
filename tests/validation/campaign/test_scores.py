"""Scores of methods whose worth is known: each is told for what it is."""

import math

import pytest
from scipy.stats import norm
from validation.campaign.made_up import U_KG_S, boastful, copying, costs, honest, rows, shouting, silent

from bench.validation.campaign.bounds import Bounds
from bench.validation.campaign.measures import Name, Slice
from bench.validation.campaign.requirements import Decision, Required, Rule, judge, overall
from bench.validation.campaign.scores import measures, table

METHODS = {"honest": honest, "boastful": boastful, "silent": silent, "shouting": shouting, "copying": copying}
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def found():
    made = rows(METHODS)
    return measures(made, costs(made), Bounds({}))


def of(found, method, name, scenario="", leak=""):
    (measure,) = [m for m in found if m.name is name and m.of_what == Slice(method, HOUR_S, scenario, leak)]
    return measure


def a(probability):
    """Size that the honest rule finds with this probability: 3 u plus its quantile."""
    return (3.0 + norm.ppf(probability)) * U_KG_S


def test_sizes_found_by_an_honest_method_lie_within_their_limits(found):
    for name, probability in ((Name.POD50_KG_S, 0.5), (Name.POD90_KG_S, 0.9)):
        measure = of(found, "honest", name)
        assert measure.low <= a(probability) <= measure.high
        assert "likelihood ratio" in measure.interval


def test_the_false_alarm_rate_is_counted_in_all_windows_without_a_leak(found):
    measure = of(found, "honest", Name.FALSE_ALARMS_PER_DAY)
    windows = 80 * 4 + 200  # of runs without a leak, and the one before each onset
    assert measure.of == pytest.approx(windows / 24.0)
    assert measure.low <= 24.0 * norm.sf(3.0) <= measure.high


def test_an_honest_uncertainty_covers_and_a_boastful_one_does_not(found):
    honest_coverage, boastful_coverage = (of(found, method, Name.COVERAGE) for method in ("honest", "boastful"))
    assert honest_coverage.low <= 0.95 <= honest_coverage.high
    assert honest_coverage.note.endswith(": so")
    assert boastful_coverage.value == pytest.approx(2.0 * norm.cdf(1.96 / 3.0) - 1.0, abs=0.07)
    assert boastful_coverage.note.endswith(": NOT so")


def test_the_errors_of_both_are_the_same(found):
    for name in (Name.BIAS_KG_S, Name.RMSE_KG_S):
        assert of(found, "honest", name).value == of(found, "boastful", name).value
    rmse = of(found, "honest", Name.RMSE_KG_S)
    assert rmse.low <= U_KG_S <= rmse.high


def test_a_method_that_always_says_nothing_finds_nothing(found):
    assert of(found, "silent", Name.DETECTED).value == 0.0
    assert of(found, "silent", Name.FALSE_ALARMS_PER_DAY).value == 0.0
    sizes = of(found, "silent", Name.POD90_KG_S)
    assert math.isnan(sizes.value)
    assert sizes.note == "all 200 leaks missed: no curve"
    assert of(found, "silent", Name.DELAY50_H, "S01", "hole 1e-07 kg/s").value == math.inf


def test_a_method_that_always_alarms_is_told_by_its_false_alarms_and_has_no_delay(found):
    assert of(found, "shouting", Name.DETECTED).value == 1.0
    assert of(found, "shouting", Name.FALSE_ALARMS_PER_DAY).value == pytest.approx(24.0)
    assert of(found, "shouting", Name.FALSE_CALLS).value == 1.0
    delay = of(found, "shouting", Name.DELAY50_H, "S01", "hole 1e-07 kg/s")
    assert math.isnan(delay.value)
    assert "silent until its leak began" in delay.note


def test_a_method_that_copies_the_truth_is_too_good(found):
    assert of(found, "copying", Name.RMSE_KG_S).value == 0.0
    assert of(found, "copying", Name.COVERAGE).note.endswith(": NOT so")
    assert of(found, "copying", Name.DELAY50_H, "S01", "hole 1e-07 kg/s").value == 1.0


def test_an_alarm_that_ends_with_the_onset_is_none_of_the_leak(found):
    measure = of(found, "shouting", Name.DELAY95_H, "S06", "hole 1e-09 kg/s")
    assert measure.of == 20


def test_the_table_has_every_measure_with_its_slice(found):
    flat = table(found)
    assert len(flat) == len(found)
    line = flat[(flat["method"] == "honest") & (flat["name"] == "coverage") & (flat["scenario"] == "")]
    assert line["value"].item() == of(found, "honest", Name.COVERAGE).value


def required(name, **limits):
    return Required(name, Slice("honest", HOUR_S), limits.get("at_most"), limits.get("at_least"), Rule.GUARDED)


def test_a_requirement_is_met_refuted_or_not_shown_by_what_the_limits_say(found):
    size = of(found, "honest", Name.POD90_KG_S)
    for limit, decision in (
        (1.01 * size.high, Decision.ACCEPT),
        (size.value, Decision.INCONCLUSIVE),
        (0.99 * size.low, Decision.REJECT),
    ):
        assert judge(required(Name.POD90_KG_S, at_most=limit), found).decision is decision
    assert judge(required(Name.COVERAGE, at_least=0.5), found).decision is Decision.ACCEPT
    assert judge(required(Name.COVERAGE, at_least=0.93, at_most=0.97), found).decision is Decision.INCONCLUSIVE
    assert judge(required(Name.COVERAGE, at_least=0.5, at_most=0.6), found).decision is Decision.REJECT
    assert judge(required(Name.FALSE_ALARMS_PER_DAY, at_most=2.0), found).decision is Decision.ACCEPT
    assert judge(required(Name.FALSE_ALARMS_PER_DAY, at_most=1e-4), found).decision is not Decision.ACCEPT


def test_simple_acceptance_looks_at_the_value_alone(found):
    size = of(found, "honest", Name.POD90_KG_S)
    simple = Required(Name.POD90_KG_S, Slice("honest", HOUR_S), size.value, None, Rule.SIMPLE)
    assert judge(simple, found).decision is Decision.ACCEPT


def test_what_was_not_measured_decides_nothing(found):
    unknown = Required(Name.POD90_KG_S, Slice("silent", HOUR_S), 1.0, None)
    assert judge(unknown, found).decision is Decision.INCONCLUSIVE


def test_one_refuted_requirement_fails_and_one_not_shown_leaves_it_open(found):
    met, missed = required(Name.COVERAGE, at_least=0.5), required(Name.COVERAGE, at_least=0.999)
    open_one = required(Name.COVERAGE, at_least=0.93, at_most=0.97)
    outcomes = [
        overall([judge(each, found) for each in chosen]).outcome
        for chosen in ([met], [met, open_one], [met, open_one, missed], [])
    ]
    assert outcomes == ["PASS", "INCONCLUSIVE", "FAIL", "INCONCLUSIVE"]

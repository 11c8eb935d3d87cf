import numpy as np
import pytest
from claims import at_least

from bench.validation.false_alarms import ALL, NullExposure, alarms_allowed, false_alarm_rates, p_one_rate

DAY_S = 86400.0


def test_each_scenario_and_all_in_order():
    exposures = [
        NullExposure("quiet", 0, 60 * DAY_S),
        NullExposure("night", 3, 20 * DAY_S),
        NullExposure("quiet", 1, 30 * DAY_S),
    ]
    night, quiet, total = false_alarm_rates(exposures)
    assert (night.scenario, quiet.scenario, total.scenario) == ("night", "quiet", ALL)
    assert (quiet.alarms, quiet.exposure_s) == (1, 90 * DAY_S)
    assert quiet.at_most_per_s * 90 * DAY_S == pytest.approx(4.744, abs=5e-4)
    assert total.rate_per_s == pytest.approx(4 / (110 * DAY_S))
    assert night.limits_per_s.covers(night.rate_per_s)


def test_a_rate_that_hides_scenarios_is_told_from_one_that_does_not():
    loud = [NullExposure("quiet", 1, 90 * DAY_S), NullExposure("night", 9, 10 * DAY_S)]
    alike = [NullExposure("quiet", 9, 90 * DAY_S), NullExposure("night", 1, 10 * DAY_S)]
    assert p_one_rate(loud) < 1e-4
    assert p_one_rate(alike) > 0.9
    assert p_one_rate([NullExposure("quiet", 0, DAY_S), NullExposure("night", 0, DAY_S)]) == 1.0


def test_alarms_allowed_is_where_the_upper_limit_reaches_the_claim():
    """Science 3.2: one in 30 days takes 90 days with none, 143 with one."""
    limit = 1 / (30 * DAY_S)
    assert alarms_allowed(limit, 90 * DAY_S) == 0
    assert alarms_allowed(limit, 142 * DAY_S) == 0
    assert alarms_allowed(limit, 143 * DAY_S) == 1
    with pytest.raises(ValueError, match="are too few"):
        alarms_allowed(limit, 89 * DAY_S)


def test_the_known_rate_of_a_method_lies_inside_as_often_as_stated():
    rng, rate_per_s, trials = np.random.default_rng(1), 1 / (10 * DAY_S), 400
    inside = below = 0
    for alarms in rng.poisson(rate_per_s * 60 * DAY_S, trials):
        found = false_alarm_rates([NullExposure("null", int(alarms), 60 * DAY_S)])[-1]
        inside += found.limits_per_s.covers(rate_per_s)
        below += rate_per_s <= found.at_most_per_s
    assert at_least(inside, trials, 0.95)
    assert at_least(below, trials, 0.95)


def test_no_exposure_is_no_false_alarm_rate():
    with pytest.raises(ValueError, match="nothing is known"):
        false_alarm_rates([])
    with pytest.raises(ValueError, match="exposure of 0"):
        false_alarm_rates([NullExposure("quiet", 0, 0.0)])
    with pytest.raises(ValueError, match="differ from itself"):
        p_one_rate([NullExposure("quiet", 0, 1.0)])

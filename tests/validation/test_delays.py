import math

import numpy as np
import pytest
from claims import at_least, consistent

from bench.validation.delays import Watch, delays

# Freireich et al. (1963), 6-MP arm: weeks in remission, + where it lasted.
REMISSION = [
    "6",
    "6",
    "6",
    "6+",
    "7",
    "9+",
    "10",
    "10+",
    "11+",
    "13",
    "16",
    "17+",
    "19+",
    "20+",
    "22",
    "23",
    "25+",
    "32+",
    "32+",
    "34+",
    "35+",
]


def freireich():
    watches = []
    for text in REMISSION:
        week = float(text.rstrip("+"))
        watches.append(Watch(0.0, week, None) if text.endswith("+") else Watch(0.0, 40.0, week))
    return delays(watches)


def test_kaplan_meier_of_freireich():
    """As in Kalbfleisch and Prentice and every book since."""
    found = freireich()
    assert list(found.delay_s) == [6, 7, 10, 13, 16, 22, 23]
    assert list(found.at_risk) == [21, 17, 15, 12, 11, 7, 6]
    assert [f"{s:.4f}" for s in found.silent] == ["0.8571", "0.8067", "0.7529", "0.6902", "0.6275", "0.5378", "0.4482"]
    assert (found.runs, found.missed, found.early) == (21, 12, 0)


def test_median_of_freireich_with_its_log_log_limits():
    """SAS prints 23 (13, .): the upper limit is not reached."""
    median, limits = freireich().quantile_s(0.5)
    assert median == 23.0
    assert (limits.low, limits.high) == (13.0, math.inf)


def test_log_log_limits_of_freireich_at_ten_weeks():
    """R, survfit conf.type = "log-log": 0.753 (0.503, 0.889)."""
    detected, limits = freireich().detected_within(10.0)
    assert f"{1 - detected:.3f}" == "0.753"
    assert (f"{1 - limits.high:.3f}", f"{1 - limits.low:.3f}") == ("0.503", "0.889")


def runs(rng, count, mean_s=100.0, until_s=150.0):
    return [Watch(50.0, 50.0 + until_s, 50.0 + float(delay)) for delay in rng.exponential(mean_s, count)]


def test_known_delays_lie_inside_as_often_as_stated():
    """Exponential delays of mean 100 s, runs that end after 150 s."""
    rng, trials = np.random.default_rng(1), 300
    median = within = 0
    for _ in range(trials):
        found = delays(runs(rng, 40))
        median += found.quantile_s(0.5)[1].covers(100.0 * math.log(2.0))
        within += found.detected_within(80.0)[1].covers(1.0 - math.exp(-0.8))
    assert consistent(median, trials, 0.95)
    assert at_least(within, trials, 0.95)


def test_runs_that_end_early_cost_width_and_no_bias():
    """Ends between 20 and 200 s: counting misses as delays of that length, or leaving them out, would be short."""
    rng, trials, inside = np.random.default_rng(2), 300, 0
    for _ in range(trials):
        ends = rng.uniform(20.0, 200.0, 60)
        watches = [
            Watch(0.0, float(end), float(delay)) for end, delay in zip(ends, rng.exponential(100.0, 60), strict=True)
        ]
        inside += delays(watches).detected_within(80.0)[1].covers(1.0 - math.exp(-0.8))
    assert consistent(inside, trials, 0.95)


def test_an_alarm_before_the_leak_is_no_detection_of_it():
    found = delays([Watch(50.0, 200.0, 10.0), Watch(50.0, 200.0, 60.0), Watch(50.0, 200.0, None)])
    assert (found.early, found.runs, found.missed) == (1, 2, 1)
    assert found.detected_within(100.0)[0] == 0.5
    with pytest.raises(ValueError, match="none of 1 runs was silent"):
        delays([Watch(50.0, 200.0, 10.0)])


def test_an_alarm_after_the_end_is_a_miss():
    assert delays([Watch(0.0, 10.0, 11.0)]).missed == 1


def test_what_was_never_found_has_no_median():
    found = delays([Watch(0.0, 100.0, None)] * 20)
    assert found.quantile_s(0.5)[0] == math.inf
    share, limits = found.detected_within(100.0)
    assert (share, limits.low) == (0.0, 0.0)
    assert limits.high == pytest.approx(0.168, abs=5e-4)


def test_all_found_at_once():
    found = delays([Watch(0.0, 100.0, 1.0)] * 20)
    median, limits = found.quantile_s(0.5)
    assert (median, limits.low, limits.high) == (1.0, 1.0, 1.0)
    assert found.detected_within(50.0)[1].low == pytest.approx(0.832, abs=5e-4)


def test_beyond_all_runs_nothing_is_known():
    with pytest.raises(ValueError, match="no run was followed"):
        delays(runs(np.random.default_rng(1), 5)).detected_within(151.0)
    with pytest.raises(ValueError, match="ends before its leak"):
        delays([Watch(10.0, 10.0, None)])
    with pytest.raises(ValueError, match="no delay has probability"):
        freireich().quantile_s(1.0)

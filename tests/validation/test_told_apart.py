"""Three methods that need no data: one never alarms and says 0, one always alarms, one copies the truth."""

import math

import numpy as np
import pytest

from bench.records import LeakEstimate, Truth
from bench.validation.accuracy import score
from bench.validation.conformity import Decision, Requirement, Side, judge_proportion, judge_rate
from bench.validation.delays import Watch, delays
from bench.validation.false_alarms import NullExposure, false_alarm_rates
from bench.validation.hit_miss import fit_hit_miss
from bench.validation.rate_accuracy import efficiency, rate_accuracy
from bench.validation.roc import roc, roc_area

DAY_S = 86400.0
RUNS = 100
RATES = np.geomspace(1e-9, 1e-6, RUNS)
POD = Requirement(Side.AT_LEAST, 0.9)
QUIET = Requirement(Side.AT_MOST, 1 / (30 * DAY_S))


def accuracy(estimates):
    truths = [Truth("l", "c", float(rate), 0.01 * float(rate), 0.0, 1.0, {}) for rate in RATES]
    pairs = zip(truths, estimates, strict=True)
    return rate_accuracy([score(truth, LeakEstimate("m", "w", float(e), 0.05 * truth.rate_kg_s)) for truth, e in pairs])


def test_never_is_quiet_and_blind():
    assert judge_rate(0, 90 * DAY_S, QUIET).decision is Decision.ACCEPT
    assert judge_proportion(0, RUNS, POD).decision is Decision.REJECT
    with pytest.raises(ValueError, match="all 100 trials missed"):
        fit_hit_miss(RATES, np.zeros(RUNS))
    assert roc_area(np.zeros(RUNS), np.zeros(RUNS)).area == 0.5
    assert delays([Watch(0.0, DAY_S, None)] * RUNS).quantile_s(0.5)[0] == math.inf
    found = accuracy(np.zeros(RUNS))
    assert (found.covered, found.coverage_accepted) == (0, False)
    assert found.bias_limits.high < 0.0


def test_always_detects_everything_and_is_no_use():
    assert judge_proportion(RUNS, RUNS, POD).decision is Decision.ACCEPT
    assert judge_rate(90 * 24, 90 * DAY_S, QUIET).decision is Decision.REJECT
    with pytest.raises(ValueError, match="all 100 trials hit"):
        fit_hit_miss(RATES, np.ones(RUNS))
    assert roc_area(np.ones(RUNS), np.ones(RUNS)).area == 0.5
    assert roc(np.ones(RUNS), np.ones(RUNS), DAY_S)[-1].false_alarms_per_s == math.inf
    with pytest.raises(ValueError, match="none of 100 runs was silent"):
        delays([Watch(DAY_S, 2 * DAY_S, 0.0)] * RUNS)
    (scenario, total) = false_alarm_rates([NullExposure("quiet", 90 * 24, 90 * DAY_S)])
    assert scenario.limits_per_s.low > QUIET.limit
    assert total.rate_per_s == scenario.rate_per_s


def test_a_copy_of_the_truth_is_better_than_its_own_uncertainty_allows():
    assert roc_area(RATES, np.zeros(RUNS)).area == 1.0
    found = accuracy(RATES)
    assert (found.covered, found.bias) == (RUNS, 0.0)
    assert not found.coverage_accepted  # 95 % intervals miss now and then
    with pytest.raises(ValueError, match="not made from the data"):
        efficiency(found, 1e-9)

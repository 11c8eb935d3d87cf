import numpy as np
import pytest
from claims import consistent

from bench.records import LeakEstimate, Score, Truth
from bench.validation.accuracy import score
from bench.validation.bounds import cramer_rao_slope_u
from bench.validation.rate_accuracy import efficiency, errors_accuracy, rate_accuracy


def scores(rng, runs, *, claimed=1.0, bias=0.0):
    """Truths of 1 to 10, estimates off by 0.1 (normal), which claim that times claimed."""
    found: list[Score] = []
    for rate in rng.uniform(1.0, 10.0, runs):
        truth = Truth("l", "c", float(rate), 0.0, 0.0, 1.0, {})
        found.append(score(truth, LeakEstimate("m", "w", float(rate + bias + 0.1 * rng.normal()), 0.1 * claimed)))
    return found


def test_an_honest_method_is_accepted_and_a_bragging_one_is_not():
    rng = np.random.default_rng(1)
    assert rate_accuracy(scores(rng, 200)).coverage_accepted
    assert not rate_accuracy(scores(rng, 200, claimed=0.5)).coverage_accepted
    assert not rate_accuracy(scores(rng, 200, claimed=3.0)).coverage_accepted  # too wide is not honest either
    assert rate_accuracy(scores(rng, 200)).coverage_range == (184, 196)


def test_bias_and_rmse_lie_inside_as_often_as_stated():
    rng, trials = np.random.default_rng(2), 300
    bias = rmse = 0
    for errors in rng.normal(0.0, 2.0, (trials, 25)):
        found = errors_accuracy(errors, 24)
        bias += found.bias_limits.covers(0.0)
        rmse += found.rmse_limits.covers(2.0)
    assert consistent(bias, trials, 0.95)
    assert consistent(rmse, trials, 0.95)


def test_a_biased_method_is_seen():
    found = rate_accuracy(scores(np.random.default_rng(3), 50, bias=0.1))
    assert found.bias == pytest.approx(0.1, abs=0.05)
    assert found.bias_limits.low > 0.0
    assert found.rmse == pytest.approx(0.14, abs=0.04)


def test_relative_errors_are_of_the_truth():
    truth = Truth("l", "c", 4.0, 0.0, 0.0, 1.0, {})
    both = [score(truth, LeakEstimate("m", "w", rate, 1.0)) for rate in (4.4, 3.6)]
    assert rate_accuracy(both, relative=True).rmse == pytest.approx(0.1)
    none = [score(Truth("l", "c", 0.0, 0.0, 0.0, 1.0, {}), LeakEstimate("m", "w", 0.1, 1.0))] * 2
    with pytest.raises(ValueError, match="truth of zero"):
        rate_accuracy(none, relative=True)


def test_regression_in_white_noise_has_efficiency_one():
    time_s = np.arange(20.0)
    noise = np.random.default_rng(4).normal(size=(400, 20))
    centred = time_s - time_s.mean()
    accuracy = errors_accuracy(noise @ centred / (centred @ centred), 380)
    assert efficiency(accuracy, cramer_rao_slope_u(time_s, np.eye(20))).covers(1.0)
    two_points = (noise[:, -1] - noise[:, 0]) / 19.0
    assert not efficiency(errors_accuracy(two_points, 380), cramer_rao_slope_u(time_s, np.eye(20))).covers(1.0)


def test_a_method_that_copies_the_truth_is_told():
    with pytest.raises(ValueError, match="not made from the data"):
        efficiency(errors_accuracy(np.zeros(50), 50), 1.0)


def test_too_little_is_refused():
    rng = np.random.default_rng(5)
    with pytest.raises(ValueError, match="one method"):
        rate_accuracy([])
    with pytest.raises(ValueError, match="no accuracy"):
        rate_accuracy(scores(rng, 1))
    with pytest.raises(ValueError, match="not numbers"):
        errors_accuracy(np.array([1.0, np.nan]), 1)
    with pytest.raises(ValueError, match="bounds nothing"):
        efficiency(errors_accuracy(np.array([1.0, 2.0]), 1), 0.0)

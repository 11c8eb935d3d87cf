import numpy as np
import pytest
from claims import consistent
from scipy.stats import norm

from bench.validation.calibration import (
    _anderson_darling_cdf,
    pit_normal,
    quantile_checks,
    uniformity,
    worst_optimistic_error,
)


@pytest.mark.parametrize(("squared", "upper"), [(1.933, 0.10), (2.492, 0.05), (3.878, 0.01)])
def test_anderson_darling_percentage_points(squared, upper):
    """Stephens, JASA 69 (1974) 730, case 0; 3.857 is 3.878 since Marsaglia, J. Stat. Soft. 9 (2004)."""
    assert 1.0 - _anderson_darling_cdf(squared) == pytest.approx(upper, rel=5e-4)


def test_honest_predictions_are_called_dishonest_as_often_as_stated():
    rng, trials = np.random.default_rng(1), 600
    tests = [uniformity(pit) for pit in rng.random((trials, 40))]
    assert consistent(sum(test.kolmogorov_smirnov_p < 0.05 for test in tests), trials, 0.05)
    assert consistent(sum(test.anderson_darling_p < 0.05 for test in tests), trials, 0.05)


def test_statistics_of_a_small_sample_by_hand():
    """D = 0.5 - 0.2 below the second of (0.1, 0.2); A^2 = -2 - (1 (ln .1 + ln .8) + 3 (ln .2 + ln .9)) / 2."""
    found = uniformity(np.array([0.2, 0.1]), bins=2)
    assert found.counts == (2, 0)
    assert found.kolmogorov_smirnov == pytest.approx(0.8)
    expected = -2.0 - 0.5 * (np.log(0.1) + np.log(0.8) + 3.0 * (np.log(0.2) + np.log(0.9)))
    assert found.anderson_darling == pytest.approx(expected)


def test_too_narrow_predictions_are_seen_in_the_outer_bins():
    rng = np.random.default_rng(2)
    outcome = rng.normal(size=300)
    honest = uniformity(pit_normal(outcome, np.zeros(300), np.ones(300)))
    narrow = uniformity(pit_normal(outcome, np.zeros(300), np.full(300, 0.5)))
    assert honest.anderson_darling_p > 0.01
    assert narrow.anderson_darling_p < 1e-6
    assert narrow.counts[0] + narrow.counts[-1] > 2 * (honest.counts[0] + honest.counts[-1])


def test_a_method_that_copies_the_truth_is_told():
    """Its outcomes are all in the middle: more certain than it says."""
    assert uniformity(pit_normal(np.zeros(30), np.zeros(30), np.ones(30))).kolmogorov_smirnov_p < 1e-6


def test_quantiles_are_checked_each_by_itself():
    rng, levels = np.random.default_rng(3), (0.05, 0.5, 0.95)
    outcomes = rng.normal(size=400)
    honest = np.tile(norm.ppf(levels), (400, 1))
    assert all(check.p > 0.001 for check in quantile_checks(levels, honest, outcomes))
    shifted = quantile_checks(levels, honest + np.array([1.0, 0.0, 0.0]), outcomes)
    assert shifted[0].p < 1e-6
    assert not shifted[0].limits.covers(0.05)
    assert shifted[1].p > 0.001


def test_a_quantile_of_never_is_above_every_outcome():
    assert quantile_checks((0.9,), np.full((5, 1), np.inf), np.arange(5.0))[0].below == 5


def test_worst_optimistic_error_is_the_longest_overstatement():
    actual_s = np.array([100.0, 200.0, 400.0])
    assert worst_optimistic_error(np.array([90.0, 260.0, 100.0]), actual_s) == pytest.approx(0.3)
    assert worst_optimistic_error(np.array([90.0, 100.0, 100.0]), actual_s) == pytest.approx(-0.1)


def test_what_is_no_prediction_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        uniformity(np.array([0.5, 1.5]))
    with pytest.raises(ValueError, match="between 0 and 1"):
        uniformity(np.array([0.5, np.nan]))
    with pytest.raises(ValueError, match="without uncertainty"):
        pit_normal(np.zeros(2), np.zeros(2), np.zeros(2))
    with pytest.raises(ValueError, match="fall while"):
        quantile_checks((0.1, 0.9), np.array([[2.0, 1.0]]), np.array([0.0]))
    with pytest.raises(ValueError, match="levels rise"):
        quantile_checks((0.9, 0.1), np.array([[1.0, 2.0]]), np.array([0.0]))
    with pytest.raises(ValueError, match="1 outcomes"):
        quantile_checks((0.5,), np.zeros((2, 1)), np.zeros(1))
    with pytest.raises(ValueError, match="needs predictions"):
        worst_optimistic_error(np.array([np.nan]), np.array([1.0]))

import numpy as np
import pytest
from scipy.stats import poisson as distribution

from bench.validation.poisson import exposure_needed, p_equal_rates, rate, upper_count


@pytest.mark.parametrize(("events", "printed"), [(0, "2.996"), (1, "4.744"), (2, "6.296"), (3, "7.754")])
def test_upper_limits_are_the_tabulated_ones(events, printed):
    assert f"{upper_count(events):.3f}" == printed


def test_a_rate_below_one_in_30_days_takes_90_quiet_days():
    """Science 3.2: 2.996 x 30 d."""
    assert exposure_needed(1 / 30) == pytest.approx(89.87, abs=0.005)


@pytest.mark.parametrize("mean", [0.05, 0.7, 3.0, 12.0])
def test_limits_cover_every_rate_as_often_as_they_say(mean):
    counts = np.arange(100)
    weights = distribution.pmf(counts, mean)
    assert weights @ [rate(int(count), 1.0).covers(mean) for count in counts] >= 0.95
    assert weights @ [mean <= upper_count(int(count)) for count in counts] >= 0.95


def test_two_equal_rates_are_called_different_no_more_often_than_stated():
    """Exactly, by summing over all pairs of counts."""
    counts = np.arange(25)
    weights = np.outer(distribution.pmf(counts, 4.0), distribution.pmf(counts, 8.0))
    called = [[p_equal_rates((int(a), int(b)), (1.0, 2.0)) <= 0.05 for b in counts] for a in counts]
    assert (weights * called).sum() <= 0.05
    assert p_equal_rates((0, 30), (1.0, 1.0)) < 1e-6
    assert p_equal_rates((0, 0), (1.0, 1.0)) == 1.0


def test_no_exposure_says_nothing():
    with pytest.raises(ValueError, match="exposure of 0"):
        rate(0, 0.0)
    with pytest.raises(ValueError, match="cannot be"):
        rate(-1, 1.0)
    with pytest.raises(ValueError, match="at most 0"):
        exposure_needed(0.0)

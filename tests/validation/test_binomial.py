import numpy as np
import pytest
from scipy.stats import binom

from bench.validation.binomial import lower_limit, proportion, trials_needed, upper_limit


@pytest.mark.parametrize(("hits", "trials", "printed"), [(29, 29, "0.9019"), (45, 46, "0.9010"), (59, 61, "0.9004")])
def test_point_demonstrations_of_090_at_95_percent(hits, trials, printed):
    """Science 3.1; the 29 of 29 of NDE practice."""
    assert f"{lower_limit(hits, trials):.4f}" == printed
    assert trials_needed(0.90, misses=trials - hits) == trials


def test_published_upper_limit_of_no_event_in_100():
    assert f"{proportion(0, 100).high:.4f}" == "0.0362"


def test_all_and_none_have_closed_forms():
    assert lower_limit(29, 29) == pytest.approx(0.05 ** (1 / 29), rel=1e-12)
    assert upper_limit(0, 29) == pytest.approx(1.0 - 0.05 ** (1 / 29), rel=1e-12)
    assert (lower_limit(0, 29), upper_limit(29, 29)) == (0.0, 1.0)


@pytest.mark.parametrize("truth", [0.002, 0.05, 0.3, 0.5, 0.9, 0.99])
def test_limits_cover_every_probability_as_often_as_they_say(truth):
    """Exactly, by summing over all counts: no simulation."""
    trials = 40
    weights = binom.pmf(np.arange(trials + 1), trials, truth)
    both = [proportion(hits, trials).covers(truth) for hits in range(trials + 1)]
    below = [lower_limit(hits, trials) <= truth for hits in range(trials + 1)]
    assert weights @ both >= 0.95
    assert weights @ below >= 0.95


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (-1, 5), (6, 5)])
def test_impossible_counts_say_nothing(hits, trials):
    with pytest.raises(ValueError, match="say nothing"):
        proportion(hits, trials)


def test_certainty_cannot_be_shown():
    with pytest.raises(ValueError, match="no number of trials"):
        trials_needed(1.0)
    with pytest.raises(ValueError, match="not between 0 and 1"):
        lower_limit(1, 2, 1.0)

import numpy as np
import pytest
from claims import at_least, consistent
from scipy.stats import binomtest

from bench.validation.paired import compare_all_hits, compare_errors, compare_hits, holm

# Hollander and Wolfe (1973) p. 29, depression scale before and after: R prints V = 40, one-sided p = 0.01953.
BEFORE = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
AFTER = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])


def split(first_only, second_only, both=0, neither=0):
    first = [True] * first_only + [False] * second_only + [True] * both + [False] * neither
    second = [False] * first_only + [True] * second_only + [True] * both + [False] * neither
    return np.array(first), np.array(second)


def test_mcnemar_is_the_sign_test_on_what_differs():
    """1 against 9: 2 (1 + 10) / 2^10."""
    found = compare_hits(*split(1, 9, both=50, neither=7))
    assert (found.first_only, found.second_only, found.both, found.neither) == (1, 9, 50, 7)
    assert found.p == pytest.approx(22 / 1024)
    assert compare_hits(*split(0, 0, both=5)).p == 1.0


def test_wilcoxon_of_hollander_and_wolfe():
    found = compare_errors(BEFORE, AFTER)
    assert f"{found.p / 2:.5f}" == "0.01953"
    assert found.mean_difference == pytest.approx(0.4318889, abs=1e-6)
    assert found.limits.covers(found.mean_difference)
    assert found.limits.low > 0.0


def test_equal_methods_are_called_different_no_more_often_than_stated():
    rng, trials = np.random.default_rng(1), 400
    hits = errors = covered = 0
    for _ in range(trials):
        difficulty = rng.random(60)  # what makes runs alike for both
        hits += compare_hits(rng.random(60) < difficulty, rng.random(60) < difficulty).p < 0.05
        a, b = difficulty + rng.normal(size=(2, 60))
        found = compare_errors(a, b, resamples=500)
        errors += found.p < 0.05
        covered += found.limits.covers(0.0)
    assert at_least(trials - hits, trials, 0.95)
    assert consistent(errors, trials, 0.05)
    assert at_least(covered, trials, 0.93)  # a percentile bootstrap of 60 is a little short


def test_pairing_sees_what_two_separate_rates_do_not():
    """70 against 80 of 100 hits, all the 10 in the same direction."""
    first, second = split(0, 10, both=70, neither=20)
    assert compare_hits(first, second).p == pytest.approx(2 / 1024)
    assert binomtest(70, 100, 0.8).pvalue > 0.01


def test_holm():
    """Holm's steps on (0.01, 0.04, 0.03, 0.005), as R's p.adjust has them."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_all_pairs_of_methods():
    good, better = split(0, 10, both=70, neither=20)
    found = compare_all_hits({"good": good, "better": better, "same": good})
    assert [(pair.first, pair.second) for pair in found] == [("better", "good"), ("better", "same"), ("good", "same")]
    assert [pair.p_adjusted for pair in found] == pytest.approx([3 * 2 / 1024, 3 * 2 / 1024, 1.0])


def test_many_equal_methods_are_called_different_as_seldom_as_two():
    rng, trials = np.random.default_rng(2), 100
    wrong = 0
    for _ in range(trials):
        methods = {str(name): rng.random(80) < 0.5 for name in range(5)}
        wrong += any(pair.p_adjusted < 0.05 for pair in compare_all_hits(methods))
    assert at_least(trials - wrong, trials, 0.95)


def test_the_same_seed_gives_the_same_interval():
    assert compare_errors(BEFORE, AFTER) == compare_errors(BEFORE, AFTER)
    assert compare_errors(BEFORE, BEFORE).p == 1.0


def test_what_are_no_pairs_is_refused():
    with pytest.raises(ValueError, match="no pairs"):
        compare_hits(np.array([True]), np.array([True, False]))
    with pytest.raises(ValueError, match="cannot tell"):
        compare_errors(BEFORE[:4], AFTER[:4])
    with pytest.raises(ValueError, match="censor misses"):
        compare_errors(np.where(BEFORE > 3, np.inf, BEFORE), AFTER)
    with pytest.raises(ValueError, match="cannot be compared"):
        compare_all_hits({"one": np.array([True])})
    with pytest.raises(ValueError, match="no p values"):
        holm([1.5])

import numpy as np
import pytest
from hit_miss_data import (
    BUDWORM_KILLED,
    BUDWORM_LOG2_DOSE,
    BUDWORM_SEX,
    GOOD_HITS,
    GOOD_SIZES,
)
from scipy.special import logit
from scipy.stats import norm

from bench.validation.hit_miss import fit_groups, fit_hit_miss
from bench.validation.links import Link, Scale
from bench.validation.pod import LimitMethod

Z_1645 = norm.cdf(1.645)
"""Confidence of the brief's own answers, which took z = 1.645 for 1.644854."""


def afrl():
    return fit_hit_miss(GOOD_SIZES, GOOD_HITS, scale=Scale.LINEAR)


def test_published_logit_fit_of_afrl():
    fit = afrl()
    assert [f"{b:.9f}" for b in fit.coefficients] == ["-11.832651058", "45.306783774"]  # ours
    # the published fit stopped 1e-8 short of the maximum
    assert fit.coefficients == pytest.approx([-11.83265105, 45.30678376], abs=2e-8)
    assert f"{fit.size_at(0.5):.6f}" == "0.261167"
    assert fit.size_at(0.9) == pytest.approx(0.309663906, abs=5e-10)
    assert fit.aic == pytest.approx(28.45673968, abs=2e-8)
    assert fit.converged
    assert not fit.separated
    assert fit.model == "hit/miss, logit, linear size, maximum likelihood"


def test_a90_95_of_afrl_is_ours_read_between_the_60_sizes():
    """The published digits come from the limit's index at the tested sizes, joined by straight lines; ours is the
    crossing itself: 0.381511 (z = 1.645) for their 0.381547. Their standard errors are those of the last step but one.
    """
    fit = afrl()
    low, _ = fit.pod_limits(GOOD_SIZES, 0.95, sides=1)
    assert np.interp(logit(0.9), logit(low), GOOD_SIZES) == pytest.approx(0.381546911, abs=5e-7)
    assert fit.upper_limit(0.9, LimitMethod.WALD_CURVE) == pytest.approx(0.381546911, rel=2e-4)


@pytest.mark.parametrize(
    ("method", "sides", "ours"),
    [
        (LimitMethod.WALD_CURVE, 1, "0.381511"),
        (LimitMethod.WALD_CURVE, 2, "0.4209"),
        (LimitMethod.DELTA, 1, "0.3441"),
        (LimitMethod.LIKELIHOOD_RATIO, 1, "0.3565"),
        (LimitMethod.LIKELIHOOD_RATIO, 2, "0.3690"),
    ],
)
def test_conventions_of_a90_95_on_the_same_60_points(method, sides, ours):
    """Science 3.1: chi-square of one degree at 0.90 is one-sided 95 %, at 0.95 the upper end of a two-sided one."""
    confidence = Z_1645 if sides == 1 else 0.95
    assert f"{afrl().upper_limit(0.9, method, confidence, sides=sides):.{len(ours) - 2}f}" == ours


def test_joint_limits_hold_for_the_whole_curve_and_lie_outside():
    fit = afrl()
    single = fit.upper_limit(0.9, LimitMethod.LIKELIHOOD_RATIO)
    assert single < fit.upper_limit(0.9, LimitMethod.JOINT_LIKELIHOOD_RATIO) == pytest.approx(0.377033, abs=1e-6)


def test_published_lasso_row_is_no_firth_fit():
    """The brief's "Firth/'Lasso'" row, (-9.391331604, 35.82934042), is the repository's lasso: an L1 penalty on the
    slope by cross-validation. Its residuals sum to zero, as with a free intercept; Firth's do not.
    """
    lasso = np.array([-9.391331604, 35.82934042])
    residual = GOOD_HITS - 1.0 / (1.0 + np.exp(-(lasso[0] + lasso[1] * GOOD_SIZES)))
    assert abs(residual.sum()) < 1e-6
    firth = fit_hit_miss(GOOD_SIZES, GOOD_HITS, scale=Scale.LINEAR, firth=True)
    # ours: the maximum of the penalised likelihood, found by a simplex search that knows no derivatives
    assert firth.coefficients == pytest.approx([-9.6969814, 37.0506776], abs=2e-6)
    assert firth.size_at(0.9) == pytest.approx(0.3210253, abs=1e-7)


@pytest.mark.parametrize("hits", [(0, 20), (3, 15), (0, 9)])
def test_firth_adds_half_a_hit_and_half_a_miss_where_two_sizes_say_all(hits):
    """Saturated model: Haldane's and Anscombe's correction, in closed form (Firth 1993)."""
    fit = fit_hit_miss([1.0, 2.0], hits, 20, scale=Scale.LINEAR, firth=True)
    logits = [np.log((hit + 0.5) / (20 - hit + 0.5)) for hit in hits]
    assert fit.coefficients == pytest.approx([2 * logits[0] - logits[1], logits[1] - logits[0]], rel=1e-9)


@pytest.mark.parametrize(
    ("p", "ld", "u"), [(0.25, "2.231265", "0.2499089"), (0.5, "3.263587", "0.2297539"), (0.75, "4.295910", "0.2746874")]
)
def test_budworm_lethal_doses_of_venables_and_ripley(p, ld, u):
    """MASS 7.2, dose.p on females; one slope for both sexes."""
    fit = fit_groups(BUDWORM_LOG2_DOSE, BUDWORM_KILLED, 20, BUDWORM_SEX, scale=Scale.LINEAR)["female"]
    value, standard_error = fit.x_at(p)
    # R stops its iterations at a relative change of 1e-8 of the deviance: 5e-7 in the dose
    assert value == pytest.approx(float(ld), abs=1e-6)
    assert standard_error == pytest.approx(float(u), abs=1e-6)


def test_unit_of_size_changes_nothing_but_the_unit():
    kilograms = fit_hit_miss(GOOD_SIZES * 1e-8, GOOD_HITS, scale=Scale.LINEAR)
    for method in LimitMethod:
        assert kilograms.upper_limit(0.9, method) == pytest.approx(1e-8 * afrl().upper_limit(0.9, method), rel=1e-7)
    log = fit_hit_miss(GOOD_SIZES * 1e-8, GOOD_HITS)
    assert log.size_at(0.9) == pytest.approx(1e-8 * fit_hit_miss(GOOD_SIZES, GOOD_HITS).size_at(0.9), rel=1e-9)


def test_separated_sizes_get_firths_likelihood_and_a_finite_answer():
    sizes = np.arange(1.0, 13.0)
    fit = fit_hit_miss(sizes, sizes > 6)
    assert fit.separated
    assert "Firth" in fit.model
    assert 6 < fit.size_at(0.5) < 7
    assert 7 < fit.size_at(0.9) < 9
    assert fit.size_at(0.9) < fit.upper_limit(0.9, LimitMethod.LIKELIHOOD_RATIO) < 30
    with pytest.raises(ValueError, match="separate hits from misses"):
        fit_hit_miss(sizes, sizes > 6, firth=False)


def test_probit_is_steeper_in_its_index_and_agrees_on_the_middle():
    log_odds, probit = afrl(), fit_hit_miss(GOOD_SIZES, GOOD_HITS, link=Link.PROBIT, scale=Scale.LINEAR)
    assert probit.size_at(0.5) == pytest.approx(log_odds.size_at(0.5), rel=0.01)
    assert 1.5 < log_odds.coefficients[1] / probit.coefficients[1] < 2.0


@pytest.mark.parametrize(
    ("sizes", "hits", "reason"),
    [
        ([1, 2, 3], [1, 1, 1], "all 3 trials hit"),
        ([1, 2, 3], [0, 0, 0], "all 3 trials missed"),
        ([2, 2, 2], [0, 1, 1], "sizes are all one"),
        ([0, 1, 2], [0, 1, 0], "count runs without a leak as false calls"),
        ([1, 2], [0, 2], "between 0 and its trials"),
        ([1, np.nan], [0, 1], "not finite"),
    ],
)
def test_what_has_no_curve_is_refused(sizes, hits, reason):
    with pytest.raises(ValueError, match=reason):
        fit_hit_miss(sizes, hits)


def test_a_curve_that_falls_has_no_a90():
    fit = fit_hit_miss([1, 2, 3, 4], [1, 1, 0, 1])
    with pytest.raises(ValueError, match="does not rise"):
        fit.size_at(0.9)
    with pytest.raises(ValueError, match="no finite size"):
        afrl().size_at(1.0)


def test_a_slope_that_may_be_zero_leaves_a90_without_limit():
    rng = np.random.default_rng(4)
    sizes = np.exp(rng.uniform(0, 1, 40))
    fit = fit_hit_miss(sizes, rng.random(40) < 0.45 + 0.1 * np.log(sizes))
    assert fit.coefficients[1] > 0.0
    assert fit.upper_limit(0.9, LimitMethod.WALD_CURVE) == np.inf
    assert fit.upper_limit(0.9, LimitMethod.LIKELIHOOD_RATIO) == np.inf
    assert fit.lower_limit(0.9, LimitMethod.LIKELIHOOD_RATIO) < fit.size_at(0.9)

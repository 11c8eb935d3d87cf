import numpy as np
import pytest
from hit_miss_data import GOOD_HITS, GOOD_SIZES

from bench.validation.hit_miss import fit_hit_miss
from bench.validation.links import Scale
from bench.validation.pod import LimitMethod
from bench.validation.pod_floor import fit_floor


def test_without_floor_and_ceiling_it_is_the_plain_curve():
    """Two programs, one model: a quasi-Newton search here, Fisher scoring there."""
    bare = fit_floor(GOOD_SIZES, GOOD_HITS, scale=Scale.LINEAR, floor=0.0, ceiling=1.0)
    plain = fit_hit_miss(GOOD_SIZES, GOOD_HITS, scale=Scale.LINEAR)
    assert bare.size_at(0.9) == pytest.approx(plain.size_at(0.9), rel=1e-6)
    assert bare.aic == pytest.approx(plain.aic, abs=1e-7)
    for limit, other in ((bare.upper_limit, plain.upper_limit), (bare.lower_limit, plain.lower_limit)):
        assert limit(0.9) == pytest.approx(other(0.9, LimitMethod.LIKELIHOOD_RATIO), rel=1e-5)
    assert bare.pod(GOOD_SIZES) == pytest.approx(plain.pod(GOOD_SIZES), abs=1e-6)


def known_curve(floor, ceiling, seed=1):
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.uniform(-3.0, 3.0, 2000))
    return sizes, rng.random(2000) < floor + (ceiling - floor) / (1.0 + sizes**-3.0)


def test_floor_and_ceiling_are_found():
    sizes, hits = known_curve(0.15, 0.9)
    fit = fit_floor(sizes, hits, ceiling=None)
    assert fit.floor == pytest.approx(0.15, abs=0.03)
    assert fit.ceiling == pytest.approx(0.9, abs=0.03)
    assert fit.size_at(0.525) == pytest.approx(1.0, abs=0.1)
    assert fit.model == "hit/miss, logit, log size, floor estimated, ceiling estimated"


def test_null_runs_say_where_the_floor_is():
    sizes, hits = known_curve(0.1, 1.0)
    small = sizes[:60], hits[:60]
    assert fit_floor(*small, false_calls=100, null_runs=1000).floor == pytest.approx(0.1, abs=0.02)


def test_a_ceiling_below_90_percent_has_no_a90():
    sizes, hits = known_curve(0.0, 0.8)
    fit = fit_floor(sizes, hits, floor=0.0, ceiling=None)
    with pytest.raises(ValueError, match="POD is between"):
        fit.size_at(0.9)


def test_a_ceiling_that_may_lie_below_leaves_a90_without_limit():
    sizes, hits = known_curve(0.0, 0.91, seed=3)
    fit = fit_floor(sizes[:200], hits[:200], floor=0.0, ceiling=None)
    assert fit.ceiling > 0.9
    assert fit.upper_limit(0.9) == np.inf


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"floor": 0.5, "ceiling": 0.4}, "nowhere to rise"),
        ({"false_calls": 3, "null_runs": 2}, "cannot be"),
        ({"trials": 0}, "between 0 and its trials"),
    ],
)
def test_impossible_counts_are_refused(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        fit_floor([1.0, 2.0, 3.0], [0, 1, 1], **arguments)
    with pytest.raises(ValueError, match="sizes are all one"):
        fit_floor([2.0, 2.0], [0, 1])

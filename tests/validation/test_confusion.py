import math

import numpy as np
import pytest
from claims import at_least

from bench.validation.confusion import NONE, SEVERAL, Located, Patch, localisation, patch_score

PLACES = ("us_segment", "transfer_compartment", "working_compartment", NONE, SEVERAL)


def even(truth):
    return Located(truth, dict.fromkeys(PLACES, 0.2))


def sure(truth, said):
    return Located(truth, {place: float(place == said) for place in PLACES})


def test_brier_and_log_score_of_known_forecasts():
    """Half on the truth, a quarter on each of two others: 0.25 + 2 / 16, ln 2."""
    run = Located("us_segment", {"us_segment": 0.5, "working_compartment": 0.25, NONE: 0.25})
    found = localisation([run, run])
    assert (found.top_1, found.brier, found.log_score) == pytest.approx((1.0, 0.375, math.log(2.0)))
    assert found.mean_probability == 0.5


def test_a_method_that_spreads_evenly_is_told():
    found = localisation([even(place) for place in PLACES])
    assert (found.brier, found.log_score) == pytest.approx((0.8, math.log(5.0)))
    assert found.top_1 == 0.2  # a tie is one guess, not five hits


def test_a_method_that_always_says_none_is_right_where_nothing_leaks_and_nowhere_else():
    found = localisation([sure(place, NONE) for place in PLACES])
    assert found.confusion == {(place, NONE): 1 for place in PLACES}
    assert found.top_1 == 0.2
    assert found.log_score == math.inf  # it called what was so impossible
    assert found.brier == pytest.approx(2.0 * 0.8)


def test_a_method_that_copies_the_truth_is_perfect():
    found = localisation([sure(place, place) for place in PLACES] * 10)
    assert (found.top_1, found.brier, found.log_score) == (1.0, 0.0, 0.0)
    assert found.top_1_limits.low > 0.9


def test_more_than_one_leak_is_a_class_of_its_own():
    found = localisation([sure(SEVERAL, "us_segment"), sure(SEVERAL, SEVERAL)])
    assert found.confusion[SEVERAL, "us_segment"] == found.confusion[SEVERAL, SEVERAL] == 1


def test_known_share_of_hits_lies_inside_as_often_as_stated():
    rng, trials = np.random.default_rng(1), 300
    inside = sum(
        localisation(
            [sure("us_segment", "us_segment" if hit else NONE) for hit in rng.random(30) < 0.8]
        ).top_1_limits.covers(0.8)
        for _ in range(trials)
    )
    assert at_least(inside, trials, 0.95)


def test_a_truth_that_was_given_no_probability_counts_as_zero():
    found = localisation([Located(SEVERAL, {NONE: 1.0})])
    assert (found.top_1, found.mean_probability, found.brier) == (0.0, 0.0, 2.0)


@pytest.mark.parametrize("probabilities", [{NONE: 0.5}, {NONE: 1.5, SEVERAL: -0.5}, {NONE: math.nan}, {}])
def test_what_are_no_probabilities_is_refused(probabilities):
    with pytest.raises(ValueError, match="no probabilities"):
        localisation([Located(NONE, probabilities)])
    with pytest.raises(ValueError, match="no run"):
        localisation([])


def test_patches():
    runs = (
        [(Patch.RESIDUAL, Patch.SEALED)] * 1
        + [(Patch.RESIDUAL, Patch.RESIDUAL)] * 28
        + [(Patch.SEALED, Patch.SEALED)] * 19
        + [(Patch.SEALED, Patch.INCONCLUSIVE)] * 2
    )
    found = patch_score(runs)
    assert found.confusion[Patch.RESIDUAL, Patch.SEALED] == 1
    assert found.premature is not None
    assert found.needless is not None
    assert found.premature.low < 1 / 29 < found.premature.high
    assert (found.needless.low, round(found.needless.high, 3)) == (0.0, 0.161)
    assert found.undecided.covers(2 / 50)


def test_a_method_that_always_says_sealed_is_told():
    found = patch_score([(Patch.SEALED, Patch.SEALED)] * 50 + [(Patch.RESIDUAL, Patch.SEALED)] * 50)
    assert found.premature is not None
    assert found.premature.low > 0.92


def test_rates_that_no_run_could_show_are_none():
    assert patch_score([(Patch.SEALED, Patch.SEALED)]).premature is None
    with pytest.raises(ValueError, match="against a truth"):
        patch_score([(Patch.INCONCLUSIVE, Patch.SEALED)])

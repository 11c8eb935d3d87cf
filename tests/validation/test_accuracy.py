import pytest

from bench.records import LeakEstimate, Truth
from bench.validation.accuracy import score

TRUTH = Truth("orifice_50um", "working", 4.0e-7, 0.03e-7, 0.0, 1800.0, {})


@pytest.mark.parametrize(("rate_kg_s", "covers"), [(4.0979e-7, True), (4.0981e-7, False), (3.9021e-7, True)])
def test_truth_is_covered_within_the_joint_95_percent_interval(rate_kg_s, covers):
    result = score(TRUTH, LeakEstimate("m", "w", rate_kg_s, 0.04e-7))  # joint u = 0.05e-7, 1.96 u = 0.098e-7
    assert result.covers_truth is covers
    assert result.normalised_error == pytest.approx((rate_kg_s - 4.0e-7) / 0.05e-7)


def test_score_names_what_was_compared():
    result = score(TRUTH, LeakEstimate("m", "w", 4.1e-7, 0.04e-7))
    assert (result.leak, result.compartment, result.method) == ("orifice_50um", "working", "m")
    assert (result.rate_kg_s, result.u_kg_s, result.truth_kg_s, result.truth_u_kg_s) == (4.1e-7, 0.04e-7, 4e-7, 0.03e-7)


def test_no_uncertainty_at_all_cannot_be_judged():
    certain = Truth("l", "c", 1e-7, 0.0, 0.0, 1.0, {})
    with pytest.raises(ValueError, match="m: window 'w': neither"):
        score(certain, LeakEstimate("m", "w", 1e-7, 0.0))

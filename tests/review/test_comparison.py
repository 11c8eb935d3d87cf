import math
from dataclasses import asdict, replace

import numpy as np
import pytest
from test_timeline import evidence

from bench.records import LeakEstimate, Truth
from bench.review.comparison import comparisons
from bench.review.style import TRACE_POINTS, _thinned
from bench.review.tables import plus_minus
from bench.validation.accuracy import score

TRUTH = Truth("us_50um", "us_segment", 4e-7, 4e-9, 0.0, 1.0, {})
ESTIMATE = LeakEstimate("compensated_mass", "us_50um", 4.2e-7, 8e-9)


def told(truths=(), estimates=(), scores=(), judged=None):
    return replace(
        evidence(),
        truths=tuple(asdict(truth) for truth in truths),
        estimates=tuple(asdict(estimate) for estimate in estimates),
        scores=tuple(asdict(each) for each in scores),
        judged=judged,
    )


def test_an_estimate_without_a_score_is_compared_as_the_score_would():
    given = comparisons(told([TRUTH], scores=[score(TRUTH, ESTIMATE)]))
    found = comparisons(told([TRUTH], estimates=[ESTIMATE]))
    assert found[0].normalised_error == pytest.approx(given[0].normalised_error)
    assert replace(found[0], normalised_error=0.0) == replace(given[0], normalised_error=0.0)


def test_a_scored_estimate_is_one_row():
    assert len(comparisons(told([TRUTH], [ESTIMATE], [score(TRUTH, ESTIMATE)]))) == 1


def test_a_leak_nobody_estimated_has_a_row_without_a_method():
    (row,) = comparisons(told([TRUTH]))
    assert (row.leak, row.method, row.covers) == ("us_50um", None, None)


def test_an_estimate_without_a_truth_has_no_verdict():
    (row,) = comparisons(told(estimates=[ESTIMATE]))
    assert row.covers is None
    assert math.isnan(row.truth_kg_s)


def test_truths_keep_their_order_and_the_judged_method_comes_first():
    later = replace(TRUTH, leak="a_later_leak")
    others = [replace(ESTIMATE, method="another"), ESTIMATE, replace(ESTIMATE, window="a_later_leak")]
    rows = comparisons(told([TRUTH, later], others, judged="compensated_mass"))
    assert [(row.leak, row.method) for row in rows] == [
        ("us_50um", "compensated_mass"),
        ("us_50um", "another"),
        ("a_later_leak", "compensated_mass"),
    ]


def test_no_deviation_relative_to_no_leak():
    (row,) = comparisons(told([replace(TRUTH, rate_kg_s=0.0)], [ESTIMATE]))
    assert math.isnan(row.deviation)
    assert row.covers is False


@pytest.mark.parametrize(
    ("value", "u", "text"),
    [
        (0.41794, 0.00402, "0.4179\u00a0±\u00a00.0040"),
        (1234.5, 67.8, "1234\u00a0±\u00a068"),
        (1.5, math.nan, "1.5"),
        (1.5, 0.0, "1.5"),
        (math.nan, 0.1, "n/a"),
    ],
)
def test_the_uncertainty_has_two_figures(value, u, text):
    assert plus_minus(value, u) == text


def test_thinning_keeps_a_spike_and_the_ends():
    values = np.zeros(100_000)
    values[54_321] = 1.0
    time_s, thinned = _thinned(np.arange(100_000.0), values)
    assert thinned.size <= TRACE_POINTS
    assert time_s[thinned == 1.0].tolist() == [54_321.0]
    assert (time_s[0], time_s[-1]) == (0.0, 99_999.0)


def test_a_long_gap_breaks_the_line_and_a_short_one_does_not():
    time_s = np.concatenate([np.arange(0.0, 1000.0), np.arange(1003.0, 2000.0), np.arange(3000.0, 4000.0)])
    broken_s, values = _thinned(time_s, np.ones(time_s.size))
    assert np.isnan(values).sum() == 1
    gap = int(np.flatnonzero(np.isnan(broken_s))[0])
    assert broken_s[gap - 1] < 2000.0
    assert broken_s[gap + 1] >= 3000.0


@pytest.mark.parametrize("size", [0, 1, 2])
def test_up_to_two_points_are_drawn_as_they_are(size):
    time_s, _ = _thinned(np.arange(float(size)), np.ones(size))
    assert time_s.size == size

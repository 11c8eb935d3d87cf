from dataclasses import replace

import numpy as np
import pytest

from bench.records import LeakEstimate, Outcome, Truth
from bench.validation.accuracy import score
from bench.validation.verdict import joint_limit, judge

TRUTHS = tuple(Truth(leak, "working", rate, 0.01 * rate, 0.0, 1.0, {}) for leak, rate in (("a", 1e-7), ("b", 4e-7)))


def scores(*normalised, relative_u=0.03):
    """One score per truth with the given errors in units of the joint u."""
    results = []
    for truth, error in zip(TRUTHS, normalised, strict=False):
        u_kg_s = relative_u * truth.rate_kg_s
        rate_kg_s = truth.rate_kg_s + error * np.hypot(u_kg_s, truth.u_kg_s)
        results.append(score(truth, LeakEstimate("m", "w", rate_kg_s, u_kg_s)))
    return results


@pytest.mark.parametrize(("leaks", "limit"), [(1, 2.5758), (2, 2.8062), (6, 3.1428)])
def test_limit_widens_so_that_the_run_keeps_its_99_percent(leaks, limit):
    assert joint_limit(leaks) == pytest.approx(limit, abs=5e-5)


def test_honest_scores_pass_and_fail_as_often_as_planned():
    rng = np.random.default_rng(1)
    failed = sum(np.max(np.abs(rng.normal(size=6))) > joint_limit(6) for _ in range(20000))
    assert 140 < failed < 260  # 200 expected


def test_pass_names_the_largest_error():
    verdict = judge(scores(1.0, -2.5), TRUTHS, max_relative_u=0.05)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == (
        "largest at b: m found 3.68e-07 kg/s for 4e-07 kg/s, normalised error -2.50 within the limit 2.81 "
        "(99 % joint, 2 leaks)"
    )


def test_fail_names_the_leak_and_the_limit():
    verdict = judge(scores(3.0, 0.0), TRUTHS, max_relative_u=0.05)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("a: m found 1.09e-07 kg/s")
    assert "+3.00 beyond the limit 2.81" in verdict.reason


@pytest.mark.parametrize(
    ("given", "truths", "reason"),
    [
        ([], TRUTHS, "no leak was estimated"),
        (scores(0.0), TRUTHS, "no estimate for b"),
        (
            scores(0.0, 9.0),
            (replace(TRUTHS[0], void="leak clogged"), TRUTHS[1]),
            "the truth of a is void: leak clogged",
        ),
        (
            scores(0.0, 9.0, relative_u=0.06),
            TRUTHS,
            "a: m's standard uncertainty 6e-09 kg/s is above 5e-09 kg/s, 5% of the 1e-07 kg/s that leaked",
        ),
    ],
)
def test_doubt_comes_before_blame(given, truths, reason):
    verdict = judge(given, truths, max_relative_u=0.05)
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, reason)


def test_a_leak_opened_twice_needs_two_estimates():
    verdict = judge(scores(0.0), (TRUTHS[0], TRUTHS[0]), max_relative_u=0.05)
    assert verdict.reason == "no estimate for a"


def test_not_a_number_never_passes():
    no_rate = replace(scores(0.0)[0], rate_kg_s=np.nan, normalised_error=np.nan)
    no_u = replace(scores(0.0)[0], u_kg_s=np.nan)
    assert judge([no_rate], TRUTHS[:1], max_relative_u=0.05).outcome is Outcome.FAIL
    assert judge([no_u], TRUTHS[:1], max_relative_u=0.05).outcome is Outcome.INCONCLUSIVE


def test_scores_of_two_methods_are_no_verdict_on_one():
    mixed = [scores(0.0)[0], replace(scores(0.0)[0], method="other")]
    with pytest.raises(ValueError, match="several methods"):
        judge(mixed, TRUTHS, max_relative_u=0.05)

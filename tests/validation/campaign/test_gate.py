"""Two versions of a method on the same runs: the same is not worse, a worse one is told, with what and by how much."""

import pytest
from validation.campaign.made_up import U_KG_S, boastful, honest, rows

from bench.validation.campaign.gate import compare, compare_versions


def deaf(truth_kg_s, noise_kg_s):
    """The honest one with its alarm at 6 u."""
    rate_kg_s = truth_kg_s + noise_kg_s
    return rate_kg_s, U_KG_S, rate_kg_s > 6.0 * U_KG_S


def noisy(truth_kg_s, noise_kg_s):
    """Errors half as large again, and said so."""
    rate_kg_s = truth_kg_s + 1.5 * noise_kg_s
    return rate_kg_s, 1.5 * U_KG_S, rate_kg_s > 4.5 * U_KG_S


BEFORE = rows({"m": honest})


def worse(answer):
    return {
        each.measure.partition(",")[0].partition(" (")[0]: each
        for each in compare(BEFORE, rows({"m": answer}))
        if each.worse
    }


def test_the_same_method_is_not_worse_in_anything():
    assert worse(honest) == {}
    assert all(each.p == 1.0 for each in compare(BEFORE, BEFORE))


def test_a_deaf_one_finds_less_and_later_and_is_else_the_same():
    found = worse(deaf)
    assert set(found) == {"share of leaks found", "mean time to the alarm"}
    lost = found["share of leaks found"]
    assert lost.now < lost.before
    assert "WORSE" in str(lost)
    assert f"{lost.before:.4g} before, {lost.now:.4g} now in 200 runs" in str(lost)


def test_a_boastful_one_covers_less_and_alarms_falsely():
    assert set(worse(boastful)) == {"share of intervals that hold the truth", "share of runs with a false alarm"}


def test_a_noisy_one_errs_more():
    assert "mean error regardless of sign" in worse(noisy)


def test_a_better_one_is_not_worse():
    assert not any(each.worse for each in compare(rows({"m": noisy}), BEFORE) if "found" not in each.measure)
    assert not any(each.worse for each in compare(rows({"m": deaf}), BEFORE) if "found" in each.measure)


def test_campaigns_without_a_run_in_common_cannot_be_compared():
    with pytest.raises(ValueError, match="no run of one method in common"):
        compare(BEFORE, rows({"another": honest}))


def test_two_versions_in_one_campaign_are_compared_like_two_campaigns():
    found = compare_versions(rows({"old": honest, "new": deaf}), [("old", "new")])
    assert {each.method for each in found} == {"old → new"}
    assert {each.measure for each in found if each.worse} == {
        each.measure for each in compare(BEFORE, rows({"m": deaf})) if each.worse
    }
    assert compare_versions(BEFORE, []) == []

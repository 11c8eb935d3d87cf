import numpy as np
import pytest
from claims import at_least
from scipy.stats import norm

from bench.validation.binomial import lower_limit
from bench.validation.conformity import (
    Decision,
    Requirement,
    Side,
    global_risks,
    guard_banded,
    judge_proportion,
    judge_rate,
)

DAY_S = 86400.0


def test_breakdown_voltage_of_jcgm_106():
    """JCGM 106 7.4, Zener diode: -5.47 V with u 0.05 V, specified at most -5.40 V, conforms with 0.92."""
    found = guard_banded(-5.47, 0.05, Requirement(Side.AT_MOST, -5.40))
    assert f"{1.0 - found.consumers_risk:.2f}" == "0.92"
    assert found.decision is Decision.INCONCLUSIVE
    assert "conforms with P = 0.919" in found.reason


@pytest.mark.parametrize(
    ("value", "decision"),
    [(8.35, Decision.ACCEPT), (8.36, Decision.INCONCLUSIVE), (11.64, Decision.INCONCLUSIVE), (11.65, Decision.REJECT)],
)
def test_guard_band_is_1645_u_on_both_sides(value, decision):
    assert guard_banded(value, 1.0, Requirement(Side.AT_MOST, 10.0)).decision is decision
    mirrored = guard_banded(-value, 1.0, Requirement(Side.AT_LEAST, -10.0))
    assert mirrored.decision is decision


def test_a_score_that_just_fails_is_accepted_no_more_often_than_the_risk():
    measured = np.random.default_rng(1).normal(10.0, 1.0, 3000)
    decisions = [guard_banded(float(value), 1.0, Requirement(Side.AT_MOST, 10.0)).decision for value in measured]
    assert at_least(sum(d is not Decision.ACCEPT for d in decisions), 3000, 0.95)
    assert at_least(sum(d is not Decision.REJECT for d in decisions), 3000, 0.95)


@pytest.mark.parametrize(
    ("hits", "trials", "decision"),
    [
        (29, 29, Decision.ACCEPT),
        (28, 28, Decision.INCONCLUSIVE),
        (28, 29, Decision.INCONCLUSIVE),
        (20, 29, Decision.REJECT),
    ],
)
def test_pod_of_at_least_090(hits, trials, decision):
    """29 of 29, as NDE practice has it; the same as the exact limit's side."""
    found = judge_proportion(hits, trials, Requirement(Side.AT_LEAST, 0.9))
    assert found.decision is decision
    assert (decision is Decision.ACCEPT) == (lower_limit(hits, trials) >= 0.9)


def test_false_alarms_of_at_most_one_in_30_days():
    requirement = Requirement(Side.AT_MOST, 1 / (30 * DAY_S))
    assert judge_rate(0, 90 * DAY_S, requirement).decision is Decision.ACCEPT
    assert judge_rate(0, 89 * DAY_S, requirement).decision is Decision.INCONCLUSIVE
    assert judge_rate(8, 90 * DAY_S, requirement).decision is Decision.REJECT


def test_global_risks_are_those_of_simulated_production():
    """JCGM 106 9.5: values vary by 0.12, are measured with 0.04, must be within 0.2."""
    bad, good = global_risks((0.0, 0.12), 0.04, (-0.2, 0.2), (-0.2, 0.2))
    rng = np.random.default_rng(2)
    true = rng.normal(0.0, 0.12, 400000)
    measured = true + rng.normal(0.0, 0.04, true.size)
    wrong, lost = (np.abs(measured) <= 0.2) & (np.abs(true) > 0.2), (np.abs(measured) > 0.2) & (np.abs(true) <= 0.2)
    assert bad == pytest.approx(wrong.mean(), abs=5 * np.sqrt(bad / true.size))
    assert good == pytest.approx(lost.mean(), abs=5 * np.sqrt(good / true.size))


def test_a_guard_band_moves_risk_from_consumer_to_producer():
    plain = global_risks((0.0, 0.12), 0.04, (-0.2, 0.2), (-0.2, 0.2))
    guarded = global_risks((0.0, 0.12), 0.04, (-0.2, 0.2), (-0.12, 0.12))
    assert guarded[0] < 0.01 * plain[0] + 1e-3
    assert guarded[1] > plain[1]


def test_a_perfect_instrument_has_no_risk():
    assert global_risks((0.0, 1.0), 1e-6, (-1.0, 1.0), (-1.0, 1.0)) == pytest.approx((0.0, 0.0), abs=1e-5)
    assert norm.cdf(1.0) - norm.cdf(-1.0) == pytest.approx(0.6827, abs=1e-4)


@pytest.mark.parametrize(
    ("judge", "reason"),
    [
        (lambda r: guard_banded(1.0, 0.0, r), "decides nothing"),
        (lambda r: guard_banded(float("nan"), 1.0, r), "decides nothing"),
        (lambda r: guard_banded(1.0, 1.0, r, risk=0.0), "not between 0 and 1"),
        (lambda r: judge_proportion(1, 0, r), "decide nothing"),
        (lambda r: judge_rate(0, 0.0, r), "decide nothing"),
        (lambda _: global_risks((0.0, 0.0), 1.0, (0.0, 1.0), (0.0, 1.0)), "spreads above zero"),
    ],
)
def test_what_decides_nothing_is_refused(judge, reason):
    with pytest.raises(ValueError, match=reason):
        judge(Requirement(Side.AT_LEAST, 0.9))

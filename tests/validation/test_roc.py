import math

import numpy as np
import pytest
from claims import consistent
from scipy.special import ndtr

from bench.validation.roc import area_u, roc, roc_area

NORMAL, ABNORMAL = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
"""Hanley and McNeil, Radiology 143 (1982) 29, table 1: CT images rated 1 to 5."""


def test_published_area_and_standard_error():
    null, leak = (np.repeat(np.arange(5.0), counts) for counts in (NORMAL, ABNORMAL))
    found = roc_area(leak, null)
    assert f"{found.area:.3f}" == "0.893"
    assert f"{area_u(found.area, leak.size, null.size):.3f}" == "0.032"
    assert found.limits.covers(0.893)
    assert found.limits.high - found.limits.low == pytest.approx(4 * 0.032, rel=0.1)


def test_area_of_two_normals_lies_inside_as_often_as_stated():
    rng, trials, truth = np.random.default_rng(1), 400, ndtr(1.5 / math.sqrt(2.0))
    inside = sum(roc_area(rng.normal(1.5, 1.0, 40), rng.normal(size=40)).limits.covers(truth) for _ in range(trials))
    assert consistent(inside, trials, 0.95)


def test_points_go_from_the_strictest_threshold_to_all():
    points = roc(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.5]), exposure_s=3600.0)
    assert [point.threshold for point in points] == [3.0, 2.0, 1.5, 1.0, 0.0]
    assert [round(point.pod, 3) for point in points] == [0.333, 0.667, 0.667, 1.0, 1.0]
    assert [point.false_alarm for point in points] == [0.0, 0.0, 0.5, 0.5, 1.0]
    assert points[2].false_alarms_per_s == pytest.approx(math.log(2.0) / 3600.0)
    assert points[-1].false_alarms_per_s == math.inf
    assert all(point.pod_limits.covers(point.pod) for point in points)


def test_trapezia_under_the_points_are_the_area_without_ties_between():
    rng = np.random.default_rng(2)
    leak, null = rng.normal(1.0, 1.0, 30), rng.normal(size=40)
    points = roc(leak, null, 1.0)
    x, y = ([0.0, *(getattr(point, name) for point in points)] for name in ("false_alarm", "pod"))
    assert np.trapezoid(y, x) == pytest.approx(roc_area(leak, null).area, abs=1e-12)


def test_perfect_and_blind_methods_are_told_apart():
    perfect = roc_area(np.full(30, 2.0), np.full(30, 1.0))
    assert perfect.area == 1.0
    assert 0.8 < perfect.limits.low < perfect.limits.high == 1.0
    assert roc_area(np.zeros(30), np.zeros(30)).area == 0.5


def test_one_kind_of_run_is_no_roc():
    with pytest.raises(ValueError, match="runs with a leak and runs without"):
        roc_area(np.array([1.0]), np.array([]))
    with pytest.raises(ValueError, match="not a number"):
        roc(np.array([np.nan]), np.array([1.0]), 1.0)
    with pytest.raises(ValueError, match="exposure of 0"):
        roc(np.array([1.0]), np.array([1.0]), 0.0)

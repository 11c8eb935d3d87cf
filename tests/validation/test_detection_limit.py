import numpy as np
import pytest
from claims import consistent

from bench.validation.bounds import white_slope_u
from bench.validation.detection_limit import decision_threshold, detection_limit, equivalent_hole_m, slope_u

HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("bound_per_h", "percent_day", "pa_h", "holes"),
    [
        (3.9e-5, "0.308", 13.0, (3.7, 5.2, 9.5, 11.4)),
        (1.17e-5, "0.092", 3.9, (2.0, 2.9, 5.2, 6.3)),
        (1.41e-6, "0.0111", 0.47, (0.7, 1.0, 1.8, 2.2)),
        (1.94e-4, "1.53", 64.6, (8.2, 11.6, 21.2, 25.5)),
        (5.8e-5, "0.459", 19.4, (4.5, 6.4, 11.6, 14.0)),
        (1.62e-5, "0.128", 5.4, (2.4, 3.4, 6.1, 7.4)),
        (6.6e-6, "0.052", 2.2, (1.5, 2.1, 3.9, 4.7)),
        (4.9e-5, "0.386", 16.3, (4.1, 5.8, 10.6, 12.8)),
    ],
)
def test_detection_limits_of_the_science_brief(bound_per_h, percent_day, pa_h, holes):
    """Science 5.2 behind its bound, which is printed to two or three digits: the rest follows to as many."""
    limit_per_h = detection_limit(bound_per_h)
    assert 2400.0 * limit_per_h == pytest.approx(float(percent_day), rel=0.012)
    assert limit_per_h * 101325.0 == pytest.approx(pa_h, rel=0.02)
    for volume_m3, hole_um in zip((0.06, 0.12, 0.4, 0.58), holes, strict=True):
        rate_kg_s = limit_per_h / HOUR_S * volume_m3 * 1.1959  # 22 C, as the brief's Pa/h are
        assert 1e6 * equivalent_hole_m(rate_kg_s) == pytest.approx(hole_um, abs=0.1)


def test_currie():
    assert f"{decision_threshold(1.0):.3f}" == "1.645"
    assert f"{detection_limit(1.0):.2f}" == "3.29"
    assert detection_limit(1.0, floor=0.5) == pytest.approx(3.7897, abs=1e-4)


def test_what_is_at_the_limit_is_called_a_leak_as_often_as_stated():
    rng = np.random.default_rng(1)
    noise = rng.normal(size=20000)
    threshold = decision_threshold(1.0, 0.01)
    assert consistent((noise > threshold).sum(), 20000, 0.01)
    assert consistent((noise + detection_limit(1.0, 0.01, 0.1) > threshold).sum(), 20000, 0.9)


def test_slope_by_parts():
    assert slope_u(HOUR_S, white=0.3, period_s=10.0) == pytest.approx(white_slope_u(0.3, 10.0, HOUR_S))
    assert slope_u(100.0, random_walk_per_root_s=2.0) == pytest.approx(2.0 * np.sqrt(1.2 / 100.0))
    day_s = 24 * HOUR_S
    assert slope_u(day_s, ornstein_uhlenbeck=0.05) == pytest.approx(0.05 * np.sqrt(24 * HOUR_S / day_s**3))
    with pytest.raises(ValueError, match="no long test"):
        slope_u(2 * HOUR_S, ornstein_uhlenbeck=0.05)


@pytest.mark.parametrize("u", [0.0, -1.0, np.nan, np.inf])
def test_without_an_uncertainty_there_is_no_limit(u):
    with pytest.raises(ValueError, match="sets no limit"):
        detection_limit(u)
    with pytest.raises(ValueError, match="does not lose"):
        equivalent_hole_m(-1.0)

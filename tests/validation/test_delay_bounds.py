import numpy as np
import pytest

from bench.validation.delay_bounds import (
    delay_bound_s,
    information_clock,
    lorden_delay,
    lorden_delay_asymptotic,
)
from bench.validation.run_length import ewma

HOUR_S = 3600.0


@pytest.mark.parametrize(
    ("shift", "row"),
    [
        (0.5, "14.85 25.87 31.08 49.13"),
        (1.0, "6.11 9.16 10.52 15.09"),
        (1.5, "3.44 4.84 5.45 7.49"),
        (2.0, "2.27 3.07 3.41 4.56"),
    ],
)
def test_moustakides_bound(shift, row):
    """Science 3.2."""
    for arl, text in zip((100.0, 500.0, 1000.0, 1e4), row.split(), strict=True):
        assert abs(lorden_delay(shift, arl) - float(text)) <= 0.0051


def test_asymptotic_bound_is_loose():
    assert f"{lorden_delay_asymptotic(1.0, 1000.0):.2f}" == "13.82"


def test_no_ewma_beats_the_bound_in_its_worst_case():
    """From the state that the leak finds farthest from alarm, all two-sided EWMA of ARL 500 need longer."""
    for weight, width in ((0.5, 3.071), (0.03, 2.437)):
        assert ewma(weight, width, 1.0).mean_from_nodes().max() > lorden_delay(1.0, 500.0)


def typical_noise(hours):
    """Science 5.2, in ln m every ten minutes, with the intercept unknown."""
    time_h = np.arange(1, hours * 6 + 1) / 6.0
    slow = (0.05 / 294.15) ** 2 * np.exp(-np.abs(time_h[:, None] - time_h))
    walk = (1.0 / 101325.0) ** 2 * np.minimum(time_h[:, None], time_h)
    return time_h, slow + walk + np.eye(time_h.size) * (1.0 / 101325.0) ** 2 + 1.0


@pytest.mark.parametrize(
    ("hole_um", "one_hour", "ten_hours"),
    [(7.4, 9.3, 7.8), (10, 5.7, 4.7), (12.5, 3.8, 3.2), (16, 2.3, 2.0), (25, 0.8, 0.7), (50, 0.0, None)],
)
def test_information_clock_of_the_science_brief(hole_um, one_hour, ten_hours):
    """Science 5.4, its last row: 580 L, ARL0 30 days. It was read from the ten-minute grid, ours is interpolated."""
    time_h, covariance = typical_noise(72 + 24)
    ramp = np.clip(time_h - 72.0, 0.0, None)
    rate_per_h = 239.17 * np.pi * (hole_um * 1e-6) ** 2 / 4.0 / (0.58 * 1.2041) * HOUR_S
    information = information_clock(ramp, covariance, rate_per_h)
    after = time_h >= 72.0
    for printed_h, unit_h in ((one_hour, 1.0), (ten_hours, 10.0)):
        if printed_h is not None:
            bound = delay_bound_s(ramp[after] * HOUR_S, information[after], 720.0 * HOUR_S, unit_h * HOUR_S)
            assert bound / HOUR_S == pytest.approx(printed_h, abs=1.0 / 6.0 + 0.05)


def test_information_in_white_noise_is_the_sum_of_squares():
    ramp = np.arange(5.0)
    assert information_clock(ramp, 4.0 * np.eye(5), 2.0) == pytest.approx(0.5 * np.cumsum(ramp**2))


def test_what_is_too_little_information_says_so():
    with pytest.raises(ValueError, match="watch longer"):
        delay_bound_s(np.arange(3.0), np.array([0.0, 0.1, 0.2]), 1000.0, 1.0)
    with pytest.raises(ValueError, match="more than the unit"):
        delay_bound_s(np.arange(3.0), np.array([0.0, 0.1, 0.2]), 1.0, 1.0)
    with pytest.raises(ValueError, match="cannot be found"):
        lorden_delay(0.0, 100.0)

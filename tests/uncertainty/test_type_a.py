"""JCGM 100 H.3 and H.5 to their printed digits."""

import numpy as np
import pytest

from bench.uncertainty.type_a import analysis_of_variance, from_means, mean_of, straight_line

READING_C = (21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511)
CORRECTION_C = (-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160)
DAY_MEANS_V = (10.000172, 10.000116, 10.000013, 10.000144, 10.000106,
               10.000031, 10.000060, 10.000125, 10.000163, 10.000041)  # fmt: skip
DAY_SD_UV = (60, 77, 111, 101, 67, 93, 80, 73, 88, 86)


@pytest.fixture
def thermometer():
    return straight_line(np.subtract(READING_C, 20.0), CORRECTION_C)


def test_the_calibration_line_of_a_thermometer(thermometer):
    assert (round(thermometer.intercept, 4), round(thermometer.u_intercept, 4)) == (-0.1712, 0.0029)
    assert (round(thermometer.slope, 5), round(thermometer.u_slope, 5)) == (0.00218, 0.00067)
    assert (round(thermometer.correlation, 3), round(thermometer.residual_sd, 4)) == (-0.930, 0.0035)


def test_to_the_digits_of_a_second_calculation(thermometer):
    found = (thermometer.intercept, thermometer.u_intercept, thermometer.slope, thermometer.u_slope)
    assert found == pytest.approx((-0.17120, 0.0028776, 0.0021827, 0.00066794), rel=3e-5)
    assert (thermometer.correlation, thermometer.residual_sd) == pytest.approx((-0.93043, 0.0034976), rel=2e-5)


def test_the_correction_at_30_degrees(thermometer):
    value, u = thermometer.at(10.0)
    assert (round(value, 4), round(u, 4)) == (-0.1494, 0.0041)
    assert (value, u) == pytest.approx((-0.149377, 0.0041386), rel=1e-5)


def test_a_voltage_standard_on_ten_days():
    found = from_means(DAY_MEANS_V, np.multiply(DAY_SD_UV, 1e-6), 5)
    assert round(found.mean, 6) == 10.000097
    assert (round(found.sd_of_means * 1e6), round(found.sd_within * 1e6)) == (57, 85)
    assert round(found.f, 2) == pytest.approx(2.25, abs=0.011)  # 2.24 unrounded; the guide squares 128 over 85
    assert (found.dof_between, found.dof_within) == (9, 40)


def test_groups_say_the_same_as_their_means_and_deviations():
    groups = np.random.default_rng(0).normal(10.0, 1.0, (6, 4))
    whole, parts = analysis_of_variance(groups.tolist()), from_means(groups.mean(1), groups.std(1, ddof=1), 4)
    assert whole == parts


@pytest.mark.parametrize("groups", [[[1.0, 2.0]], [[1.0], [2.0]], [[1.0, 2.0], [1.0, 2.0, 3.0]]])
def test_groups_that_say_nothing_are_refused(groups):
    with pytest.raises(ValueError, match="same size"):
        analysis_of_variance(groups)


def test_a_line_through_two_observations_is_none():
    with pytest.raises(ValueError, match="2 observations"):
        straight_line([0.0, 1.0], [0.0, 1.0])


def test_the_mean_scatters_less_than_its_observations():
    values = np.random.default_rng(1).normal(3.0, 2.0, 10_000)
    mean, u = mean_of(values)
    assert (mean, u) == pytest.approx((3.0, 0.02), abs=0.05)
    assert u == pytest.approx(0.02, rel=0.05)

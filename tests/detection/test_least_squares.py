import numpy as np
import pytest

from bench.detection.least_squares import fit_ordinary, fit_white

# NIST StRD "Norris": (y, x).
NORRIS = np.fromstring(
    """0.1 0.2 338.8 337.4 118.1 118.2 888.0 884.6 9.2 10.1 228.1 226.5 668.5 666.3 998.5 996.3 449.1 448.6 778.9 777.0
    559.2 558.2 0.3 0.4 0.1 0.6 778.1 775.5 668.8 666.9 339.3 338.0 448.9 447.5 10.8 11.6 557.7 556.0 228.3 228.1
    998.0 995.8 888.8 887.6 119.6 120.2 0.3 0.3 0.6 0.3 557.6 556.8 339.3 339.1 888.0 887.2 998.5 999.0 778.9 779.0
    10.2 11.1 117.6 118.3 228.9 229.2 668.4 669.1 449.2 448.9 0.2 0.5""",
    sep=" ",
).reshape(-1, 2)

# JCGM 100 H.3, table H.6: thermometer readings in deg C and their corrections.
READINGS_C = (21.521, 22.012, 22.512, 23.003, 23.507, 23.999, 24.513, 25.002, 25.503, 26.010, 26.511)
CORRECTIONS_C = (-0.171, -0.169, -0.166, -0.159, -0.164, -0.165, -0.156, -0.157, -0.159, -0.161, -0.160)


def line(x):
    return np.column_stack([np.ones(len(x)), x])


def test_nist_norris():
    y, x = NORRIS.T
    fit = fit_ordinary(line(x), y)
    np.testing.assert_allclose(fit.coefficients, [-0.262323073774029, 1.00211681802045], rtol=1e-11)
    errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(errors, [0.232818234301152, 0.429796848199937e-3], rtol=1e-11)
    assert np.sqrt(fit.reduced_chi_square) == pytest.approx(0.884796396144373, rel=1e-11)


def test_gum_h3():
    fit = fit_ordinary(line(np.array(READINGS_C) - 20.0), np.array(CORRECTIONS_C))
    u = np.sqrt(np.diag(fit.covariance))
    at_30 = np.array([1.0, 10.0])
    np.testing.assert_allclose(fit.coefficients, [-0.17120, 0.0021827], atol=5e-6)
    np.testing.assert_allclose(u, [0.0028776, 0.00066794], rtol=2e-5)
    assert fit.covariance[0, 1] / u.prod() == pytest.approx(-0.93043, abs=5e-6)
    assert np.sqrt(fit.reduced_chi_square) == pytest.approx(0.0034976, abs=5e-8)
    assert at_30 @ fit.coefficients == pytest.approx(-0.149377, abs=5e-7)
    assert np.sqrt(at_30 @ fit.covariance @ at_30) == pytest.approx(0.0041386, abs=5e-8)


def test_a_fit_of_errors_of_unit_variance_keeps_to_that_variance():
    rng = np.random.default_rng(1)
    design, y = line(rng.random(12)), rng.random(12)
    expected_covariance = np.linalg.inv(design.T @ design)
    fit = fit_white(design, y)
    residual = y - design @ fit.coefficients
    np.testing.assert_allclose(fit.covariance, expected_covariance, rtol=1e-9)
    np.testing.assert_allclose(fit.coefficients, expected_covariance @ design.T @ y, rtol=1e-9)
    assert fit.chi_square == pytest.approx(residual @ residual, rel=1e-9)
    assert fit.degrees_of_freedom == 10

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from bench.validation.links import Scale
from bench.validation.signal_response import fit_signals


def signals(rng, count, sigma=0.5):
    sizes = np.exp(rng.uniform(-2.0, 2.0, count))
    return sizes, np.exp(1.0 + 1.2 * np.log(sizes) + sigma * rng.normal(size=count))


def test_without_censoring_it_is_ordinary_regression():
    sizes, signal = signals(np.random.default_rng(1), 60)
    fit = fit_signals(sizes, signal)
    slope, intercept = np.polyfit(np.log(sizes), np.log(signal), 1)
    residual = np.log(signal) - intercept - slope * np.log(sizes)
    assert (fit.intercept, fit.slope) == pytest.approx((intercept, slope), rel=1e-9)
    assert fit.sigma == pytest.approx(np.sqrt(np.mean(residual**2)), rel=1e-9)
    assert fit.standard_errors[2] == pytest.approx(fit.sigma / np.sqrt(2 * 60), rel=1e-6)


def test_censored_maximum_is_the_one_a_search_without_derivatives_finds():
    sizes, signal = signals(np.random.default_rng(2), 60)
    fit = fit_signals(sizes, signal, noise=1.0, saturation=20.0)
    x, y = np.log(sizes), np.log(np.clip(signal, 1.0, 20.0))

    def minus_log(p):
        centre, sigma = p[0] + p[1] * x, np.exp(p[2])
        parts = np.where(signal <= 1.0, norm.logcdf(y, centre, sigma), norm.logpdf(y, centre, sigma))
        return -np.where(signal >= 20.0, norm.logsf(y, centre, sigma), parts).sum()

    found = minimize(minus_log, [0.0, 1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-11})
    assert [fit.intercept, fit.slope, np.log(fit.sigma)] == pytest.approx(found.x, abs=1e-6)
    assert fit.aic == pytest.approx(6.0 + 2.0 * found.fun, abs=1e-8)


def test_censored_signals_taken_as_exact_would_flatten_the_line():
    sizes, signal = signals(np.random.default_rng(3), 4000)
    naive = np.polyfit(np.log(sizes), np.log(np.clip(signal, 1.0, 20.0)), 1)[0]
    assert fit_signals(sizes, signal, noise=1.0, saturation=20.0).slope == pytest.approx(1.2, abs=0.03)
    assert naive < 1.1


def test_pod_follows_the_threshold():
    sizes, signal = signals(np.random.default_rng(4), 4000)
    fit = fit_signals(sizes, signal, noise=1.0, saturation=20.0)
    for threshold in (1.5, 4.0):
        a50 = np.exp((np.log(threshold) - 1.0) / 1.2)
        curve = fit.pod(threshold)
        assert curve.size_at(0.5) == pytest.approx(a50, rel=0.03)
        assert curve.pod(np.array([a50 * np.exp(0.5 * 1.2815515655 / 1.2)])) == pytest.approx([0.9], abs=0.02)


def test_linear_scales():
    rng = np.random.default_rng(5)
    sizes = rng.uniform(0.0, 10.0, 500)
    fit = fit_signals(sizes, 2.0 + 3.0 * sizes + rng.normal(size=500), scale=Scale.LINEAR, signal_scale=Scale.LINEAR)
    assert (fit.intercept, fit.slope, fit.sigma) == pytest.approx((2.0, 3.0, 1.0), abs=0.2)
    assert fit.pod(17.0).size_at(0.5) == pytest.approx(5.0, abs=0.05)


def test_what_has_no_line_is_refused():
    with pytest.raises(ValueError, match="three sizes or more"):
        fit_signals([1.0, 2.0, 3.0, 4.0], [0.1, 0.1, 5.0, 6.0], noise=1.0)
    with pytest.raises(ValueError, match="not below saturation"):
        fit_signals([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], noise=2.0, saturation=1.0)
    with pytest.raises(ValueError, match="no logarithm"):
        fit_signals([1.0, 2.0, 3.0], [1.0, -2.0, 3.0])

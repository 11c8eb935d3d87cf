import numpy as np
import pytest
from claims import consistent

from bench.detection.least_squares import fit_ordinary
from bench.validation.containment import as_left, instrument_guide, mass_point, verify

HOUR_S = 3600.0
ALLOWED = 0.11569 / 0.75
"""Lt of Prairie Island 1 at 23 psig, wt%/day: the report states 0.75 Lt."""


def test_prairie_island_1991():
    """ILRT of unit 1, June 1991 (ML20082T480), wt%/day: Lam 0.0433, UCL 0.0459, penalties for valves 0.0113 and
    others, as left 0.0597, below 0.75 Lt = 0.11569.
    """
    assert as_left(0.0459, ALLOWED)
    assert as_left(0.0459, ALLOWED, penalties=0.0597 - 0.0459)
    assert not as_left(0.0459, ALLOWED, penalties=0.07)


def test_verification_accepts_within_a_quarter_of_the_allowed_leak():
    """With Prairie Island's Lam and a superimposed leak of Lt."""
    low, high = (0.0433 + ALLOWED + sign * 0.25 * ALLOWED for sign in (-1, 1))
    for composite, accepted in ((low - 1e-6, False), (low + 1e-6, True), (high - 1e-6, True), (high + 1e-6, False)):
        found = verify(0.0433, ALLOWED, composite, ALLOWED)
        assert found.accepted is accepted
    assert (found.lowest, found.expected, found.highest) == pytest.approx((low, 0.0433 + ALLOWED, high))
    assert f"{high - low:.5f}" == "0.07713"


def test_a_method_that_always_says_nothing_leaks_fails_verification():
    assert not verify(0.0, ALLOWED, 0.0, ALLOWED).accepted


def test_mass_point_is_ordinary_regression_over_the_first_mass():
    rng = np.random.default_rng(1)
    time_s = np.arange(0.0, 24 * HOUR_S, 900.0)
    mass = 0.7 * (1.0 - 2e-8 * time_s) + 1e-6 * rng.normal(size=time_s.size)
    found = mass_point(time_s, mass)
    fit = fit_ordinary(np.column_stack([time_s, np.ones(time_s.size)]), mass)
    slope, begin = fit.coefficients
    assert found.rate_per_s == pytest.approx(-slope / begin, rel=1e-9)
    assert found.u_per_s == pytest.approx(np.sqrt(fit.covariance[0, 0]) / begin, rel=1e-9)
    assert found.percent_per_day == pytest.approx(100 * 86400 * 2e-8, rel=0.01)
    assert found.ucl_percent_per_day == pytest.approx(
        found.percent_per_day + 100 * 86400 * 1.6612 * found.u_per_s, rel=1e-4
    )  # Student, 94 degrees


def test_upper_limit_in_white_noise_covers_as_it_says():
    rng, trials = np.random.default_rng(2), 500
    time_s = np.arange(20.0) * 900.0
    noise = 1e-5 * rng.normal(size=(trials, 20))
    covered = sum(mass_point(time_s, 1.0 - 1e-8 * time_s + each).ucl_per_s >= 1e-8 for each in noise)
    assert consistent(covered, trials, 0.95)


def test_instrument_guide_of_the_formula():
    """0.1 K and 100 Pa of 300 K and 100 kPa, 24 h: sqrt(2 (1e-3^2 + 3.33e-4^2)) x 100 %/day."""
    per_s = instrument_guide(24 * HOUR_S, 1e5, 300.0, u_pressure_pa=100.0, u_temperature_k=0.1)
    assert per_s * 86400 * 100 == pytest.approx(0.149071, rel=1e-5)


def test_what_proves_nothing_is_refused():
    with pytest.raises(ValueError, match="of the allowed"):
        verify(0.04, 0.1 * ALLOWED, 0.05, ALLOWED)
    with pytest.raises(ValueError, match="three points"):
        mass_point(np.arange(2.0), np.ones(2))
    with pytest.raises(ValueError, match="mass at the begin"):
        mass_point(np.arange(3.0), -np.ones(3))
    with pytest.raises(ValueError, match="must be positive"):
        as_left(0.1, 0.0)

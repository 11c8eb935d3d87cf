"""Times to the limit pressure against closed forms, and that they are as uncertain as they say."""

import math

import numpy as np
import pytest

from bench.detection.severity import Severity, assess
from bench.detection.time_to_limit import Cabin, Growth, growth_of, time_to_limit_s, times_s, with_time_to_limit
from bench.records import LeakEstimate

SHARP = Cabin(1.0, 100_000.0, 50_000.0, u_pressure_pa=0.0, u_temperature_k=0.0)
STEADY = Growth(0.0, 0.0)


def test_an_orifice_takes_tau_ln_of_the_ratio_and_a_capillary_longer():
    tau_s = 1e6
    orifice = time_to_limit_s(SHARP, 1.0 / tau_s, 0.0, "orifice", STEADY)
    capillary = time_to_limit_s(SHARP, 1.0 / tau_s, 0.0, "capillary", STEADY)
    assert orifice["0.5"] == pytest.approx(tau_s * math.log(2.0))
    assert capillary["0.5"] == pytest.approx(tau_s)
    assert time_to_limit_s(SHARP, 1.0 / tau_s, 0.0, None, STEADY)["safe"] == pytest.approx(orifice["safe"])


def test_times_are_those_of_the_integrated_law():
    """Euler's steps of dm/dt = -L m^n exp(g t) down to half."""
    for exponent, effort in ((1.0, math.log(2.0)), (2.0, 1.0)):
        for growth in (0.0, 0.5, -0.3):
            mass, t, dt = 1.0, 0.0, 1e-4
            while mass > 0.5:
                mass -= dt * mass**exponent * math.exp(growth * t)
                t += dt
            assert times_s(np.array([effort]), np.ones(1), np.array([growth]))[0] == pytest.approx(t, rel=1e-3)


def test_a_leak_that_dies_away_or_none_never_gets_there():
    assert times_s(np.ones(2), np.array([1.0, 0.0]), np.array([-2.0, 0.0])).tolist() == [math.inf, math.inf]
    assert math.isinf(time_to_limit_s(SHARP, -1e-6, 1e-8)["0.05"])


def test_a_stock_lasts_for_stock_over_rate_before_the_pressure_falls():
    cabin = Cabin(1.0, 100_000.0, 50_000.0, u_pressure_pa=0.0, u_temperature_k=0.0, stock_kg=3.0)
    assert time_to_limit_s(cabin, 1e-6, 0.0, "orifice", STEADY)["0.5"] == pytest.approx((3.0 + math.log(2.0)) * 1e6)


def test_quantiles_hold_what_they_say():
    """A true rate drawn about the estimate: below each quantile in its share of worlds."""
    rng = np.random.default_rng(11)
    below = np.zeros(3)
    for _ in range(300):
        estimated = rng.normal(1.0, 0.1)
        found = time_to_limit_s(SHARP, estimated * 1e-6, 1e-7, "orifice", STEADY)
        below += math.log(2.0) * 1e6 < np.array([found["0.05"], found["0.5"], found["0.95"]])
    assert np.all(np.abs(below / 300 - [0.05, 0.5, 0.95]) < [0.04, 0.09, 0.04])


def test_growth_is_found_from_earlier_rates():
    """Though the gas that flows out takes its pressure with it: an orifice of twice the area at half the pressure."""
    per_s = math.log(2.0) / 86_400.0
    time_s = np.arange(0.0, 4 * 86_400.0, 43_200.0)
    gas_kg = np.exp(-per_s * time_s)
    history = [LeakEstimate("m", "w", 1e-6, 2e-8, time_s=t) for t in time_s]
    found = growth_of(history, gas_kg, Growth(0.0, 1.0))
    assert found.per_s == pytest.approx(per_s, rel=1e-3)
    assert found.u_per_s < 0.05 * per_s
    assert growth_of(history[:1], gas_kg[:1]).per_s == 0.0


@pytest.mark.parametrize(
    ("loss_per_day", "severity"),
    [(10.0, Severity.ISOLATE), (1.0, Severity.WAKE), (0.1, Severity.MORNING), (1e-3, Severity.NO_ACTION)],
)
def test_words_go_by_what_is_left(loss_per_day, severity):
    rate_kg_s = loss_per_day / 86_400.0
    cabin = Cabin(1.0, 98_500.0, 65_328.0)
    found = with_time_to_limit(LeakEstimate("m", "w", rate_kg_s, 0.05 * rate_kg_s), cabin)
    assert assess(found, 1.0).severity == severity
    assert assess(found, 1.0).station_kg_day == pytest.approx(1095.0 * loss_per_day)

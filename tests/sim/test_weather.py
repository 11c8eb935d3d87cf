"""Two days differ as the scenario states, and only where it states so."""

from datetime import date

import numpy as np
import pytest

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.sim.direct import simulate
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario, load_scenario
from bench.sim.weather import HOUR_S, HOURS, Weather, weather_k

DAY_S, SWING_K, DAYS = 86_400.0, 0.4, HOURS // 24
RIG580 = load_bench(find_bench("rig580"), date(2026, 11, 24))
UNLIKE = load_scenario("unlike_days")
ALIKE = Scenario(name="alike", why="each day as the other", swing_k=SWING_K)


def days(**stated):
    """The shroud, less its mean: (days, hours)."""
    plain_k = SWING_K * np.sin(2.0 * np.pi * HOUR_S * np.arange(HOURS) / DAY_S)
    weather = weather_k(Weather(**stated), SWING_K, DAY_S, np.random.default_rng(3))
    return (plain_k + weather).reshape(DAYS, 24)


def test_the_top_of_a_day_differs_from_day_to_day_by_the_stated_part():
    """At six in the morning three quarters are of this day, one of the next."""
    tops_k = days(amplitude=0.2)[:, 6]
    stated_k = 0.2 * SWING_K * np.hypot(0.75, 0.25)
    assert tops_k.mean() == pytest.approx(SWING_K, abs=4.0 * stated_k / np.sqrt(DAYS))
    assert tops_k.std() == pytest.approx(stated_k, rel=4.0 / np.sqrt(2.0 * DAYS))


def test_days_are_late_by_the_stated_time():
    late_s = -np.arcsin(days(late_s=3600.0)[:, 0] / SWING_K) * DAY_S / (2.0 * np.pi)
    assert late_s.std() == pytest.approx(3600.0, rel=4.0 / np.sqrt(2.0 * DAYS))
    assert np.corrcoef(late_s[1:], late_s[:-1])[0, 1] == pytest.approx(0.0, abs=4.0 / np.sqrt(DAYS))


def test_the_wander_forgets_in_its_correlation_time():
    """Over half a year of independent draws: 4 standard errors."""
    wander_k = days(wander_k=0.35, correlation_time_s=2.0 * HOUR_S)
    wander_k = (wander_k - days()).ravel()
    count = HOURS / 4.0
    assert wander_k.std() == pytest.approx(0.35, rel=4.0 / np.sqrt(2.0 * count))
    assert np.corrcoef(wander_k[2:], wander_k[:-2])[0, 1] == pytest.approx(np.exp(-1.0), abs=4.0 / np.sqrt(count))


def test_the_shroud_follows_and_each_seed_has_its_own_days():
    one, same, other = (SimulatedRig(RIG580, UNLIKE, seed, VirtualClock()) for seed in (1, 1, 2))
    for time_s in (0.0, 1.5 * HOUR_S, 30.0 * HOUR_S):
        assert one.shroud_k(time_s) == same.shroud_k(time_s) != other.shroud_k(time_s)
    assert one.shroud_k(1.5 * HOUR_S) == pytest.approx(
        np.mean([one.shroud_k(hour * HOUR_S) for hour in (1.0, 2.0)]), abs=2e-3
    )


def test_pressure_repeats_from_day_to_day_only_where_days_do():
    """Days three and four: walls have forgotten the start. Unlike days differ by some 0.4 K, 130 Pa."""
    apart_pa = {}
    for scenario in (ALIKE, UNLIKE):
        found = simulate(RIG580, scenario, 5, [], duration_s=4.0 * DAY_S, period_s=600.0)
        pressure_pa = found.column("transfer_pressure")[-288:]
        apart_pa[scenario.name] = float(np.std(pressure_pa[144:] - pressure_pa[:144]))
    assert apart_pa["alike"] < 10.0
    assert apart_pa["unlike_days"] > 30.0

"""Shipped scenarios that stage sensors: what is shown against what is true, a reading a minute, as each `why` says."""

import numpy as np
import pytest
from sim import rigs
from sim.rigs import DAY_S, HOUR_S, WORKING

from bench.clock import VirtualClock
from bench.sim.plant.composition import saturation_pressure
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario

MINUTES = 1441


def minutes_of(scenario, channel, quantity="pressure", minutes=MINUTES):
    """What the channel shows, and the truth in the working compartment, minute by minute; noise on, hatches open."""
    rig = SimulatedRig(rigs.BENCH, scenario, 1, VirtualClock(), rigs.MINUTELY, minutes)
    column = getattr(rig.course.columns, quantity)(WORKING)
    true = np.array([rigs.truth(rig, column, 60.0 * minute) for minute in range(minutes)])
    return rig.panel.bank.rows[:, rig.panel._places[channel]], true


def shift(scenario, channel="working_pressure"):
    """What the channel shows beyond the truth, by minute."""
    shown, true = minutes_of(load_scenario(scenario), channel)
    return shown - true


def test_s19_drifts_by_two_pascals_an_hour():
    error = shift("S19")
    assert (error[-60:].mean() - error[:60].mean()) / 23.0 == pytest.approx(-2.0, abs=0.05)


def test_s20_jumps_by_thirty_pascals():
    error = shift("S20")
    assert error[720:780].mean() - error[660:720].mean() == pytest.approx(-30.0, abs=0.7)


@pytest.mark.parametrize(("number", "share"), [("S06c", 0.9), ("S06d", 0.7), ("S06b", 0.7)])
def test_s06_thermometers_see_a_share_of_the_night(number, share):
    """From 54 h on; against the same night seen whole, whose fall by 60 h is the gas' own."""
    evening, minutes = 54 * 60, 60 * 60 + 1
    shown, _ = minutes_of(load_scenario(number), "working_gas_1", minutes=minutes)
    whole, _ = minutes_of(load_scenario("S06g"), "working_gas_1", minutes=minutes)
    assert np.array_equal(shown[: evening + 1], whole[: evening + 1])
    assert whole[-1] - shown[-1] == pytest.approx((1.0 - share) * -0.48, abs=0.012)


def test_s21_sticks_for_an_hour():
    shown, _ = minutes_of(load_scenario("S21"), "working_pressure")
    assert np.ptp(shown[361:420]) == 0.0
    assert np.ptp(shown[300:360]) > 0.0
    assert np.ptp(shown[420:480]) > 0.0


def test_s21_loses_bursts_of_the_other_sensors_samples():
    """20 s of 920 s: of 94 bursts a day, a tenth more or less (one standard deviation)."""
    shown, _ = minutes_of(load_scenario("S21"), "transfer_pressure")
    assert np.isnan(shown).mean() == pytest.approx(20.0 / 920.0, rel=0.4)


def test_s22_shows_the_room_half_a_kelvin_too_warm():
    shown, _ = minutes_of(load_scenario("S22"), "working_gas_2")
    attached, _ = minutes_of(load_scenario("S22").model_copy(update={"fault": ()}), "working_gas_2")
    assert shown[:600] == pytest.approx(attached[:600], abs=1e-12)
    assert shown[605:].mean() == pytest.approx(295.15 + 0.5, abs=0.05)


def test_s23_has_a_loop_of_one_percent_which_is_26_pascals():
    """On the second day, where the humidity passes its middle: falling against rising (science 1.1: psat 2637 Pa)."""
    shown, true = minutes_of(load_scenario("S23"), "working_humidity", "humidity", 2 * MINUTES)
    shown, true = shown[MINUTES:], true[MINUTES:]
    error = shown - true
    middle = np.abs(true - (true.min() + true.max()) / 2.0) < 0.1 * np.ptp(true)
    falling = np.gradient(true) < 0.0
    loop = error[middle & falling].mean() - error[middle & ~falling].mean()
    assert loop * saturation_pressure(295.15) == pytest.approx(26.0, abs=1.5)


def test_s24_shows_pressures_of_seven_seconds_ago_after_a_day():
    """0.3 s an hour. Differs from a chassis with a true clock: how fast pressure changes times how late it is."""
    scenario = load_scenario("S24").model_copy(update={"fault": ()})
    late, true = minutes_of(scenario, "working_pressure")
    punctual, _ = minutes_of(scenario.model_copy(update={"clock": ()}), "working_pressure")
    gone = np.gradient(true, 60.0) * np.linspace(0.0, 1.0, MINUTES)  # Pa per second of lateness at the end of the day
    lateness_s = (punctual - late) @ gone / (gone @ gone)
    assert lateness_s == pytest.approx(0.3 * DAY_S / HOUR_S, rel=0.1)


def test_s24_loses_samples_in_bursts():
    shown, _ = minutes_of(load_scenario("S24"), "working_pressure")
    assert np.isnan(shown).mean() == pytest.approx(10.0 / 610.0, rel=0.4)

"""What valves, pumps, walls and gauges of the rig do that a plain model would leave out (science 1.1 to 1.3, 1.5)."""

import math

import numpy as np
import pytest
from sim import rigs
from sim.rigs import BENCH, CHAMBER, LINES, WORKING

from bench.sim.plant import gas
from bench.sim.plant.composition import saturation_pressure
from bench.sim.plant.state import OUTGASSED

VALVE = "orifice_50um_working"
ROUGHING, TURBO = BENCH.pump
AIR_J_KG_K = 287.055
ARGON, HELIUM = {"N2": 0.9, "Ar": 0.1}, {"He": 1.0}


def closed_switch_of(name):
    return BENCH.actuators[name].closed_switch


def left_its_seat_s(rig, name, from_s):
    """How long after a command a valve's closed switch opens."""
    for number in range(200):
        rig.clock.advance_to(from_s + 0.001 * number)
        if not rig.read_line(closed_switch_of(name)):
            return 0.001 * number
    raise AssertionError(f"{name} has not moved")


@pytest.mark.parametrize(("rested_s", "share"), [(3600.0, 1.0 - math.exp(-1.0)), (36_000.0, 1.0)])
def test_a_valve_that_has_rested_hesitates(rested_s, share):
    """Up to the stated stiction, as it has rested for longer and longer (1 - e^-t/1 h)."""
    rig = rigs.staged(every=rigs.MINUTELY)
    rigs.state_at(rig, rested_s)
    rig.write_line(LINES[VALVE], True)
    stated_s = BENCH.actuators[VALVE].stiction_s
    assert left_its_seat_s(rig, VALVE, rested_s) == pytest.approx(share * stated_s, abs=0.0015)


def test_a_valve_that_has_just_moved_does_not_hesitate():
    rig = rigs.staged()
    rig.write_line(LINES[VALVE], True)
    rigs.state_at(rig, 1.0)
    rig.write_line(LINES[VALVE], False)
    rigs.state_at(rig, 2.0)
    rig.write_line(LINES[VALVE], True)
    assert left_its_seat_s(rig, VALVE, 2.0) <= 0.002


def test_the_dead_volume_behind_a_seat_fills_at_once_and_is_booked_on_both_sides():
    """0.2 mL of air at 98.5 kPa: 0.23 mg, as much as the 50 um hole passes in half a second."""
    rig = rigs.staged()
    before = rigs.masses(rig, 10.0)
    energy = rig.model.layout.energy(rig.course.state.u).copy()
    rig.write_line(LINES[VALVE], True)
    after, u = rigs.masses(rig, 10.0002), rig.course.state.u  # it sticks for 0.14 ms, and has hardly moved then
    puff = before[WORKING] - after[WORKING]
    assert puff.sum() == pytest.approx(2e-7 * before[WORKING].sum() / 0.4, rel=1e-3)
    assert after[CHAMBER] - before[CHAMBER] == pytest.approx(puff, rel=1e-9)
    assert rig.model.layout.through(u)[rig.model.path[VALVE]] == pytest.approx(puff.sum(), rel=1e-12)
    carried = energy[WORKING] - rig.model.layout.energy(u)[WORKING]
    assert carried == pytest.approx(puff @ gas.CP * rigs.gas_k(rig, 10.0), rel=1e-3)


def test_a_valve_that_is_told_to_close_before_it_has_moved_makes_no_puff():
    rig = rigs.staged()
    before = rigs.masses(rig, 10.0)
    for level in (True, False, True, False):
        rig.write_line(LINES[VALVE], level)
    assert np.array_equal(rigs.masses(rig), before)
    moved = rigs.masses(rig, 11.0)[WORKING].sum() - before[WORKING].sum()
    assert abs(moved) < 1e-12


def test_closing_a_valve_makes_no_puff():
    rig = rigs.staged()
    rig.write_line(LINES[VALVE], True)
    before = rigs.masses(rig, 10.0)
    rig.write_line(LINES[VALVE], False)
    assert np.array_equal(rigs.masses(rig), before)


def pumping(pump, start_pa=1000.0, **more):
    """The chamber at a pressure, its walls clean, the valve wide open, the given pump just switched on."""
    chamber = BENCH.chamber.model_copy(update={"outgassing_pa_m3_s": 0.0})
    rig = rigs.staged(
        BENCH.model_copy(update={"pump": (ROUGHING.model_copy(update=pump), TURBO), "chamber": chamber}), **more
    )
    rig.command(rigs.scale_chamber_to(start_pa * BENCH.chamber.volume_m3 / (AIR_J_KG_K * 295.15)))
    rig.write_line(LINES["roughing_valve"], True)
    rigs.state_at(rig, 5.0)
    rig.write_line(LINES["roughing_pump"], True)
    return rig


def speed_m3_s(rig, begin_s, over_s=1.0):
    """From how fast the chamber empties."""
    first = rigs.kg_at(rig, begin_s, CHAMBER)
    return BENCH.chamber.volume_m3 * math.log(first / rigs.kg_at(rig, begin_s + over_s, CHAMBER)) / over_s


def test_a_pump_has_its_stated_speed_and_stops_at_its_ultimate_pressure():
    rig = pumping({})
    assert speed_m3_s(rig, 6.0) == pytest.approx(0.028 * (1.0 - 0.3 / 990.0), rel=1e-4)
    assert rigs.pressure_pa(rig, 3600.0, CHAMBER) == pytest.approx(0.3, rel=1e-3)


def test_a_pump_spins_up_over_its_stated_time():
    """Speed in proportion to the time since it was switched on; its contactor says at once that it runs."""
    rig = pumping({"spin_up_s": 100.0})
    assert rig.read_line(ROUGHING.running_switch)
    assert speed_m3_s(rig, 29.5) == pytest.approx(0.25 * 0.028, rel=2e-3)
    assert speed_m3_s(rig, 79.5) == pytest.approx(0.75 * 0.028, rel=2e-3)
    assert speed_m3_s(rig, 110.0) == pytest.approx(0.028, rel=2e-3)


@pytest.mark.parametrize(
    ("pressure_pa", "expected_m3_s"),
    [(5.0, 0.01), (10.0, 0.01), (100.0, math.sqrt(0.01 * 0.04)), (1000.0, 0.04), (5000.0, 0.04)],
    ids=lambda value: f"{value:g}",
)
def test_a_pump_curve_is_straight_between_its_points_on_logarithmic_paper(pressure_pa, expected_m3_s):
    rig = pumping({"curve": ((10.0, 0.01), (1000.0, 0.04)), "ultimate_pa": 0.0}, pressure_pa)
    assert speed_m3_s(rig, 5.0, 0.5) == pytest.approx(expected_m3_s, rel=0.01)


def test_outgassing_falls_as_one_over_the_time_since_pump_down():
    """3e-5 Pa m3/s after one hour (bench file): three hours later a quarter of it."""
    rig = rigs.staged(every=rigs.MINUTELY)
    for age_h in (1.0, 2.0, 4.0):
        begin_s = (age_h - 1.0) * rigs.HOUR_S + 1.0
        first = rigs.pressure_pa(rig, begin_s, CHAMBER)
        rise_pa_s = (rigs.pressure_pa(rig, begin_s + 60.0, CHAMBER) - first) / 60.0
        assert BENCH.chamber.volume_m3 * rise_pa_s == pytest.approx(3e-5 / (age_h + 1.0 / 120.0), rel=2e-3)


def test_a_chamber_at_atmospheric_pressure_does_not_outgas():
    rig = rigs.rig_of("as_stated", every=rigs.MINUTELY)
    assert rigs.book(rig, rigs.DAY_S)[OUTGASSED].sum() == 0.0


def test_a_vented_chamber_begins_to_outgas_anew():
    rig = rigs.staged()
    rigs.start_pump(rig)
    rigs.state_at(rig, 60.0)
    rig.write_line(LINES["vent_valve"], True)
    rig.write_line(LINES["roughing_valve"], False)
    rigs.state_at(rig, 120.0)
    assert rigs.pressure_pa(rig, 120.0, CHAMBER) > 1000.0
    assert rig.course.state.time[2] == 0.0


def test_a_vented_chamber_fills_with_the_humid_air_of_the_room():
    """Dew point 10 degrees: 1228 Pa of vapour in an atmosphere (steam tables)."""
    rig = rigs.staged()
    rig.write_line(LINES["vent_valve"], True)
    moles = rigs.masses(rig, 300.0)[CHAMBER] / gas.MOLAR_MASS
    assert moles[gas.H2O] / moles.sum() == pytest.approx(1228.0 / 101_325.0, rel=5e-3)


def test_unbaked_metal_gives_mostly_water():
    """85 % of the molecules (science 1.3: unbaked metal)."""
    rig = rigs.staged()
    moles = rigs.book(rig, 600.0)[OUTGASSED] / gas.MOLAR_MASS
    assert moles[gas.H2O] / moles.sum() == pytest.approx(0.85, rel=1e-9)


@pytest.mark.parametrize(
    ("composition", "pirani", "ionisation"),
    [({"N2": 1.0}, 1.0, 1.0), (HELIUM, 1.25, 0.18), (ARGON, 0.9 + 0.1 / 1.7, 0.9 + 0.14)],
    ids=["nitrogen", "helium", "tenth of argon"],
)
def test_gauges_show_the_nitrogen_equivalent_of_what_is_in_the_chamber(composition, pirani, ionisation):
    """Sensitivities by gas as gauge manuals print them (sensor_gases.py); a membrane gauge feels force alone."""
    rig = rigs.staged()
    rig.command(rigs.chamber_of(composition))
    columns, true_pa = rig.course.columns, rigs.pressure_pa(rig, 1.0, CHAMBER)
    assert rigs.truth(rig, columns.pirani) / true_pa == pytest.approx(pirani, rel=2e-3)
    assert rigs.truth(rig, columns.ionisation) / true_pa == pytest.approx(ionisation, rel=2e-3)


def test_the_chambers_gauges_disagree_over_helium():
    """Pirani against membrane: 1.25 (its noise is 2 %)."""
    rig = rigs.staged()
    rig.command(rigs.chamber_of(HELIUM, 5.0 * BENCH.chamber.volume_m3 / (2077.1 * 295.15)))
    assert rigs.shown(rig, "chamber_pirani", 2.0) == pytest.approx(5.0 * 1.25, rel=0.1)
    assert rigs.shown(rig, "chamber_cdg_10pa") == pytest.approx(5.0, rel=0.01)


def test_a_humidity_sensor_shows_vapour_over_saturation_at_the_gas_temperature():
    """1 % of the molecules at 98.5 kPa and 22 degrees: 985 of 2637 Pa (science 1.1)."""
    rig = rigs.staged(composition={"N2": 0.99, "H2O": 0.01})
    expected = 985.0 / 2637.0
    assert rigs.truth(rig, rig.course.columns.humidity(WORKING), 60.0) == pytest.approx(expected, rel=5e-3)
    assert rigs.shown(rig, "working_humidity", 300.0) == pytest.approx(expected, abs=0.006)  # half of its loop


def test_a_dry_fill_holds_the_vapour_of_its_dew_point():
    """-60 degrees at one atmosphere: 1 Pa (bench file)."""
    rig = rigs.staged()
    vapour_pa = rigs.truth(rig, rig.course.columns.humidity(WORKING)) * saturation_pressure(295.15)
    assert vapour_pa == pytest.approx(1.08 * 98_500.0 / 101_325.0, rel=0.02)

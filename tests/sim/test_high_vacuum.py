"""The turbo pump behind its gate valve, its fore-line, and the helium that a leak detector sees there."""

import pytest
from sim import rigs
from sim.rigs import BENCH, CHAMBER, HOUR_S, LINES

from bench.sim.plant import gas
from bench.sim.plant.knot import LEAK_K
from bench.sim.plant.state import OUTGASSED, PUMPED
from bench.sim.ports_gas import HeliumPort, SpeciesPort, TurboPort

TURBO = BENCH.pump[1]
HOLE = "orifice_25um_working"


def high_vacuum(*, backed=True, **staged):
    """The turbo pump started at time 0 on an empty chamber, its gate valve open."""
    rig = rigs.staged(every=rigs.MINUTELY, **staged)
    if backed:
        rig.write_line(LINES["roughing_pump"], True)
        rig.write_line(LINES["foreline_valve"], True)
    rig.write_line(LINES["gate_valve"], True)
    TurboPort(rig, "turbo_drive").set_running(True)
    return rig


def test_the_rotor_spins_up_over_its_stated_time_and_coasts_as_long():
    rig = rigs.staged()
    drive = TurboPort(rig, "turbo_drive")
    assert (drive.running(), drive.speed()) == (False, 0.0)
    drive.set_running(True)
    shares = []
    for time_s in (30.0, 60.0, 120.0, 300.0):
        rig.clock.advance_to(time_s)
        shares.append(drive.speed())
    assert drive.running()
    assert shares == pytest.approx([0.25, 0.5, 1.0, 1.0], abs=2e-3)  # its display has whole hertz, of 1000
    drive.set_running(False)
    rig.clock.advance_to(330.0)
    assert not drive.running()
    assert drive.speed() == pytest.approx(0.75, abs=2e-3)


def test_an_empty_chamber_reaches_what_its_walls_give_off_over_the_speed():
    """3e-5 Pa m3/s after an hour, 5e-6 six hours later, behind 0.5 m3/s: 60 and 9 uPa; the ultimate is 1 uPa."""
    rig = high_vacuum()
    for age_h in (2.0, 7.0):
        outgassed = 3e-5 / age_h
        pressure = rigs.pressure_pa(rig, (age_h - 1.0) * HOUR_S, CHAMBER)
        assert pressure == pytest.approx(1e-6 + outgassed / 0.5, rel=0.03)


def test_it_exhausts_into_its_fore_line_and_only_the_fore_pump_takes_gas_out():
    """25 um hole of 1.1e-7 kg/s, 9.4e-3 Pa m3/s: the same flow behind 0.5 m3/s, and behind 0.028 m3/s and 0.3 Pa."""
    rig = high_vacuum()
    rig.write_line(LINES[HOLE], True)
    first, pumped = rigs.masses(rig, 7200.0), rigs.book(rig)
    flow = rigs.flow_kg_s(rig, HOLE, 7200.0, 600.0)
    outgassed = (rigs.book(rig) - pumped)[OUTGASSED].sum() / 600.0
    passed = (flow + outgassed) * gas.gas_constant(rigs.masses(rig)[CHAMBER]) * 295.15
    assert rigs.pressure_pa(rig, 7800.0, CHAMBER) == pytest.approx(passed / 0.5, rel=0.01)
    fore_line = rig.model.node["fore_line"]
    assert rigs.pressure_pa(rig, 7800.0, fore_line) == pytest.approx(0.3 + passed / 0.028, rel=0.01)
    lost = rigs.masses(rig) - first
    kept = lost.sum() + (rigs.book(rig) - pumped)[PUMPED].sum() - outgassed * 600.0
    assert kept == pytest.approx(0.0, abs=1e-12)


def test_without_its_fore_pump_all_stays_in_chamber_and_fore_line():
    rig = high_vacuum(backed=False)
    rig.write_line(LINES[HOLE], True)
    nodes = [CHAMBER, rig.model.node["fore_line"]]
    before, book = rigs.masses(rig, 130.0)[nodes].sum(axis=1), rigs.book(rig)
    leaked = rigs.flow_kg_s(rig, HOLE, 130.0) * 60.0
    gained, outgassed = rigs.masses(rig)[nodes].sum(axis=1) - before, (rigs.book(rig) - book)[OUTGASSED].sum()
    assert gained.sum() == pytest.approx(leaked + outgassed, rel=1e-9)
    assert gained[1] > 0.9 * gained.sum()
    assert rigs.book(rig)[PUMPED].sum() == 0.0


def test_without_its_fore_pump_it_pumps_no_more_at_its_largest_outlet_pressure():
    rig = high_vacuum(backed=False)
    rig.write_line(LINES[HOLE], True)
    assert rigs.pressure_pa(rig, HOUR_S, rig.model.node["fore_line"]) == pytest.approx(500.0, rel=0.01)
    before = rigs.kg_at(rig, HOUR_S, CHAMBER)
    leaked = rigs.flow_kg_s(rig, HOLE, HOUR_S) * 60.0
    assert rigs.kg_at(rig, HOUR_S + 60.0, CHAMBER) - before == pytest.approx(leaked, rel=0.01)


def test_a_leak_detector_shows_the_helium_that_leaks_once_as_much_is_pumped():
    """Mock-up full of helium: all that passes the hole is helium, and all of it goes into the turbo pump."""
    rig = high_vacuum(composition={"He": 1.0})
    rig.write_line(LINES[HOLE], True)
    flow = rigs.flow_kg_s(rig, HOLE, 1800.0, 60.0)
    expected = flow * gas.MOLAR_GAS_CONSTANT / gas.MOLAR_MASS[gas.HE] * LEAK_K
    assert rigs.truth(rig, rig.course.columns.helium) == pytest.approx(expected, rel=2e-3)
    drawn = rigs.BENCH.noise_class["leak_detector"].u_gain
    assert HeliumPort(rig, "leak_detector").helium_pa_m3_s() == pytest.approx(expected, rel=3.0 * drawn)


def test_no_helium_is_shown_while_nothing_pumps():
    rig = rigs.staged(composition={"He": 1.0})
    rig.write_line(LINES[HOLE], True)
    assert rigs.truth(rig, rig.course.columns.helium, 60.0) == 0.0
    assert HeliumPort(rig, "leak_detector").helium_pa_m3_s() < 1e-11


def test_partial_pressures_add_up_to_the_chambers():
    rig = high_vacuum(composition={"N2": 0.8, "He": 0.2})
    rig.write_line(LINES[HOLE], True)
    rig.clock.advance_to(1800.0)
    found = SpeciesPort(rig, "residual_gas_analyser").partial_pressures_pa()
    assert sum(found.values()) == pytest.approx(rigs.pressure_pa(rig, 1800.0, CHAMBER), rel=1e-9)
    assert found["He"] / found["N2"] == pytest.approx(0.25, rel=0.02)  # a choked hole and one speed for all gases


def test_the_cold_cathode_counts_where_membranes_have_given_up():
    rig = high_vacuum()
    rig.clock.advance_to(2.0 * HOUR_S)
    true_pa = rigs.truth(rig, rig.course.columns.ionisation)
    assert rigs.shown(rig, "chamber_cold_cathode") == pytest.approx(true_pa, rel=1e-2)
    assert true_pa < 1e-4

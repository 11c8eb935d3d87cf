"""Relief valves and burst discs of the plant: they open by themselves, at their set pressure over the chamber."""

import numpy as np
import pytest
from sim import plants, rigs
from sim.rigs import BENCH, CHAMBER, WORKING

from bench.sim.plant.elements import orifice_flow
from bench.sim.plant.reliefs import PASSED_PA
from bench.sim.plant.state import RELIEF, SUPPLY

SET_PA, RESEAT_PA = 115e3, 112e3
FLOW_KG_S, SUPPLY_KG_S = 2e-3, 5e-4


def relieved(kind="valve", supply_kg_s=SUPPLY_KG_S, chamber_m3=1e9):
    """A volume that a supply fills without an end, and its relief into the chamber."""
    area = FLOW_KG_S / orifice_flow(1.0, SET_PA, 293.15, 0.0, plants.GAS_CONSTANT, plants.GAMMA)
    opens = (SET_PA, RESEAT_PA) if kind == "valve" else (SET_PA, -np.inf)
    plant = plants.row(
        [0.4],
        film=15.0,
        capacity=29_000.0,
        chamber_m3=chamber_m3,
        ways=[plants.way(3, 0, SUPPLY), plants.way(0, 1, RELIEF, area, 0.0)],
        relief=np.array([[1.0, *opens]]),
        supply=np.array([supply_kg_s, 1e-5, 0.5, 0.0]),
    )
    now = plants.state(plant, [101_325.0], [293.15])
    now.control[:3] = 1.0, 150e3, 1e9
    return plant, now


def course(plant, now, end_s):
    """Times, and pressures over the chamber, at every knot."""
    seen = []
    plants.run(plant, now, end_s, lambda time_s, row: seen.append((time_s, row[0] - row[1])))
    return np.array(seen).T


def test_a_valve_opens_at_its_set_pressure_and_no_later():
    plant, now = relieved()
    _, gap = course(plant, now, 600.0)
    assert SET_PA <= gap.max() < SET_PA + PASSED_PA
    assert 0.0 < now.lifted_s[0] < 600.0


def test_a_valve_reseats_at_its_reseat_pressure_and_lifts_again():
    """It passes four times what the supply can give: to and fro between the two, never far beyond either."""
    plant, now = relieved()
    _, gap = course(plant, now, 600.0)
    later = gap[np.argmax(gap >= SET_PA) :]
    assert RESEAT_PA - PASSED_PA < later.min() < RESEAT_PA
    assert np.count_nonzero(np.diff(np.sign(np.diff(later)))) > 6  # turning points


def test_a_burst_disc_stays_open():
    plant, now = relieved("disc")
    course(plant, now, 200.0)
    now.control[0] = 0.0
    _, gap = course(plant, now, 1200.0)
    assert now.lift[0] == 1.0
    assert gap[-1] < 0.1 * SET_PA


def test_what_never_gets_there_never_opens():
    plant, now = relieved()
    now.control[1] = SET_PA - 100.0
    _, gap = course(plant, now, 3600.0)
    assert gap.max() < SET_PA
    assert now.lifted_s[0] == np.inf


def test_it_is_the_difference_to_the_chamber_that_counts():
    """In a chamber of its own size what is let out presses back: each time it lifts at a higher pressure."""
    plant, now = relieved(chamber_m3=0.4)
    seen = []
    plants.run(plant, now, 900.0, lambda _, row: seen.append((row[0], row[0] - row[1])))
    inside, gap = np.array(seen).T
    assert gap.max() < SET_PA + PASSED_PA
    assert inside.max() > SET_PA + 10_000.0


@pytest.mark.parametrize("kind", ["valve", "disc"])
def test_gas_and_energy_are_kept_while_it_blows(kind):
    plant, now = relieved(kind, chamber_m3=2.2)
    kg, joules = plants.all_kg(plant, now), plants.total_energy(plant, now)
    course(plant, now, 900.0)
    assert now.lifted_s[0] < 900.0
    assert np.abs(plants.all_kg(plant, now) - kg).max() < 1e-12 * kg.sum()
    assert abs(plants.total_energy(plant, now) / joules - 1.0) < 1e-12


# -- on the rig ------------------------------------------------------------------------------------------------------
def over_filled(until_s):
    """The controller has been told to press far too much into the working compartment."""
    rig = rigs.staged()

    def control(course):
        course.state.control[:5] = 1.0, 140e3, 1e9, 140e3, 0.0

    rig.command(control)
    rig.write_line(rigs.LINES["fill_valve"], True)
    rig.clock.advance_to(until_s)
    return rig


def test_a_quiet_rig_has_opened_none():
    rig = rigs.rig_of()
    rig.clock.advance_to(3600.0)
    assert rig.reliefs_opened == {}
    assert rig.read_line("cDAQ1Mod3/port0/line28")
    assert rig.read_line("cDAQ1Mod3/port0/line29")


def test_an_over_filled_one_says_which_and_when_and_its_tell_tale_stays_out():
    rig = over_filled(600.0)
    assert set(rig.reliefs_opened) == {"relief_working"}
    assert 60.0 < rig.reliefs_opened["relief_working"] < 600.0
    assert not rig.read_line("cDAQ1Mod3/port0/line28")
    assert rig.read_line("cDAQ1Mod3/port0/line29")
    rig.write_line(rigs.LINES["fill_valve"], False)
    rig.clock.advance_to(3600.0)
    assert rig.true_pressure_pa(WORKING) - rig.true_pressure_pa(CHAMBER) < SET_PA
    assert not rig.read_line("cDAQ1Mod3/port0/line28")


def test_asking_often_does_not_change_when_it_opens():
    rig = over_filled(0.0)
    for second in range(1, 400):
        rig.clock.advance_to(float(second))
        rig.look()
    assert rig.reliefs_opened == pytest.approx(over_filled(400.0).reliefs_opened, abs=1e-9)


def test_a_command_in_a_step_that_was_planned_to_open_it_may_keep_it_shut():
    """The plant runs ahead of who asks; what is taken back has not happened."""
    opened_s = over_filled(600.0).reliefs_opened["relief_working"]
    rig = over_filled(opened_s - 1.5)
    rig.look()
    rig.write_line(rigs.LINES["fill_valve"], False)
    rig.clock.advance_to(opened_s + 100.0)
    assert rig.reliefs_opened == {}


def test_every_compartment_of_the_shipped_bench_has_both():
    kinds = {(relief.compartment, relief.kind) for relief in BENCH.relief}
    assert kinds == {(c.name, kind) for c in BENCH.compartment for kind in ("valve", "disc")}

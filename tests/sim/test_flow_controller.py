"""Mass flow controllers: what they pass, and from where; heaters on walls."""

import numpy as np
import pytest
from sim import plants, rigs
from sim.rigs import CHAMBER, LINES, WORKING

from bench.sim.plant import gas
from bench.sim.plant.composition import DRY_AIR
from bench.sim.plant.state import FLOW_CONTROLLER, HEAT, POSITION, WALL_HEAT, WANTED, Layout
from bench.sim.ports_electric import HeaterPort
from bench.sim.ports_gas import FlowPort

FULL_KG_S, WIDE_M2 = 1e-6, 1e-8
HELIUM = np.array([0.5, 0.0, 0.0, 0.0, 0.0, 0.5])


def controlled(share, pressures_pa, *, full_kg_s=FULL_KG_S, fractions=None):
    """From the first of two compartments to the second, at a share of full scale."""
    plant = plants.row(
        [0.1, 0.1], ways=[plants.way(0, 1, FLOW_CONTROLLER, full_kg_s, WIDE_M2)], film=10.0, capacity=1e4
    )
    now = plants.state(plant, pressures_pa, [293.15, 293.15], fractions=fractions)
    now.move[1, [POSITION, WANTED]] = share
    return plant, now


@pytest.mark.parametrize("share", [0.01, 0.25, 1.0])
def test_it_passes_its_share_of_full_scale_whatever_the_pressures(share):
    for pressures_pa in ([1e5, 1e3], [2e5, 5e4]):
        plant, now = controlled(share, pressures_pa)
        plants.run(plant, now, 100.0)
        passed = Layout(plant).through(now.u)[1]
        assert passed == pytest.approx(100.0 * share * FULL_KG_S, rel=1e-9)


def test_it_never_passes_anything_uphill():
    plant, now = controlled(1.0, [5e4, 1e5])
    plants.run(plant, now, 100.0)
    assert Layout(plant).through(now.u)[1] == 0.0


def test_with_hardly_any_pressure_in_front_it_passes_what_its_open_valve_lets_through():
    """Choked, 1 kPa of air at 293 K: 2.39 kg/(s m2) (science 1.2.1: 239.17 at an atmosphere)."""
    plant, now = controlled(1.0, [1000.0, 0.1])
    plants.run(plant, now, 1.0)
    assert Layout(plant).through(now.u)[1] == pytest.approx(239.17 * WIDE_M2 * 1000.0 / 101_325.0, rel=3e-3)


def test_two_vessels_end_at_equal_pressures_and_the_flow_dies_out():
    plant, now = controlled(1.0, [1e5, 9e4], full_kg_s=1e-4)
    kg, joules = plants.all_kg(plant, now), plants.total_energy(plant, now)
    plants.run(plant, now, 86_400.0)
    pressures = plants.pressures(plant, now)[:2]
    assert pressures[0] == pytest.approx(pressures[1], abs=0.1)
    assert plants.all_kg(plant, now) == pytest.approx(kg, rel=1e-12)
    assert plants.total_energy(plant, now) == pytest.approx(joules, rel=1e-12)


def test_what_it_passes_is_the_gas_in_front_of_it():
    plant, now = controlled(1.0, [1e5, 1e3], fractions=[HELIUM, DRY_AIR])
    before = Layout(plant).mass(now.u)[1].copy()
    plants.run(plant, now, 100.0)
    assert (Layout(plant).mass(now.u)[1] - before)[gas.HE] == pytest.approx(50.0 * FULL_KG_S, rel=1e-9)


def programmable_leak(flow_kg_s):
    rig = rigs.staged()
    rig.write_line(LINES["select_working"], True)
    rig.clock.advance_to(10.0)
    port = FlowPort(rig, "leak_flow")
    port.set_flow(flow_kg_s)
    return rig, port


def test_a_programmable_leak_takes_its_flow_from_the_compartment_chosen_and_from_no_other():
    rig, port = programmable_leak(4e-7)
    before = rigs.masses(rig, 20.0)
    lost = before - rigs.masses(rig, 620.0)
    assert lost[WORKING].sum() == pytest.approx(600.0 * 4e-7, rel=1e-3)
    assert lost[:WORKING].sum() + lost[3].sum() == pytest.approx(0.0, abs=1e-12)
    assert lost[CHAMBER].sum() == pytest.approx(-600.0 * 4e-7, rel=1e-2)  # and what its walls give off
    assert port.flow_kg_s() == pytest.approx(4e-7, abs=5e-9)  # its noise
    assert port.pressure_pa() == pytest.approx(rigs.pressure_pa(rig, 620.0), abs=1.0)


def test_a_programmable_leak_empties_its_manifold_when_nothing_is_chosen():
    rig, port = programmable_leak(1e-6)
    rig.write_line(LINES["select_working"], False)
    rig.clock.advance_to(1000.0)
    assert port.pressure_pa() < 10.0
    assert abs(port.flow_kg_s()) < 5e-9
    assert rig.course.newest < 5000  # a small volume behind a wide valve does not hold the plant up


def test_make_up_comes_from_the_bottle_and_its_line():
    rig = rigs.staged()
    rig.write_line(LINES["makeup_valve"], True)
    rig.clock.advance_to(10.0)
    FlowPort(rig, "makeup_flow").set_flow(9.5e-6)
    before = rigs.masses(rig, 20.0)
    gained = (rigs.masses(rig, 120.0) - before).sum(axis=1)
    assert gained[WORKING] == pytest.approx(9.5e-4, rel=1e-6)
    bottle, line = (rig.model.node[name] for name in ("reserve_bottle", "makeup_line"))
    assert gained[bottle] + gained[line] == pytest.approx(-9.5e-4, rel=1e-6)
    assert gained[line] / gained[bottle] == pytest.approx(2e-4 / 0.01, rel=1e-2)  # one pressure


def test_a_line_that_is_shut_off_comes_to_rest_at_the_compartments_pressure():
    rig = rigs.staged()
    port = FlowPort(rig, "makeup_flow")
    port.set_flow(9.5e-6)
    rig.clock.advance_to(600.0)
    flow = rigs.flow_kg_s(rig, "makeup_flow", 600.0)
    assert flow == pytest.approx(0.0, abs=1e-10)
    assert port.pressure_pa() == pytest.approx(rigs.pressure_pa(rig, 660.0), abs=1.0)


def test_a_controller_that_loses_its_power_shuts():
    rig, _ = programmable_leak(1e-6)
    rig.clock.advance_to(20.0)
    rig.lose_power("leak_flow")
    rig.clock.advance_to(30.0)
    assert rigs.truth(rig, rig.course.columns.flow(rig.model.path["leak_flow"])) == 0.0


def test_a_heater_warms_its_wall_by_its_energy_and_no_other():
    """50 W for 1000 s are 50 kJ, in the book of heat to the last digit; 29 kJ/K of wall, and gas, take them."""
    rig = rigs.staged()
    port = HeaterPort(rig, "heater_supply")
    rigs.state_at(rig, 10.0)
    port.set_power(2, 50.0)
    rigs.state_at(rig, 1010.0)
    port.set_power(2, 0.0)
    layout, u = rig.model.layout, rigs.state_at(rig, 1020.0).u
    assert layout.energy_book(u)[HEAT] == pytest.approx(50_000.0, rel=1e-12)
    warmer = layout.wall(u)[:4] - 295.15
    assert 1.2 < warmer[WORKING] < 50_000.0 / 29_001.0
    assert np.abs(np.delete(warmer, WORKING)).max() < 0.05  # what hatch rings conduct
    assert port.shown_power_w(2) == 0.0


def test_the_power_shown_is_the_heaters_alone():
    """Racks heat the same wall."""
    rig = rigs.staged(wall_heat_w={"working_compartment": 5.0})
    port = HeaterPort(rig, "heater_supply")
    port.set_power(2, 20.0)
    rig.clock.advance_to(10.0)
    assert port.shown_power_w(2) == 20.0
    assert rig.course.state.heat[WORKING, WALL_HEAT] == 5.0
    rig.lose_power("heater_supply")
    rig.clock.advance_to(20.0)
    assert port.shown_power_w(2) == 0.0
    assert rig.course.state.heat[WORKING, WALL_HEAT] == 5.0

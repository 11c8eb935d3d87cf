"""What a scenario does to the gas of the rig, entry by entry, when it says so."""

import math

import numpy as np
import pytest
from sim import rigs
from sim.rigs import BENCH, CHAMBER, DAY_S, LINES, WORKING, kg_at, masses, passed_kg, pressure_pa, staged

from bench.sim.plant import gas
from bench.sim.plant.state import SOURCES

START_FLUX = 239.17 * 0.9721 * 0.9966
"""Of air at 98.5 kPa and 295.15 K into vacuum, kg/(m2 s) (science 1.2.1)."""
HERE = {"compartment": "working_compartment"}
HOLE = {**HERE, "name": "hole", "diameter_m": 5e-5}
TRAPPED = {**HERE, "name": "blind_hole", "volume_m3": 5e-4, "conductance_m3_s": 1e-6, "pressure_pa": 60_000.0}
MAKEUP = {**HERE, "pressure_pa": 98_500.0, "max_flow_kg_s": 1e-6, "gain_kg_s_pa": 1e-7}


def test_a_hidden_leak_flows_from_its_beginning_to_its_end():
    rig = staged(hidden_leak=[{**HOLE, "diameter_m": 1e-4, "begin_s": 100.05, "end_s": 200.0}])
    before, begun, ended, after = (kg_at(rig, t) for t in (60.0, 100.0, 200.1, 300.0))
    assert begun == pytest.approx(before, abs=1e-15)
    assert begun - ended == pytest.approx(START_FLUX * math.pi / 4.0 * 1e-8 * 99.95, rel=2e-3)
    assert after == pytest.approx(ended, abs=1e-15)


def test_events_do_not_depend_on_who_asks_when():
    events = {
        "hidden_leak": [{**HOLE, "begin_s": 33.333}],
        "purification": [{**HERE, "area_m2": 1e-6, "period_s": 20.0, "open_s": 0.5, "begin_s": 3.03}],
        "growth": [{"leak": "hole", "begin_s": 40.0, "over_s": 33.0, "factor": 2.0}],
        "makeup": [MAKEUP],
        "crew": [{**HERE, "people": 1e-3, "begin_s": 5.05, "end_s": 77.7}],
    }
    once, often = staged(**events), staged(**events)
    for time_s in np.arange(0.0, 100.0, 0.77):
        rigs.shown(often, "working_gas_1", float(time_s))
    for one, other in zip(rigs.state_at(once, 100.0), rigs.state_at(often, 100.0), strict=True):
        assert np.array_equal(one, other)


def flow(rig, begin_s, path="hole"):
    return rigs.flow_kg_s(rig, path, begin_s, 1.0)


def test_a_patch_cures_to_its_residual_and_reopens():
    patch = {"leak": "hole", "at_s": 600.0, "residual": 0.2, "cure_s": 300.0, "reopen_s": 6000.0, "reopening": 0.5}
    rig = staged(hidden_leak=[HOLE], patch=[patch])
    fresh, curing, cured, reopened = (flow(rig, t) for t in (599.0, 899.5, 5999.0, 6000.0))
    assert curing / fresh == pytest.approx(0.2 + 0.8 * math.exp(-1.0), rel=2e-3)
    assert cured / fresh == pytest.approx(0.2, rel=2e-3)  # the compartment has lost a thousandth by then
    assert reopened / cured == pytest.approx(0.7 / 0.2, rel=1e-5)


@pytest.mark.parametrize("leak", ["hole", "orifice_50um_working"])
def test_a_leak_grows_exponentially_to_its_factor_whether_hidden_or_of_the_bench(leak):
    rig = staged(hidden_leak=[HOLE], growth=[{"leak": leak, "begin_s": 100.0, "over_s": 100.0, "factor": 4.0}])
    rig.write_line(LINES["orifice_50um_working"], True)
    ratios = [flow(rig, t, leak) / pressure_pa(rig, None) for t in (98.0, 149.5, 250.0, 300.0)]
    assert np.divide(ratios[1:], ratios[0]) == pytest.approx([2.0, 4.0, 4.0], rel=2e-4)


def test_a_patch_and_growth_multiply():
    patch = {"leak": "hole", "at_s": 100.0, "residual": 0.5}
    rig = staged(hidden_leak=[HOLE], patch=[patch], growth=[{"leak": "hole", "over_s": 50.0, "factor": 3.0}])
    assert flow(rig, 200.0) == pytest.approx(1.5 * START_FLUX * math.pi / 4.0 * 2.5e-9, rel=2e-3)


def test_a_trapped_volume_takes_gas_with_its_time_constant_and_nothing_reaches_the_chamber():
    """V / C = 500 s. What it lacks, dP V / R T, comes from the compartment: a loss that ends."""
    rig = staged(trapped=[TRAPPED])
    trapped, missing_kg = rig.model.node["blind_hole"], 38_500.0 * 5e-4 / (287.055 * 295.15)
    start, one, late = masses(rig, 0.0), masses(rig, 500.0), masses(rig, 5000.0)
    taken = [(later - start)[trapped].sum() for later in (one, late)]
    assert taken == pytest.approx([missing_kg * (1.0 - math.exp(-1.0)), missing_kg], rel=2e-3)
    rest = [(start - one)[:4].sum(), passed_kg(rig, "blind_hole", 5000.0)]
    assert rest == pytest.approx(taken, rel=1e-9)


def test_a_regulator_makes_up_what_leaks_out_of_its_bottle():
    """Gain 1e-7 kg/s/Pa: 4.5 Pa below its set point for the 0.45 mg/s of a 50 um hole."""
    rig = staged(hidden_leak=[HOLE], makeup=[MAKEUP])
    bottle = rig.model.node["makeup/working_compartment"]
    first, leaked, pressure = masses(rig, 3600.0), passed_kg(rig, "hole", 3600.0), pressure_pa(rig, 3600.0)
    last = masses(rig, 7200.0)
    made_up = (first - last)[bottle].sum()
    assert made_up == pytest.approx(passed_kg(rig, "hole", 7200.0) - leaked, rel=1e-3)
    assert 98_500.0 - pressure == pytest.approx(made_up / 3600.0 / 1e-7, rel=5e-3)


def test_a_regulator_cannot_pass_more_than_its_largest_flow():
    rig = staged(makeup=[{**MAKEUP, "pressure_pa": 101_325.0, "begin_s": 60.0, "end_s": 160.0}])
    path = "makeup/working_compartment"
    passed = [passed_kg(rig, path, t) for t in (60.0, 160.0, 300.0)]
    assert passed == pytest.approx([0.0, 1e-4, 1e-4], rel=1e-4, abs=1e-12)


def test_a_regulator_does_not_vent():
    rig = staged(makeup=[{**MAKEUP, "pressure_pa": 90_000.0}])
    assert passed_kg(rig, "makeup/working_compartment", 3600.0) == 0.0


def test_a_puff_takes_what_its_area_passes_in_its_time():
    puffs = {**HERE, "area_m2": 1e-6, "period_s": 100.0, "open_s": 0.5, "begin_s": 10.0}
    rig = staged(purification=[puffs])
    lost = kg_at(rig, 9.0) - kg_at(rig, 99.0)
    assert lost == pytest.approx(START_FLUX * 1e-6 * 0.5, rel=2e-3)
    assert kg_at(rig, 99.0) - kg_at(rig, 199.0) == pytest.approx(lost, rel=2e-3)


def test_a_source_adds_its_mass_and_is_booked():
    rig = staged(source=[{**HERE, "kg_s": 1e-5, "begin_s": 10.0, "end_s": 20.0}])
    before, after = kg_at(rig, 9.5), kg_at(rig, 30.0)
    assert after - before == pytest.approx(1e-4, rel=1e-9)
    assert rigs.book(rig)[SOURCES].sum() == pytest.approx(1e-4, rel=1e-9)


def test_a_source_of_one_species_adds_that_alone():
    rig = staged(source=[{**HERE, "kg_s": -2e-7, "species": "CO2", "begin_s": 60.0, "end_s": 160.0}])
    before, after = masses(rig, 60.0)[WORKING], masses(rig, 200.0)[WORKING]
    assert after - before == pytest.approx(-2e-5 * np.eye(gas.SPECIES)[gas.CO2], rel=1e-6, abs=1e-15)


def test_nobody_takes_more_of_a_species_than_there_is():
    """0.2 g of carbon dioxide in air: taken at 0.2 g a second it is gone within minutes, and no more than it."""
    rig = staged(source=[{**HERE, "kg_s": -2e-4, "species": "CO2", "begin_s": 60.0}])
    there = masses(rig, 60.0)[WORKING, gas.CO2]
    left = masses(rig, 1800.0)[WORKING, gas.CO2]
    assert 0.0 <= left < 1e-6 * there


def test_a_crew_takes_oxygen_and_gives_carbon_dioxide_vapour_and_heat():
    """0.84, 1.0 and 2.0 kg and 100 W a person (science 1.4; orders), from begin to end."""
    rig = staged(crew=[{**HERE, "people": 1e-3, "begin_s": 600.0, "end_s": 600.0 + DAY_S / 10.0}])
    rigs.state_at(rig, 600.0)
    before, heat_j = masses(rig), rig.model.layout.energy_book(rig.course.state.u)[1]
    change = (masses(rig, 600.0 + DAY_S / 5.0) - before)[WORKING]
    expected = np.zeros(gas.SPECIES)
    expected[[gas.O2, gas.CO2, gas.H2O]] = -0.84e-4, 1e-4, 2e-4
    assert change == pytest.approx(expected, rel=1e-9, abs=1e-15)
    assert rig.model.layout.energy_book(rig.course.state.u)[1] - heat_j == pytest.approx(0.1 * DAY_S / 10.0, rel=1e-9)


def test_a_composition_fills_the_rig_whatever_the_bench_file_states():
    """Mole fractions; the dew point of the bench file comes on top."""
    rig = staged(composition={"N2": 1.0, "He": 1.0})
    moles = masses(rig)[WORKING] / gas.MOLAR_MASS
    assert moles[gas.HE] == pytest.approx(moles[gas.N2], rel=1e-12)
    assert moles[gas.H2O] / moles.sum() == pytest.approx(1.08 / 101_325.0, rel=0.02)
    assert moles[[gas.O2, gas.CO2, gas.AR]].sum() == 0.0
    assert pressure_pa(rig, 0.0) == pytest.approx(98_500.0, rel=1e-6)


@pytest.mark.parametrize("species", ["N2", "He"])
def test_permeation_passes_one_species_by_its_partial_pressure(species):
    """1e-13 kg/s/Pa: nine tenths of the pressure is nitrogen, a tenth helium."""
    leak = {**HERE, "name": "seal", "kind": "permeation", "species": species, "conductance_kg_s_pa": 1e-13}
    rig = staged(hidden_leak=[leak], composition={"N2": 0.9, "He": 0.1})
    before, share = masses(rig, 600.0)[WORKING], {"N2": 0.9, "He": 0.1}[species]
    lost = before - masses(rig, 4200.0)[WORKING]
    index = {"N2": gas.N2, "He": gas.HE}[species]
    assert lost[index] == pytest.approx(1e-13 * share * 98_500.0 * 3600.0, rel=1e-3)
    assert np.delete(lost, index) == pytest.approx(0.0, abs=1e-15)


def test_permeation_goes_with_temperature_as_its_activation_energy_says():
    """25 kJ/mol, ten kelvin above the reference: exp(25000 / R (1/295.15 - 1/305.15)) = 1.396."""
    flows = []
    for shroud_k in (295.15, 305.15):
        leak = {**HERE, "name": "seal", "kind": "permeation", "species": "N2", "conductance_kg_s_pa": 1e-13}
        rig = staged(hidden_leak=[leak], shroud_temperature_k=shroud_k)
        flows.append(flow(rig, 60.0, "seal"))
    assert flows[1] / flows[0] == pytest.approx(1.396, abs=1e-3)


@pytest.mark.parametrize(
    ("shape", "exponent"),
    [({"diameter_m": 5e-5}, 1.0), ({"kind": "slit", "width_m": 0.002, "height_m": 4e-5, "length_m": 0.02}, 2.0)],
    ids=["orifice", "slit"],
)
def test_the_flow_of_a_crack_goes_as_pressure_squared_that_of_a_hole_as_pressure(shape, exponent):
    """Decay exponent (science 1.2.5)."""
    flows = []
    for initial_pa in (101_325.0, 70_000.0):
        rig = staged(hidden_leak=[{**HERE, "name": "x", **shape}], initial_pressure_pa=initial_pa)
        flows.append(rigs.flow_kg_s(rig, "x", 10.0, 1.0))
    assert math.log(flows[0] / flows[1]) / math.log(101_325.0 / 70_000.0) == pytest.approx(exponent, abs=0.05)


def test_a_hidden_leak_can_lead_to_the_neighbour_and_loses_nothing():
    rig = staged(hidden_leak=[{**HOLE, "to": "intermediate_chamber"}])

    def drain(course):
        layout, u = course.model.layout, course.state.u
        layout.mass(u)[3] *= 0.5
        layout.energy(u)[3] *= 0.5

    rigs.state_at(rig, 10.0)
    rig.command(drain)
    before = masses(rig)
    after = masses(rig, 100.0)
    passed = passed_kg(rig, "hole", 100.0)
    assert passed > 1e-5
    assert (after - before)[3].sum() == pytest.approx(passed, rel=1e-2)
    assert (after - before)[[WORKING, 3]].sum() == pytest.approx(0.0, abs=1e-15)


def test_a_tripped_pump_stands_still_until_it_is_started_again():
    rig = staged(pump_trip=[{"at_s": 100.0}])
    pump = BENCH.pump[0]
    rig.write_line(pump.line, True)
    running = []
    for time_s in (99.0, 101.0):
        rig.clock.advance_to(time_s)
        running.append(rig.read_line(pump.running_switch))
    rig.write_line(pump.line, True)
    assert [*running, rig.read_line(pump.running_switch)] == [True, False, True]


@pytest.mark.parametrize(("named", "running"), [(None, [False, False]), ("second", [True, False])])
def test_one_pump_can_trip_by_name_or_all_without(named, running):
    first = BENCH.pump[0]
    second = first.model_copy(update={"name": "second", "line": "x/line0", "running_switch": "x/line1"})
    rig = staged(BENCH.model_copy(update={"pump": (*BENCH.pump, second)}), pump_trip=[{"at_s": 100.0, "pump": named}])
    for pump in (first, second):
        rig.write_line(pump.line, True)
    rig.clock.advance_to(101.0)
    assert [rig.read_line(pump.running_switch) for pump in (first, second)] == running


def test_an_empty_chamber_stays_empty_when_nothing_leaks():
    chamber = BENCH.chamber.model_copy(update={"outgassing_pa_m3_s": 0.0})
    rig = staged(BENCH.model_copy(update={"chamber": chamber}), rigs.MINUTELY)
    assert kg_at(rig, DAY_S, CHAMBER) == pytest.approx(rigs.EMPTY_KG, rel=1e-15)

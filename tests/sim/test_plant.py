"""The plant against published answers (science 1.2, 1.7, 1.8)."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from sim import plants

from bench.sim.plant import elements, gas
from bench.sim.plant.composition import DRY_AIR
from bench.sim.plant.state import CAPACITY, ELASTICITY, EXPANSION, FILM, ORIFICE, REFERENCE_K, REFERENCE_PA, Layout

PSI, INCH, CUBIC_FOOT, POUND = 6894.757, 0.0254, 0.0283168466, 0.45359237
FREE_AIR_KG_M3 = 0.07494 * POUND / CUBIC_FOOT
SEVENTY_F = (70.0 - 32.0) / 1.8 + 273.15
AIR_J_KG_K = 287.055
ORIFICE_TABLE = [  # gauge psi; cfm of free air through 1/64, 1/32, 1/16 in, discharge coefficient 1, to 14.7 psia
    (1, 0.028, 0.112, 0.450),
    (5, 0.062, 0.248, 0.993),
    (15, 0.105, 0.420, 1.68),
    (25, 0.140, 0.562, 2.25),
]
BLOW_DOWN_M3, BLOW_DOWN_M2 = 0.060, plants.hole_m2(1e-3)


def test_critical_flow_factor_of_air():
    flux = elements.orifice_flow(1.0, 1.0, 1.0, 0.0, 1.0, 1.4)
    assert flux == pytest.approx(0.6847315, abs=5e-8)


@pytest.mark.parametrize("row", ORIFICE_TABLE, ids=lambda row: f"{row[0]} psig")
def test_orifice_table_both_branches(row):
    """Discharge of air through an orifice, the table quoted in science 1.8: within its last digit or 0.6 %."""
    gauge_psi, *printed = row
    for diameter_in, cfm in zip((1 / 64, 1 / 32, 1 / 16), printed, strict=True):
        area = plants.hole_m2(diameter_in * INCH)
        flow = elements.orifice_flow(area, (14.7 + gauge_psi) * PSI, SEVENTY_F, 14.7 * PSI, AIR_J_KG_K, 1.4)
        ours_cfm = flow / FREE_AIR_KG_M3 / CUBIC_FOOT * 60.0
        last_digit = 0.0005 if cfm < 1.0 else 0.005
        assert abs(ours_cfm - cfm) <= max(last_digit, 0.006 * cfm)


def test_flux_into_vacuum():
    """Air at 101.325 kPa and 293.15 K: 239.17 kg/(m2 s) (science 1.2.1)."""
    flux = elements.orifice_flow(1.0, 101325.0, 293.15, 0.0, AIR_J_KG_K, 1.4)
    assert flux == pytest.approx(239.17, abs=0.005)


def test_the_flow_does_not_feel_a_downstream_pressure_below_the_critical_ratio():
    flows = [elements.orifice_flow(1e-9, 1e5, 293.15, p, AIR_J_KG_K, 1.4) for p in (0.0, 1e3, 0.5282e5)]
    assert flows == pytest.approx([flows[0]] * 3, rel=1e-12)
    assert elements.orifice_flow(1e-9, 1e5, 293.15, 0.56e5, AIR_J_KG_K, 1.4) < flows[0]


def test_blow_down_constant_of_60_litres_through_1_mm():
    """Tau = V / (A C* sqrt(R T)) = 384.607 s for gamma 1.4, R 287.055 (science 1.8)."""
    speed = elements.orifice_flow(BLOW_DOWN_M2, 1.0, 293.15, 0.0, AIR_J_KG_K, 1.4) * AIR_J_KG_K * 293.15
    assert BLOW_DOWN_M3 / speed == pytest.approx(384.607, abs=0.005)


def diatomic():
    """Mass fractions of nitrogen with as much argon as makes cp/cv 1.4, for which the answers are printed."""

    def excess(argon):
        return gas.heat_capacity_ratio(np.array([1.0 - argon, 0.0, 0.0, 0.0, argon, 0.0])) - 1.4

    argon = brentq(excess, 0.0, 0.1)
    return np.array([1.0 - argon, 0.0, 0.0, 0.0, argon, 0.0])


@pytest.mark.parametrize(
    ("film", "printed"),
    [(plants.CLAMPED, (0.367879, 0.135335, 0.049787)), (plants.FREE, (0.279082, 0.094865, 0.037253))],
    ids=["isothermal", "adiabatic"],
)
def test_blow_down_through_1_mm_to_its_printed_digits(film, printed):
    """P/P0 of 60 L at 1, 2, 3 tau, 293.15 K (science 1.8); from 100 Pa, where the gas is ideal to 4e-7."""
    plant = plants.row([BLOW_DOWN_M3], film=film, holes_m2=[BLOW_DOWN_M2])
    now = plants.state(plant, [100.0], [293.15], fractions=[diatomic()])
    constant = gas.gas_constant(diatomic())
    tau_s = BLOW_DOWN_M3 / (elements.orifice_flow(BLOW_DOWN_M2, 1.0, 293.15, 0.0, constant, 1.4) * constant * 293.15)
    for count, ratio in enumerate(printed, 1):
        plants.run(plant, now, count * tau_s)
        assert plants.pressures(plant, now)[0] / 100.0 == pytest.approx(ratio, abs=1e-6)


def test_open_hatches_make_one_pressure_and_keep_mass_and_energy():
    plant = plants.row([0.2, 0.06, 0.4, 0.06], film=plants.FREE, capacity=1.0)
    now = plants.state(plant, [101e3, 99e3, 100e3, 102e3], [293.0, 301.0, 295.0, 288.0], hatches_open=1.0)
    mass, energy = plants.all_kg(plant, now), plants.total_energy(plant, now)
    plants.run(plant, now, 1.0)
    assert np.ptp(plants.pressures(plant, now)[:4]) < 0.01
    plants.run(plant, now, 60.0)
    assert np.ptp(plants.pressures(plant, now)[:4]) < 0.005
    assert plants.all_kg(plant, now) == pytest.approx(mass, rel=1e-12)
    assert plants.total_energy(plant, now) == pytest.approx(energy, rel=1e-12)
    assert len(set(np.round(plants.temperatures(plant, now)[:4], 3))) == 4  # equal pressure, not equal temperature


def test_a_closed_hatch_separates():
    plant = plants.row([0.2, 0.06], film=plants.FREE)
    now = plants.state(plant, [101e3, 99e3], [293.0, 293.0], hatches_open=0.0)
    plants.run(plant, now, 10.0)
    assert plants.pressures(plant, now)[:2] == pytest.approx([101e3, 99e3], rel=1e-12)


def test_a_fan_mixes_two_compartments_with_the_stated_time_constant():
    """Two of 0.1 m3 at 0.005 m3/s each way: the difference of mole fractions decays with V / (2 q) = 10 s."""
    rich = DRY_AIR * np.array([0.98, 0.98, 1.0, 1.0, 1.0, 1.0])
    rich[gas.HE] = 1.0 - rich.sum()
    plant = plants.row([0.1, 0.1], film=plants.CLAMPED, fan_m3_s=0.005)
    now = plants.state(plant, [1e5, 1e5], [293.0, 293.0], hatches_open=1.0, fractions=[rich, DRY_AIR])
    share = Layout(plant).mass(now.u)[:2, gas.HE] / Layout(plant).mass(now.u)[:2].sum(axis=1)
    plants.run(plant, now, 20.0)
    later = Layout(plant).mass(now.u)[:2, gas.HE] / Layout(plant).mass(now.u)[:2].sum(axis=1)
    assert np.diff(later)[0] / np.diff(share)[0] == pytest.approx(math.exp(-2.0), rel=0.05)


def test_gas_follows_its_wall_with_the_stated_time_constant():
    """The time constant m cv / (h A) is 23 s for 400 L behind 3 m2 at 5 W/m2K (science 1.1)."""
    plant = plants.row([0.4], film=15.0)
    now = plants.state(plant, [101325.0], [294.15])
    layout = Layout(plant)
    layout.wall(now.u)[0] = 293.15
    tau_s = layout.mass(now.u)[0].sum() * gas.heat_capacity_cv(DRY_AIR) / 15.0
    assert tau_s == pytest.approx(23.0, abs=0.5)
    plants.run(plant, now, tau_s)
    assert plants.temperatures(plant, now)[0] - 293.15 == pytest.approx(math.exp(-1.0), rel=1e-3)


def test_a_wall_relaxes_to_the_shroud_in_4_7_hours():
    """29 kJ/K and emissivity 0.1 over 3 m2: tau_wall = 4.7 h, 1.7 W/K (science 1.1)."""
    radiation = 5.670374419e-8 * 0.1 * 3.0
    assert 4.0 * radiation * 293.15**3 == pytest.approx(1.7, abs=0.03)
    plant = plants.row([0.4], film=15.0, capacity=29_000.0, radiation=radiation)
    now = plants.state(plant, [101325.0], [294.15])
    plants.run(plant, now, 4.7 * 3600.0)
    assert Layout(plant).wall(now.u)[0] - 293.15 == pytest.approx(math.exp(-1.0), abs=0.015)


def test_a_warm_shell_holds_its_gas_at_a_lower_pressure():
    """Aluminium: 3 alpha = 6.9e-5 /K, half a kelvin is 3.5 Pa (science 1.1); elasticity takes 0.02 Pa of it."""
    found = []
    for expansion in (0.0, 6.9e-5):
        plant = plants.row([0.4], film=plants.CLAMPED)
        plant.node[0, [EXPANSION, REFERENCE_K, ELASTICITY, REFERENCE_PA]] = expansion, 293.15, 2.3e-9, 101325.0
        now = plants.state(plant, [101325.0], [293.15])
        Layout(plant).wall(now.u)[0] += 0.5
        Layout(plant).energy(now.u)[0] *= 293.65 / 293.15
        found.append(plants.pressures(plant, now)[0])
    assert found[0] - found[1] == pytest.approx(3.5, abs=0.05)


def test_real_air_is_a_little_thinner_than_ideal_air():
    """Z = 0.999624 at 101.325 kPa and 293.15 K (science 1.1, CoolProp); our virial series ends after two terms."""
    plant = plants.row([0.4])
    now = plants.state(plant, [101325.0], [293.15])
    kg_m3 = Layout(plant).mass(now.u)[0].sum() / 0.4
    assert 101325.0 / (kg_m3 * plants.GAS_CONSTANT * 293.15) == pytest.approx(0.999624, abs=2e-5)


def test_walls_conduct_along_the_structure():
    plant = plants.row([0.2, 0.2], film=plants.FREE, capacity=1000.0, wall_w_k=2.0)
    now = plants.state(plant, [1e5, 1e5], [300.0, 290.0])
    plants.run(plant, now, 250.0)
    wall = Layout(plant).wall(now.u)
    assert wall.sum() == pytest.approx(590.0, rel=1e-12)
    assert np.diff(wall)[0] == pytest.approx(-10.0 * math.exp(-1.0), rel=1e-3)
    assert plant.node[0, FILM] == 0.0
    assert plant.node[0, CAPACITY] == 1000.0


def test_a_vessel_filled_adiabatically_is_warm_by_the_ratio_of_heat_capacities():
    """Gas of T that fills an empty vessel without heat exchange ends at cp/cv T (first law; thin gas): the enthalpy of
    what flows in, not its energy.
    """
    room = plants.way(2, 0, ORIFICE, plants.hole_m2(5e-3))
    plant = plants.row([0.06], film=plants.FREE, ways=[room], room=np.array([100.0, 0.0, 0.0, 0.0, 293.15]))
    now = plants.state(plant, [1e-3], [293.15])
    plants.run(plant, now, 600.0)
    assert plants.pressures(plant, now)[0] == pytest.approx(100.0, rel=1e-4)
    assert plants.temperatures(plant, now)[0] == pytest.approx(plants.GAMMA * 293.15, rel=1e-4)


def test_a_shell_feels_what_presses_on_it_from_outside():
    """2.3e-9 /Pa: an atmosphere less around it lets 98.5 kPa fall by 23 Pa."""
    found = []
    for outside_kg in (1e-9, 1.2):
        plant = plants.row([0.4], film=plants.CLAMPED, chamber_m3=1.0)
        plant.node[0, [ELASTICITY, REFERENCE_PA]] = 2.3e-9, 101325.0
        now = plants.state(plant, [98_500.0], [293.15])
        Layout(plant).mass(now.u)[1] = outside_kg * DRY_AIR
        found.append(plants.pressures(plant, now)[:2])
    (vacuum, _), (air, outside_pa) = found
    assert air - vacuum == pytest.approx(2.3e-9 * outside_pa * 98_500.0, rel=1e-2)

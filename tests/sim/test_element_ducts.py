"""Tubes, slits and holes against published answers (science 1.2, 1.8, 3.4) and kinetic theory."""

import math

import numpy as np
import pytest
from sim.leaks import ATMOSPHERE, GAMMA, ROOM_K, VISCOSITY, R, air, exponent

from bench.sim.plant import element_ducts as ducts
from bench.sim.plant import element_rarefied as rarefied
from bench.sim.plant import gas
from bench.sim.plant.elements import orifice_flow

THERMAL_M_S = math.sqrt(2.0 * R * ROOM_K)
AIR_KG = np.array([0.7808, 0.2094, 0.0, 0.0004, 0.0094, 0.0]) * gas.MOLAR_MASS
CRACK_M, CRACK_KG_S = 45e-3, 1.4 / 86400.0
CM = 1e-2


def test_molecular_conductance_of_a_long_tube():
    """12.12 d^3/l L/s in cm, science 1.8."""
    long_tube = ducts.tube(CM, 1e5 * CM)
    assert ducts.duct_conductance(long_tube, air(), 0.0) * 1e3 * 1e5 == pytest.approx(12.12, abs=5e-3)


def test_viscous_conductance_of_a_long_tube():
    """134.9 d^4 p/l L/s in cm and mbar, science 1.8, for 1.82e-5 Pa s."""
    long_tube = ducts.tube(CM, CM)
    assert long_tube.viscous * 100.0 / 1.82e-5 * 1e3 == pytest.approx(134.9, abs=0.05)


@pytest.mark.parametrize("length_ratio", [0.5, 1.0, 2.5, 5.0])
def test_a_short_tube_in_high_vacuum_transmits_as_clausing_says(length_ratio):
    short = ducts.tube(1e-4, length_ratio * 1e-4)
    flow = ducts.short_duct_flow(short, 0.8, air(1e-4), 0.0)
    aperture = rarefied.aperture_flow(short.area, 1e-4, ROOM_K, 0.0, R)
    assert flow / aperture == pytest.approx(rarefied.tube_transmission(length_ratio), rel=1e-4)


def test_a_very_short_tube_in_dense_gas_is_an_orifice():
    short = ducts.tube(1e-2, 1e-5)
    flow = ducts.short_duct_flow(short, 0.8, air(), 0.0)
    assert flow == pytest.approx(orifice_flow(0.8 * short.area, ATMOSPHERE, ROOM_K, 0.0, R, GAMMA), rel=1e-3)


def test_a_long_tube_is_a_capillary():
    long_tube = ducts.tube(20e-6, 0.1)
    for p_up in (1e-3, 1.0, 1e3, 1e5):
        flow = ducts.short_duct_flow(long_tube, 0.8, air(p_up), 0.0)
        assert flow == pytest.approx(ducts.duct_flow(long_tube, air(p_up), 0.0), rel=2e-3)


@pytest.mark.parametrize(("wall_mm", "height_um"), [(1.5, 12), (3.0, 16)])
def test_the_crack_of_2020(wall_mm, height_um):
    """Science 1.2.5: 45 mm long, 1.4 kg/day; laminar, Re 40, Kn 0.005. Slip adds 3 to 7 per cent to the flow."""
    needed = CRACK_KG_S * R * ROOM_K / ATMOSPHERE / (0.5 * ATMOSPHERE / VISCOSITY)
    height = 1e-5 * (needed / ducts.slit(CRACK_M, 1e-5, wall_mm * 1e-3).viscous) ** (1.0 / 3.0)
    assert round(height * 1e6) == height_um
    flow = ducts.duct_flow(ducts.slit(CRACK_M, height, wall_mm * 1e-3), air(), 0.0)
    assert 1.03 < flow / CRACK_KG_S < 1.08
    inverse = rarefied.bore_over_path(height, ATMOSPHERE, ROOM_K, R, VISCOSITY)
    assert 1.0 / inverse == pytest.approx(0.005, abs=1e-3)
    assert rarefied.duct_regime(inverse) == rarefied.VISCOUS
    reynolds = 2.0 * CRACK_KG_S / (CRACK_M * VISCOSITY)
    assert reynolds == pytest.approx(40.0, abs=0.5)


def test_a_viscous_capillary_goes_with_the_square_of_pressure():
    capillary = ducts.tube(1e-4, 1.0)
    assert exponent(lambda p: ducts.duct_flow(capillary, air(p), 0.0)) == pytest.approx(2.0, abs=0.02)


def test_slip_and_its_mouth_cost_a_fine_crack_a_tenth_of_its_exponent():
    crack = ducts.slit(CRACK_M, 14e-6, 2e-3)
    assert exponent(lambda p: ducts.duct_flow(crack, air(p), 0.0)) == pytest.approx(1.93, abs=0.01)
    assert exponent(lambda p: ducts.short_duct_flow(crack, 0.8, air(p), 0.0)) == pytest.approx(1.90, abs=0.01)


def test_holes_go_with_the_first_power_of_pressure():
    assert exponent(lambda p: rarefied.aperture_flow(1e-9, p, ROOM_K, 0.0, R)) == pytest.approx(1.0, abs=1e-12)
    assert exponent(lambda p: ducts.hole_flow(1e-9, 36e-6, 0.8, air(p), 0.0)) == pytest.approx(1.0, abs=0.02)


def test_viscous_flow_follows_the_difference_of_squares():
    capillary = ducts.tube(1e-3, 10.0)
    flow = ducts.duct_flow(capillary, air(2e5), 1e5)
    exact = math.pi * 1e-12 * (4e10 - 1e10) / (256.0 * VISCOSITY * 10.0 * R * ROOM_K)
    assert flow == pytest.approx(exact, rel=1e-3)


def test_a_viscous_leak_loses_six_tenths_of_a_per_cent_per_kelvin():
    """Science 3.4: a about -1.7, -0.58 %/K."""
    capillary = ducts.tube(1e-4, 1.0)
    cold, warm = (
        ducts.duct_flow(capillary, air(ATMOSPHERE, t_up, gas.viscosity(AIR_KG, t_up)), 0.0)
        for t_up in (ROOM_K - 0.5, ROOM_K + 0.5)
    )
    change = warm / cold - 1.0
    assert change * ROOM_K == pytest.approx(-1.7, abs=0.1)
    assert 100.0 * change == pytest.approx(-0.58, abs=0.03)


@pytest.mark.parametrize(("duct", "factor"), [(ducts.tube(1e-4, 10.0), 8.0), (ducts.slit(1.0, 1e-4, 1e-2), 6.0)])
def test_dense_gas_slips_in_proportion_to_the_knudsen_number(duct, factor):
    """Science 1.2.5: 1 + 6 c Kn for slits; 1 + 8 c Kn for tubes."""
    p_mean = 5e4
    knudsen = 1.0 / rarefied.bore_over_path(1e-4, p_mean, ROOM_K, R, VISCOSITY)
    excess = ducts.duct_conductance(duct, air(), p_mean) / (duct.viscous * p_mean / VISCOSITY) - 1.0
    assert excess / (factor * knudsen) == pytest.approx(ducts.SLIP, rel=0.02)


def reduced(duct: ducts.Duct, length: float, delta: float, *, is_tube: bool) -> float:
    """Poiseuille coefficient at rarefaction delta = scale p / (mu sqrt(2 R T)), scale = radius or height."""
    scale = 0.5 * duct.bore if is_tube else duct.bore
    p_mean = delta * VISCOSITY * THERMAL_M_S / scale
    unit = 0.5 * math.pi * scale**3 / length if is_tube else 0.5 * duct.area * scale / length
    return ducts.duct_conductance(duct, air(), p_mean) / (unit * THERMAL_M_S)


@pytest.mark.parametrize("delta", [0.01, 0.1, 0.3, 1.0, 3.0, 10.0])
def test_a_long_capillary_in_transition_is_near_knudsens_formula(delta):
    """(1 + 2.507 r/l) / (1 + 3.095 r/l), Knudsen 1909; his slip is a fifth above that of kinetic theory."""
    radius_in_paths = 2.0 * delta / math.sqrt(math.pi)
    fraction = (1.0 + 2.507 * radius_in_paths) / (1.0 + 3.095 * radius_in_paths)
    knudsen = delta / 4.0 + 8.0 / (3.0 * math.sqrt(math.pi)) * fraction
    ours = reduced(ducts.tube(1e-5, 1.0), 1.0, delta, is_tube=True)
    assert ours == pytest.approx(knudsen, rel=0.08)


@pytest.mark.parametrize(("delta", "coefficient"), [(0.01, 1.4768), (0.02, 1.4608), (0.04, 1.4391), (0.08, 1.4131)])
def test_a_long_capillary_near_free_flight_follows_kinetic_theory(delta, coefficient):
    """Linearised BGK equation (Cercignani and Sernagiotto 1966)."""
    ours = reduced(ducts.tube(1e-5, 1.0), 1.0, delta, is_tube=True)
    assert ours == pytest.approx(coefficient, rel=0.035)


@pytest.mark.parametrize(
    ("delta", "coefficient"), [(0.5, 1.602), (1.0, 1.539), (2.0, 1.595), (5.0, 1.991), (10.0, 2.769), (20.0, 4.397)]
)
def test_a_slit_in_transition_follows_kinetic_theory(delta, coefficient):
    """Linearised BGK equation between parallel plates, own solution of its integral equation."""
    ours = reduced(ducts.slit(1.0, 1e-5, 1e-3), 1e-3, delta, is_tube=False)
    assert ours == pytest.approx(coefficient, rel=0.05)


def test_a_capillary_has_knudsens_minimum():
    """Conductance per pressure falls, then rises: between free flight and slip lies a minimum."""
    tube = ducts.tube(1e-5, 1.0)
    coefficients = [reduced(tube, 1.0, delta, is_tube=True) for delta in np.geomspace(1e-3, 1e2, 60)]
    lowest = int(np.argmin(coefficients))
    assert 0.2 < np.geomspace(1e-3, 1e2, 60)[lowest] < 1.0
    assert coefficients[lowest] < 0.95 * coefficients[0]


@pytest.mark.parametrize(
    ("length", "p_up", "label"),
    [
        (1e-5, ATMOSPHERE, rarefied.CHOKED),
        (0.1, ATMOSPHERE, rarefied.VISCOUS),
        (1e-5, 3e3, rarefied.TRANSITION),
        (0.1, 1.0, rarefied.MOLECULAR),
    ],
)
def test_regime_of_a_duct_is_that_of_what_limits_it(length, p_up, label):
    assert ducts.short_duct_regime(ducts.tube(50e-6, length), 0.8, air(p_up), 0.0) == label

"""Orifice, permeation, trapped volume and patch against published answers (science 1.2, 1.8, 3.4)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim.leaks import ATMOSPHERE, EXAMPLES, GAMMA, POUND, ROOM_K, R, area_of, into_vacuum

from bench.sim.plant import elements, gas

C_STAR = 0.6847315


def test_critical_flow_factor_and_ratio():
    assert into_vacuum(1.0) * math.sqrt(R * ROOM_K) / ATMOSPHERE == pytest.approx(C_STAR, abs=5e-8)
    assert elements.critical_ratio(GAMMA) == pytest.approx(0.5282818, abs=5e-8)


def test_flux_of_room_air_into_vacuum():
    assert into_vacuum(1.0) == pytest.approx(239.17, abs=5e-3)


@pytest.mark.parametrize(
    ("gauge_psi", "printed"),
    [
        (1, (0.028, 0.112, 0.450)),
        (5, (0.062, 0.248, 0.993)),
        (15, (0.105, 0.420, 1.68)),
        (25, (0.140, 0.562, 2.25)),
    ],
)
def test_orifice_table_on_both_branches(gauge_psi, printed):
    """Cubic feet per minute of free air through 1/64, 1/32 and 1/16 in: 0.6 % or the last digit (science 1.8)."""
    psi, inch = 6894.757, 0.0254
    for diameter, cfm in zip((1 / 64, 1 / 32, 1 / 16), printed, strict=True):
        area = area_of(diameter * inch)
        flow = elements.orifice_flow(area, (14.7 + gauge_psi) * psi, 294.2611, 14.7 * psi, R, GAMMA)
        ours = flow / (0.07494 * POUND) * 60.0
        assert abs(ours - cfm) <= max(0.006 * cfm, 0.0005 if cfm < 1.0 else 0.005)


def test_a_choked_orifice_goes_with_the_first_power_of_pressure():
    exponent = math.log(into_vacuum(1e-9) / into_vacuum(1e-9, 70e3)) / math.log(ATMOSPHERE / 70e3)
    assert exponent == pytest.approx(1.0, abs=1e-12)


def test_a_choked_orifice_loses_a_sixth_of_a_per_cent_per_kelvin():
    """Science 3.4: a = -0.5, -0.17 %/K."""
    change = into_vacuum(1e-9, t_up=ROOM_K + 0.5) / into_vacuum(1e-9, t_up=ROOM_K - 0.5) - 1.0
    assert change * ROOM_K == pytest.approx(-0.5, abs=1e-3)
    assert 100.0 * change == pytest.approx(-0.17, abs=5e-3)


def test_flow_is_continuous_where_it_chokes():
    p_down = ATMOSPHERE * elements.critical_ratio(GAMMA)
    below = elements.orifice_flow(1.0, ATMOSPHERE, ROOM_K, p_down * (1.0 - 1e-6), R, GAMMA)
    above = elements.orifice_flow(1.0, ATMOSPHERE, ROOM_K, p_down * (1.0 + 1e-6), R, GAMMA)
    assert below == into_vacuum(1.0)
    assert above == pytest.approx(below, rel=1e-10)


def test_a_tiny_pressure_difference_gives_the_incompressible_flow():
    """A sqrt(2 rho dp), with no digits lost to a pressure ratio near 1."""
    for difference in (1e-3, 1e-6, 1e-9):
        p_down = ATMOSPHERE - difference
        exact = math.sqrt(2.0 * ATMOSPHERE / (R * ROOM_K) * (ATMOSPHERE - p_down))
        ours = elements.orifice_flow(1.0, ATMOSPHERE, ROOM_K, p_down, R, GAMMA)
        assert ours == pytest.approx(exact, rel=1e-6)


@EXAMPLES
@given(st.floats(0.0, 1e6), st.floats(0.0, 1.0), st.floats(1e-9, 1.0), st.floats(1.05, 1.67), st.floats(50.0, 500.0))
def test_orifice_flow_is_never_negative_and_never_falls_with_pressure(p_up, ratio, step, gamma, t_up):
    p_down = p_up * ratio
    lower = elements.orifice_flow(1e-6, p_up, t_up, p_down, R, gamma)
    higher = elements.orifice_flow(1e-6, p_up * (1.0 + step), t_up, p_down, R, gamma)
    assert 0.0 <= lower <= higher * (1.0 + 1e-13)


def test_no_pressure_no_flow():
    assert elements.orifice_flow(1.0, 0.0, ROOM_K, 0.0, R, GAMMA) == 0.0
    assert elements.orifice_flow(1.0, ATMOSPHERE, ROOM_K, ATMOSPHERE, R, GAMMA) == 0.0
    assert elements.permeation_flow(1.0, 25e3, ROOM_K, ROOM_K, 7.0, 7.0) == 0.0
    assert elements.trapped_flow(1.0, 7.0, ROOM_K, 7.0, R) == 0.0


def test_helium_permeation_rises_three_to_four_per_cent_per_kelvin():
    """Science 3.4 and 1.8, for an activation energy of 25 kJ/mol."""
    warm, cold = (elements.permeation_flow(1e-15, 25e3, ROOM_K, ROOM_K + d, 5e3, 0.0) for d in (0.5, -0.5))
    assert 0.03 < warm / cold - 1.0 < 0.04


def test_permeation_at_the_reference_temperature_is_conductance_times_difference():
    assert elements.permeation_flow(2e-15, 25e3, ROOM_K, ROOM_K, 5e3, 1e3) == pytest.approx(8e-12, rel=1e-12)


def test_a_trapped_volume_empties_exponentially():
    """Time constant V/C: after one of them 1/e of the pressure is left."""
    volume, conductance, p, steps = 1e-6, 1e-10, ATMOSPHERE, 1000
    h = volume / conductance / steps
    for _ in range(steps):
        halfway = p - 0.5 * h * elements.trapped_flow(conductance, p, ROOM_K, 0.0, R) * R * ROOM_K / volume
        p -= h * elements.trapped_flow(conductance, halfway, ROOM_K, 0.0, R) * R * ROOM_K / volume
    assert p / ATMOSPHERE == pytest.approx(math.exp(-1.0), rel=1e-6)


@pytest.mark.parametrize(
    ("since_patch_s", "since_reopening_s", "factor"),
    [
        (-1.0, -9e9, 1.0),
        (0.0, -9e9, 1.0),
        (3600.0, -9e9, 0.1 + 0.9 / math.e),
        (1e9, -9e9, 0.1),
        (1e9, 0.0, 0.4),
        (10.0, 0.0, 1.0),
    ],
)
def test_patch_factor(since_patch_s, since_reopening_s, factor):
    ours = elements.patch_factor(since_patch_s, 0.1, 3600.0, since_reopening_s, 0.3)
    assert ours == pytest.approx(factor, rel=1e-12)


def test_a_patch_that_needs_no_cure_leaves_its_residual_at_once():
    assert elements.patch_factor(0.0, 0.05, 0.0, -1.0, 0.0) == 0.05


def test_a_helium_mixture_leaks_less_mass_and_more_volume_than_air():
    """Science S32: mass flow of a choked orifice goes with sqrt(M)."""
    air = np.array([0.7808, 0.2094, 0.0, 0.0004, 0.0094, 0.0])
    mixed = 0.95 * air
    mixed[gas.HE] = 0.05
    flows = []
    for moles in (air, mixed):
        masses = moles * gas.MOLAR_MASS
        constant, gamma = gas.gas_constant(masses), gas.heat_capacity_ratio(masses)
        flows.append(elements.orifice_flow(1e-9, ATMOSPHERE, ROOM_K, 0.0, constant, gamma))
    mass_ratio = gas.molar_mass(mixed * gas.MOLAR_MASS) / gas.molar_mass(air * gas.MOLAR_MASS)
    assert flows[1] / flows[0] == pytest.approx(math.sqrt(mass_ratio), rel=3e-3)
    assert flows[1] / mass_ratio > flows[0]

"""Gas properties against CoolProp and the figures of science 1.1."""

import math

import numpy as np
import pytest
from CoolProp.CoolProp import HAPropsSI, PropsSI
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sim.plant import gas

ATMOSPHERE, ROOM_K = 101325.0, 293.15
NAMES = ["Nitrogen", "Oxygen", "Water", "CarbonDioxide", "Argon", "Helium"]
RIG_K = [263.15, 278.15, 293.15, 308.15, 323.15]


def of_moles(**shares: float):
    """Masses of this many moles of each species, kg."""
    masses = np.zeros(gas.SPECIES)
    for name, share in shares.items():
        masses[getattr(gas, name.upper())] = share * gas.MOLAR_MASS[getattr(gas, name.upper())]
    return masses


AIR = of_moles(n2=0.780848, o2=0.20939, co2=0.0004, ar=0.009332)
EXAMPLES = settings(deadline=None, derandomize=True)
"""The first example compiles."""


def compressibility(amounts, temperature_k: float, pressure_pa: float = ATMOSPHERE) -> float:
    density = gas.density(amounts, temperature_k, pressure_pa)
    return pressure_pa / (density * gas.gas_constant(amounts) * temperature_k)


def test_dry_air_has_the_published_compressibility_and_density():
    assert compressibility(AIR, ROOM_K) == pytest.approx(0.999624, abs=2e-5)
    assert gas.density(AIR, ROOM_K, ATMOSPHERE) == pytest.approx(1.20458, rel=1e-4)


def test_compressibility_of_air_rises_as_published_with_temperature():
    slope = (compressibility(AIR, ROOM_K + 1.0) - compressibility(AIR, ROOM_K - 1.0)) / 2.0
    assert slope == pytest.approx(9.6e-6, rel=0.1)


@pytest.mark.parametrize("temperature_k", RIG_K)
@pytest.mark.parametrize("pressure_pa", [5e3, 7e4, ATMOSPHERE, 2e5])
def test_compressibility_of_air_follows_coolprop(temperature_k, pressure_pa):
    expected = PropsSI("Z", "T", temperature_k, "P", pressure_pa, "Air")
    assert compressibility(AIR, temperature_k, pressure_pa) == pytest.approx(expected, abs=2e-5 * pressure_pa / 1e5)


@pytest.mark.parametrize("species", [gas.N2, gas.O2, gas.CO2, gas.AR])
@pytest.mark.parametrize("temperature_k", RIG_K)
def test_second_virial_of_each_gas_follows_coolprop(species, temperature_k):
    expected = PropsSI("BVIRIAL", "T", temperature_k, "D", 1e-6, NAMES[species])
    pure = np.eye(gas.SPECIES)[species]
    assert gas.second_virial(pure, temperature_k) == pytest.approx(expected, abs=1.5e-6)


@pytest.mark.parametrize("helium", [0.05, 0.5])
def test_compressibility_of_helium_in_nitrogen_follows_coolprop(helium):
    mixture = f"HEOS::Nitrogen[{1.0 - helium}]&Helium[{helium}]"
    expected = PropsSI("Z", "T", ROOM_K, "P", ATMOSPHERE, mixture)
    ours = compressibility(of_moles(n2=1.0 - helium, he=helium), ROOM_K)
    assert ours == pytest.approx(expected, abs=4e-4 * helium)


@pytest.mark.parametrize("humidity", [0.2, 0.5, 0.9])
def test_compressibility_of_moist_air_follows_coolprop(humidity):
    state = ("T", ROOM_K, "P", ATMOSPHERE, "R", humidity)
    water = HAPropsSI("psi_w", *state)
    moist = AIR / gas.moles(AIR) * (1.0 - water) + of_moles(h2o=water)
    assert compressibility(moist, ROOM_K) == pytest.approx(HAPropsSI("Z", *state), abs=2e-5)


@pytest.mark.parametrize("temperature_k", RIG_K)
def test_viscosity_of_air_follows_coolprop(temperature_k):
    expected = PropsSI("V", "T", temperature_k, "P", ATMOSPHERE, "Air")
    assert gas.viscosity(AIR, temperature_k) == pytest.approx(expected, rel=2e-3)


def test_viscosity_of_air_is_the_published_one():
    assert gas.viscosity(AIR, ROOM_K) == pytest.approx(1.8206e-5, rel=1e-3)


@pytest.mark.parametrize(("species", "error"), [(0, 1e-3), (1, 1e-3), (2, 1e-2), (3, 3e-3), (4, 1e-3), (5, 3e-3)])
@pytest.mark.parametrize("temperature_k", [283.15, 323.15])
def test_viscosity_of_each_species_follows_coolprop(species, error, temperature_k):
    expected = PropsSI("V", "T", temperature_k, "P", 500.0, NAMES[species])
    assert gas.viscosity(np.eye(gas.SPECIES)[species], temperature_k) == pytest.approx(expected, rel=error)


def wilke(moles, viscosities) -> float:
    """Wilke's mixing rule (1950), Pa s."""
    mass = gas.MOLAR_MASS[moles > 0.0]
    pure, shares = viscosities[moles > 0.0], moles[moles > 0.0] / moles.sum()
    root = 1.0 + np.sqrt(pure[:, None] / pure) * (mass / mass[:, None]) ** 0.25
    interaction = root**2 / np.sqrt(8.0 * (1.0 + mass[:, None] / mass))
    return float((shares * pure / (interaction @ shares)).sum())


def test_viscosity_of_five_per_cent_helium_in_air_agrees_with_wilke_on_coolprops_values():
    mixture = 0.95 * AIR / gas.moles(AIR) + of_moles(he=0.05)
    pure = np.array([PropsSI("V", "T", ROOM_K, "P", 1e3, name) for name in NAMES])
    assert gas.viscosity(mixture, ROOM_K) == pytest.approx(wilke(mixture / gas.MOLAR_MASS, pure), rel=0.02)


def test_heat_capacities_are_coolprops_at_295_k():
    expected = [PropsSI("CP0MASS", "T", 295.0, "P", 500.0, name) for name in NAMES]
    assert pytest.approx(expected, rel=2e-4) == gas.CP


def test_speed_of_sound_in_air_is_the_published_one():
    sound = math.sqrt(gas.heat_capacity_ratio(AIR) * gas.gas_constant(AIR) * ROOM_K)
    assert sound == pytest.approx(343.34, rel=5e-4)
    assert sound == pytest.approx(PropsSI("A", "T", ROOM_K, "P", ATMOSPHERE, "Air"), rel=5e-4)


def test_heat_capacity_ratio_of_real_air_is_one_tenth_of_a_per_cent_above_ours():
    assert gas.heat_capacity_ratio(AIR) == pytest.approx(1.40197, rel=1.5e-3)


def test_half_a_kelvin_costs_half_a_pascal_of_real_gas_effect():
    """Science 1.1: 0.5 K swing = 0.5 Pa."""
    excess = compressibility(AIR, ROOM_K + 0.5) - compressibility(AIR, ROOM_K)
    assert excess * ATMOSPHERE == pytest.approx(0.5, abs=0.05)


amounts = st.lists(st.floats(0.0, 1.0), min_size=gas.SPECIES, max_size=gas.SPECIES).filter(lambda x: max(x) > 1e-3)


@EXAMPLES
@given(amounts, st.floats(260.0, 330.0), st.floats(1e-3, 2e3))
def test_pressure_inverts_density(shares, temperature_k, pressure_pa):
    masses = np.array(shares)
    mol_m3 = gas.density(masses, temperature_k, pressure_pa) / gas.molar_mass(masses)
    found = gas.virial_pressure(mol_m3, temperature_k, gas.second_virial(masses, temperature_k))
    assert found == pytest.approx(pressure_pa, rel=1e-12)


@EXAMPLES
@given(amounts, st.floats(1e-3, 1e3))
def test_properties_depend_on_composition_not_on_amount(shares, scale):
    masses = np.array(shares)
    for of in (gas.gas_constant, gas.molar_mass, gas.heat_capacity_ratio):
        assert of(scale * masses) == pytest.approx(of(masses), rel=1e-12)
    for of in (gas.viscosity, gas.second_virial):
        assert of(scale * masses, ROOM_K) == pytest.approx(of(masses, ROOM_K), rel=1e-9)


def test_viscosity_of_a_mixture_lies_between_those_of_its_parts():
    pure = [gas.viscosity(one, ROOM_K) for one in np.eye(gas.SPECIES)]
    assert min(pure) < gas.viscosity(AIR, ROOM_K) < max(pure)

"""Properties of the gas in a compartment from its species' masses (science 1.1). Units: SI, except molar masses.

`amounts` is a 1-D array of species masses (kg) or mass fractions, in the order N2, O2, H2O, CO2, Ar, He.
At least one amount is positive, none negative. Nothing allocates.
"""

import math
from typing import Final

import numpy as np

from bench.records import Floats
from bench.sim.compiled import compiled

N2, O2, H2O, CO2, AR, HE = 0, 1, 2, 3, 4, 5
NAMES: Final = ("N2", "O2", "H2O", "CO2", "Ar", "He")
SPECIES: Final = len(NAMES)
MOLAR_GAS_CONSTANT: Final = 8.314462618
"""J/(mol K), exact in the SI to the digits given."""
MOLAR_MASS: Final = np.array([28.01348e-3, 31.9988e-3, 18.015268e-3, 44.0098e-3, 39.948e-3, 4.002602e-3])
"""kg/mol."""
CP: Final = np.array([1039.64, 917.56, 1863.6, 840.63, 520.333, 5193.16])
"""Ideal-gas heat capacity at constant pressure, 295 K, J/(kg K) (CoolProp)."""
CV: Final = CP - MOLAR_GAS_CONSTANT / MOLAR_MASS
SUTHERLAND_T: Final = 293.15
"""Temperature of VISCOSITY, K."""
VISCOSITY: Final = np.array([17.5595e-6, 20.2507e-6, 9.5502e-6, 14.6662e-6, 22.2893e-6, 19.6138e-6])
"""At low pressure and SUTHERLAND_T, Pa s (CoolProp)."""
SUTHERLAND: Final = np.array([113.3, 130.4, 380.0, 250.5, 150.8, 67.7])
"""Sutherland's constant, K: fit between 263 and 333 K, there within 0.2 % (H2O 1 %)."""
CRITICAL_T: Final = np.array([126.192, 154.581, 647.096, 304.128, 150.687, 5.1953])
CRITICAL_P: Final = np.array([3.3958e6, 5.043e6, 22.064e6, 7.3773e6, 4.863e6, 0.22832e6])
CRITICAL_V: Final = np.array([89.41e-6, 73.37e-6, 55.95e-6, 94.12e-6, 74.59e-6, 57.52e-6])
"""m3/mol."""
ACENTRIC: Final = np.array([0.0372, 0.0222, 0.3443, 0.2239, -0.0022, -0.3835])
WATER_INTERACTION: Final = 0.33
"""Tsonopoulos' k_ij of water with any other species here: lowers the pair's critical temperature."""
VIRIAL_POWERS: Final = (0, 1, 2, 3, 8)
"""B(T) is a sum over these powers of 1/T."""
_SIMPLE: Final = np.array([0.1445, -0.330, -0.1385, -0.0121, -0.000607])
_ACENTRIC: Final = np.array([0.0637, 0.0, 0.331, -0.423, -0.008])


def _pair_coefficients(i: int, j: int) -> Floats:
    """Coefficients of B_ij over 1/T^0, 1, 2, 3, 8, m3/mol: Pitzer-Curl in Tsonopoulos' form, his combining rules."""
    roots = np.cbrt(CRITICAL_V[i]), np.cbrt(CRITICAL_V[j])
    volume = ((roots[0] + roots[1]) / 2.0) ** 3
    interaction = WATER_INTERACTION if (i == H2O) != (j == H2O) else 0.0
    geometric = math.sqrt(CRITICAL_T[i] * CRITICAL_T[j])
    temperature = geometric * math.sqrt(CRITICAL_V[i] * CRITICAL_V[j]) / volume * (1.0 - interaction)
    critical_z = CRITICAL_P * CRITICAL_V / (MOLAR_GAS_CONSTANT * CRITICAL_T)
    scale = volume / (0.5 * (critical_z[i] + critical_z[j]))
    reduced: Floats = _SIMPLE + 0.5 * (ACENTRIC[i] + ACENTRIC[j]) * _ACENTRIC
    coefficients: Floats = scale * reduced * temperature ** np.array(VIRIAL_POWERS)
    return coefficients


VIRIAL: Final = np.array([[_pair_coefficients(i, j) for j in range(SPECIES)] for i in range(SPECIES)])
"""B_ij(T) = sum_k VIRIAL[i, j, k] / T^VIRIAL_POWERS[k], m3/mol."""


@compiled
def total(amounts: Floats) -> float:
    result = 0.0
    for amount in amounts:
        result += amount
    return result


@compiled
def moles(amounts: Floats) -> float:
    """mol, or mol per kg of mixture."""
    result = 0.0
    for i in range(SPECIES):
        result += amounts[i] / MOLAR_MASS[i]
    return result


@compiled
def molar_mass(amounts: Floats) -> float:
    """kg/mol."""
    return total(amounts) / moles(amounts)


@compiled
def gas_constant(amounts: Floats) -> float:
    """J/(kg K)."""
    return MOLAR_GAS_CONSTANT * moles(amounts) / total(amounts)


@compiled
def heat_capacity_cv(amounts: Floats) -> float:
    """Ideal gas, J/(kg K)."""
    result = 0.0
    for i in range(SPECIES):
        result += amounts[i] * CV[i]
    return result / total(amounts)


@compiled
def heat_capacity_ratio(amounts: Floats) -> float:
    """cp/cv of the ideal mixture: 1.4003 for dry air (real at one atmosphere: 1.4020)."""
    return 1.0 + gas_constant(amounts) / heat_capacity_cv(amounts)


@compiled
def viscosity(amounts: Floats, temperature_k: float) -> float:
    """Pa s: Sutherland's law for each species, Herning and Zipperer's mean (weights x_i sqrt(M_i)).

    Dry air 0.1 % from CoolProp; He 5 % in air within 2 % of Wilke's rule (tests).
    """
    ratio = temperature_k / SUTHERLAND_T
    numerator = denominator = 0.0
    for i in range(SPECIES):
        if amounts[i] == 0.0:
            continue
        weight = amounts[i] / math.sqrt(MOLAR_MASS[i])
        law = ratio * math.sqrt(ratio) * (SUTHERLAND_T + SUTHERLAND[i]) / (temperature_k + SUTHERLAND[i])
        numerator += weight * VISCOSITY[i] * law
        denominator += weight
    return numerator / denominator


@compiled
def virial(amounts: Floats, temperature_k: float) -> tuple[float, float]:
    """B of the mixture and T dB/dT, m3/mol: sums of x_i x_j B_ij (Pitzer-Curl correlation in Tsonopoulos' form)."""
    u = 1.0 / temperature_k
    u2, u3 = u * u, u * u * u
    u8 = u3 * u3 * u2
    value = slope = 0.0
    for i in range(SPECIES):
        if amounts[i] == 0.0:
            continue
        for j in range(i + 1):
            c = VIRIAL[i, j]
            share = amounts[i] / MOLAR_MASS[i] * amounts[j] / MOLAR_MASS[j] * (1.0 if i == j else 2.0)
            value += (c[0] + c[1] * u + c[2] * u2 + c[3] * u3 + c[4] * u8) * share
            slope -= (c[1] * u + 2.0 * c[2] * u2 + 3.0 * c[3] * u3 + 8.0 * c[4] * u8) * share
    squared = moles(amounts) ** 2
    return value / squared, slope / squared


@compiled
def second_virial(amounts: Floats, temperature_k: float) -> float:
    """B of the mixture, m3/mol."""
    return virial(amounts, temperature_k)[0]


@compiled
def virial_pressure(concentration_mol_m3: float, temperature_k: float, virial_m3_mol: float) -> float:
    """Pa: c R T (1 + B c)."""
    ideal = concentration_mol_m3 * MOLAR_GAS_CONSTANT * temperature_k
    return ideal * (1.0 + virial_m3_mol * concentration_mol_m3)


@compiled
def density(amounts: Floats, temperature_k: float, pressure_pa: float) -> float:
    """kg/m3 at which the gas has this pressure: the inverse of `virial_pressure` (its quadratic's gaseous root)."""
    ideal = pressure_pa / (MOLAR_GAS_CONSTANT * temperature_k)
    root = math.sqrt(1.0 + 4.0 * second_virial(amounts, temperature_k) * ideal)
    return molar_mass(amounts) * 2.0 * ideal / (1.0 + root)

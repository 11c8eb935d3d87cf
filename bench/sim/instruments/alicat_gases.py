"""Gases of an Alicat MC by their numbers, and what its units mean: SCCM are at 25 C and 14.6959 psia."""

import math
from typing import NamedTuple

PA_PER_PSI = 6894.757293168
STANDARD_PA, STANDARD_K = 14.6959 * PA_PER_PSI, 298.15
GAS_CONSTANT = 8.314462618  # J/(mol K)
M3_S_PER_CCM = 1e-6 / 60


class Gas(NamedTuple):
    short: str
    name: str
    kg_mol: float


GASES = {
    0: Gas("Air", "Air", 28.9647e-3),
    1: Gas("Ar", "Argon", 39.948e-3),
    2: Gas("CH4", "Methane", 16.0425e-3),
    3: Gas("CO", "Carbon Monoxide", 28.0101e-3),
    4: Gas("CO2", "Carbon Dioxide", 44.0095e-3),
    6: Gas("H2", "Hydrogen", 2.01588e-3),
    7: Gas("He", "Helium", 4.002602e-3),
    8: Gas("N2", "Nitrogen", 28.0134e-3),
    11: Gas("O2", "Oxygen", 31.9988e-3),
}


def kg_s_per_sccm(gas: int) -> float:
    return M3_S_PER_CCM * STANDARD_PA / (GAS_CONSTANT * STANDARD_K) * GASES[gas].kg_mol


def ccm_per_sccm(pressure_pa: float, temperature_k: float) -> float:
    """Volume at the line's conditions per volume at standard ones; infinite without pressure."""
    return (STANDARD_PA / pressure_pa if pressure_pa != 0.0 else math.inf) * temperature_k / STANDARD_K

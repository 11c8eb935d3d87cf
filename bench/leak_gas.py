"""What a leak passes of another gas than it was calibrated with, and how much vapour is in moist gas."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

MOLAR_GAS_CONSTANT_J_MOL_K = 8.314462618
WATER_KG_MOL = 0.018015
ICE_POINT_K = 273.15
U_CONVERSION = 0.01
"""Relative standard uncertainty of a flow converted to another gas: discharge coefficients follow the Reynolds number,
and viscosities the temperature. An allowance; a certificate for the gas used has none.
"""


@dataclass(frozen=True, slots=True)
class LeakGas:
    """Viscosity at 293 K."""

    molar_mass_kg_mol: float
    heat_capacity_ratio: float
    viscosity_pa_s: float

    @property
    def choked_factor(self) -> float:
        """Mass flow through a choked orifice, over P A / sqrt(R T / kg): C* sqrt(M), science 1.2.1."""
        g = self.heat_capacity_ratio
        critical: float = math.sqrt(g) * (2.0 / (g + 1.0)) ** ((g + 1.0) / (2.0 * (g - 1.0)))
        return critical * math.sqrt(self.molar_mass_kg_mol)


GASES: Mapping[str, LeakGas] = {
    "air": LeakGas(0.0289647, 1.4, 1.8206e-5),
    "nitrogen": LeakGas(0.0280134, 1.4, 1.757e-5),
    "helium": LeakGas(0.0040026, 5.0 / 3.0, 1.961e-5),
}


def conversion(model: str, calibrated: str, used: str) -> tuple[float, float]:
    """Mass flow of the gas used over that of the gas calibrated with, and its relative standard uncertainty. The meter
    of a programmable leak is a bundle of capillaries, set to the gas calibrated with.
    """
    if calibrated == used or model == "permeation":
        return 1.0, 0.0
    before, after = GASES[calibrated], GASES[used]
    if model == "orifice":
        return after.choked_factor / before.choked_factor, U_CONVERSION
    lighter = after.molar_mass_kg_mol / before.molar_mass_kg_mol
    return lighter * before.viscosity_pa_s / after.viscosity_pa_s, U_CONVERSION


def moistening(model: str, gas: str, vapour_fraction: float) -> float:
    """Mass flow of moist over that of dry gas, by its molar mass: its root through an orifice, itself through a
    capillary. vapour_fraction: mole fraction of water.
    """
    if model == "permeation":
        return 1.0
    molar_mass = 1.0 + vapour_fraction * (WATER_KG_MOL / GASES[gas].molar_mass_kg_mol - 1.0)
    return math.sqrt(molar_mass) if model == "orifice" else molar_mass


def saturation_pressure_pa(temperature_k: float) -> float:
    """Of water over a plane surface, of ice below the ice point (Sonntag's Magnus formulas, WMO-No. 8)."""
    celsius = temperature_k - ICE_POINT_K
    slope, offset = (17.62, 243.12) if celsius >= 0.0 else (22.46, 272.62)
    return 611.2 * math.exp(slope * celsius / (offset + celsius))

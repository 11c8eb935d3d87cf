"""What the mock-up is filled with: mass fractions by species from mole fractions and a dew point."""

import math
from collections.abc import Mapping

import numpy as np

from bench.records import Floats
from bench.sim.compiled import compiled
from bench.sim.plant import gas

COMPOSITIONS: Mapping[str, Mapping[str, float]] = {
    "air": {"N2": 0.78088, "O2": 0.20946, "CO2": 0.00033, "Ar": 0.00933},
    "nitrogen": {"N2": 1.0},
}
"""Mole fractions of dry gases."""
ICE_POINT_K = 273.15
ATMOSPHERE_PA = 101_325.0


def mass_fractions(moles: Mapping[str, float], dew_point_k: float | None = None) -> Floats:
    """By species, in the order of gas.py. moles: of the dry gas; dew_point_k: at one atmosphere."""
    amounts = np.array([moles.get(name, 0.0) for name in gas.NAMES])
    vapour = 0.0 if dew_point_k is None else vapour_pressure(dew_point_k) / ATMOSPHERE_PA
    amounts *= (1.0 - vapour) / amounts.sum()
    amounts[gas.H2O] += vapour
    kg = amounts * gas.MOLAR_MASS
    fractions: Floats = kg / kg.sum()
    return fractions


DRY_AIR = mass_fractions(COMPOSITIONS["air"])


@compiled
def saturation_pressure(temperature_k: float) -> float:
    """Of water over liquid, Pa (Magnus; 2637 Pa at 22 degrees C in science 1.1 is within 0.3 %)."""
    celsius = temperature_k - ICE_POINT_K
    return 610.94 * math.exp(17.625 * celsius / (celsius + 243.04))


def vapour_pressure(dew_point_k: float) -> float:
    """Pa; below freezing over ice (Magnus)."""
    celsius = dew_point_k - ICE_POINT_K
    if celsius >= 0.0:
        return float(saturation_pressure(dew_point_k))
    return 611.15 * math.exp(22.452 * celsius / (272.55 + celsius))


ROOM_DEW_POINT_K = 283.15
ROOM_AIR = mass_fractions(COMPOSITIONS["air"], ROOM_DEW_POINT_K)
"""Of a laboratory, half humid: what the chamber holds before it is pumped, and what comes in when it is vented."""

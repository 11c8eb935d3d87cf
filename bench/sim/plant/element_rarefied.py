"""Rarefied gas for compiled code: Knudsen number, regime, transmission probability, aperture (science 1.2, 1.8)."""

import math

from bench.sim.compiled import compiled
from bench.sim.plant.elements import critical_ratio

MOLECULAR, TRANSITION, VISCOUS, CHOKED, UNCHOKED = 0, 1, 2, 3, 4
"""Regime labels."""
MOLECULAR_ABOVE, VISCOUS_BELOW = 0.5, 0.01
"""Knudsen numbers (mean free path / bore): the usual division of vacuum textbooks."""
SHORT = 1e-4
"""Length ratio below which the variational correction (third order) is beneath rounding."""


@compiled
def bore_over_path(bore_m: float, p_pa: float, t_up: float, gas_constant: float, viscosity: float) -> float:
    """Inverse Knudsen number, 0 in vacuum: bore / mean free path, which is mu / p sqrt(pi R T / 2) (kinetic theory)."""
    return bore_m * p_pa / (viscosity * math.sqrt(0.5 * math.pi * gas_constant * t_up))


@compiled
def duct_regime(inverse_knudsen: float) -> int:
    """MOLECULAR, TRANSITION or VISCOUS."""
    if inverse_knudsen * MOLECULAR_ABOVE < 1.0:
        return MOLECULAR
    return TRANSITION if inverse_knudsen * VISCOUS_BELOW < 1.0 else VISCOUS


@compiled
def orifice_regime(inverse_knudsen: float, p_up: float, p_down: float, gamma: float) -> int:
    """MOLECULAR, TRANSITION, CHOKED or UNCHOKED."""
    label = duct_regime(inverse_knudsen)
    if label != VISCOUS:
        return label
    return CHOKED if p_down <= p_up * critical_ratio(gamma) else UNCHOKED


@compiled
def tube_transmission(length_over_diameter: float) -> float:
    """Clausing's probability that a molecule passes a round tube: Berman's variational formula (1965).

    x = length / radius, s = sqrt(x^2 + 4): 1 + x^2/4 - x s/4
    - [(8 - x^2) s + x^3 - 16]^2 / [72 x s - 288 ln((x + s)/2)], arranged against cancellation.
    """
    x = 2.0 * length_over_diameter
    s = math.sqrt(x * x + 4.0)
    first = s / (x + s)
    if x < SHORT:
        return first
    root = 4.0 * x * x * (2.0 * x + x * x / (s + 2.0)) / ((s + 2.0) * (x + s))
    return first - root * root / (72.0 * x * s - 288.0 * math.asinh(0.5 * x))


@compiled
def slot_transmission(length_over_height: float) -> float:
    """Probability that a molecule passes a wide slot: Berman's variational formula (1965).

    x = length / height, s = sqrt(x^2 + 1): (1 + s - x)/2
    - 1.5 [x - ln(x + s)]^2 / [x^3 + 3 x^2 + 4 - (x^2 + 4) s], arranged against cancellation.
    """
    x = length_over_height
    s = math.sqrt(x * x + 1.0)
    first = 0.5 * (1.0 + 1.0 / (x + s))
    if x < SHORT:
        return first
    numerator = 1.5 * (x - math.asinh(x)) ** 2
    return first - numerator / (x * x * (3.0 - 4.0 / (1.0 + s) - 1.0 / (x + s)))


@compiled
def aperture_conductance(area_m2: float, t_up: float, gas_constant: float) -> float:
    """Molecular conductance of an aperture, or of area times transmission, m3/s: A sqrt(R T / (2 pi)) (science 1.8)."""
    return area_m2 * math.sqrt(gas_constant * t_up / (2.0 * math.pi))


@compiled
def aperture_flow(area_m2: float, p_up: float, t_up: float, p_down: float, gas_constant: float) -> float:
    """Molecular flow through an aperture, kg/s; the gas effuses with its mean molar mass, species do not separate."""
    return aperture_conductance(area_m2, t_up, gas_constant) * (p_up - p_down) / (gas_constant * t_up)

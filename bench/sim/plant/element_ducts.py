"""Leaks with length, from molecular to viscous flow, for compiled code: hole, short tube, capillary, slit.

Science 1.2. A leak's geometry is worked out once, into a Duct; its flow then costs a few multiplications and roots.
"""

import math
from typing import NamedTuple

from bench.sim.compiled import compiled
from bench.sim.plant.element_rarefied import (
    VISCOUS,
    aperture_conductance,
    aperture_flow,
    bore_over_path,
    duct_regime,
    orifice_regime,
    slot_transmission,
    tube_transmission,
)
from bench.sim.plant.elements import Upstream, orifice_flow

SLIP = 1.1466
"""Velocity slip at a diffusely reflecting wall, in mean free paths (kinetic theory; Maxwell's first estimate is 1)."""
TUBE_TRANSITION = 0.9
"""Bore / mean free path times this weighs slip against free flight; fitted, within 8 % of Knudsen's own formula."""
SLIT_TRANSITION = 3.8
"""As TUBE_TRANSITION, for slits; fitted to the linearised BGK solution (tests)."""
HOLE_TRANSITION = 5.6
"""Mean free paths per bore at which a thin hole is half way from molecular to isentropic flow."""


class Duct(NamedTuple):
    """Geometry of a duct without its mouth. area (m2) and bore (diameter or height, m) of the cross-section;
    viscous: of the Poiseuille conductance viscous p / mu (m3); molecular, slip: areas that free flight and, in dense
    gas, wall slip would need as apertures (m2); transition: how fast one passes into the other.
    """

    area: float
    bore: float
    viscous: float
    molecular: float
    slip: float
    transition: float


@compiled
def tube(diameter_m: float, length_m: float) -> Duct:
    """Round tube: pi d^4 p / (128 mu L), slip factor 1 + 8 c Kn (textbooks), Clausing's transmission behind a mouth."""
    area = 0.25 * math.pi * diameter_m**2
    through = tube_transmission(length_m / diameter_m)
    viscous = math.pi * diameter_m**4 / (128.0 * length_m)
    slip = 8.0 * SLIP * math.pi * viscous / diameter_m
    return Duct(area, diameter_m, viscous, area * through / (1.0 - through), slip, TUBE_TRANSITION)


@compiled
def slit(width_m: float, height_m: float, length_m: float) -> Duct:
    """Slit of width >> length >> height: w h^3 p / (12 mu L), slip factor 1 + 6 c Kn (science 1.2.5)."""
    area = width_m * height_m
    through = slot_transmission(length_m / height_m)
    viscous = width_m * height_m**3 / (12.0 * length_m)
    slip = 6.0 * SLIP * math.pi * viscous / height_m
    return Duct(area, height_m, viscous, area * through / (1.0 - through), slip, SLIT_TRANSITION)


@compiled
def duct_conductance(duct: Duct, gas: Upstream, p_mean: float) -> float:
    """m3/s at a mean pressure: Poiseuille plus Knudsen's blend of free flight and slip (science 1.2.5, 1.2.6)."""
    inverse = bore_over_path(duct.bore, p_mean, gas.temperature, gas.gas_constant, gas.viscosity)
    area = duct.slip + (duct.molecular - duct.slip) / (1.0 + duct.transition * inverse)
    return duct.viscous * p_mean / gas.viscosity + aperture_conductance(area, gas.temperature, gas.gas_constant)


@compiled
def duct_flow(duct: Duct, gas: Upstream, p_down: float) -> float:
    """Isothermal flow without end effects, kg/s: for ducts much longer than their bore. Nothing keeps it subsonic."""
    conductance = duct_conductance(duct, gas, 0.5 * (gas.pressure + p_down))
    return conductance * (gas.pressure - p_down) / (gas.gas_constant * gas.temperature)


@compiled
def continuum_share(bore_m: float, gas: Upstream) -> float:
    """Weight of isentropic against molecular flow in a thin hole: 0 in vacuum, 1 in dense gas."""
    inverse = bore_over_path(bore_m, gas.pressure, gas.temperature, gas.gas_constant, gas.viscosity)
    return inverse / (inverse + HOLE_TRANSITION)


@compiled
def hole_flow(area_m2: float, bore_m: float, discharge: float, gas: Upstream, p_down: float) -> float:
    """Thin hole in any regime, kg/s: isentropic through Cd A, molecular through A, blended by Knudsen number."""
    share = continuum_share(bore_m, gas)
    dense = orifice_flow(discharge * area_m2, gas.pressure, gas.temperature, p_down, gas.gas_constant, gas.gamma)
    thin = aperture_flow(area_m2, gas.pressure, gas.temperature, p_down, gas.gas_constant)
    return share * dense + (1.0 - share) * thin


@compiled
def in_series(mouth: float, bore: float, share: float) -> float:
    """Flow m through two resistances whose flows alone are mouth and bore: s x^2 + (1 - s) x + m/bore = 1, x = m/mouth.

    Molecular flow (share 0) adds the resistances; dense gas (share 1) adds the mouth's dynamic head to friction.
    """
    if mouth <= 0.0 or bore <= 0.0:
        return 0.0
    ratio = bore / mouth
    linear = (1.0 - share) * ratio + 1.0
    return 2.0 * bore / (linear + math.sqrt(linear * linear + 4.0 * share * ratio * ratio))


@compiled
def short_duct_flow(duct: Duct, discharge: float, gas: Upstream, p_down: float) -> float:
    """Duct in series with its mouth, kg/s, for any length: a hole when short, Clausing's flow in high vacuum, duct_flow
    when long, and never more than the mouth passes (science 1.2.4).
    """
    mouth = hole_flow(duct.area, duct.bore, discharge, gas, p_down)
    return in_series(mouth, duct_flow(duct, gas, p_down), continuum_share(duct.bore, gas))


@compiled
def short_duct_regime(duct: Duct, discharge: float, gas: Upstream, p_down: float) -> int:
    """Label of a duct with its mouth: in dense gas, of whichever passes less."""
    inverse = bore_over_path(duct.bore, gas.pressure, gas.temperature, gas.gas_constant, gas.viscosity)
    mouth = hole_flow(duct.area, duct.bore, discharge, gas, p_down)
    if duct_regime(inverse) == VISCOUS and mouth < duct_flow(duct, gas, p_down):
        return orifice_regime(inverse, gas.pressure, p_down, gas.gamma)
    return duct_regime(inverse)

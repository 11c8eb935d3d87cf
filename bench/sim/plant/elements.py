"""Leak elements for compiled code: gas upstream of a leak, orifice, permeation, trapped volume, patch (science 1.2).

Every flow is a mass flow in kg/s from the higher to the lower pressure, for p_up >= p_down >= 0 and t_up > 0; it is
zero at equal pressures. Rarefied gas is in element_rarefied; capillaries, slits and short tubes in element_ducts.
"""

import math
from typing import NamedTuple

from bench.sim.compiled import compiled
from bench.sim.plant.gas import MOLAR_GAS_CONSTANT


class Upstream(NamedTuple):
    """Gas in front of a leak: Pa, K, J/(kg K), ratio of heat capacities, Pa s."""

    pressure: float
    temperature: float
    gas_constant: float
    gamma: float
    viscosity: float


@compiled
def critical_ratio(gamma: float) -> float:
    """p_down/p_up below which an ideal orifice is choked (science 1.2.1)."""
    return math.pow(2.0 / (gamma + 1.0), gamma / (gamma - 1.0))


@compiled
def orifice_flow(area_m2: float, p_up: float, t_up: float, p_down: float, gas_constant: float, gamma: float) -> float:
    """Isentropic mass flow through effective area Cd A, kg/s; choked below the critical ratio (science 1.2.1)."""
    if p_up <= p_down:
        return 0.0
    # ln(p_down/p_up) from the difference: a ratio near 1 must not lose its digits
    logarithm = math.log(critical_ratio(gamma))
    if p_down > 0.0:
        logarithm = max(logarithm, math.log1p((p_down - p_up) / p_up))
    expansion = -math.exp(2.0 / gamma * logarithm) * math.expm1((gamma - 1.0) / gamma * logarithm)
    return area_m2 * p_up * math.sqrt(2.0 * gamma / (gamma - 1.0) / (gas_constant * t_up) * expansion)


@compiled
def permeation_flow(
    reference_kg_s_pa: float, activation_j_mol: float, reference_k: float, t_up: float, p_up: float, p_down: float
) -> float:
    """Permeation of one species through an elastomer, p_up and p_down its partial pressures (science 1.2.7).

    reference_kg_s_pa: permeability area / thickness at reference_k; it goes as exp(-E/RT).
    """
    exponent = activation_j_mol / MOLAR_GAS_CONSTANT * (1.0 / reference_k - 1.0 / t_up)
    return reference_kg_s_pa * math.exp(exponent) * (p_up - p_down)


@compiled
def trapped_flow(conductance_m3_s: float, p_trapped: float, t_up: float, p_down: float, gas_constant: float) -> float:
    """Virtual leak: a trapped volume V empties through a constant conductance C; its own pressure is the state.

    dp_trapped/dt = -flow R T / V, hence an exponential of time constant V/C (science S31).
    """
    return conductance_m3_s * (p_trapped - p_down) / (gas_constant * t_up)


@compiled
def patch_factor(since_patch_s: float, residual: float, cure_s: float, since_reopening_s: float, jump: float) -> float:
    """G/G0 of a patched leak (science 1.2.8): r + (1 - r) exp(-t/tau), never above 1.

    Times count from the event and are negative before it. jump: what the re-opening adds to G/G0.
    """
    factor = 1.0
    if since_patch_s >= 0.0:
        factor = residual
        if cure_s > 0.0:
            factor += (1.0 - residual) * math.exp(-since_patch_s / cure_s)
    if since_reopening_s >= 0.0:
        factor += jump
    return min(factor, 1.0)

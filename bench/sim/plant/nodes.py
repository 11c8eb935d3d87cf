"""What the nodes are like now, from what is conserved, compiled: pressure, temperature, composition (science 1.1)."""

from bench.records import Floats
from bench.sim.compiled import inner
from bench.sim.plant import gas
from bench.sim.plant.state import (
    ELASTICITY,
    EXPANSION,
    GAMMA,
    GAS_CONSTANT,
    J_K,
    J_KG,
    KG,
    PA,
    PER_RISE,
    PER_UNKNOWN,
    REFERENCE_K,
    REFERENCE_PA,
    VOLUME,
    K,
    Plant,
    Work,
)
from bench.sim.plant.surroundings import room_pressure, shroud_temperature

SPECIES = gas.SPECIES


@inner
def look(plant: Plant, u: Floats, time_s: float, work: Work) -> None:
    """Set Work.node and Work.fraction to what u says."""
    n, m = plant.compartments, plant.vessels
    shroud_k = shroud_temperature(plant.shroud, plant.weather, plant.ramps, time_s)
    for i in range(m - 1, -1, -1):  # the chamber first: it presses on the shells
        mass, node = u[SPECIES * i : SPECIES * (i + 1)], work.node[i]
        kg = gas.total(mass)
        node[KG], node[GAS_CONSTANT] = kg, gas.MOLAR_GAS_CONSTANT * gas.moles(mass) / kg
        for s in range(SPECIES):
            work.fraction[i, s] = mass[s] / kg
        cv = gas.heat_capacity_cv(mass)
        node[J_K], node[GAMMA] = kg * cv, 1.0 + node[GAS_CONSTANT] / cv
        volume = plant.node[i, VOLUME]
        if i < n:
            node[K] = u[SPECIES * m + i] / node[J_K]
            outside_pa = work.node[n, PA] if n < m else 0.0
            volume = _shell(plant.node[i], u[SPECIES * m + n + i], node, outside_pa)
        else:
            node[K] = shroud_k
        moles_m3 = gas.moles(mass) / volume
        real, slope = gas.virial(mass, node[K])
        node[PA] = gas.virial_pressure(moles_m3, node[K], real)
        node[PER_UNKNOWN] = node[PA] / (u[SPECIES * m + i] * (1.0 - slope * moles_m3) if i < n else kg)
        node[PER_RISE] = node[PA] * (real - slope) * moles_m3 / node[J_K]
        node[J_KG] = (cv + node[GAS_CONSTANT]) * node[K]
    for i in range(m, m + 2):
        fraction, node = work.fraction[i], work.node[i]
        node[GAS_CONSTANT], node[GAMMA] = gas.gas_constant(fraction), gas.heat_capacity_ratio(fraction)
        node[K], node[PA] = plant.room[4], room_pressure(plant.room, time_s)
        node[J_KG] = node[GAS_CONSTANT] * node[GAMMA] / (node[GAMMA] - 1.0) * node[K]


@inner
def _shell(fixed: Floats, wall_k: float, node: Floats, outside_pa: float) -> float:
    """Volume of a compartment, m3: its shell expands with its temperature and with what presses on it from inside and
    outside (science 1.1).
    """
    ideal_pa = node[KG] * node[GAS_CONSTANT] * node[K] / fixed[VOLUME]
    warm = 1.0 + fixed[EXPANSION] * (wall_k - fixed[REFERENCE_K])
    return fixed[VOLUME] * warm * (1.0 + fixed[ELASTICITY] * (ideal_pa - outside_pa - fixed[REFERENCE_PA]))

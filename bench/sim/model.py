"""From a bench file and a scenario to the arrays of the plant. Orifices get the area that their certificate implies
through the rig's own isentropic formula, times what was drawn from the certificate's uncertainty.
"""

import math
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench, Valve
from bench.records import Floats
from bench.sim.scenario import Draws, Scenario
from bench.sim.state import SUPPLY, Plant, State

ROUND_HOLE = 0.8
"""Discharge coefficient of a valve's bore: it only sets how fast big valves equalise."""
LINE_TIME_S = 0.5
CONTROL_TIME_S = 3.0
"""Time constant of the pressure controller's loop on the whole mock-up."""


@dataclass(frozen=True)
class Model:
    """The plant, its starting state, and where in their arrays the bench file's names are found."""

    plant: Plant
    state: State
    node: dict[str, int]
    path: dict[str, int]
    """Valves, then hatches, by name: index into opening, wanted and travel_s."""


def build(bench: Bench, scenario: Scenario, draws: Draws) -> Model:
    names = [c.name for c in bench.compartment]
    node = {name: i for i, name in enumerate(names)} | {"chamber": len(names), "room": len(names) + 1}
    path = {a.name: i for i, a in enumerate((*bench.valve, *bench.hatch))}
    plant = _plant(bench, scenario, draws, node, path)
    return Model(plant, _state(bench, scenario, plant), node, path)


def _plant(bench: Bench, scenario: Scenario, draws: Draws, node: dict[str, int], path: dict[str, int]) -> Plant:
    walls = [c.wall for c in bench.compartment]
    ends = node | {"supply": SUPPLY, "pump": node["chamber"]}
    volumes = [draws.normal(f"volume/{c.name}", c.volume_m3, c.u_volume_m3) for c in bench.compartment]
    volumes.append(draws.normal("volume/chamber", bench.chamber.volume_m3, bench.chamber.u_volume_m3))
    travel = [max(a.travel_s, 1e-3) for a in (*bench.valve, *bench.hatch)]
    pump = bench.pump[0] if bench.pump else None
    gain = sum(volumes[:-1]) / (bench.gas.gas_constant_j_kg_k * scenario.shroud_temperature_k * CONTROL_TIME_S)
    return Plant(
        gas=np.array([bench.gas.gas_constant_j_kg_k, bench.gas.heat_capacity_ratio, scenario.room_pressure_pa]),
        volume=np.array(volumes),
        film=np.array([w.film_w_m2_k * w.area_m2 for w in walls]),
        capacity=np.array([w.heat_capacity_j_k for w in walls]),
        environment=np.array([w.environment_w_k for w in walls]),
        heat=np.zeros(len(walls)),
        path_from=np.array([ends[v.connects[0]] for v in bench.valve], dtype=np.int64),
        path_to=np.array([ends[v.connects[1]] for v in bench.valve], dtype=np.int64),
        path_area=np.array([_open_area(bench, v, draws) for v in bench.valve]),
        path_seat=np.array([draws.uniform(f"seat/{v.name}", v.seat_leakage_m2) for v in bench.valve]),
        hatch_a=np.array([ends[h.connects[0]] for h in bench.hatch], dtype=np.int64),
        hatch_b=np.array([ends[h.connects[1]] for h in bench.hatch], dtype=np.int64),
        travel_s=np.array(travel),
        pump_path=path[pump.valve] if pump else -1,
        pump_speed=pump.speed_m3_s if pump else 0.0,
        pump_ultimate=pump.ultimate_pa if pump else 0.0,
        supply_limits=np.array([bench.supply.max_flow_kg_s, gain, LINE_TIME_S]),
        surroundings=_surroundings(scenario),
    )


def _surroundings(scenario: Scenario) -> Floats:
    drift = scenario.cabin_drift_k_h / 3600.0
    return np.array([scenario.shroud_temperature_k, drift, scenario.swing_k, scenario.swing_period_s])


def _open_area(bench: Bench, valve: Valve, draws: Draws) -> float:
    """Effective area Cd A of an open path, m2."""
    leak = next((leak for leak in bench.leak if leak.valve == valve.name), None)
    if leak is None:
        return ROUND_HOLE * math.pi / 4.0 * (valve.bore_m or 0.0) ** 2
    certificate = leak.certificate
    relative_u = math.hypot(certificate.u_kg_s / certificate.value_kg_s, certificate.u_drift_relative)
    flow = certificate.value_kg_s * draws.normal(f"conductance/{leak.name}", 1.0, relative_u)
    speed = math.sqrt(bench.gas.gas_constant_j_kg_k * certificate.reference_temperature_k)
    return flow * speed / (certificate.reference_pressure_pa * critical_flow_factor(bench.gas.heat_capacity_ratio))


def critical_flow_factor(gamma: float) -> float:
    """C* of an ideal gas: 0.6847315 for gamma = 1.4 (science 1.2.1)."""
    exponent = (gamma + 1.0) / (2.0 * (gamma - 1.0))
    return math.sqrt(gamma) * math.pow(2.0 / (gamma + 1.0), exponent)


def _state(bench: Bench, scenario: Scenario, plant: Plant) -> State:
    n = plant.film.size
    gas_constant, gamma, room = plant.gas
    pressures = np.append(np.full(n, scenario.initial_pressure_pa), room)
    drift = scenario.cabin_drift_k_h / 3600.0
    with np.errstate(divide="ignore"):  # an isolated wall has no lag to start with
        lag = np.where(plant.environment > 0.0, plant.capacity / plant.environment, 0.0)
    wall = scenario.shroud_temperature_k - drift * lag
    heat_capacity = pressures[:n] * plant.volume[:n] / (wall * (gamma - 1.0))
    temperature = np.append(wall - drift * heat_capacity / plant.film, np.full(2, scenario.shroud_temperature_k))
    opening = np.array([_opening(a.energised) for a in (*bench.valve, *bench.hatch)])
    controller = np.array([0.0, scenario.initial_pressure_pa, 0.0, scenario.initial_pressure_pa, room])
    mass = pressures * plant.volume / (gas_constant * temperature[: n + 1])
    return State(mass, temperature, wall, opening, opening.copy(), np.zeros(3), controller, np.zeros(1))


def _opening(energised: str) -> float:
    """All lines are low at the start."""
    return 0.0 if energised == "open" else 1.0

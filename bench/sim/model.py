"""From a bench file and a scenario to the arrays of the plant: nodes, surroundings, starting state."""

import math
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench
from bench.config.parts import Pump
from bench.records import Floats
from bench.sim.draws import Draws
from bench.sim.model_check import check
from bench.sim.model_paths import Path, paths_of
from bench.sim.plant import gas
from bench.sim.plant.composition import COMPOSITIONS, ROOM_AIR, mass_fractions
from bench.sim.plant.state import (
    CAPACITY,
    ELASTICITY,
    EXPANSION,
    FILM,
    FROM_PA,
    GAS_HEAT,
    HEAT_COLUMNS,
    LINE_PA,
    MOUNT,
    NODE_COLUMNS,
    POSITION,
    RADIATION,
    RATE_PA_S,
    REFERENCE_K,
    REFERENCE_PA,
    SUPPLY,
    TARGET_PA,
    TRAVEL_S,
    VOLUME,
    WALL_HEAT,
    WANTED,
    Layout,
    Plant,
    State,
)
from bench.sim.plant.walk import FIRST_S
from bench.sim.scenario import Scenario
from bench.sim.sensors.gases import SENSITIVITY, GaugeKind
from bench.sim.weather import weather_k

STEFAN_BOLTZMANN = 5.670374419e-8
SHORTEST_TRAVEL_S = 1e-3
LINE_TIME_S = 0.5
CONTROL_TIME_S = 3.0
"""Time constant of the pressure controller's loop on the whole mock-up."""
REFERENCE_TEMPERATURE_K, REFERENCE_PRESSURE_PA = 293.15, 101_325.0
"""At which a compartment has its stated volume."""


@dataclass(frozen=True)
class Model:
    """The plant, its starting state, and where in their arrays the bench file's and the scenario's names are found."""

    plant: Plant
    state: State
    layout: Layout
    node: dict[str, int]
    path: dict[str, int]
    """Valves, hatches, hidden leaks and so on; then pumps, which have a place in State.move alone."""
    paths: tuple[Path, ...]


def build(bench: Bench, scenario: Scenario, draws: Draws) -> Model:
    node = nodes_of(bench, scenario)
    check(bench, scenario, node)
    stated = {str(name): share for name, share in scenario.composition.items()}
    fill = mass_fractions(stated or COMPOSITIONS[bench.gas.composition], bench.gas.dew_point_k)
    paths = tuple(paths_of(bench, scenario, draws, node))
    plant = _plant(bench, scenario, draws, paths, node, fill)
    layout = Layout(plant)
    path = {path.name: index for index, path in enumerate(paths)}
    path |= {pump.name: len(paths) + number for number, pump in enumerate(bench.pump)}
    return Model(plant, _state(bench, scenario, plant, paths, fill), layout, node, path, paths)


def nodes_of(bench: Bench, scenario: Scenario) -> dict[str, int]:
    """Compartments, chamber, other vessels, then room and supply (state.py)."""
    names = [*(c.name for c in bench.compartment), "chamber", *(vessel.name for vessel in bench.vessel)]
    names += [*(entry.name for entry in scenario.trapped), *(entry.name for entry in scenario.makeup)]
    return {name: i for i, name in enumerate([*names, "room", "supply"])}


def _plant(
    bench: Bench, scenario: Scenario, draws: Draws, paths: tuple[Path, ...], node: dict[str, int], fill: Floats
) -> Plant:
    fixed = _nodes(bench, scenario, draws)
    n, room_k = len(bench.compartment), scenario.shroud_temperature_k
    gain = fixed[:n, VOLUME].sum() / (gas.gas_constant(fill) * room_k * CONTROL_TIME_S)
    supply = next((i for i, path in enumerate(paths) if path.kind == SUPPLY), -1)
    front = scenario.room_front
    moving = (0.0, 0.0, 0.0) if front is None else (front.rate_pa_h / 3600.0, front.begin_s, front.end_s)
    drift = scenario.cabin_drift_k_h / 3600.0
    sensitivity = [[SENSITIVITY[k][s] for s in gas.NAMES] for k in (GaugeKind.PIRANI, GaugeKind.IONISATION)]
    return Plant(
        compartments=n,
        vessels=fixed.shape[0],
        node=fixed,
        ends=np.array([(p.start, p.end, p.kind) for p in paths], dtype=np.int64).reshape(-1, 3),
        path=np.array([p.row() for p in paths]),
        reservoirs=np.array([ROOM_AIR, fill]),
        curve=np.log([_points(pump.points, bench) for pump in bench.pump] or np.ones((1, 2, 2))),
        pump=np.array([_pump(pump, node) for pump in bench.pump] or [(0.0, -1.0, 1.0, math.inf)]),
        supply=np.array([bench.supply.max_flow_kg_s, gain, LINE_TIME_S, supply]),
        outgassing=bench.chamber.outgassing_pa_m3_s,
        shroud=np.array([room_k, drift, scenario.swing_k, scenario.swing_period_s]),
        weather=_weather(scenario, draws),
        ramps=np.array([[r.begin_s, r.over_s, r.kelvin] for r in scenario.ramp]).reshape(-1, 3),
        room=np.array([scenario.room_pressure_pa, *moving, room_k]),
        gauges=np.array(sensitivity),
        relief=np.array([(i, *p.opens_pa) for i, p in enumerate(paths) if p.opens_pa]).reshape(-1, 3),
    )


def _weather(scenario: Scenario, draws: Draws) -> Floats:
    if scenario.weather is None:
        return np.zeros(1)
    return weather_k(scenario.weather, scenario.swing_k, scenario.swing_period_s, draws.generator("weather"))


def _pump(pump: Pump, node: dict[str, int]) -> tuple[float, float, float, float]:
    outlet = node[pump.outlet] if pump.outlet else -1
    return pump.ultimate_pa, float(outlet), pump.nominal_hz or 1.0, pump.outlet_limit_pa or math.inf


def _points(points: tuple[tuple[float, float], ...], bench: Bench) -> list[tuple[float, float]]:
    """As many as the longest curve has: the last one again and again changes nothing."""
    longest = max(len(pump.points) for pump in bench.pump)
    return [*points, *[points[-1]] * (longest - len(points))]


def _nodes(bench: Bench, scenario: Scenario, draws: Draws) -> Floats:
    rows = np.zeros((len(nodes_of(bench, scenario)) - 2, NODE_COLUMNS))
    for row, entry in zip(rows, bench.compartment, strict=False):
        wall = entry.wall
        row[VOLUME] = draws.normal(f"volume/{entry.name}", entry.volume_m3, entry.u_volume_m3)
        row[EXPANSION], row[ELASTICITY] = 3.0 * wall.expansion_1_k, wall.elasticity_1_pa
        row[REFERENCE_K], row[REFERENCE_PA] = REFERENCE_TEMPERATURE_K, REFERENCE_PRESSURE_PA
        row[FILM], row[CAPACITY] = wall.film_w_m2_k * wall.area_m2, wall.heat_capacity_j_k
        row[RADIATION], row[MOUNT] = STEFAN_BOLTZMANN * wall.emissivity * wall.area_m2, wall.mount_w_k
    chamber_m3 = draws.normal("volume/chamber", bench.chamber.volume_m3, bench.chamber.u_volume_m3)
    volumes = [chamber_m3, *(vessel.volume_m3 for vessel in bench.vessel)]
    volumes += [*(t.volume_m3 for t in scenario.trapped), *(m.bottle_m3 for m in scenario.makeup)]
    rows[len(bench.compartment) :, VOLUME] = volumes
    return rows


def _state(bench: Bench, scenario: Scenario, plant: Plant, paths: tuple[Path, ...], fill: Floats) -> State:
    layout = Layout(plant)
    u, n, room_pa = np.zeros(layout.size), plant.compartments, scenario.room_pressure_pa
    pressures = [*([scenario.initial_pressure_pa] * n), room_pa, *(vessel.pressure_pa for vessel in bench.vessel)]
    pressures += [*(t.pressure_pa for t in scenario.trapped), *(m.bottle_pa for m in scenario.makeup)]
    wall_k, gas_k = _start_temperatures(plant, scenario, fill)
    outside_k = np.full(plant.vessels - n, scenario.shroud_temperature_k)
    states = zip(pressures, np.append(gas_k, outside_k), np.append(wall_k, outside_k), strict=True)
    for i, (pressure_pa, temperature_k, shell_k) in enumerate(states):
        fractions = ROOM_AIR if i == n else fill
        volume_m3 = _volume(plant.node[i], shell_k, pressure_pa - (room_pa if i < n else 0.0))
        layout.mass(u)[i] = gas.density(fractions, temperature_k, pressure_pa) * volume_m3 * fractions
    layout.energy(u)[:] = layout.mass(u)[:n].sum(axis=1) * gas.heat_capacity_cv(fill) * gas_k
    layout.wall(u)[:] = wall_k
    control = np.zeros(6)
    control[[TARGET_PA, FROM_PA]] = scenario.initial_pressure_pa
    control[RATE_PA_S], control[LINE_PA] = math.inf, room_pa
    heat = np.zeros((n, HEAT_COLUMNS))
    for i, entry in enumerate(bench.compartment):
        heat[i, GAS_HEAT] = scenario.heat_w.get(entry.name, 0.0)
        heat[i, WALL_HEAT] = scenario.wall_heat_w.get(entry.name, 0.0)
    time, source = np.array([0.0, FIRST_S, 0.0]), np.zeros((n, gas.SPECIES))
    lift, lifted_s = np.zeros(len(plant.relief)), np.full(len(plant.relief), math.inf)
    return State(u, time, _moves(bench, paths), control, source, heat, lift, lifted_s)


def _start_temperatures(plant: Plant, scenario: Scenario, fill: Floats) -> tuple[Floats, Floats]:
    """Of walls and gas. A steady drift has been going on for ever: walls lag behind the shroud, gas behind walls."""
    fixed, shroud_k = plant.node[: plant.compartments], scenario.shroud_temperature_k
    drift_k_s = scenario.cabin_drift_k_h / 3600.0
    outside = 4.0 * fixed[:, RADIATION] * shroud_k**3 + fixed[:, MOUNT]
    lag_s = np.divide(fixed[:, CAPACITY], outside, out=np.zeros_like(outside), where=outside > 0.0)
    wall_k = shroud_k - drift_k_s * lag_s
    kg = scenario.initial_pressure_pa * fixed[:, VOLUME] / (gas.gas_constant(fill) * wall_k)
    gas_lag_s = kg * gas.heat_capacity_cv(fill) / fixed[:, FILM]
    return wall_k, wall_k - drift_k_s * gas_lag_s + scenario.gas_excess_k


def _volume(fixed: Floats, wall_k: float, pressure_pa: float) -> float:
    warm = 1.0 + fixed[EXPANSION] * (wall_k - fixed[REFERENCE_K])
    return float(fixed[VOLUME] * warm * (1.0 + fixed[ELASTICITY] * (pressure_pa - fixed[REFERENCE_PA])))


def _moves(bench: Bench, paths: tuple[Path, ...]) -> Floats:
    """Of paths, then of pumps, which stand still."""
    moves = np.zeros((len(paths) + max(len(bench.pump), 1), 4))
    for row, path in zip(moves, paths, strict=False):
        row[POSITION] = row[WANTED] = float(path.open)
        row[TRAVEL_S] = max(path.travel_s, SHORTEST_TRAVEL_S)
    for row, pump in zip(moves[len(paths) :], bench.pump, strict=False):
        row[TRAVEL_S] = max(pump.spin_up_s, SHORTEST_TRAVEL_S)
    return moves

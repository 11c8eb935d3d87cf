"""From a bench file and a scenario to the arrays of the plant. Orifices get the area that their certificate implies
through the rig's own isentropic formula, times what was drawn from the certificate's uncertainty.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench, Valve
from bench.errors import ConfigError
from bench.records import Floats
from bench.sim.scenario import Draws, HiddenLeak, Puffs, Scenario
from bench.sim.state import ORIFICE, SUPPLY, Plant, State

ROUND_HOLE = 0.8
"""Discharge coefficient of a valve's bore: it only sets how fast big valves equalise."""
SHORTEST_TRAVEL_S = 1e-3
DRY_AIR = np.array([0.7552, 0.2314, 0.0, 0.0005, 0.0129, 0.0])
"""Mass fractions: N2, O2, H2O, CO2, Ar, He."""
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
    """By name: index into opening, wanted and travel_s of valves, hidden leaks, purification, hatches."""


def build(bench: Bench, scenario: Scenario, draws: Draws) -> Model:
    names = [c.name for c in bench.compartment]
    node = {name: i for i, name in enumerate(names)} | {"chamber": len(names), "room": len(names) + 1}
    hidden = [*(leak.name for leak in scenario.hidden_leak), *(puffs.name for puffs in scenario.purification)]
    names = [*(valve.name for valve in bench.valve), *hidden, *(hatch.name for hatch in bench.hatch)]
    path = {name: i for i, name in enumerate(names)}
    _check(bench, scenario, node, path, hidden)
    paths = [_valve_path(bench, valve, draws, node) for valve in bench.valve]
    paths += [_hidden_path(leak, node) for leak in scenario.hidden_leak]
    paths += [_puff_path(puffs, node) for puffs in scenario.purification]
    plant = _plant(bench, scenario, draws, paths, node)
    return Model(plant, _state(bench, scenario, plant, paths), node, path)


def _check(bench: Bench, scenario: Scenario, node: dict[str, int], path: dict[str, int], hidden: Sequence[str]) -> None:
    """A scenario speaks of this bench's compartments, channels and valves; one line for what it does not have."""
    compartments = {c.name for c in bench.compartment}
    channels = {c.name for c in bench.channel if c.unit != "1"}
    uses = [
        *((f"hidden_leak.{leak.name}.to", leak.to, set(node)) for leak in scenario.hidden_leak),
        *((f"patch.{patch.leak}.leak", patch.leak, set(path)) for patch in scenario.patch),
        *((f"fault.{fault.channel}.channel", fault.channel, channels) for fault in scenario.fault),
        *(("heat_w", name, compartments) for name in scenario.heat_w),
    ]
    for kind in ("hidden_leak", "purification", "source"):
        uses += [(f"{kind}.compartment", entry.compartment, compartments) for entry in getattr(scenario, kind)]
    for key, name, known in uses:
        if name not in known:
            raise ConfigError(f"scenario {scenario.name}: {key}: {name!r} is not in {bench.file}")
    if len(path) != len(bench.valve) + len(hidden) + len(bench.hatch):
        raise ConfigError(f"scenario {scenario.name}: a hidden leak has the name of a valve, hatch or other leak")


@dataclass(frozen=True)
class Path:
    """One way for gas: ends, kind and shape (flows.py), closed seat, travel, and whether it is open at the start."""

    start: int
    end: int
    kind: int
    shape: tuple[float, float, float]
    seat_m2: float
    travel_s: float
    open: bool
    pumped: bool = False


def _valve_path(bench: Bench, valve: Valve, draws: Draws, node: dict[str, int]) -> Path:
    ends = node | {"supply": SUPPLY, "pump": node["chamber"]}
    start, end = (ends[name] for name in valve.connects)
    area = _open_area(bench, valve, draws)
    seat = draws.uniform(f"seat/{valve.name}", valve.seat_leakage_m2)
    at_start = valve.energised == "closed"  # all lines are low
    travel_s = max(valve.travel_s, SHORTEST_TRAVEL_S)
    return Path(start, end, ORIFICE, (area, 0.0, 0.0), seat, travel_s, at_start, "pump" in valve.connects)


def _hidden_path(leak: HiddenLeak, node: dict[str, int]) -> Path:
    """A leak that no certificate knows of, closed until its time comes."""
    return Path(node[leak.compartment], node[leak.to], leak.kind_code, leak.shape, 0.0, SHORTEST_TRAVEL_S, open=False)


def _puff_path(puffs: Puffs, node: dict[str, int]) -> Path:
    """A valve into the vacuum that opens by the scenario's schedule."""
    shape = (puffs.area_m2, 0.0, 0.0)
    return Path(node[puffs.compartment], node["chamber"], ORIFICE, shape, 0.0, SHORTEST_TRAVEL_S, open=False)


def _plant(bench: Bench, scenario: Scenario, draws: Draws, paths: Sequence[Path], node: dict[str, int]) -> Plant:
    walls = [c.wall for c in bench.compartment]
    volumes = [draws.normal(f"volume/{c.name}", c.volume_m3, c.u_volume_m3) for c in bench.compartment]
    volumes.append(draws.normal("volume/chamber", bench.chamber.volume_m3, bench.chamber.u_volume_m3))
    travel = [p.travel_s for p in paths] + [max(h.travel_s, SHORTEST_TRAVEL_S) for h in bench.hatch]
    pump = bench.pump[0] if bench.pump else None
    gain = sum(volumes[:-1]) / (bench.gas.gas_constant_j_kg_k * scenario.shroud_temperature_k * CONTROL_TIME_S)
    return Plant(
        gas=np.array([bench.gas.gas_constant_j_kg_k, bench.gas.heat_capacity_ratio]),
        mix=DRY_AIR,
        volume=np.array(volumes),
        film=np.array([w.film_w_m2_k * w.area_m2 for w in walls]),
        capacity=np.array([w.heat_capacity_j_k for w in walls]),
        environment=np.array([w.environment_w_k for w in walls]),
        heat=np.array([scenario.heat_w.get(c.name, 0.0) for c in bench.compartment]),
        path_from=np.array([p.start for p in paths], dtype=np.int64),
        path_to=np.array([p.end for p in paths], dtype=np.int64),
        path_kind=np.array([p.kind for p in paths], dtype=np.int64),
        path_shape=np.array([p.shape for p in paths]),
        path_seat=np.array([p.seat_m2 for p in paths]),
        hatch_a=np.array([node[h.connects[0]] for h in bench.hatch], dtype=np.int64),
        hatch_b=np.array([node[h.connects[1]] for h in bench.hatch], dtype=np.int64),
        travel_s=np.array(travel),
        pump_path=next((i for i, p in enumerate(paths) if p.pumped), -1) if pump else -1,
        pump_speed=pump.speed_m3_s if pump else 0.0,
        pump_ultimate=pump.ultimate_pa if pump else 0.0,
        supply_limits=np.array([bench.supply.max_flow_kg_s, gain, LINE_TIME_S]),
        surroundings=_surroundings(scenario),
        ramps=np.array([[r.begin_s, r.over_s, r.kelvin] for r in scenario.ramp]).reshape(-1, 3),
        room_front=_room_front(scenario),
    )


def _surroundings(scenario: Scenario) -> Floats:
    drift = scenario.cabin_drift_k_h / 3600.0
    return np.array([scenario.shroud_temperature_k, drift, scenario.swing_k, scenario.swing_period_s])


def _room_front(scenario: Scenario) -> Floats:
    front = scenario.room_front
    if front is None:
        return np.array([scenario.room_pressure_pa, 0.0, 0.0, 0.0])
    return np.array([scenario.room_pressure_pa, front.rate_pa_h / 3600.0, front.begin_s, front.end_s])


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


def _state(bench: Bench, scenario: Scenario, plant: Plant, paths: Sequence[Path]) -> State:
    n, room = plant.film.size, scenario.room_pressure_pa
    gas_constant, gamma = plant.gas
    pressures = np.append(np.full(n, scenario.initial_pressure_pa), room)
    drift = scenario.cabin_drift_k_h / 3600.0
    with np.errstate(divide="ignore"):  # an isolated wall has no lag to start with
        lag = np.where(plant.environment > 0.0, plant.capacity / plant.environment, 0.0)
    wall = scenario.shroud_temperature_k - drift * lag
    heat_capacity = pressures[:n] * plant.volume[:n] / (wall * (gamma - 1.0))
    temperature = np.append(wall - drift * heat_capacity / plant.film, np.full(2, scenario.shroud_temperature_k))
    opening = np.array([p.open for p in paths] + [h.energised == "closed" for h in bench.hatch], dtype=np.float64)
    controller = np.array([0.0, scenario.initial_pressure_pa, 0.0, scenario.initial_pressure_pa, room])
    mass = pressures * plant.volume / (gas_constant * temperature[: n + 1])
    return State(
        mass=mass,
        temperature=temperature,
        wall=wall,
        opening=opening,
        wanted=opening.copy(),
        book=np.zeros(4),
        controller=controller,
        pump=np.zeros(1),
        factor=np.ones(len(paths)),
        source=np.zeros(n),
        room=np.array([room]),
    )

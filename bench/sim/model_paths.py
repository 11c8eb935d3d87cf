"""The ways gas can go: valves, hatches, pumps, flow controllers of the bench file; leaks, vents and regulators of the
scenario.

An orifice gets the area, a capillary the bore that its certificate implies through the rig's own formulas, times what
was drawn from the certificate's uncertainty.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bench.config.interlocks import Relief
from bench.config.model import Bench
from bench.config.parts import FlowController, Hatch, Valve
from bench.records import Floats
from bench.sim.draws import Draws
from bench.sim.plant import elements, gas
from bench.sim.plant.composition import DRY_AIR
from bench.sim.plant.element_ducts import duct_flow, tube
from bench.sim.plant.state import (
    CAPILLARY,
    CONDUCTANCE,
    CURE_S,
    FLOW_CONTROLLER,
    GROWN,
    GROWS_S,
    GROWTH_S,
    HATCH,
    ORIFICE,
    PATCHED_S,
    PATH_COLUMNS,
    REGULATOR,
    RELIEF,
    REOPENED_S,
    REOPENING,
    RESIDUAL,
    SEAT,
    SUCTION,
    SUPPLY,
)
from bench.sim.scenario import Scenario

ROUND_HOLE = 0.8
"""Discharge coefficient of a valve's bore: it only sets how fast big valves equalise."""
OPEN_HATCH_KG_S_PA = 1e-3
"""Of an open hatch: half a gram a second needs 0.5 Pa. Stiffer would only show a step's rounding as mixing."""

RELIEF_K = 293.15
"""At which the flow of a relief is stated."""
FOURTH_ROOTS = 20
"""Steps towards a capillary's bore: each leaves less than a fourth of what was wrong."""


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way for gas: ends (nodes), kind and shape (state.py), and how it is closed."""

    name: str
    start: int
    end: int
    kind: int
    shape: tuple[float, ...]
    seat_m2: float = 0.0
    travel_s: float = 0.0
    open: bool = False
    dead_m3: float = 0.0
    stiction_s: float = 0.0
    life: tuple[tuple[int, float], ...] = ()
    """(column of Plant.path, value): patch and growth."""
    opens_pa: tuple[float, float] | None = None
    """Of a relief: where it opens, where it closes again."""

    def row(self) -> Floats:
        row = np.zeros(PATH_COLUMNS)
        row[: len(self.shape)] = self.shape
        row[SEAT] = self.seat_m2
        row[[PATCHED_S, REOPENED_S, GROWS_S]] = math.inf
        row[GROWN] = 1.0
        for column, value in self.life:
            row[column] = value
        return row


def paths_of(bench: Bench, scenario: Scenario, draws: Draws, node: Mapping[str, int]) -> Iterator[Path]:
    """Valves, hatches, controllers, hidden leaks, trapped volumes, purification, make-up, reliefs: in this order."""
    for valve in bench.valve:
        yield _valve(bench, valve, draws, node, _life(scenario, valve.name))
    for hatch in bench.hatch:
        yield _hatch(hatch, draws, node)
    for controller in bench.flow_controller:
        yield _flow_controller(controller, node)
    for leak in scenario.hidden_leak:
        yield Path(
            name=leak.name,
            start=node[leak.compartment],
            end=node[leak.to],
            kind=leak.kind_code,
            shape=leak.shape,
            life=_life(scenario, leak.name),
        )
    for entry in scenario.trapped:
        start, end = node[entry.compartment], node[entry.name]
        shape: tuple[float, ...] = (entry.conductance_m3_s,)
        yield Path(name=entry.name, start=start, end=end, kind=CONDUCTANCE, shape=shape, open=True)
    for puffs in scenario.purification:
        start, end = node[puffs.compartment], node["chamber"]
        yield Path(name=puffs.name, start=start, end=end, kind=ORIFICE, shape=(puffs.area_m2,))
    for makeup in scenario.makeup:
        start, end = node[makeup.name], node[makeup.compartment]
        shape = (makeup.pressure_pa, makeup.gain_kg_s_pa, makeup.max_flow_kg_s)
        yield Path(name=makeup.name, start=start, end=end, kind=REGULATOR, shape=shape)
    for number, relief in enumerate(bench.relief):
        yield _relief(relief, number, node)


def _valve(
    bench: Bench, valve: Valve, draws: Draws, node: Mapping[str, int], life: tuple[tuple[int, float], ...]
) -> Path:
    (kind, shape), ends = _opened(bench, valve, draws), [n for n in valve.connects if n in node]
    pump = next((i for i, pump in enumerate(bench.pump) if _pumps_through(bench, i, valve)), None)
    if pump is not None:
        kind, shape, ends = SUCTION, (float(pump),), [ends[0], "room"]
    elif "supply" in valve.connects:
        kind, ends = SUPPLY, ["supply", next(n for n in valve.connects if n != "supply")]
    elif valve.conductance_m3_s is not None:
        kind, shape = CONDUCTANCE, (valve.conductance_m3_s,)
    return Path(
        name=valve.name,
        start=node[ends[0]],
        end=node[ends[1]],
        kind=kind,
        shape=shape,
        seat_m2=draws.uniform(f"seat/{valve.name}", valve.seat_leakage_m2),
        travel_s=valve.travel_s,
        open=valve.energised == "closed",  # all lines are low
        dead_m3=valve.dead_volume_m3,
        stiction_s=valve.stiction_s,
        life=life,
    )


def _pumps_through(bench: Bench, number: int, valve: Valve) -> bool:
    pump = bench.pump[number]
    return pump.name in valve.connects or (pump.valve == valve.name and "pump" in valve.connects)


def _hatch(hatch: Hatch, draws: Draws, node: Mapping[str, int]) -> Path:
    return Path(
        name=hatch.name,
        start=node[hatch.connects[0]],
        end=node[hatch.connects[1]],
        kind=HATCH,
        shape=(OPEN_HATCH_KG_S_PA, hatch.fan_m3_s, hatch.wall_w_k),
        seat_m2=draws.uniform(f"seal/{hatch.name}", hatch.seal_leakage_m2),
        travel_s=hatch.travel_s,
        open=hatch.energised == "closed",
    )


def _flow_controller(controller: FlowController, node: Mapping[str, int]) -> Path:
    start, end = (node[name] for name in controller.connects)
    shape = (controller.full_scale_kg_s, _hole_m2(controller.bore_m))
    travel_s = controller.travel_s
    return Path(name=controller.name, start=start, end=end, kind=FLOW_CONTROLLER, shape=shape, travel_s=travel_s)


def _relief(relief: Relief, number: int, node: Mapping[str, int]) -> Path:
    """number: its row in Plant.relief."""
    air = gas.gas_constant(DRY_AIR), gas.heat_capacity_ratio(DRY_AIR)
    per_m2 = elements.orifice_flow(1.0, relief.set_pressure_pa, RELIEF_K, 0.0, *air)
    closes_pa = -math.inf if relief.reseat_pressure_pa is None else relief.reseat_pressure_pa
    return Path(
        name=relief.name,
        start=node[relief.compartment],
        end=node["chamber"],
        kind=RELIEF,
        shape=(relief.flow_kg_s / per_m2, float(number)),
        opens_pa=(relief.set_pressure_pa, closes_pa),
    )


def _life(scenario: Scenario, name: str) -> tuple[tuple[int, float], ...]:
    life: list[tuple[int, float]] = []
    for patch in scenario.patch:
        if patch.leak == name:
            life += [(PATCHED_S, patch.at_s), (RESIDUAL, patch.residual), (CURE_S, patch.cure_s)]
            life += [(REOPENED_S, math.inf if patch.reopen_s is None else patch.reopen_s), (REOPENING, patch.reopening)]
    for growth in scenario.growth:
        if growth.leak == name:
            life += [(GROWS_S, growth.begin_s), (GROWTH_S, growth.over_s), (GROWN, growth.factor)]
    return tuple(life)


def _opened(bench: Bench, valve: Valve, draws: Draws) -> tuple[int, tuple[float, ...]]:
    """Kind and shape of an open valve's path: its bore, or the leak behind it. Certificates are for dry air, whatever
    the rig is filled with.
    """
    leak = next((leak for leak in bench.leak if leak.valve == valve.name), None)
    if leak is None or leak.nominal_diameter_m is None:
        return ORIFICE, (_hole_m2(valve.bore_m or 0.0),)
    certificate = leak.certificate
    flow = certificate.value_kg_s * draws.calibrated(f"conductance/{leak.name}", certificate)
    reference = certificate.reference_pressure_pa, certificate.reference_temperature_k
    constant, gamma = gas.gas_constant(DRY_AIR), gas.heat_capacity_ratio(DRY_AIR)
    if leak.nominal_length_m is None:
        return ORIFICE, (float(flow / elements.orifice_flow(1.0, *reference, 0.0, constant, gamma)),)
    air = elements.Upstream(*reference, constant, gamma, gas.viscosity(DRY_AIR, reference[1]))
    return CAPILLARY, (_bore_of(flow, leak.nominal_diameter_m, leak.nominal_length_m, air), leak.nominal_length_m)


def _bore_of(flow_kg_s: float, first_guess_m: float, length_m: float, air: elements.Upstream) -> float:
    """Diameter of the capillary of this length that passes so much into vacuum: nearly as its fourth power."""
    diameter_m = first_guess_m
    for _ in range(FOURTH_ROOTS):
        diameter_m *= (flow_kg_s / duct_flow(tube(diameter_m, length_m), air, 0.0)) ** 0.25
    return diameter_m


def _hole_m2(bore_m: float) -> float:
    return ROUND_HOLE * math.pi / 4.0 * bore_m**2

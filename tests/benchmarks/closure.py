"""Does the rig lose anything? Mass of each species and energy over 24 h of zvezda with everything switched on.

    python tests/benchmarks/closure.py

Everything: hatches open for half the day with their fans, two orifices, hidden leaks of every kind, a patch, a growing
leak, a trapped volume, purification, make-up, crew, heaters, flow controllers, a cooling night, pumps, outgassing, the
room's front.
"""

import argparse
import os
import platform
import time
from datetime import date

import numpy as np

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.sim.direct import closed, flowing, heated, opened
from bench.sim.plant import gas
from bench.sim.plant.state import BOOKS, CAPACITY, PUMPED, ROUNDED, TO_ROOM
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario

HOUR_S = 3600.0
WORKING, SMALL = "working_compartment", "intermediate_chamber"
EVERYTHING = Scenario.model_validate(
    {
        "name": "everything",
        "why": "closure",
        "swing_k": 0.25,
        "composition": {"N2": 0.74, "O2": 0.2, "Ar": 0.009, "CO2": 0.001, "He": 0.05},
        "heat_w": {WORKING: 8.0},
        "wall_heat_w": {"us_segment": 5.0},
        "ramp": [{"begin_s": 21_600.0, "over_s": 21_600.0, "kelvin": -0.5}],
        "room_front": {"end_s": 86_400.0, "rate_pa_h": -100.0},
        "hidden_leak": [
            {"name": "hole", "compartment": WORKING, "diameter_m": 2.5e-5, "begin_s": 7200.0},
            {"name": "pipe", "compartment": SMALL, "kind": "short_tube", "diameter_m": 5e-5, "length_m": 1e-4},
            {"name": "crack", "compartment": SMALL, "kind": "slit"}
            | {"width_m": 0.01, "height_m": 1.5e-5, "length_m": 2e-3},
            {"name": "tube", "compartment": "us_segment", "kind": "capillary", "diameter_m": 1e-4, "length_m": 0.1},
            {"name": "seal", "compartment": WORKING, "kind": "permeation", "conductance_kg_s_pa": 1e-15},
            {"name": "between", "compartment": WORKING, "to": SMALL, "diameter_m": 3e-5},
        ],
        "trapped": [{"name": "pocket", "compartment": WORKING, "pressure_pa": 50_000.0}
            | {"volume_m3": 1e-4, "conductance_m3_s": 1e-8}],
        "patch": [{"leak": "hole", "at_s": 30_000.0, "residual": 0.3, "cure_s": 3600.0, "reopen_s": 70_000.0}
            | {"reopening": 0.5}],
        "growth": [{"leak": "crack", "over_s": 80_000.0, "factor": 2.0}],
        "purification": [{"compartment": WORKING, "area_m2": 1e-6, "period_s": 7200.0, "open_s": 0.5}],
        "makeup": [{"compartment": WORKING, "pressure_pa": 98_400.0, "max_flow_kg_s": 1e-6}],
        "crew": [{"compartment": WORKING, "people": 4.4e-4}],
        "source": [{"compartment": WORKING, "kg_s": -5e-12, "species": "CO2"}],
        "pump_trip": [{"at_s": 80_000.0}],
    }
)  # fmt: skip


def books(rig):
    """By species: what is inside less what came in (kg); gas and walls less what came in (J)."""
    rig.command(lambda _: None)  # cuts the planned step: the state of now
    layout, u = rig.model.layout, rig.course.state.u
    sign = np.ones(BOOKS)
    sign[[PUMPED, TO_ROOM]] = -1.0
    kg = layout.mass(u).sum(axis=0) - sign @ layout.book(u)
    walls = rig.model.plant.node[: rig.model.plant.compartments, CAPACITY] @ layout.wall(u)
    return kg, layout.energy(u).sum() + walls - layout.energy_book(u).sum()


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}")
    bench = load_bench(find_bench("zvezda"), date(2026, 11, 24))
    rig = SimulatedRig(bench, EVERYTHING, 1, VirtualClock())
    orders = [(10.0, opened("roughing_pump")), (10.0, opened("roughing_valve"))]
    orders += [(1800.0, opened("orifice_50um_working")), (3600.0, opened("orifice_100um_working"))]
    orders += [(5400.0, opened(name)) for name in ("select_us", "makeup_valve", "turbo_pump", "gate_valve")]
    orders += [(7200.0, flowing("leak_flow", 2e-7)), (7200.0, flowing("makeup_flow", 3e-7))]
    orders += [(10_800.0, heated("heater_working", 20.0)), (14_400.0, heated("heater_working", 0.0))]
    orders += [(43_200.0 + i, closed(hatch.name)) for i, hatch in enumerate(bench.hatch)]
    before, begun = books(rig), time.perf_counter()
    for time_s, act in orders:
        rig.clock.advance_to(time_s)
        act(rig)
    rig.clock.advance_to(24 * HOUR_S)
    kg, joules = books(rig)
    inside = rig.model.layout.mass(rig.course.state.u).sum(axis=0)
    print(f"24 h in {time.perf_counter() - begun:.2f} s, {rig.course.newest} steps, all sensors at 10 Hz")
    for name, lost, scale in zip(gas.NAMES, kg - before[0], np.maximum(before[0], inside), strict=True):
        print(f"  {name:4} {scale:.3e} kg: out of balance by {lost / scale:+.1e}" if scale else f"  {name:4} none")
    rounded = rig.model.layout.book(rig.course.state.u)[ROUNDED].sum() / before[0].sum()
    print(f"  all  {before[0].sum():.3e} kg: {np.abs(kg - before[0]).sum() / before[0].sum():.1e} (wanted: below 1e-9)")
    print(f"  of which put back where a species ran out: {rounded:.1e}")
    print(f"  energy {joules:.6e} J: {joules / before[1] - 1.0:+.1e} (wanted: below 1e-6)")
    assert len(gas.NAMES) == gas.SPECIES


if __name__ == "__main__":
    main()

"""Small plants for tests: vessels in a row with hatches, holes into a chamber, and whatever else a test adds."""

import math

import numpy as np

from bench.sim.model_paths import OPEN_HATCH_KG_S_PA
from bench.sim.plant import gas
from bench.sim.plant import state as columns
from bench.sim.plant.composition import DRY_AIR
from bench.sim.plant.knot import Places, first_knot
from bench.sim.plant.state import (
    CAPACITY,
    ENTHALPY,
    FILM,
    GROWN,
    GROWS_S,
    HATCH,
    HEAT_COLUMNS,
    NODE_COLUMNS,
    ORIFICE,
    OUTGASSED,
    PATCHED_S,
    PATH_COLUMNS,
    POSITION,
    PUMPED,
    RADIATION,
    REOPENED_S,
    ROUNDED,
    SEAT,
    SOURCES,
    SUPPLIED,
    TO_ROOM,
    TRAVEL_S,
    VOLUME,
    WANTED,
    Layout,
    Plant,
    State,
    copy_of,
    work_for,
)
from bench.sim.plant.walk import FIRST_S, attempt_once, walk

GAS_CONSTANT = gas.gas_constant(DRY_AIR)
GAMMA = gas.heat_capacity_ratio(DRY_AIR)
FREE, CLAMPED = 0.0, 1e9  # wall film, W/K: adiabatic, isothermal
VACUUM_KG = 1e-9
RING = 256
ROOM_PA, ROOM_K = 101_325.0, 293.15


def way(start, end, kind, *shape, seat_m2=0.0, **life):
    """A path: (ends, row). life: columns of Plant.path by name, as in patched_s=100.0."""
    row = np.zeros(PATH_COLUMNS)
    row[: len(shape)] = shape
    row[SEAT] = seat_m2
    row[[PATCHED_S, REOPENED_S, GROWS_S]] = np.inf
    row[GROWN] = 1.0
    for name, value in life.items():
        row[getattr(columns, name.upper())] = value
    return (start, end, kind), row


def row(volumes_m3, *, film=CLAMPED, holes_m2=(), capacity=1e15, chamber_m3=1e9, ways=(), vessels_m3=(), **more):
    """Vessels in a row joined by hatches; hole i leads from vessel i into the chamber (node n). ways: further paths.

    Nodes after the chamber: vessels_m3, then room and supply. Paths: holes, hatches, ways.
    """
    n, m = len(volumes_m3), len(volumes_m3) + 1 + len(vessels_m3)
    paths = [way(i, n, ORIFICE, area) for i, area in enumerate(holes_m2)]
    fan, wall = more.pop("fan_m3_s", 0.0), more.pop("wall_w_k", 0.0)
    paths += [way(i, i + 1, HATCH, OPEN_HATCH_KG_S_PA, fan, wall) for i in range(n - 1)]
    paths += ways
    node = np.zeros((m, NODE_COLUMNS))
    node[:, VOLUME] = [*volumes_m3, chamber_m3, *vessels_m3]
    node[:n, FILM], node[:n, CAPACITY] = film, capacity
    node[:n, RADIATION] = more.pop("radiation", 0.0)
    settings = {
        "reservoirs": np.array([DRY_AIR, DRY_AIR]),
        "curve": np.log(np.array([[[1.0, 0.028], [1e5, 0.028]]])),
        "pump": np.array([[0.3, -1.0, 1.0, np.inf]]),
        "supply": np.array([1e-4, 1e-6, 0.5, -1.0]),
        "outgassing": 0.0,
        "shroud": np.array([ROOM_K, 0.0, 0.0, 86400.0]),
        "weather": np.zeros(1),
        "ramps": np.zeros((0, 3)),
        "room": np.array([ROOM_PA, 0.0, 0.0, 0.0, ROOM_K]),
        "gauges": np.ones((2, gas.SPECIES)),
        "relief": np.zeros((0, 3)),
    } | more
    ends = np.array([p[0] for p in paths], dtype=np.int64).reshape(-1, 3)
    return Plant(
        compartments=n,
        vessels=m,
        node=node,
        ends=ends,
        path=np.array([p[1] for p in paths]).reshape(-1, PATH_COLUMNS),
        **settings,
    )


def state(plant, pressures_pa, temperatures_k, *, hatches_open=0.0, fractions=None, vessels_pa=()):
    """All paths open but the hatches. fractions: mass fractions by compartment (default dry air)."""
    layout, n = Layout(plant), plant.compartments
    u = np.zeros(layout.size)
    for i in range(n):
        fraction = DRY_AIR if fractions is None else fractions[i]
        kg = gas.density(fraction, temperatures_k[i], pressures_pa[i]) * plant.node[i, VOLUME]
        layout.mass(u)[i] = kg * fraction
        layout.energy(u)[i] = kg * gas.heat_capacity_cv(fraction) * temperatures_k[i]
    layout.wall(u)[:] = temperatures_k
    layout.mass(u)[n] = VACUUM_KG * DRY_AIR
    for i, pressure_pa in enumerate(vessels_pa, n + 1):
        layout.mass(u)[i] = gas.density(DRY_AIR, ROOM_K, pressure_pa) * plant.node[i, VOLUME] * DRY_AIR
    paths = plant.ends.shape[0]
    move = np.zeros((paths + plant.pump.shape[0], 4))
    move[:, [POSITION, WANTED]] = 1.0
    move[:, TRAVEL_S] = 1e-3
    move[:paths][plant.ends[:, 2] == HATCH] = [hatches_open, 0.0, hatches_open, 1e-3]
    source, heat = np.zeros((n, gas.SPECIES)), np.zeros((n, HEAT_COLUMNS))
    lift, lifted_s = np.zeros(len(plant.relief)), np.full(len(plant.relief), np.inf)
    return State(u, np.array([0.0, FIRST_S, 0.0]), move, np.zeros(6), source, heat, lift, lifted_s)


def run(plant, now, end_s, look=None):
    """Walk to end_s exactly; look(time_s, row of walk.keep) at every knot."""
    before, work = copy_of(now), work_for(plant)
    times, rows = np.zeros(RING), np.zeros((RING, Places(plant).count))
    first_knot(plant, now, work, rows[0])
    times[0], newest = now.time[0], 0
    while now.time[0] < end_s:
        begun = newest
        newest = walk(plant, now, before, work, times, rows, newest, end_s, end_s)
        for number in range(begun + 1, newest + 1):
            if look:
                look(times[number % RING], rows[number % RING])
    return rows[newest % RING]


def run_in_steps(plant, now, end_s, step_s):
    """Walk in steps of a size of our own: for convergence."""
    work = work_for(plant)
    for _ in range(round(end_s / step_s)):
        assert np.isfinite(attempt_once(plant, now, work, step_s))


def look_at(plant, now):
    """walk.keep's row of a state: pressures first, then temperatures."""
    values = np.zeros(Places(plant).count)
    first_knot(plant, now, work_for(plant), values)
    return values


def pressures(plant, now):
    return look_at(plant, now)[: plant.vessels]


def temperatures(plant, now):
    return look_at(plant, now)[plant.vessels : 2 * plant.vessels]


def hole_m2(diameter_m):
    return math.pi / 4.0 * diameter_m**2


def all_kg(plant, now):
    """By species: what is in the rig, less what came in, plus what went out."""
    layout = Layout(plant)
    book = layout.book(now.u)
    into = book[SUPPLIED] + book[SOURCES] + book[OUTGASSED] + book[ROUNDED]
    return layout.mass(now.u).sum(axis=0) - into + book[PUMPED] + book[TO_ROOM]


def total_energy(plant, now):
    """Of gas and walls, less what came in, J."""
    layout = Layout(plant)
    walls = plant.node[: plant.compartments, CAPACITY] @ layout.wall(now.u)
    return layout.energy(now.u).sum() + walls - layout.energy_book(now.u)[ENTHALPY:].sum()

"""Small plants for tests: one vessel with one hole, or a row of vessels with hatches."""

import math

import numpy as np

from bench.sim import flows, kernel
from bench.sim.state import Plant, State

GAS_CONSTANT = 287.055
DRY_AIR = np.array([0.7552, 0.2314, 0.0, 0.0005, 0.0129, 0.0])
FREE, CLAMPED = 0.0, 1e9  # wall film, W/K: adiabatic, isothermal
VACUUM_KG = 1e-9


def row(volumes_m3, *, film=CLAMPED, holes_m2=(), capacity=1e15, chamber_m3=1e9):
    """Vessels in a row joined by hatches; hole i leads from vessel i into the chamber."""
    n = len(volumes_m3)
    holes = np.array(holes_m2, dtype=float)
    return Plant(
        gas=np.array([GAS_CONSTANT, 1.4]),
        mix=DRY_AIR,
        volume=np.array([*volumes_m3, chamber_m3]),
        film=np.full(n, film),
        capacity=np.full(n, capacity),
        environment=np.zeros(n),
        heat=np.zeros(n),
        path_from=np.arange(holes.size),
        path_to=np.full(holes.size, n),
        path_kind=np.zeros(holes.size, np.int64),
        path_shape=np.column_stack([holes, np.zeros((holes.size, 2))]),
        path_seat=np.zeros(holes.size),
        hatch_a=np.arange(n - 1),
        hatch_b=np.arange(1, n),
        travel_s=np.full(holes.size + n - 1, 1e-3),
        pump_path=-1,
        pump_speed=0.0,
        pump_ultimate=0.0,
        supply_limits=np.array([1e-4, 1e-6, 0.5]),
        surroundings=np.array([293.15, 0.0, 0.0, 86400.0]),
        ramps=np.zeros((0, 3)),
        room_front=np.array([101325.0, 0.0, 0.0, 0.0]),
    )


def state(plant, pressures_pa, temperatures_k, *, holes_open=1.0, hatches_open=0.0):
    n, holes = plant.film.size, plant.path_from.size
    temperature = np.array([*temperatures_k, 293.15, 293.15], dtype=float)
    mass = np.array(pressures_pa) * plant.volume[:n] / (GAS_CONSTANT * temperature[:n])
    opening = np.array([holes_open] * holes + [hatches_open] * plant.hatch_a.size)
    return State(
        mass=np.append(mass, VACUUM_KG),
        temperature=temperature,
        wall=np.array(temperatures_k, dtype=float),
        opening=opening,
        wanted=opening.copy(),
        book=np.zeros(4),
        controller=np.zeros(5),
        pump=np.zeros(1),
        factor=np.ones(holes),
        source=np.zeros(n),
        room=np.array([101325.0]),
    )


def run(plant, now, begin_s, end_s, grid_s=0.1):
    half = State(*(array.copy() for array in now))
    kernel.run(plant, now, half, np.zeros((8, 3 * plant.volume.size)), begin_s, end_s, grid_s)


def pressures(plant, now):
    return [flows.pressure(plant, now, i) for i in range(plant.film.size)]


def hole_m2(diameter_m):
    return math.pi / 4.0 * diameter_m**2


def total_energy(plant, now):
    """Sum of m T over the vessels: internal energy over cv."""
    n = plant.film.size
    return float(now.mass[:n] @ now.temperature[:n])

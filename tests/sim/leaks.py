"""Air, holes and constants that the tests of the leak elements share. Units: SI."""

import math

from hypothesis import settings

from bench.sim.plant.elements import Upstream, orifice_flow

R, GAMMA, ROOM_K, CABIN_K, ATMOSPHERE, VISCOSITY = 287.05, 1.4, 293.15, 295.15, 101325.0, 1.8206e-5
DAY_S, HOUR_S, MMHG, POUND = 86400.0, 3600.0, 133.322, 0.45359237
EXAMPLES = settings(deadline=None, derandomize=True)
"""The first example compiles."""


def air(p_up: float = ATMOSPHERE, t_up: float = ROOM_K, viscosity: float = VISCOSITY) -> Upstream:
    return Upstream(p_up, t_up, R, GAMMA, viscosity)


def area_of(diameter_m: float) -> float:
    return math.pi / 4.0 * diameter_m**2


def into_vacuum(area_m2: float, p_up: float = ATMOSPHERE, t_up: float = ROOM_K) -> float:
    return orifice_flow(area_m2, p_up, t_up, 0.0, R, GAMMA)


def exponent(flow, low: float = 70e3, high: float = 101e3) -> float:
    """Power of pressure that the flow goes with."""
    return math.log(flow(high) / flow(low)) / math.log(high / low)

"""What the rig's equations read and change, as arrays that compiled code can take. Units: SI."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats

SUPPLY = -1
"""Stands for the pressure controller where a path has a node."""
SUPPLIED, PUMPED, TO_ROOM = 0, 1, 2
"""Places in State.book."""
Integers = NDArray[np.int64]


class State(NamedTuple):
    """What changes. mass: n+1 (kg); temperature: n+2, chamber and room constant (K); wall: n (K);
    opening, wanted: of each path then each hatch (0 closed, 1 open); book: kg supplied, pumped, to room;
    controller: on, target (Pa), rate (Pa/s), ramp (Pa), line pressure (Pa); pump: running (0 or 1).
    """

    mass: Floats
    temperature: Floats
    wall: Floats
    opening: Floats
    wanted: Floats
    book: Floats
    controller: Floats
    pump: Floats


class Plant(NamedTuple):
    """What stays. gas: R (J/kg/K), ratio of heat capacities, room pressure (Pa). volume: n+1 (m3).

    film: h A of the wall (W/K); capacity: of the wall (J/K); environment: wall to shroud (W/K); heat: fans (W).
    path_*: ends, open effective area Cd A, closed seat's area (m2); travel_s: of each path then each hatch.
    pump_path: index of the pump's valve; pump_speed (m3/s), pump_ultimate (Pa); supply_limits: largest flow (kg/s),
    gain (kg/s/Pa), line's relaxation time (s). surroundings: shroud (K) at time 0,
    its drift (K/s), swing (K), period (s).
    """

    gas: Floats
    volume: Floats
    film: Floats
    capacity: Floats
    environment: Floats
    heat: Floats
    path_from: Integers
    path_to: Integers
    path_area: Floats
    path_seat: Floats
    hatch_a: Integers
    hatch_b: Integers
    travel_s: Floats
    pump_path: int
    pump_speed: float
    pump_ultimate: float
    supply_limits: Floats
    surroundings: Floats

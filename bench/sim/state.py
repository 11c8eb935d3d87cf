"""What the rig's equations read and change, as arrays that compiled code can take. Units: SI."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats

SUPPLY = -1
"""Stands for the pressure controller where a path has a node."""
ORIFICE, SHORT_TUBE, SLIT, CAPILLARY = range(4)
"""Kinds of path."""
SUPPLIED, PUMPED, TO_ROOM, SOURCES = range(4)
"""Places in State.book."""
Integers = NDArray[np.int64]


class State(NamedTuple):
    """What changes. mass: n+1 (kg); temperature: n+2, chamber and room constant (K); wall: n (K);
    opening, wanted: of each path then each hatch (0 closed, 1 open); book: kg supplied, pumped, to room, from sources;
    controller: on, target (Pa), rate (Pa/s), ramp (Pa), line pressure (Pa); pump: running (0 or 1). factor: of each
    path's conductance (patches); source: n, kg/s that crew and others add; room: its pressure (Pa).
    """

    mass: Floats
    temperature: Floats
    wall: Floats
    opening: Floats
    wanted: Floats
    book: Floats
    controller: Floats
    pump: Floats
    factor: Floats
    source: Floats
    room: Floats


class Plant(NamedTuple):
    """What stays. gas: R (J/kg/K), ratio of heat capacities. mix: mass fractions by species. volume: n+1 (m3).

    film: h A of the wall (W/K); capacity: of the wall (J/K); environment: wall to shroud (W/K); heat: fans (W).
    path_*: ends, kind, shape (paths, 3; see flows.py), closed seat's area (m2); travel_s: of each path then each hatch.
    pump_path: index of the pump's valve; pump_speed (m3/s), pump_ultimate (Pa); supply_limits: largest flow (kg/s),
    gain (kg/s/Pa), line's relaxation time (s). surroundings: shroud (K) at time 0,
    its drift (K/s), swing (K), period (s); ramps: (k, 3) begin (s), over (s), size (K). room_front: pressure (Pa),
    rate (Pa/s), begin (s), end (s).
    """

    gas: Floats
    mix: Floats
    volume: Floats
    film: Floats
    capacity: Floats
    environment: Floats
    heat: Floats
    path_from: Integers
    path_to: Integers
    path_kind: Integers
    path_shape: Floats
    path_seat: Floats
    hatch_a: Integers
    hatch_b: Integers
    travel_s: Floats
    pump_path: int
    pump_speed: float
    pump_ultimate: float
    supply_limits: Floats
    surroundings: Floats
    ramps: Floats
    room_front: Floats

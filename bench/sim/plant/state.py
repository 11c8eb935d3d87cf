"""What the rig's equations read and change, as arrays that compiled code can take. Units: SI.

Nodes: compartments 0..n-1, then vessels at the shroud's temperature (the chamber is n; fore-line, bottle, trapped
volumes) up to m-1, then room m and supply m+1, whose gas does not run out.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats
from bench.sim.plant.gas import SPECIES

Integers = NDArray[np.int64]

ORIFICE, SHORT_TUBE, SLIT, CAPILLARY, PERMEATION, CONDUCTANCE, HATCH, SUPPLY, REGULATOR, SUCTION = range(10)
FLOW_CONTROLLER, RELIEF = 10, 11
"""Kinds of path, and what the first columns of Plant.path hold: effective area Cd A (m2) | diameter, length (m) |
width, height, length (m) | diameter, length (m) | kg/(s Pa) at a temperature, J/mol, K, species | m3/s |
kg/(s Pa) when open, fan m3/s, wall to wall W/K | - | set point (Pa), gain (kg/s/Pa), largest flow (kg/s) | pump |
full scale (kg/s), effective area (m2) of its valve wide open | effective area (m2) when open, row of Plant.relief.
"""
FROM, TO, KIND = range(3)
"""Columns of Plant.ends."""
SHAPE, SEAT, PATCHED_S, RESIDUAL, CURE_S, REOPENED_S, REOPENING, GROWS_S, GROWTH_S, GROWN = 0, *range(4, 13)
"""Columns of Plant.path: shape (four), area of the closed seat (m2), patch and re-opening (elements.patch_factor),
and growth: from GROWS_S on, within GROWTH_S, to GROWN times the conductance, exponentially."""
PATH_COLUMNS = 13
VOLUME, EXPANSION, REFERENCE_K, ELASTICITY, REFERENCE_PA, FILM, CAPACITY, RADIATION, MOUNT = range(9)
"""Columns of Plant.node: m3 at reference, 3 alpha (1/K), K, 1/Pa, Pa, h A (W/K), J/K, emissivity x sigma x A (W/K4),
wall to shroud by conduction (W/K). A vessel has only its volume."""
NODE_COLUMNS = 9
POSITION, SINCE_S, WANTED, TRAVEL_S = range(4)
"""Columns of State.move: where an actuator was (0 closed, 1 open) at SINCE_S and what it travels to from there on."""
ON, TARGET_PA, RATE_PA_S, FROM_PA, FROM_S, LINE_PA = range(6)
"""Places in State.control: the pressure controller; its set point leaves FROM_PA at FROM_S towards TARGET_PA."""
NOW_S, STEP_S, VACUUM_AGE_S = range(3)
"""Places in State.time: now, length of the next step, time since the chamber came to vacuum."""
SUPPLIED, PUMPED, TO_ROOM, SOURCES, OUTGASSED, ROUNDED = range(6)
"""Rows of the book of masses (kg per species): into the rig, but PUMPED and TO_ROOM out of it. ROUNDED: what was added
where a step had taken more of a species than there was (walk.TRACE)."""
BOOKS = 6
ENTHALPY, HEAT, SHROUD = range(3)
"""Book of energy into compartments and walls (J): with gas, from fans, crew and heaters, from the shroud."""
ENERGY_BOOKS = 3
GAS_HEAT, WALL_HEAT, HEATER = range(3)
"""Columns of State.heat, W: into the gas; into the wall, from racks and from the bench's own heater."""
HEAT_COLUMNS = 3


class Plant(NamedTuple):
    """What stays. compartments: n, vessels: m (with compartments), pirani and ionisation: a gauge's sensitivity by
    species relative to nitrogen. reservoirs: (2, species) mass fractions of room and supply. curve: (pump, point, 2)
    ln Pa, ln m3/s; pump: (pump, 4) ultimate Pa, outlet node or -1, nominal Hz, largest outlet Pa. supply: largest flow
    (kg/s), gain (kg/s/Pa), relaxation of the dead line (s), path of its valve or -1. outgassing: Pa m3/s one hour into
    vacuum. shroud: K at time 0, K/s, swing K, period s; weather: K to add, hour by hour; ramps: (k, 3) begin s, over s,
    K; room: Pa, Pa/s, begin s, end s, K. relief: (r, 3) its path, Pa over the far end at which it opens, and below
    which it closes (-inf: never).
    """

    compartments: int
    vessels: int
    node: Floats
    ends: Integers
    path: Floats
    reservoirs: Floats
    curve: Floats
    pump: Floats
    supply: Floats
    outgassing: float
    shroud: Floats
    weather: Floats
    ramps: Floats
    room: Floats
    gauges: Floats
    relief: Floats


class State(NamedTuple):
    """What changes. u: all that is conserved, flat (Layout). time: three places. move: paths, then pumps. source:
    (n, species) kg/s; heat: (n, HEAT_COLUMNS) W. lift: of every relief, 1 while it is open; lifted_s: when it first
    opened, or inf. What has one dimension the plant changes by itself; the rest is changed by actions alone.
    """

    u: Floats
    time: Floats
    move: Floats
    control: Floats
    source: Floats
    heat: Floats
    lift: Floats
    lifted_s: Floats


class Layout:
    """Where things lie in State.u: masses (m, species), gas energy (n) J, wall temperature (n) K, book of masses, book
    of energy, mass that has passed each path (kg, from FROM to TO).
    """

    def __init__(self, plant: Plant) -> None:
        self.plant = plant
        n, m, paths = plant.compartments, plant.vessels, plant.ends.shape[0]
        sizes = [SPECIES * m, n, n, BOOKS * SPECIES, ENERGY_BOOKS, paths, n]
        self.begins = np.cumsum([0, *sizes])
        self.size = int(self.begins[-1])

    def _part(self, u: Floats, number: int) -> Floats:
        return u[self.begins[number] : self.begins[number + 1]]

    def mass(self, u: Floats) -> Floats:
        return self._part(u, 0).reshape(-1, SPECIES)

    def energy(self, u: Floats) -> Floats:
        return self._part(u, 1)

    def wall(self, u: Floats) -> Floats:
        return self._part(u, 2)

    def book(self, u: Floats) -> Floats:
        return self._part(u, 3).reshape(-1, SPECIES)

    def energy_book(self, u: Floats) -> Floats:
        return self._part(u, 4)

    def through(self, u: Floats) -> Floats:
        return self._part(u, 5)


class Work(NamedTuple):
    """Scratch of a step. node: (m+2, columns below); fraction: (m+2+species, species) mass fractions, then pure gases.

    Of the first stage, for the implicit part: then, fraction_then: node and fraction; slope: per path kg/s/Pa, J/kg of
    the gas that passes; gas: per path row of fraction; turned: hatches whose gas goes against the pressure; decay: per
    vessel 1/s; matrix: of the rates of pressure; drain: what leaves as heat capacity; blend: of compartments' species;
    film, wall: shares. x, rise, blown: rates of pressure, of heat capacity, of the energy that fans carry because gases
    differ; first, second, stage: flat as State.u.
    """

    node: Floats
    fraction: Floats
    then: Floats
    fraction_then: Floats
    slope: Floats
    gas: Integers
    turned: NDArray[np.bool_]
    decay: Floats
    matrix: Floats
    drain: Floats
    film: Floats
    blend: Floats
    wall: Floats
    x: Floats
    rise: Floats
    blown: Floats
    first: Floats
    second: Floats
    stage: Floats


PA, K, J_KG, J_K, PER_UNKNOWN, PER_RISE, KG, GAS_CONSTANT, GAMMA = range(9)
"""Columns of Work.node: pressure, temperature, specific enthalpy, heat capacity m cv, dP per unit of the node's unknown
(J of a compartment, kg of a vessel), dP per heat capacity at constant energy, gas, J/(kg K), ratio of heat capacities.
"""
WORK_COLUMNS = 9


def work_for(plant: Plant) -> Work:
    n, m, paths = plant.compartments, plant.vessels, plant.ends.shape[0]
    size = Layout(plant).size
    fraction = np.zeros((m + 2 + SPECIES, SPECIES))
    fraction[m : m + 2] = plant.reservoirs
    fraction[m + 2 :] = np.eye(SPECIES)
    return Work(
        node=np.zeros((m + 2, WORK_COLUMNS)),
        fraction=fraction,
        then=np.zeros((m + 2, WORK_COLUMNS)),
        fraction_then=fraction.copy(),
        slope=np.zeros((paths, 2)),
        gas=np.zeros(paths, np.int64),
        turned=np.zeros(paths, np.bool_),
        decay=np.zeros(m),
        matrix=np.zeros((m, m)),
        drain=np.zeros((m, m)),
        film=np.zeros(n),
        blend=np.zeros((n, n)),
        wall=np.zeros(n),
        x=np.zeros(m),
        rise=np.zeros(n),
        blown=np.zeros(n),
        first=np.zeros(size),
        second=np.zeros(size),
        stage=np.zeros(size),
    )


def copy_of(state: State) -> State:
    return State(*(array.copy() for array in state))

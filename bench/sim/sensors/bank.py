"""All sensors of a rig, version 3: from the plant's knots to what the channels show.

What is stated of each sensor is in sensor_spec.py, the equations are in sensor_kernel.py.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats
from bench.sim.draws import Draws
from bench.sim.knots import GRID_S, TIE_S, Knots
from bench.sim.sensors.disturbances import OCTAVES, octave_sizes
from bench.sim.sensors.kernel import run_sensors
from bench.sim.sensors.noise import deviate
from bench.sim.sensors.spec import Fault, SensorSpec
from bench.sim.sensors.state import (
    NOWHERE,
    FaultMemory,
    Interval,
    Memory,
    Records,
    SensorParameters,
    SensorState,
    record_type,
)
from bench.sim.sensors.terms import SLOW_TYPE, TermsMaker, slow_terms

MEMORY_TYPE, INTERVAL_TYPE, FAULT_MEMORY_TYPE = record_type(Memory), record_type(Interval), record_type(FaultMemory)


class SensorBank:
    """Sensors of specs, in this order, looking at these columns of the knots; walked forwards from index 0.

    rows: a ring, (row, channel); row j, at place j % rows, is what the channels show at index j * every, NaN where a
    value is lost. A value depends on the seed, the channel's name, the index and what the plant did, and on nothing
    else: not on other channels, on every, or on how the walk is cut into calls.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what a rig is told of its sensors
        self,
        specs: Sequence[SensorSpec],
        columns: Sequence[int],
        ambient_column: int,
        seed: int,
        draws: Draws,
        faults: Sequence[Fault] = (),
        every: int = 1,
        rows: int = 6000,
    ) -> None:
        self._places = {spec.name: place for place, spec in enumerate(specs)}
        _check_names(self._places, specs, faults)
        terms, fault_terms = TermsMaker(draws, seed, columns, ambient_column).records(specs, faults)
        slow: NDArray[np.void] = np.array([slow_terms(spec) for spec in specs], SLOW_TYPE)
        self._parameters = SensorParameters(terms, slow, fault_terms, octave_sizes())
        self._state = _start(np.uint64(seed), specs, slow, fault_terms)
        self.every = every
        self.rows: Floats = np.zeros((rows, len(specs)))
        self.sensed = -1
        """The last index looked at."""

    def sense(self, knots: Knots, newest: int, until: int) -> None:
        """Look at all samples up to index until. newest: number of the newest knot.

        Raises ValueError if until lies before what has been sensed, after the newest knot, or if knots have left the
        ring that are still needed: those since the last sample, and LATEST_S before it for a late channel.
        """
        newest_s = knots.time_s[newest % knots.time_s.size]
        if until < self.sensed:
            raise ValueError(f"sensors asked for sample {until}, but have been at {self.sensed}")
        if until * GRID_S > newest_s + TIE_S:
            raise ValueError(f"sensors asked for {until * GRID_S} s, but the newest knot is at {newest_s} s")
        if not run_sensors(self._parameters, self._state, knots, newest, until, self.every, self.rows):
            raise ValueError(f"sensors at sample {self.sensed}: the knots that follow have left the ring")
        self.sensed = until

    def deceived(self, channel: str, wanted: float) -> float:
        """The true value at which the sensor shows wanted, gain and offset alone: where a regulator ends."""
        terms = self._parameters.terms[self._places[channel]]
        return float((wanted - terms["offset"]) / (1.0 + terms["gain"]))


def _check_names(places: dict[str, int], specs: Sequence[SensorSpec], faults: Sequence[Fault]) -> None:
    if len(places) != len(specs):
        raise ValueError("two sensors have the same name")
    for fault in faults:
        if fault.channel not in places:
            raise ValueError(f"fault of {fault.channel}: no such sensor")


def _start(seed: np.uint64, specs: Sequence[SensorSpec], slow: Records, faults: Records) -> SensorState:
    """Representativeness is stationary from the start; the rest starts with the first true value."""
    memory: NDArray[np.void] = np.zeros(len(specs), MEMORY_TYPE)
    memory["pair"], memory["place"] = -1, NOWHERE
    intervals: NDArray[np.void] = np.zeros(slow.shape, INTERVAL_TYPE)
    intervals["number"] = -1
    for place, spec in enumerate(specs):
        if spec.representativeness > 0.0:
            intervals["end"][place, 0] = spec.representativeness * deviate(seed, slow["stream"][place, 0], 0)
    fault_memory: NDArray[np.void] = np.zeros(faults.size, FAULT_MEMORY_TYPE)
    fault_memory["stretch"] = -1
    fault_memory["ends_s"] = faults["begin_s"]
    nodes = np.zeros((len(specs), OCTAVES, 2))
    return SensorState(np.array([-1]), memory, intervals, nodes, fault_memory)

"""All sensors of a rig, version 2: from true values on the grid to what the channels show.

What is stated of each sensor is in sensor_spec.py, the equations are in sensor_kernel.py.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats
from bench.sim.noise import BLOCK, Noise, flicker_filters, start_deviates
from bench.sim.scenario import Draws
from bench.sim.sensor_kernel import run_sensors
from bench.sim.sensor_spec import Fault, SensorSpec
from bench.sim.sensor_state import Memory, SensorParameters, SensorState, record_type
from bench.sim.sensor_terms import TermsMaker

LATEST_S = 60.0
"""Bound on how late a channel's clock can be."""
MEMORY_TYPE = record_type(Memory)


class SensorBank:
    """Sensors of specs, in this order, walked forwards over the grid from index 0.

    The same seed gives a channel the same errors whatever other channels there are, and however the grid is cut into
    calls.
    """

    def __init__(
        self, specs: Sequence[SensorSpec], seed: int, draws: Draws, grid_s: float, faults: Sequence[Fault] = ()
    ) -> None:
        self._places = {spec.name: place for place, spec in enumerate(specs)}
        _check_names(self._places, specs, faults)
        maker = TermsMaker(draws, grid_s)
        terms, fault_terms = maker.records(specs, faults)
        filters = flicker_filters(grid_s)
        self._parameters = SensorParameters(grid_s, terms, fault_terms, filters.memory, filters.weight)
        self._noise = Noise(seed, maker.streams)
        self._state = _start(specs, seed, grid_s, fault_terms.size)
        self._next = 0

    def advance(self, first_index: int, true: Floats, ambient_k: Floats) -> Floats:
        """What the channels show, (row, channel), at the grid points from first_index on; NaN where a value is lost.

        true: (row, channel), in units of the channels; ambient_k: (row). Raises ValueError if rows are skipped or
        asked for again.
        """
        self._check_rows(first_index, true, ambient_k)
        true, ambient_k = (np.ascontiguousarray(values, dtype=np.float64) for values in (true, ambient_k))
        shown = np.empty(true.shape)
        self._next += len(true)
        while first_index < self._next:
            number, place = divmod(first_index, BLOCK)
            part = slice(len(true) - self._next + first_index, len(true) - self._next + first_index + BLOCK - place)
            deviates = self._noise.block(number)
            run_sensors(self._parameters, self._state, first_index, true[part], ambient_k[part], deviates, shown[part])
            first_index += BLOCK - place
        return shown

    def deceived(self, channel: str, wanted: float) -> float:
        """The true value at which the sensor shows wanted, gain and offset alone: where a regulator ends."""
        terms = self._parameters.terms[self._places[channel]]
        return float((wanted - terms["offset"]) / (1.0 + terms["gain"]))

    def _check_rows(self, first_index: int, true: Floats, ambient_k: Floats) -> None:
        if first_index != self._next:
            raise ValueError(
                f"sensor rows from {first_index} on, but {self._next} is next: none skipped, none repeated"
            )
        if true.shape != (len(ambient_k), len(self._places)):
            raise ValueError(f"true values {true.shape}: {len(ambient_k)} rows of {len(self._places)} channels wanted")


def _check_names(places: dict[str, int], specs: Sequence[SensorSpec], faults: Sequence[Fault]) -> None:
    if len(places) != len(specs):
        raise ValueError("two sensors have the same name")
    for fault in faults:
        if fault.channel not in places:
            raise ValueError(f"fault of {fault.channel}: no such sensor")


def _start(specs: Sequence[SensorSpec], seed: int, grid_s: float, faults: int) -> SensorState:
    """Stationary noise is stationary from the start; the rest starts with the first true value."""
    flicker = np.zeros((len(specs), flicker_filters(grid_s).memory.size))
    memory: NDArray[np.void] = np.zeros(len(specs), MEMORY_TYPE)
    for place, spec in enumerate(specs):
        if spec.flicker > 0.0:
            flicker[place] = flicker_filters(grid_s).start @ start_deviates(
                seed, f"flicker/{spec.name}", flicker.shape[1]
            )
        if spec.representativeness > 0.0:
            start = start_deviates(seed, f"representativeness/{spec.name}", 1)[0]
            memory["ou"][place] = spec.representativeness * start
    late = any(spec.clock_skew != 0.0 or spec.clock_offset_s != 0.0 for spec in specs)
    places = math.ceil(LATEST_S / grid_s) + 2 if late else 1
    return SensorState(memory, flicker, np.zeros(faults, np.bool_), np.zeros((len(specs), places)))

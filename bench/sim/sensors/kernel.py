"""From true values to what sensors show (science 1.5), compiled: any sample by itself.

Faults of the sensor itself come before saturation and resolution, those of the line (stuck, dropout) after.
"""

import numpy as np
from numba import njit

from bench.records import Floats
from bench.sim.knots import GRID_S, Knots
from bench.sim.sensors.disturbances import flicker, gauss
from bench.sim.sensors.faults import next_held, received, spoilt
from bench.sim.sensors.segment import between, enter, lagged_at, played_at, reach
from bench.sim.sensors.spec import LATEST_S
from bench.sim.sensors.state import Memory, Records, SensorParameters, SensorState, Terms


@njit(cache=True, nogil=True, error_model="numpy")
def run_sensors(
    parameters: SensorParameters, state: SensorState, knots: Knots, newest: int, until: int, every: int, rows: Floats
) -> bool:
    """Walk from the state's last index to until; set row j of the ring rows, (row, channel), for j = index / every.

    newest: number of the newest knot, at or after the time of until. False, and nothing done, if a knot that is
    still needed has left the ring.
    """
    for channel in range(parameters.terms.size):
        if state.memory[channel].knot <= newest - knots.time_s.size:
            return False
    span = state.last[0] + 1, until, every
    for channel in range(parameters.terms.size):
        _walk(parameters, state, channel, knots, newest, span, rows)
    state.last[0] = until
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _walk(
    parameters: SensorParameters,
    state: SensorState,
    channel: int,
    knots: Knots,
    newest: int,
    span: tuple[int, int, int],
    rows: Floats,
) -> None:
    """One channel. span: first and last index, samples to a row. due: the index of the next row, at this place."""
    first, until, every = span
    terms: Terms = parameters.terms[channel]
    memory: Memory = state.memory[channel]
    faults = parameters.faults[terms.fault_first : terms.fault_last]
    fault_memory = state.faults[terms.fault_first : terms.fault_last]
    processes, intervals, nodes = parameters.slow[channel], state.slow[channel], state.nodes[channel]
    enter(terms, memory, faults, fault_memory, knots, newest)
    if first == 0:
        memory.lagged = memory.played = memory.begin_value
    width = min(every, terms.averaged)
    row = -(-first // every)
    due, place = row * every, row % rows.shape[0]
    index = next_held(faults, first, max(first, due - width + 1))
    while index <= until:
        taken_s = _taken_s(terms, index)
        if taken_s > memory.end_s:  # reference counts make the call dear
            reach(terms, memory, faults, fault_memory, knots, newest, taken_s)
        value = _measured(terms, memory, index) + gauss(terms, memory, processes, intervals, index)
        if terms.flicker > 0.0:
            value += terms.flicker * flicker(terms, memory, parameters.sizes, nodes, index)
        sound = faults.size == 0
        value = _digitised(terms, value) if sound else _faulty(terms, faults, fault_memory, index, value)
        memory.total = value if index == due - width + 1 else memory.total + value
        if index == due:
            rows[place, channel] = memory.total / width if index > 0 else value
            due, place = due + every, place + 1 if place + 1 < rows.shape[0] else 0
        index = next_held(faults, index + 1, max(index + 1, due - width + 1))
    reach(terms, memory, faults, fault_memory, knots, newest, _taken_s(terms, until))


@njit(cache=True, nogil=True)
def _taken_s(terms: Terms, index: int) -> float:
    """When the channel's clock takes the sample that it labels index."""
    time_s = index * GRID_S
    return time_s - min(max(terms.late_s + terms.skew * time_s, 0.0), LATEST_S, time_s)


@njit(cache=True, nogil=True)
def _measured(terms: Terms, memory: Memory, index: int) -> float:
    """Lag, and the sensor's own errors: gain, offset, their temperature coefficients, drift, hysteresis."""
    taken_s = _taken_s(terms, index)
    value = lagged_at(memory, taken_s)
    warmth = between(memory, memory.begin_k, memory.end_k, taken_s) - terms.reference_k
    offset = terms.offset + terms.tempco * warmth + terms.drift * index * GRID_S
    loop = played_at(memory, terms.half_play, taken_s, value) - value if terms.half_play > 0.0 else 0.0
    return (1.0 + terms.gain + terms.gain_tempco * warmth) * value + offset + loop


@njit(cache=True, nogil=True)
def _faulty(terms: Terms, faults: Records, memories: Records, index: int, value: float) -> float:
    """Digitised and delivered, faults and all."""
    value = _digitised(terms, spoilt(terms, faults, index, value))
    return received(terms, faults, memories, index, value)


@njit(cache=True, nogil=True, error_model="numpy")
def _digitised(terms: Terms, value: float) -> float:
    """Within the range, in steps of the resolution."""
    value = min(max(value, terms.low), terms.high)
    return np.rint(value / terms.resolution) * terms.resolution if terms.resolution > 0.0 else value

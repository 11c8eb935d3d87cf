"""From true values to what sensors show (science 1.5), compiled: all channels over consecutive grid points.

Every recursion is carried in SensorState, so that any partition of the rows into calls gives the same bits.
Faults of the sensor itself come before saturation and resolution, those of the line (stuck, dropout) after.
"""

import numpy as np
from numba import njit

from bench.records import Floats
from bench.sim.sensor_spec import FaultKind
from bench.sim.sensor_state import OFF, FaultTerms, Flags, Memory, Records, SensorParameters, SensorState, Terms

OFFSET, DRIFT, SCALE = int(FaultKind.OFFSET), int(FaultKind.DRIFT), int(FaultKind.SCALE)
SPIKES, DETACHED = int(FaultKind.SPIKES), int(FaultKind.DETACHED)
STUCK, DROPOUT = int(FaultKind.STUCK), int(FaultKind.DROPOUT)


@njit(cache=True)
def run_sensors(
    parameters: SensorParameters,
    state: SensorState,
    index: int,
    true: Floats,
    ambient_k: Floats,
    deviates: Floats,
    shown: Floats,
) -> None:
    """Set shown to what the sensors show of true, both (row, channel), at the grid points from index on.

    ambient_k: per row. deviates: (stream, block), of which the rows' part is read.
    """
    place = index % deviates.shape[1]
    filters = parameters.flicker_memory, parameters.flicker_weight
    for channel in range(true.shape[1]):
        terms: Terms = parameters.terms[channel]
        memory: Memory = state.memory[channel]
        faults = parameters.faults[terms.fault_first : terms.fault_last]
        lost = state.lost[terms.fault_first : terms.fault_last]
        processes, past = state.flicker[channel], state.past[channel]
        for row in range(true.shape[0]):
            now, column = index + row, place + row
            value = _sampled(terms, memory, faults, past, now, true[row, channel], ambient_k[row])
            value = _measured(terms, memory, value, ambient_k[row], now * parameters.grid_s)
            value += _noise(terms, memory, deviates, column)
            if terms.flicker_row != OFF:
                value += terms.flicker * _flicker(filters, processes, deviates[terms.flicker_row, column])
            value = _spoilt(parameters.grid_s, faults, now, value, deviates, column)
            value = _delivered(terms, value)
            shown[row, channel] = _received(memory, faults, lost, now, value, deviates, column)


@njit(cache=True)
def _active(fault: FaultTerms, index: int) -> bool:
    return fault.begin <= index < fault.end


@njit(cache=True)
def _sampled(
    terms: Terms, memory: Memory, faults: Records, past: Floats, index: int, true: float, ambient_k: float
) -> float:
    """What the sensing element has made of the true value when the channel's clock takes its sample."""
    target, kept, before, now = true, terms.lag_memory, terms.lag_before, terms.lag_now
    for number in range(faults.size):
        fault: FaultTerms = faults[number]
        if fault.kind == DETACHED and _active(fault, index):
            target, kept, before, now = ambient_k + fault.size, fault.lag_memory, fault.lag_before, fault.lag_now
    if index == 0:
        memory.lagged = memory.before = memory.played = target
    memory.lagged = kept * memory.lagged + before * memory.before + now * target
    memory.before = target
    if terms.skew == 0.0 and terms.late == 0.0:
        return memory.lagged
    return _late(past, index, memory.lagged, terms.late + terms.skew * index)


@njit(cache=True)
def _late(past: Floats, index: int, lagged: float, steps: float) -> float:
    """The lagged value some grid steps ago, between grid points on the straight line."""
    past[index % past.size] = lagged
    steps = min(max(steps, 0.0), past.size - 2.0, float(index))
    whole = int(steps)
    newer: float = past[(index - whole) % past.size]
    if steps == whole:
        return newer
    older: float = past[(index - whole - 1) % past.size]
    return newer + (steps - whole) * (older - newer)


@njit(cache=True)
def _measured(terms: Terms, memory: Memory, value: float, ambient_k: float, time_s: float) -> float:
    """The sensor's own errors: gain, offset, their temperature coefficients, drift, hysteresis."""
    memory.played = min(max(memory.played, value - terms.half_play), value + terms.half_play)
    warmth = ambient_k - terms.reference_k
    offset = terms.offset + terms.tempco * warmth + terms.drift * time_s
    return (1.0 + terms.gain + terms.gain_tempco * warmth) * value + offset + (memory.played - value)


@njit(cache=True)
def _noise(terms: Terms, memory: Memory, deviates: Floats, column: int) -> float:
    """White, random walk (its step shows at the next grid point) and representativeness."""
    value = memory.walk
    if terms.white_row != OFF:
        value += terms.white * deviates[terms.white_row, column]
    if terms.walk_row != OFF:
        memory.walk += terms.walk_step * deviates[terms.walk_row, column]
    if terms.ou_row != OFF:
        memory.ou = terms.ou_memory * memory.ou + terms.ou_kick * deviates[terms.ou_row, column]
        value += memory.ou
    return value


@njit(cache=True)
def _flicker(filters: tuple[Floats, Floats], processes: Floats, deviate: float) -> float:
    """The sum of the processes, each a step on; filters: their memories and weights."""
    memory, weight = filters
    total = 0.0
    for number in range(processes.size):
        processes[number] = memory[number] * processes[number] + weight[number] * deviate
        total += processes[number]
    return total


@njit(cache=True)
def _spoilt(grid_s: float, faults: Records, index: int, value: float, deviates: Floats, column: int) -> float:
    """With the faults that change the sensor's signal, in the order in which they are listed."""
    for number in range(faults.size):
        fault: FaultTerms = faults[number]
        if fault.kind == DRIFT:
            value += fault.size * grid_s * max(0, min(index, fault.end) - fault.begin)
        elif not _active(fault, index):
            continue
        elif fault.kind == OFFSET:
            value += fault.size
        elif fault.kind == SCALE:
            value *= 1.0 + fault.size
        elif fault.kind == SPIKES and abs(deviates[fault.row, column]) > fault.starts_above:
            value += fault.size * np.sign(deviates[fault.row, column])
    return value


@njit(cache=True)
def _delivered(terms: Terms, value: float) -> float:
    """Within the range, in steps of the resolution."""
    value = min(max(value, terms.low), terms.high)
    return np.rint(value / terms.resolution) * terms.resolution if terms.resolution > 0.0 else value


@njit(cache=True)
def _received(
    memory: Memory, faults: Records, lost: Flags, index: int, value: float, deviates: Floats, column: int
) -> float:
    """With the faults that freeze or lose what was delivered."""
    held, gone = value, False
    for number in range(faults.size):
        fault: FaultTerms = faults[number]
        if not _active(fault, index):
            continue
        if fault.kind == STUCK and index > 0:
            held = memory.held
        elif fault.kind == DROPOUT:
            above = fault.ends_above if lost[number] else fault.starts_above
            lost[number] ^= deviates[fault.row, column] > above
            gone |= lost[number]
    memory.held = held
    return np.nan if gone else held

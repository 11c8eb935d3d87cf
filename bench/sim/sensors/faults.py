"""Faults of sensors and of their lines, compiled (a detached thermometer: sensor_segment.py)."""

import math

import numpy as np
from numba import njit

from bench.sim.knots import GRID_S
from bench.sim.sensors.noise import deviate, uniform
from bench.sim.sensors.spec import FaultKind
from bench.sim.sensors.state import FaultMemory, FaultTerms, Records, Terms

OFFSET, DRIFT, SCALE = int(FaultKind.OFFSET), int(FaultKind.DRIFT), int(FaultKind.SCALE)
SPIKES, STUCK, DROPOUT = int(FaultKind.SPIKES), int(FaultKind.STUCK), int(FaultKind.DROPOUT)


@njit(cache=True, nogil=True)
def spoilt(terms: Terms, faults: Records, index: int, value: float) -> float:
    """With the faults that change the sensor's signal, in the order in which they are listed."""
    for number in range(faults.size):
        fault: FaultTerms = faults[number]
        if fault.kind == DRIFT:
            value += fault.size * max(0.0, min(index * GRID_S, fault.end_s) - fault.begin_s)
        elif not fault.begin <= index < fault.end:
            continue
        elif fault.kind == OFFSET:
            value += fault.size
        elif fault.kind == SCALE:
            value *= 1.0 + fault.size
        elif fault.kind == SPIKES:
            jump = deviate(terms.seed, fault.stream, index)
            value += fault.size * np.sign(jump) if abs(jump) > fault.spike_above else 0.0
    return value


@njit(cache=True, nogil=True)
def received(terms: Terms, faults: Records, memories: Records, index: int, value: float) -> float:
    """With the faults that freeze or lose what was delivered; to be asked at every sample that `holds` names."""
    gone = False
    for number in range(faults.size):
        fault: FaultTerms = faults[number]
        memory: FaultMemory = memories[number]
        if fault.kind == STUCK and held_index(fault) < index < fault.end:
            value = memory.held
        elif fault.kind == DROPOUT and fault.begin <= index < fault.end:
            gone |= _lost(terms, fault, memory, index * GRID_S)
    for number in range(faults.size):
        if faults[number].kind == STUCK and index == held_index(faults[number]):
            memories[number].held = value
    return np.nan if gone else value


@njit(cache=True, nogil=True)
def held_index(fault: FaultTerms) -> int:
    """The sample whose value a stuck sensor keeps: the last one before the fault."""
    return max(fault.begin - 1, 0)


@njit(cache=True, nogil=True)
def next_held(faults: Records, index: int, otherwise: int) -> int:
    """The first sample from index on, before otherwise, that a fault will want to hold; otherwise if there is none."""
    for number in range(faults.size):
        if faults[number].kind == STUCK and index <= held_index(faults[number]):
            otherwise = min(otherwise, held_index(faults[number]))
    return otherwise


@njit(cache=True, nogil=True)
def _lost(terms: Terms, fault: FaultTerms, memory: FaultMemory, time_s: float) -> bool:
    """Gilbert's two states in continuous time: good and bad stretches, of exponential lengths, in turn."""
    while memory.stretch < 0 or memory.ends_s <= time_s:
        memory.stretch += 1
        mean_s = fault.mean_burst_s if memory.stretch & 1 else fault.mean_good_s
        memory.ends_s -= mean_s * math.log(uniform(terms.seed, fault.stream, memory.stretch))
    return memory.stretch & 1 == 1

"""What the sensor equations read and change, as arrays of records that compiled code can take.

Terms, FaultTerms and Memory name the fields of one record each; `record_type` makes numpy's type of them.
"""

from dataclasses import dataclass
from typing import NamedTuple, get_type_hints

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats

Records = NDArray[np.void]
Flags = NDArray[np.bool_]
OFF = -1
"""Stands for the noise stream of a term that is zero."""


class Lag(NamedTuple):
    """y[i] = memory y[i-1] + before x[i-1] + now x[i]: exact for an input that is straight between grid points."""

    memory: float
    before: float
    now: float


class Terms(NamedTuple):
    """One channel, constant. half_play: half the width of the hysteresis. *_row: its row among the noise streams.

    skew: lateness gained per grid step, late: at the start, both in grid steps. fault_*: its stretch of the faults.
    """

    lag_memory: float
    lag_before: float
    lag_now: float
    gain: float
    gain_tempco: float
    offset: float
    tempco: float
    reference_k: float
    drift: float
    half_play: float
    white: float
    flicker: float
    walk_step: float
    ou_memory: float
    ou_kick: float
    low: float
    high: float
    resolution: float
    skew: float
    late: float
    white_row: int
    flicker_row: int
    walk_row: int
    ou_row: int
    fault_first: int
    fault_last: int


class FaultTerms(NamedTuple):
    """One fault. begin, end: grid indices. row: its noise stream. Thresholds: a deviate above starts or ends a burst,
    one beyond either way is a spike.
    """

    kind: int
    begin: int
    end: int
    row: int
    size: float
    starts_above: float
    ends_above: float
    lag_memory: float
    lag_before: float
    lag_now: float


@dataclass(slots=True)
class Memory:
    """One channel, changing. before: last input of the lag; held: last value shown that was no dropout."""

    lagged: float = 0.0
    before: float = 0.0
    played: float = 0.0
    walk: float = 0.0
    ou: float = 0.0
    held: float = 0.0


def record_type(fields: type) -> np.dtype[np.void]:
    return np.dtype([(name, np.dtype(kind)) for name, kind in get_type_hints(fields).items()], align=True)


class SensorParameters(NamedTuple):
    """terms: of each channel; faults: sorted by channel. flicker_*: of each filter (noise.py)."""

    grid_s: float
    terms: Records
    faults: Records
    flicker_memory: Floats
    flicker_weight: Floats


class SensorState(NamedTuple):
    """memory: of each channel; flicker: (channel, filter); lost: of each fault, in a burst; past: (channel,
    place) rings of lagged values, at index % places, written for late channels only.
    """

    memory: Records
    flicker: Floats
    lost: Flags
    past: Floats

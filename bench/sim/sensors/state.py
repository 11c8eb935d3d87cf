"""What the sensor equations read and change, as arrays of records that compiled code can take.

Each record's fields are named by a class; `record_type` makes numpy's type of it. Of the memories, all but `lagged`,
`played`, `total` and those of the faults only spare work that has been done.
"""

from dataclasses import dataclass
from typing import NamedTuple, get_type_hints

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats

Records = NDArray[np.void]
NOWHERE = -(2**40)
"""Far from every place."""


class Terms(NamedTuple):
    """One channel, constant. column, ambient: of the knots' quantities. half_play: half the width of the hysteresis.

    late_s: lateness at the start, skew: gained per second. averaged: samples to a row. fault_*: its stretch of the
    faults. phase: of flicker noise, samples.
    """

    column: int
    ambient: int
    phase: int
    lag_s: float
    gain: float
    gain_tempco: float
    offset: float
    tempco: float
    reference_k: float
    drift: float
    half_play: float
    white: float
    flicker: float
    low: float
    high: float
    resolution: float
    skew: float
    late_s: float
    averaged: int
    fault_first: int
    fault_last: int
    seed: np.uint64
    white_stream: np.uint64
    flicker_stream: np.uint64


class SlowTerms(NamedTuple):
    """A recursion x[n] = kept x[n-1] + kick deviate[n], straight over the period samples between n and n + 1."""

    stream: np.uint64
    period: int
    kept: float
    kick: float


class FaultTerms(NamedTuple):
    """One fault. begin, end: sample indices; *_s: seconds. spike_above: a deviate beyond either way is a spike."""

    kind: int
    begin: int
    end: int
    begin_s: float
    end_s: float
    size: float
    time_constant_s: float
    spike_above: float
    mean_good_s: float
    mean_burst_s: float
    stream: np.uint64


@dataclass(slots=True)
class Memory:
    """One channel, changing. The segment from knot on: its times, true values, ambient temperatures, time constant.

    lagged, played: at knot. total: of the samples of the row being made. even, odd: the white deviates of pair.
    place: of the last sample in its flicker noise.
    """

    knot: int = 0
    begin_s: float = 0.0
    end_s: float = 0.0
    begin_value: float = 0.0
    end_value: float = 0.0
    begin_k: float = 0.0
    end_k: float = 0.0
    lag_s: float = 0.0
    lagged: float = 0.0
    played: float = 0.0
    total: float = 0.0
    pair: int = -1
    even: float = 0.0
    odd: float = 0.0
    place: int = NOWHERE


@dataclass(slots=True)
class Interval:
    """Of a process that is straight between its own indices: the interval's number, the sample at which the next
    begins, the values at its ends.
    """

    number: int = -1
    follows: int = 0
    begin: float = 0.0
    end: float = 0.0


@dataclass(slots=True)
class FaultMemory:
    """STUCK: the value held; ATTENUATED: the true one at begin_s. DROPOUT: number of the stretch (good ones are even),
    and when it ends.
    """

    held: float = 0.0
    stretch: int = -1
    ends_s: float = 0.0


def record_type(fields: type) -> np.dtype[np.void]:
    return np.dtype([(name, np.dtype(kind)) for name, kind in get_type_hints(fields).items()], align=True)


class SensorParameters(NamedTuple):
    """terms: of each channel; slow: (channel, 2); faults: sorted by channel. sizes: of each octave of flicker noise."""

    terms: Records
    slow: Records
    faults: Records
    sizes: Floats


class SensorState(NamedTuple):
    """last: one number, the last index sensed, -1 at first. memory: of each channel; slow: (channel, 2); nodes:
    (channel, octave, 2); faults: sorted by channel.
    """

    last: NDArray[np.int64]
    memory: Records
    slow: Records
    nodes: Floats
    faults: Records

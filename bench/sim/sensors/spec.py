"""What is said of a channel's sensor (science 1.5) and of its faults. SI: unit stands for the channel's own unit."""

import math
from dataclasses import dataclass
from enum import IntEnum

from bench.config.model import ChannelEntry, NoiseEntry

LATEST_S = 60.0
"""Bound on how late a channel's clock can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSpec:
    """Every term is off by default: such a sensor shows the true value."""

    name: str
    range: tuple[float, float] = (-math.inf, math.inf)
    """The value delivered saturates at its ends."""
    accuracy: float = 0.0
    """Standard uncertainty, unit; shared equally, in variance, by a gain and an offset drawn in secret."""
    u_gain: float = 0.0
    """Standard uncertainty of a gain beside that: a gauge over many decades is wrong by so much of any reading."""
    gain: float | None = None
    """Relative, as it is; none: drawn in secret, as said above."""
    zero: float | None = None
    """Unit, as it is; none: drawn in secret."""
    gain_tempco: float = 0.0
    """1/K of (ambient - reference_k)."""
    tempco: float = 0.0
    """unit/K of (ambient - reference_k)."""
    reference_k: float = 293.15
    drift: float = 0.0
    """unit/s from time 0."""
    hysteresis: float = 0.0
    """Full width of the loop, unit: a play of which the sensor shows the middle."""
    white: float = 0.0
    """Standard deviation of a one-second mean."""
    averaged: bool = False
    """The instrument delivers means of samples on the grid, one second's at most: a single one is noisier."""
    flicker: float = 0.0
    """Floor of the Allan deviation, unit."""
    random_walk: float = 0.0
    """unit/sqrt(h), from zero at time 0."""
    representativeness: float = 0.0
    """Standard deviation of the Ornstein-Uhlenbeck error of a point against the mean it stands for."""
    correlation_time_s: float = 3600.0
    resolution: float = 0.0
    lag_s: float = 0.0
    clock_skew: float = 0.0
    """A sample labelled t is of t (1 + clock_skew) + clock_offset_s, at most LATEST_S before t, never after it.

    Of that time are the true value and the surroundings; noise, drift and faults of the signal are of the label.
    """
    clock_offset_s: float = 0.0

    def __post_init__(self) -> None:
        if self.clock_offset_s > 0.0 or (self.clock_skew > 0.0 and self.clock_offset_s == 0.0):
            raise ValueError(f"{self.name}: its clock asks for samples of the future; make the other channels late")
        if self.clock_skew <= -1.0:
            raise ValueError(f"{self.name}: its clock runs backwards")


def stated_spec(entry: ChannelEntry, noise: NoiseEntry, *, averaged: bool) -> SensorSpec:
    """What a bench file states of a channel, and nothing else."""
    stated = noise.model_dump(exclude={"repeats_max"})
    return SensorSpec(name=entry.name, range=entry.range, accuracy=entry.accuracy, averaged=averaged, **stated)


class FaultKind(IntEnum):
    """What size means. OFFSET: unit, from begin to end. DRIFT: unit/s from begin to end; what has gathered stays.
    SCALE: relative, 0.05 shows 5 % too much. SPIKES: unit, either sign. DETACHED: self-heating, K above ambient.
    STUCK (last value shown) and DROPOUT (NaN): none. ATTENUATED: the share that the element meets of how the true value
    has changed since begin (a thermometer in a corner sees 0.7 of what the cabin's gas does).
    """

    OFFSET = 0
    DRIFT = 1
    SCALE = 2
    SPIKES = 3
    DETACHED = 4
    STUCK = 5
    DROPOUT = 6
    ATTENUATED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Acts on the samples with begin_s <= t < end_s. Both times must be knots.

    DETACHED and ATTENUATED act on the surroundings of the element, and so by its true time, from begin_s to end_s
    inclusive.
    """

    channel: str
    kind: FaultKind
    begin_s: float
    end_s: float = math.inf
    size: float = 0.0
    rate_hz: float = 0.0
    """SPIKES: mean number per second (Poisson); at most one to a sample."""
    time_constant_s: float = 60.0
    """DETACHED: towards ambient."""
    mean_good_s: float = math.inf
    """DROPOUT: mean length of the stretches between bursts (Gilbert's two states); with one begins the fault."""
    mean_burst_s: float = 1.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.begin_s < self.end_s:
            raise ValueError(f"fault of {self.channel}: begins at {self.begin_s} s, ends at {self.end_s} s")
        if min(self.time_constant_s, self.mean_good_s, self.mean_burst_s) <= 0.0 or self.rate_hz < 0.0:
            raise ValueError(f"fault of {self.channel}: times must be positive, a rate not negative")

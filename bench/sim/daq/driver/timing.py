"""Sample clock arithmetic: which samples exist at a time, and when the next are due. Nothing generates samples."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.sim.daq.driver.process import Floats

FINITE: Final = 10178
CONTINUOUS: Final = 10123
RISING: Final = 10280
FALLING: Final = 10171
SAMPLE_CLOCK: Final = 10388
PIPELINED: Final = 14668
HANDSHAKE: Final = 10389
BURST: Final = 12548
CHANGES: Final = 12504

# Part of a sample period by which a sample may be "early": the sum started_s + (k + 1) / rate_hz and the clock's own
# sums round differently. Days after the start that is not enough: hence the look at the sum itself below.
_ROUNDING: Final = 1e-6

# "How is buffer size determined", NI-DAQmx help: rate up to (S/s), buffer (S per channel).
_DEFAULT_BUFFERS: Final = ((100.0, 1_000), (10_000.0, 10_000), (1_000_000.0, 100_000), (math.inf, 1_000_000))


@dataclass(frozen=True, slots=True)
class Timing:
    """Hardware timing of a task. `samples` per channel: how many (finite), or the smallest buffer (continuous)."""

    rate_hz: float
    mode: int
    samples: int
    source: str = ""
    edge: int = RISING
    kind: int = SAMPLE_CLOCK

    @property
    def total(self) -> int | None:
        return self.samples if self.mode == FINITE else None

    @property
    def buffer_size(self) -> int:
        """Samples per channel that wait to be read before the oldest is overwritten."""
        if self.mode == FINITE:
            return self.samples
        return max(self.samples, next(size for rate_hz, size in _DEFAULT_BUFFERS if self.rate_hz <= rate_hz))


@dataclass(frozen=True, slots=True)
class SampleClock:
    """A running clock: sample k = 0, 1, ... is taken or given out at started_s + (k + 1) / rate_hz."""

    started_s: float
    timing: Timing
    pulses: int | None = None
    """After so many it stands still."""

    def due_s(self, sample: int) -> float:
        if self.pulses is not None and sample >= self.pulses:
            return math.inf
        return self.started_s + (sample + 1) / self.timing.rate_hz

    def ticks(self, now_s: float) -> int:
        """However many samples were asked for."""
        if now_s < self.started_s:
            return 0
        count = math.floor((now_s - self.started_s) * self.timing.rate_hz + _ROUNDING)
        count += self.started_s + (count + 1) / self.timing.rate_hz <= now_s  # what is due now is there now
        return count if self.pulses is None else min(count, self.pulses)

    def acquired(self, now_s: float) -> int:
        count = self.ticks(now_s)
        return count if self.timing.total is None else min(count, self.timing.total)

    def times_s(self, first: int, count: int) -> Floats:
        return self.started_s + np.arange(first + 1, first + count + 1) / self.timing.rate_hz

    def indices(self, times_s: Floats) -> Floats:
        """Number of the sample that holds at each time; -1 before the first."""
        if self.started_s == math.inf:
            return np.full(len(times_s), -1.0)
        counts = np.floor((times_s - self.started_s) * self.timing.rate_hz + _ROUNDING)
        counts += self.started_s + (counts + 1.0) / self.timing.rate_hz <= times_s
        return (counts if self.pulses is None else np.minimum(counts, self.pulses)) - 1.0

"""The buffer of an output task, and what its terminals carry while it is given out."""

from dataclasses import dataclass, field

import numpy as np

from bench.sim.daq.driver.process import Floats
from bench.sim.daq.driver.timeline import Course, Outputs
from bench.sim.daq.driver.timing import SampleClock
from bench.sim.daq.errors import DriverError


@dataclass(slots=True)
class Generation:
    """buffer: terminals x samples, levels as 0 and 1. written: samples per channel in all.

    regenerates: when the end is reached it begins anew; else every sample is given out once, through the device's own
    memory, which takes so many samples more than the buffer once the task runs.
    """

    terminals: tuple[str, ...]
    capacity: int | None = None
    regenerates: bool = True
    on_board: int = 0
    buffer: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    written: int = 0

    def put(self, values: Floats, clock: SampleClock | None, now_s: float) -> int:
        """Append, or write over what was given out already; how many samples per channel there was room for."""
        if self.capacity is None:
            self.capacity = values.shape[1]
        given = clock.acquired(now_s) if clock else 0
        if not self.regenerates and given > self.written:
            raise DriverError(-200290)
        first = max(given, self.written) if self.regenerates else self.written
        places = self._places if clock else self.capacity
        room = values.shape[1] if clock and self.regenerates else places + given - first
        if clock is None and room < values.shape[1]:
            return 0
        fits = values[:, : max(room, 0)]
        if fits.size:
            self._overwrite(fits, first % self._places)
            self.written = first + fits.shape[1]
        return int(fits.shape[1])

    @property
    def _places(self) -> int:
        """That samples are kept in."""
        assert self.capacity is not None
        return self.capacity + (0 if self.regenerates else self.on_board)

    def next_free(self, samples: int) -> int:
        """Number of the sample that must be out before so many more can be written, or the whole buffer."""
        return self.written + min(samples, self._places) - self._places - 1

    def _overwrite(self, values: Floats, place: int) -> None:
        """From that place on, and around."""
        size = max(self.buffer.shape[1], min(self._places, place + values.shape[1]))
        kept = np.zeros((len(self.terminals), size))
        if self.buffer.size:
            kept[:, : self.buffer.shape[1]] = self.buffer
        kept[:, (place + np.arange(values.shape[1])) % self._places] = values
        self.buffer = kept

    def begin(self, outputs: Outputs, clock: SampleClock, since_s: float) -> None:
        """From since_s on the terminals follow the buffer as it is now."""
        for terminal, samples in zip(self.terminals, self.buffer, strict=True):
            line = outputs.of(terminal)
            before = float(line.at(np.array([since_s]))[0])
            course = _course(samples.copy(), clock, before, None if self.regenerates else self.written)
            line.follow(since_s, course, len(samples))

    def end(self, outputs: Outputs, now_s: float) -> dict[str, float]:
        """Hold what is there; values by terminal."""
        last = {terminal: float(outputs.of(terminal).at(np.array([now_s]))[0]) for terminal in self.terminals}
        for terminal, value in last.items():
            outputs.of(terminal).hold(now_s, value)
        return last


def _course(samples: Floats, clock: SampleClock, before: float, written: int | None) -> Course:
    """written: the number of samples after which the last one stays; None: the buffer begins anew."""
    ends = [end for end in (clock.timing.total, written) if end is not None]

    def course(times_s: Floats) -> Floats:
        index = clock.indices(times_s)
        if ends:
            index = np.minimum(index, min(ends) - 1)
        place = np.mod(np.maximum(index, 0.0), len(samples)).astype(np.int64)
        return np.where(index < 0, before, samples[place])

    return course

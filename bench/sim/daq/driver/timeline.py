"""What an output terminal has carried and will carry: levels that were written, and generations from a buffer."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

import numpy as np

from bench.sim.daq.driver.process import Floats

Course = Callable[[Floats], Floats]
"""Times (s) -> values."""

KEPT: Final = 4096
KEPT_SAMPLES: Final = 2**22
"""Changes that are remembered, and samples of their buffers: nobody reads back further."""
_FEWEST: Final = 4


class Timeline:
    """Values by time; the last one goes on for ever."""

    def __init__(self, value: float = 0.0) -> None:
        self._since_s: list[float] = [-np.inf]
        self._courses: list[Course] = [_held(value)]
        self._sizes = [0]
        self._samples = 0

    def hold(self, since_s: float, value: float) -> None:
        self.follow(since_s, _held(value))

    def follow(self, since_s: float, course: Course, samples: int = 0) -> None:
        """From since_s on; what was to come then is forgotten. samples: that the course keeps in memory."""
        keep = bisect_right(self._since_s, since_s)
        if keep and self._since_s[keep - 1] == since_s:
            keep -= 1
        self._replace(keep, None, [since_s], [course], [samples])
        while len(self._sizes) > KEPT or (self._samples > KEPT_SAMPLES and len(self._sizes) > _FEWEST):
            self._replace(1, len(self._sizes) // 2, [], [], [])

    def _replace(
        self, first: int, end: int | None, since_s: list[float], courses: list[Course], sizes: list[int]
    ) -> None:
        self._samples += sum(sizes) - sum(self._sizes[first:end])
        self._since_s[first:end], self._courses[first:end], self._sizes[first:end] = since_s, courses, sizes

    def at(self, times_s: Floats) -> Floats:
        """Times in rising order."""
        values = np.empty_like(times_s)
        cuts = [*np.searchsorted(times_s, self._since_s, side="left").tolist(), len(times_s)]
        for course, first, last in zip(self._courses, cuts, cuts[1:], strict=False):
            if first < last:
                values[first:last] = course(times_s[first:last])
        return values


def _held(value: float) -> Course:
    return lambda times_s: np.full(len(times_s), value)


class Outputs:
    """All output terminals of a rack, dark at first."""

    def __init__(self) -> None:
        self._lines: dict[str, Timeline] = {}

    def of(self, terminal: str) -> Timeline:
        return self._lines.setdefault(terminal, Timeline())

    def driven(self, terminal: str) -> bool:
        return terminal in self._lines

"""What an output terminal has carried and will carry: levels that were written, and generations from a buffer."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Final

import numpy as np

from bench.sim.daq.driver.process import Floats

Course = Callable[[Floats], Floats]
"""Times (s) -> values."""

KEPT: Final = 4096
"""Changes that are remembered: nobody reads back further."""


class Timeline:
    """Values by time; the last one goes on for ever."""

    def __init__(self, value: float = 0.0) -> None:
        self._since_s: list[float] = [-np.inf]
        self._courses: list[Course] = [_held(value)]

    def hold(self, since_s: float, value: float) -> None:
        self.follow(since_s, _held(value))

    def follow(self, since_s: float, course: Course) -> None:
        """From since_s on; what was to come then is forgotten."""
        keep = bisect_right(self._since_s, since_s)
        if keep and self._since_s[keep - 1] == since_s:
            keep -= 1
        self._since_s[keep:], self._courses[keep:] = [since_s], [course]
        if len(self._since_s) > KEPT:
            del self._since_s[1 : KEPT // 2], self._courses[1 : KEPT // 2]

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

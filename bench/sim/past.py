"""What the plant was like at a time that has passed, from knots that no command can change any more.

Values and flows are those at the last knot before: later questions about the same time get the same answer.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from bench.records import Floats
from bench.sim.course import RING, TIE_S, Course
from bench.sim.plant.state import POSITION
from bench.sim.plant.surroundings import position


@dataclass(frozen=True, slots=True)
class Moment:
    """row: as Places says. flows_kg_s: mean along each path over the last step."""

    row: Floats
    flows_kg_s: Floats


class Past:
    def __init__(self, course: Course) -> None:
        self._course = course
        paths = len(course.model.paths)
        self._through = slice(course.columns.through(0), course.columns.through(0) + paths)
        self.at = lru_cache(512)(self._look_up)

    def _look_up(self, time_s: float) -> Moment:
        """time_s: present or past. Raises ValueError where the knots of then have been overwritten."""
        times, rows = self._course.knots
        newest = self._course.newest
        oldest = max(newest + 1 - RING, 0)
        known = range(oldest, newest + 1)
        last = oldest + bisect_right(known, time_s, key=lambda k: float(times[k % RING])) - 1
        before = last - 1
        while before > oldest and times[last % RING] - times[before % RING] <= TIE_S:
            before -= 1
        if last == 0:
            return Moment(rows[0].copy(), 0.0 * rows[0, self._through])
        if before < oldest:
            raise ValueError(f"what was at {time_s:g} s is forgotten: known from {times[oldest % RING]:g} s on")
        row = rows[last % RING].copy()
        passed_kg = row[self._through] - rows[before % RING, self._through]
        return Moment(row, passed_kg / (times[last % RING] - times[before % RING]))

    def opening(self, index: int, time_s: float) -> float:
        """Of an actuator: 0 closed, 1 open."""
        moves = self._course.moves[index]
        told = [row for asked_s, row in moves if asked_s <= time_s]
        if told:
            return float(position(told[-1], time_s))
        return float(moves[0][1][POSITION] if moves else self._course.model.paths[index].open)

"""Ways of sound through compartments: straight, by way of each wall, and through hatches."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.config.sound import Box, Position

REFLECTED = 0.4
"""Of the pressure, in one direction. Chosen: bare metal returns nearly all, but walls are full of what scatters."""
FLUSH_M = 5e-3
"""A wall that the source or the microphone sits in makes no echo of its own: that is in the source's level at 1 m and
in the microphone's sensitivity."""
OPEN_HATCH_DB, CLOSED_HATCH_DB = -20.0, -50.0
"""What a hatch leaves of ultrasound that goes through it, round its corner or through its lid. Chosen."""
NEAREST_M = 0.01
"""Spheres spread no closer to a source than this."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a compartment."""

    room: str
    position_m: Position


@dataclass(frozen=True, slots=True)
class Door:
    """A hatch. position_m: its centre."""

    name: str
    rooms: tuple[str, str]
    position_m: Position


@dataclass(frozen=True, slots=True)
class Ray:
    """legs: (compartment, metres). gain: of pressure, besides spreading and absorption."""

    legs: tuple[tuple[str, float], ...]
    gain: float

    @property
    def length_m(self) -> float:
        return sum(length_m for _, length_m in self.legs)


@dataclass(frozen=True, slots=True)
class House:
    rooms: Mapping[str, Box]
    doors: Sequence[Door]

    def route(self, start: str, goal: str) -> tuple[Door, ...] | None:
        """Fewest doors from room to room; None: there is no way."""
        routes: dict[str, tuple[Door, ...]] = {start: ()}
        for room in (queue := [start]):
            for door in self.doors:
                if room in door.rooms:
                    other = door.rooms[1 - door.rooms.index(room)]
                    if other not in routes:
                        routes[other] = (*routes[room], door)
                        queue.append(other)
        return routes.get(goal)

    def leak_through(self, start: str, goal: str, opened: Collection[str]) -> float:
        """What the doors on the way leave of the pressure."""
        route = self.route(start, goal)
        return 0.0 if route is None else _through(route, opened)

    def rays(self, source: Spot, ear: Spot, opened: Collection[str]) -> Iterator[Ray]:
        """Direct and by six echoes within a room; else straight from hatch to hatch."""
        if source.room == ear.room:
            yield Ray(((ear.room, math.dist(source.position_m, ear.position_m)),), 1.0)
            for image_m in echoes(self.rooms[ear.room], source.position_m, ear.position_m):
                yield Ray(((ear.room, math.dist(image_m, ear.position_m)),), REFLECTED)
        elif (route := self.route(source.room, ear.room)) is not None:
            yield Ray(tuple(_legs(route, source, ear)), _through(route, opened))


def echoes(box: Box, source_m: Position, ear_m: Position) -> Iterator[Position]:
    """First-order image sources of the six walls (Allen and Berkley, JASA 65 (1979) 943)."""
    for axis, (low, length) in enumerate(zip(box.origin_m, box.size_m, strict=True)):
        for wall in (low, low + length):
            if min(abs(source_m[axis] - wall), abs(ear_m[axis] - wall)) > FLUSH_M:
                x, y, z = (2.0 * wall - at if i == axis else at for i, at in enumerate(source_m))
                yield (x, y, z)


def _through(route: Sequence[Door], opened: Collection[str]) -> float:
    loss_db = sum(OPEN_HATCH_DB if door.name in opened else CLOSED_HATCH_DB for door in route)
    return float(10.0 ** (loss_db / 20.0))


def _legs(route: Sequence[Door], source: Spot, ear: Spot) -> Iterator[tuple[str, float]]:
    room, here = source.room, source.position_m
    for door in route:
        yield room, math.dist(here, door.position_m)
        room, here = door.rooms[1 - door.rooms.index(room)], door.position_m
    yield room, math.dist(here, ear.position_m)

"""Where a sound comes from: delays are differences of ways, and a leak is somewhere in its compartment's wall.

Two microphones of a compartment give a hyperboloid. Microphones next door, through an open hatch, give another one,
with the hatch in the place of a microphone. What is left on the wall is one place, or it is not: then none is named.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.acoustic_rig import BoxRig, MicrophoneRig, Position
from bench.records import Floats

GRID_M = 0.01
HATCH_U_M = 0.05
"""A hatch is a hole and no point: the way through it is known no better. Chosen, for hatches of some 0.3 m."""
POINT_U_M = 0.1
"""A place is named if it is known to this."""
UNLIKELY = 9.0
"""Sum of squares, in standard uncertainties, from which on no place of the wall explains the delays."""


@dataclass(frozen=True, slots=True)
class WayDifference:
    """A source is farther from `other_m` than from `one_m` by so much. u_m includes where these are."""

    one_m: Position
    other_m: Position
    farther_m: float
    u_m: float


@dataclass(frozen=True, slots=True)
class Place:
    """u_m: root of the sum of the variances each way."""

    position_m: Position
    u_m: float


def distances_m(points_m: Floats, position_m: Position) -> Floats:
    """points_m: (n, 3)."""
    found: Floats = np.linalg.norm(points_m - np.asarray(position_m), axis=1)
    return found


def wall_points(box: BoxRig, grid_m: float = GRID_M) -> Floats:
    """(n, 3): the centres of cells of about grid_m on all six walls."""
    origin_m, size_m = np.asarray(box.origin_m), np.asarray(box.size_m)
    faces = []
    for axis in range(3):
        sides = [_centres(size_m[other], grid_m) for other in range(3) if other != axis]
        for at in (0.0, size_m[axis]):
            points = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 2)
            faces.append(np.insert(points, axis, at, axis=1))
    found: Floats = origin_m + np.concatenate(faces)
    return found


def _centres(length_m: float, grid_m: float) -> Floats:
    count = max(round(length_m / grid_m), 1)
    return np.linspace(0.5, count - 0.5, count) * (length_m / count)


def misfit(points_m: Floats, differences: Sequence[WayDifference]) -> Floats:
    """Sum of squares in standard uncertainties, (n,); a cell is as wide as it is."""
    total = np.zeros(len(points_m))
    for each in differences:
        farther_m = distances_m(points_m, each.other_m) - distances_m(points_m, each.one_m)
        total += np.square((farther_m - each.farther_m) / math.hypot(each.u_m, 0.5 * GRID_M))
    return total


def place(points_m: Floats, differences: Sequence[WayDifference]) -> Place | None:
    """The one place among the points that explains the differences; None: there is none, or more than one."""
    squares = misfit(points_m, differences)
    if squares.min() > UNLIKELY:
        return None
    weights = np.exp(-0.5 * (squares - squares.min()))
    weights /= weights.sum()
    mean_m = weights @ points_m
    u_m = math.sqrt(float(weights @ np.square(points_m - mean_m).sum(axis=1)))
    x, y, z = (float(at) for at in mean_m)
    return Place((x, y, z), u_m) if u_m <= POINT_U_M else None


def longest_delay_m(one: MicrophoneRig, other: MicrophoneRig) -> float:
    """Of two microphones in one compartment, as a way; a little more for where they really are."""
    return math.dist(one.position_m, other.position_m) + 3.0 * math.hypot(one.u_position_m, other.u_position_m)


def through_hole(hole_m: Position, one: MicrophoneRig, other: MicrophoneRig) -> float:
    """By how much farther `other` is than `one` for what comes through a hatch."""
    return math.dist(hole_m, other.position_m) - math.dist(hole_m, one.position_m)

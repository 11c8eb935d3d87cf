"""How strong a source is, from what two microphones hear alike and from where it can be."""

import math
from dataclasses import dataclass

import numpy as np

from bench.detection.ultrasonic_geometry import WayDifference, distances_m, misfit
from bench.detection.ultrasonic_size import NEAREST_M
from bench.records import Floats

ECHO_U_DB = 2.0
"""From echoes, which are not reckoned with. Chosen."""


@dataclass(frozen=True, slots=True)
class Level:
    """At 1 m, dB re 20 uPa, with its standard uncertainty."""

    level_db: float
    u_db: float


def alike_db(levels_db: Floats, coherence: float) -> float:
    """Of what both hear alike, mean of the two: coherence is its share of the powers' geometric mean."""
    return float(np.mean(levels_db)) + 10.0 * math.log10(max(coherence, 1e-6))


def level_at_1_m(heard_db: float, points_m: Floats, difference: WayDifference, u_sensitivity_db: float) -> Level:
    """Mean over the places, (n, 3), that explain the difference. heard_db: as alike_db."""
    ways_m = np.stack([distances_m(points_m, at) for at in (difference.one_m, difference.other_m)])
    spread_db = 10.0 * np.log10(np.maximum(ways_m, NEAREST_M)).sum(axis=0)
    squares = misfit(points_m, [difference])
    weights = np.exp(-0.5 * (squares - squares.min()))
    mean_db = float(np.average(spread_db, weights=weights))
    around_db = math.sqrt(float(np.average(np.square(spread_db - mean_db), weights=weights)))
    return Level(heard_db + mean_db, math.hypot(around_db, ECHO_U_DB, u_sensitivity_db))

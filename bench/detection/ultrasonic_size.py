"""Which leaks would have been found: from how loud it was, where microphones are, and the noise that leaks are said to
make. Echoes are not reckoned with: they add sound, and blur its delay.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from bench.acoustic_rig import BoxRig, LeakNoise, MicrophoneRig
from bench.detection.ultrasonic_delay import crest_of
from bench.detection.ultrasonic_geometry import distances_m, wall_points
from bench.records import Floats

COARSE_M = 0.1
SURE = 0.9
"""Probability with which a leak of the stated size would have been found."""
NEAREST_M = 0.02
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
SIZES_KG_S = np.logspace(-8.0, -5.0, 13)
"""What leaks are like of which nothing is known: any of these, all decades alike (10 um have 2e-8, 200 um 7e-6)."""


def level_db(noise: LeakNoise, rate_kg_s: float) -> float:
    """At 1 m from a leak of that rate."""
    return noise.level_db + 10.0 * math.log10(rate_kg_s / noise.at_kg_s)


def rate_kg_s(noise: LeakNoise, level_at_1_m_db: float) -> float:
    return float(noise.at_kg_s * 10.0 ** ((level_at_1_m_db - noise.level_db) / 10.0))


@dataclass(frozen=True, slots=True)
class Reach:
    """Of two microphones, in a compartment, at the levels heard. losses_db: (places, 2), from 1 m to each microphone.
    u_db: of a leak's noise and of the microphones together.
    """

    noise: LeakNoise
    losses_db: Floats
    levels_db: Floats
    curve_noise: float
    threshold: float
    u_db: float

    def probability(self, rate: float) -> float:
        """With which a leak of that rate (kg/s), anywhere in the wall, makes a crest above the threshold."""
        sources_db = level_db(self.noise, rate) + self.u_db * NODES
        heard_db = sources_db[:, None, None] - self.losses_db - self.levels_db
        share = 1.0 / (1.0 + 10.0 ** (-heard_db / 10.0))
        height = crest_of(np.sqrt(share.prod(axis=-1))) / self.curve_noise
        found = ndtr(height - self.threshold).mean(axis=1)
        return float(WEIGHTS @ found / WEIGHTS.sum())

    def detectable_kg_s(self) -> float:
        """Found with SURE. Infinite where not even a roar would be."""
        low, high = -14.0, 2.0
        if self.probability(10.0**high) < SURE:
            return math.inf
        return float(10.0 ** brentq(lambda log: self.probability(10.0**log) - SURE, low, high, xtol=1e-3))

    def typical(self) -> float:
        """Probability for a leak of which nothing is known."""
        return float(np.mean([self.probability(float(rate)) for rate in SIZES_KG_S]))


def losses_db(box: BoxRig, microphones: Sequence[MicrophoneRig]) -> Floats:
    """(places on the wall, microphones): what spreading takes from the level at 1 m."""
    points_m = wall_points(box, COARSE_M)
    ways_m = np.stack([distances_m(points_m, m.position_m) for m in microphones], axis=1)
    lost: Floats = 20.0 * np.log10(np.maximum(ways_m, NEAREST_M))
    return lost

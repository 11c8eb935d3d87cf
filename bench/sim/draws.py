"""What is drawn in secret from stated uncertainties, once per seed."""

import math
import zlib
from datetime import date

import numpy as np

from bench.certificate import Certificate

YEAR_D = 365.25


class Draws:
    """Standard normal and uniform draws, each a function of (seed, name) alone; all that was drawn is kept. day: of the
    run, for what has drifted since its calibration; none: it has just been calibrated.
    """

    def __init__(self, seed: int, *, hidden: bool, day: date | None = None) -> None:
        self._seed = seed
        self._hidden = hidden
        self._day = day
        self.drawn: dict[str, float] = {}

    def normal(self, name: str, value: float, standard_deviation: float) -> float:
        """Value plus a normal deviation; value itself when draws are off."""
        deviation = self.generator(name).standard_normal() if self._hidden else 0.0
        self.drawn[name] = value + standard_deviation * deviation
        return self.drawn[name]

    def uniform(self, name: str, limit: float) -> float:
        """Between 0 and limit; 0 when draws are off."""
        self.drawn[name] = limit * self.generator(name).random() if self._hidden else 0.0
        return self.drawn[name]

    def calibrated(self, name: str, stated: Certificate) -> float:
        """What a calibrated thing is, over the value its certificate states: its uncertainty, and its drift since."""
        years = 0.0 if self._day is None else (self._day - stated.calibrated).days / YEAR_D
        kept = 1.0 + stated.drift_per_year * years
        relative_u = kept * stated.u_kg_s / stated.value_kg_s
        return self.normal(name, kept, math.hypot(relative_u, stated.u_drift_relative, stated.u_drift_per_year * years))

    def generator(self, name: str) -> np.random.Generator:
        """Also for what is no secret, and is drawn whether draws are off or not."""
        return np.random.Generator(np.random.Philox(key=[self._seed, zlib.crc32(f"draw/{name}".encode())]))

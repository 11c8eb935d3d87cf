"""What is drawn in secret from stated uncertainties, once per seed."""

import zlib

import numpy as np


class Draws:
    """Standard normal and uniform draws, each a function of (seed, name) alone; all that was drawn is kept."""

    def __init__(self, seed: int, *, hidden: bool) -> None:
        self._seed = seed
        self._hidden = hidden
        self.drawn: dict[str, float] = {}

    def normal(self, name: str, value: float, standard_deviation: float) -> float:
        """Value plus a normal deviation; value itself when draws are off."""
        deviation = self._generator(name).standard_normal() if self._hidden else 0.0
        self.drawn[name] = value + standard_deviation * deviation
        return self.drawn[name]

    def uniform(self, name: str, limit: float) -> float:
        """Between 0 and limit; 0 when draws are off."""
        self.drawn[name] = limit * self._generator(name).random() if self._hidden else 0.0
        return self.drawn[name]

    def _generator(self, name: str) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self._seed, zlib.crc32(f"draw/{name}".encode())]))

"""White noise by random access: the same at the same time, however often and in whatever order it is asked for.

Philox2x32-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11) of the time's number on
a fixed grid.
"""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq.driver.process import Floats

GRID_S: Final = 1e-8
"""Samples less than this apart share their noise."""
Words = NDArray[np.uint64]

_MULTIPLIER: Final = np.uint64(0xD256D193)
_WEYL: Final = 0x9E3779B9
_ROUNDS: Final = 10
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_WORD: Final = 2.0**32


def philox(low: Words, high: Words, key: int) -> tuple[Words, Words]:
    """Two words of 32 bits for each counter of two such words."""
    for turn in range(_ROUNDS):
        product = low * _MULTIPLIER
        low = (product >> _HALF) ^ np.uint64((key + turn * _WEYL) & 0xFFFFFFFF) ^ high
        high = product & _LOW
    return low, high


def key_of(seed: int, terminal: str) -> int:
    return zlib.crc32(f"{seed}/{terminal.lower()}".encode())


def words(key: int, times_s: Floats) -> tuple[Words, Words]:
    counter = np.rint(times_s / GRID_S).astype(np.int64).astype(np.uint64)
    return philox(counter & _LOW, counter >> _HALF, key)


def normal(key: int, times_s: Floats) -> Floats:
    """Of mean 0 and standard deviation 1, by the transform of Box and Muller (1958)."""
    first, second = words(key, times_s)
    length = np.sqrt(-2.0 * np.log((first + 1.0) / _WORD))
    return np.asarray(length * np.cos(second * (2.0 * np.pi / _WORD)), dtype=np.float64)


def uniform(key: int, times_s: Floats) -> Floats:
    """From -1 to 1."""
    return np.asarray(words(key, times_s)[0] * (2.0 / _WORD) - 1.0, dtype=np.float64)

"""Standard normal deviates as a function of (seed, stream, grid index), and the filters that make 1/f noise of them.

A stream is one kind of noise of one channel, by name. Its deviates come in blocks from a counter-based generator
(Philox), whose counter holds the block's number: order and number of requests change nothing, nor do other streams.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bench.records import Floats

BLOCK = 4096
FLICKER_CORNER_HZ = 1e-6
"""Lowest frequency down to which flicker noise is 1/f; constant below, so that it has a size."""
FILTERS_PER_DECADE = 1.5
FASTEST = 12.0
"""Rate of the fastest filter, per grid step: what is faster is white on the grid."""


class Noise:
    """The deviates of several streams. Latest block kept: made for walking forwards, correct in any order."""

    def __init__(self, seed: int, streams: Sequence[str]) -> None:
        self._keys = [np.array([seed, _number(stream)], dtype=np.uint64) for stream in streams]
        self._kept = -1
        self._values = np.empty((len(streams), BLOCK))

    def block(self, number: int) -> Floats:
        """(stream, BLOCK) deviates of the grid indices from number * BLOCK on; the array is reused by the next call."""
        if number != self._kept:
            for row, key in zip(self._values, self._keys, strict=True):
                _generator(key, number, part=0).standard_normal(out=row)
            self._kept = number
        return self._values


def start_deviates(seed: int, stream: str, count: int) -> Floats:
    """Deviates for where a recursion starts, independent of all those on the grid."""
    key = np.array([seed, _number(stream)], dtype=np.uint64)
    return _generator(key, 0, part=1).standard_normal(count)


def _number(stream: str) -> int:
    return int.from_bytes(hashlib.blake2b(stream.encode(), digest_size=8).digest(), "little")


def _generator(key: np.ndarray[tuple[int], np.dtype[np.uint64]], number: int, part: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, number, part, 0], dtype=np.uint64)))


@dataclass(frozen=True, slots=True)
class FlickerFilters:
    """Ornstein-Uhlenbeck processes driven by one white noise; their sum is flicker noise of unit Allan floor.

    x[i] = memory x[i-1] + weight n[i] per filter. start: a factor that makes correlated stationary starts of
    independent deviates.
    """

    memory: Floats
    weight: Floats
    start: Floats


@lru_cache
def flicker_filters(grid_s: float) -> FlickerFilters:
    """Time constants 1.5 to the decade, from 0.1 grid steps to 14 days (12 at 0.1 s, 11 at 1 s).

    White noise integrated half a time, the sum of g_j n[i-j] with g the series of (1 - z)^(-1/2), has the one-sided
    power density 1/(pi f) for unit n. g_j is the integral of (1/pi) r^(j-1/2) (1 - r)^(-1/2) over r from 0 to 1, a
    mixture of exponentials r = exp(-p): the trapezoidal rule in ln p gives the weights, and one more filter stands
    for all slower ones. Power density against 1/f, as computed: within 2 % from FLICKER_CORNER_HZ to 0.1/grid_s
    (5 decades at 1 s, 6 at 0.1 s), within 11 % up to 0.25/grid_s. Allan variance of h/f: 2 ln 2 h.
    """
    rates, weights = _rates_and_weights(2.0 * math.pi * FLICKER_CORNER_HZ * grid_s)
    weights *= math.sqrt(math.pi / (2.0 * math.log(2.0)))
    covariance = np.outer(weights, weights) / -np.expm1(-np.add.outer(rates, rates))
    start = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    return FlickerFilters(np.exp(-rates), weights, start)


def _rates_and_weights(slowest: float) -> tuple[Floats, Floats]:
    """Rates per grid step and weights of the filters; the first stands for the geometric row below slowest."""
    step = math.log(10.0) / FILTERS_PER_DECADE
    count = math.floor(math.log(FASTEST / slowest) / step) + 1
    rates = slowest * np.exp(step * np.arange(count))
    weights = step / math.pi * rates * np.exp(-0.5 * rates) / np.sqrt(-np.expm1(-rates))
    rest_rate = slowest * math.expm1(0.5 * step) / math.expm1(1.5 * step)
    rest_weight = step * math.sqrt(slowest) / (math.pi * math.expm1(0.5 * step))
    return np.append(rest_rate, rates), np.append(rest_weight, weights)

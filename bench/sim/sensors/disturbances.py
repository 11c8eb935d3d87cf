"""The noise terms of a sensor (science 1.5) at any sample, compiled: white, slow recursions, 1/f."""

import numpy as np
from numba import njit

from bench.records import Floats
from bench.sim.sensors.noise import deviate, deviates
from bench.sim.sensors.state import Interval, Memory, Records, SlowTerms, Terms

OCTAVES = 24
"""The slowest has a value per 2^23 samples: 9.7 days."""
FASTEST = (1.347, 1.578, 1.084)
"""Variances of the fastest octaves that stand for all faster ones too, fitted to a flat Allan deviation."""
SLOWEST = 8.0 / 7.0
"""Variance of the slowest, for slower ones too: densities go as T^-3 f^-4 far above 1/T, 1 + 1/8 + 1/64 + ... = 8/7."""


def octave_sizes() -> Floats:
    """Standard deviations of the nodes of each octave of flicker noise of unit Allan floor.

    Octave k is a straight line from node to node, a deviate every 2^k samples; the walk starts anywhere. One octave's
    one-sided density is 2 v T sinc(fT)^4; the sum over octaves is v / (f ln 2), and h / f has the Allan variance
    2 ln 2 h: v = 1/2 each. A line between nodes of variance 1 has 2/3 + 1 / (3 T^2), T in samples.

    As computed at 0.1 s: Allan deviation within 0.4 % of 1 from one sample to 14 h; power density (of the samples)
    within 1 % of 1/f from 1e-6 to 0.5 Hz, 2 % to 1 Hz, 25 % to 5 Hz; it levels off below 3e-7 Hz.
    """
    variance = np.full(OCTAVES, 0.5)
    variance[: len(FASTEST)] *= FASTEST
    variance[-1] *= SLOWEST
    return np.asarray(np.sqrt(variance / (2.0 / 3.0 + 4.0 ** -np.arange(OCTAVES) / 3.0)), dtype=np.float64)


@njit(cache=True, nogil=True)
def gauss(terms: Terms, memory: Memory, processes: Records, intervals: Records, index: int) -> float:
    """White, representativeness and random walk."""
    value = 0.0
    if terms.white > 0.0:
        if memory.pair != index >> 1:
            memory.pair = index >> 1
            memory.even, memory.odd = deviates(terms.seed, terms.white_stream, memory.pair)
        value += terms.white * (memory.odd if index & 1 else memory.even)
    for number in range(2):
        if processes[number].kick > 0.0:
            value += _slow(terms, processes[number], intervals[number], index)
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _slow(terms: Terms, process: SlowTerms, interval: Interval, index: int) -> float:
    """A random walk or an Ornstein-Uhlenbeck process, straight between its own steps; forwards only."""
    while index >= interval.follows:
        interval.number += 1
        interval.follows += process.period
        kick = process.kick * deviate(terms.seed, process.stream, interval.number + 1)
        interval.begin, interval.end = interval.end, process.kept * interval.end + kick
    left = (interval.follows - index) / process.period
    return interval.end - left * (interval.end - interval.begin)


@njit(cache=True, nogil=True)
def flicker(terms: Terms, memory: Memory, sizes: Floats, nodes: Floats, index: int) -> float:
    """Noise of unit Allan floor. nodes: (octave, end) of its line, kept while the sample is on the same."""
    place = index + terms.phase
    for k in range(sizes.size):
        number, old = place >> k, memory.place >> k
        if number == old:
            break  # nor do slower octaves change
        stream = terms.flicker_stream + np.uint64(k)
        nodes[k, 0] = nodes[k, 1] if number == old + 1 else deviate(terms.seed, stream, number)
        nodes[k, 1] = deviate(terms.seed, stream, number + 1)
    memory.place = place
    total, per_sample = 0.0, 1.0
    for k in range(sizes.size):
        share = (place & ((1 << k) - 1)) * per_sample
        total += sizes[k] * (nodes[k, 0] + share * (nodes[k, 1] - nodes[k, 0]))
        per_sample *= 0.5
    return total

"""Random numbers as a function of (seed, stream, index) alone, compiled: order and number of requests change nothing.

A stream is one kind of noise of one channel, by name. The generator is Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC'11): its counter holds the stream and half the index, its key the
seed; every counter gives two numbers.
"""

import hashlib
import math

import numpy as np
from numba import njit

ROUNDS = 10
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
FACTOR_0, FACTOR_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL_0, WEYL_1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
UNUSED = np.uint64(11)
"""Bits of 64 that a float cannot hold."""
Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


def stream_number(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))


@njit(cache=True, nogil=True)
def philox(counter: Words, key_0: np.uint64, key_1: np.uint64) -> Words:
    """Words of 32 bits, kept in 64."""
    a, b, c, d = counter
    for _ in range(ROUNDS):
        first, second = FACTOR_0 * a, FACTOR_1 * c
        a, b, c, d = (second >> HALF) ^ b ^ key_0, second & LOW, (first >> HALF) ^ d ^ key_1, first & LOW
        key_0, key_1 = (key_0 + WEYL_0) & LOW, (key_1 + WEYL_1) & LOW
    return a, b, c, d


@njit(cache=True, nogil=True)
def uniforms(seed: np.uint64, stream: np.uint64, number: int) -> tuple[float, float]:
    """The uniform numbers of indices 2 number and 2 number + 1: above 0, up to 1, in steps of 2^-53."""
    pair = np.uint64(number)
    counter = (pair & LOW, pair >> HALF, stream & LOW, stream >> HALF)
    a, b, c, d = philox(counter, seed & LOW, seed >> HALF)
    first, second = np.float64(((b << HALF) | a) >> UNUSED), np.float64(((d << HALF) | c) >> UNUSED)
    return (first + 1.0) * 2.0**-53, (second + 1.0) * 2.0**-53


@njit(cache=True, nogil=True)
def uniform(seed: np.uint64, stream: np.uint64, index: int) -> float:
    """Above 0, up to 1."""
    even, odd = uniforms(seed, stream, index >> 1)
    return odd if index & 1 else even


@njit(cache=True, nogil=True)
def deviates(seed: np.uint64, stream: np.uint64, number: int) -> tuple[float, float]:
    """The standard normal deviates of indices 2 number and 2 number + 1."""
    radius, angle = _polar(seed, stream, number)
    return radius * math.cos(angle), radius * math.sin(angle)


@njit(cache=True, nogil=True)
def deviate(seed: np.uint64, stream: np.uint64, index: int) -> float:
    """Standard normal; one of a pair."""
    radius, angle = _polar(seed, stream, index >> 1)
    return radius * (math.sin(angle) if index & 1 else math.cos(angle))


@njit(cache=True, nogil=True)
def _polar(seed: np.uint64, stream: np.uint64, number: int) -> tuple[float, float]:
    """Two independent standard normals as a point of the plane (Box and Muller, 1958)."""
    first, second = uniforms(seed, stream, number)
    return math.sqrt(-2.0 * math.log(first)), 2.0 * math.pi * second

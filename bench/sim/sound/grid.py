"""The internal grid of sound: samples at a fixed rate from time zero on, in blocks that everything is worked out by.

A block depends on its number alone, so who asks for what, and in which order, changes no sample.
"""

from dataclasses import dataclass

import numpy as np

from bench.records import Floats

RATE_HZ = 400_000.0
PASS_HZ, STOP_HZ = 90_000.0, 100_000.0
"""Microphones hear all of it up to the first, nothing from the second on: a reader at 200 kS/s sees no aliases. One
that reads slower folds what lies above half of its rate: that is the business of its own anti-alias filter.
"""
SHORTEST_BLOCK = 8192
SLOW_M_S = 300.0
"""No gas a mock-up is filled with is slower: the longest delay is reckoned with it."""


@dataclass(frozen=True, slots=True)
class Grid:
    """hop: samples of a block, a power of two. A block is filtered with `history` samples before it, in which the
    longest delay must have room, and `guard` samples after it, for filters without a delay.
    """

    hop: int = SHORTEST_BLOCK

    @property
    def history(self) -> int:
        return self.hop - self.guard

    @property
    def guard(self) -> int:
        return self.hop // 8

    @property
    def size(self) -> int:
        return 2 * self.hop

    @property
    def frequency_hz(self) -> Floats:
        """Of a block's spectrum, as far as anything is heard."""
        return np.linspace(0.0, STOP_HZ, int(STOP_HZ / RATE_HZ * self.size), endpoint=False)

    def time_s(self, block: int) -> float:
        """When it begins; nothing is before time zero."""
        return max(block, 0) * self.hop / RATE_HZ


def grid_for(longest_m: float) -> Grid:
    """With room for sound that travels so far."""
    hop = SHORTEST_BLOCK
    while Grid(hop).history / RATE_HZ * SLOW_M_S < longest_m:
        hop *= 2
    return Grid(hop)

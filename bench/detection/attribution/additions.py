"""Gas that comes by hand, through no meter: told by a rise that no error of the sensors makes so fast."""

import numpy as np
from numpy.typing import NDArray

from bench.detection.attribution.balance import Balance
from bench.detection.segments import Labels
from bench.records import Floats

RISE_SIGMAS = 6.0
"""Of the difference of two blocks."""


def parts_between(balance: Balance) -> tuple[Labels, NDArray[np.bool_]]:
    """(n,) each: the part that a block belongs to (a segment, and anew after every addition), from 0 on; whether the
    block lies wholly in it: while gas is coming there is no level.
    """
    same = np.diff(balance.segment) == 0
    rising = same & (np.diff(balance.y) > RISE_SIGMAS * _difference_u(balance))
    near = np.convolve(rising, [1, 1, 1], "same").astype(bool) & same  # it begins and ends within blocks
    inside = np.concatenate(([False], near[:-1] & near[1:], [False]))
    begins = np.concatenate(([True], ~same | (near & ~np.concatenate(([False], near[:-1])))))
    return np.cumsum(begins) - 1, ~inside


def _difference_u(balance: Balance) -> Floats:
    """Standard deviation of the difference of each block and the one before, (n - 1,)."""
    noise, lapse_s = balance.noise, np.diff(balance.time_s)
    forgotten = -np.expm1(-lapse_s[:, None] / noise.correlation_time_s)
    variance = noise.white[1:] + noise.white[:-1] + 2.0 * forgotten @ noise.variance + noise.walk_per_s * lapse_s
    return np.sqrt(np.asarray(variance))

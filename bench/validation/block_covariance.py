"""Covariance of block means of a noisy channel, written out: for bounds. Methods have a filter of their own."""

import numpy as np

from bench.records import Floats
from bench.rig import NoiseClass

HOUR_S = 3600.0


def block_covariance(noise: NoiseClass, centre_s: Floats, width_s: Floats, fresh: Floats) -> Floats:
    """Covariance (n, n) of means over n blocks, in the square of the channel's unit.

    White noise and rounding (resolution^2 / 12, JCGM 100 F.2.2.1) average over the fresh samples; the
    Ornstein-Uhlenbeck error and the random walk are continuous in time and join all blocks.
    """
    covariance = np.diag((noise.white**2 + noise.resolution**2 / 12.0) / fresh)
    if noise.random_walk:
        covariance += noise.random_walk**2 / HOUR_S * mean_walk(centre_s, width_s)
    if noise.representativeness:
        covariance += noise.representativeness**2 * mean_correlation(centre_s, width_s, noise.correlation_time_s)
    return covariance


def mean_walk(centre_s: Floats, width_s: Floats) -> Floats:
    """Covariance (s) of the block means of a random walk of unit variance per second that begins with the first block.

    Apart: the earlier block's centre; a block with itself: its beginning and a third of its width.
    """
    begin_s = centre_s.min() - width_s[np.argmin(centre_s)] / 2.0
    walk: Floats = np.minimum(centre_s[:, None], centre_s) - begin_s
    np.fill_diagonal(walk, centre_s - begin_s - width_s / 6.0)
    return walk


def mean_correlation(centre_s: Floats, width_s: Floats, correlation_time_s: float) -> Floats:
    """Integral of exp(-|s - t| / tau) over two blocks, divided by their widths: exact for blocks that do not overlap.

    Apart: exp(-gap / tau) g_i g_j with g = (1 - exp(-h)) / h, h = width / tau; a block with itself:
    2 (h - 1 + exp(-h)) / h^2.
    """
    h = width_s / correlation_time_s
    lost = -np.expm1(-h)
    gap_s = np.abs(centre_s[:, None] - centre_s) - (width_s[:, None] + width_s) / 2.0
    correlation: Floats = np.exp(-np.maximum(gap_s, 0.0) / correlation_time_s) * np.outer(lost / h, lost / h)
    np.fill_diagonal(correlation, 2.0 * (h - lost) / h**2)
    return correlation

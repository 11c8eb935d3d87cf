"""What noise block means of a sum of channels have: white + Ornstein-Uhlenbeck errors + a random walk."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from bench.records import Floats
from bench.rig import NoiseClass

HOUR_S = 3600.0
SHORT = 0.1
"""An Ornstein-Uhlenbeck error that lasts less than this part of a block is white among blocks."""


@dataclass(frozen=True, slots=True)
class Term:
    """A channel's part in a sum. sensitivity: of the sum to the channel. fresh: new readings in each block, (n,)."""

    noise: NoiseClass
    sensitivity: float
    fresh: Floats


@dataclass(frozen=True, slots=True)
class BlockNoise:
    """Of n means, in the square of their unit. span_s: the time that each is a mean over, (n,). white: variance of each
    mean's own noise, (n,). variance, correlation_time_s: of the Ornstein-Uhlenbeck errors, (k,). walk_per_s: by
    which the variance of the random walk grows.
    """

    span_s: Floats
    white: Floats
    variance: Floats
    correlation_time_s: Floats
    walk_per_s: float

    def of_means(self) -> tuple[Floats, Floats]:
        """How the value in the middle of each mean's span is seen in it, (n, k), and the variance of what is its own,
        (n,); exact where spans do not overlap, as means of exp(-|s - t| / tau) and min(s, t) over two spans are.

        With h = span / tau: apart exp(-lag / tau) s_i s_j with s = sinh(h / 2) / (h / 2); with itself
        2 (h - 1 + exp(-h)) / h^2. Of the walk: with itself the middle less span / 6.
        """
        return _of_means(self.span_s, self.white, self.variance, self.correlation_time_s, self.walk_per_s)

    def rows(self, keep: np.ndarray) -> "BlockNoise":
        return replace(self, span_s=self.span_s[keep], white=self.white[keep])

    def scaled(self, white: float, slow: float, duration: float, walk: float) -> "BlockNoise":
        """Factors of the standard deviations and, duration, of the correlation times."""
        return BlockNoise(
            self.span_s,
            white**2 * self.white,
            slow**2 * self.variance,
            duration * self.correlation_time_s,
            walk**2 * self.walk_per_s,
        )


def declared_noise(terms: Iterable[Term], span_s: Floats) -> BlockNoise:
    """Of independent channels. White noise and rounding (resolution^2 / 12, JCGM 100 F.2.2.1) average over the fresh
    readings. Errors of one correlation time are one error.
    """
    terms = tuple(terms)
    slow: dict[float, float] = {}
    for term in terms:
        if term.noise.representativeness:
            tau_s = term.noise.correlation_time_s
            slow[tau_s] = slow.get(tau_s, 0.0) + (term.sensitivity * term.noise.representativeness) ** 2
    white = [t.sensitivity**2 * (t.noise.white**2 + t.noise.resolution**2 / 12.0) / t.fresh for t in terms]
    walk = sum((term.sensitivity * term.noise.random_walk) ** 2 for term in terms) / HOUR_S
    return BlockNoise(span_s, np.sum(white, axis=0), np.array([*slow.values()]), np.array([*slow]), walk)


@njit(cache=True, nogil=True)
def _of_means(
    span_s: Floats, white: Floats, variance: Floats, correlation_time_s: Floats, walk_per_s: float
) -> tuple[Floats, Floats]:
    seen, own = np.zeros((span_s.size, variance.size)), white - walk_per_s * span_s / 6.0
    for k in range(span_s.size):
        for j in range(variance.size):
            h = max(span_s[k] / correlation_time_s[j], 1e-9)
            itself = 1.0 - h / 3.0 if h < 1e-3 else 2.0 * (h + math.expm1(-h)) / h**2
            if h * SHORT < 1.0:
                seen[k, j] = math.sinh(h / 2.0) / (h / 2.0)
            own[k] += variance[j] * (itself - seen[k, j] ** 2)
    return seen, own

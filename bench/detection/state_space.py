"""Whitening of noise that is white + Ornstein-Uhlenbeck + random walk, by a Kalman filter: O(n), no matrix of n x n.

The filter's innovations over their standard deviations are what the inverse of the covariance's Cholesky factor makes
of the data, row by row. All columns (data, regressors) go through with the same gains; least squares on what comes out
is generalised least squares on what went in. An unknown level, rate or step is a regressor: nothing need be diffuse.
Row k depends on rows up to k alone: running sums over whitened columns answer as time goes on.
"""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from bench.detection.noise import BlockNoise
from bench.records import Floats


@dataclass(frozen=True, slots=True)
class Whitened:
    """columns: (n, c), of unit variance if they were such noise. scale: (n,), by which the innovations were divided."""

    columns: Floats
    scale: Floats

    @property
    def log_determinant(self) -> float:
        """Of the covariance."""
        return 2.0 * float(np.log(self.scale).sum())


def whitened(time_s: Floats, noise: BlockNoise, columns: Floats) -> Whitened:
    """columns: (n, c), the rows in the order of time_s, gaps allowed. The walk begins with the first row's
    span, the Ornstein-Uhlenbeck errors have always been. LinAlgError where the noise is no covariance.
    """
    seen, own = noise.of_means()
    out, innovation_variance = np.empty(columns.shape), np.empty(time_s.size)
    memory_1_s, before_s = 1.0 / noise.correlation_time_s, 0.5 * float(noise.span_s[0])
    parameters = (seen, own, noise.variance, memory_1_s, noise.walk_per_s, before_s)
    _filter(time_s, *parameters, columns, out, innovation_variance)
    if not np.all(innovation_variance > 0.0):
        raise np.linalg.LinAlgError("the noise is no covariance: is it all zero?")
    scale = np.sqrt(innovation_variance)
    return Whitened(out / scale[:, None], scale)


@njit(cache=True, nogil=True)
def _filter(  # noqa: PLR0913, PLR0917 - compiled code takes no records
    time_s: Floats,
    seen: Floats,
    own: Floats,
    variance: Floats,
    memory_1_s: Floats,
    walk_per_s: float,
    before_s: float,
    columns: Floats,
    out: Floats,
    innovation_variance: Floats,
) -> None:
    """State 0 is the walk, state j the j-th Ornstein-Uhlenbeck error, seen by seen[k, j - 1]. own: variance of a row's
    own noise, which may be below zero: a mean over a time has less variance than the value in its middle.
    """
    states = variance.size + 1
    state, covariance = np.zeros((states, columns.shape[1])), np.zeros((states, states))
    weight, kept, grown = np.ones(states), np.ones(states), np.zeros(states)
    for j in range(1, states):
        covariance[j, j] = variance[j - 1]
    for k in range(time_s.size):
        lapse_s = time_s[k] - time_s[k - 1] if k else before_s
        grown[0] = walk_per_s * lapse_s
        for j in range(1, states):
            weight[j] = seen[k, j - 1]
            kept[j] = math.exp(-lapse_s * memory_1_s[j - 1])
            grown[j] = variance[j - 1] * (1.0 - kept[j] ** 2)
        _predict(state, covariance, kept, grown)
        innovation_variance[k] = _observe(state, covariance, weight, own[k], columns[k], out[k])


@njit(cache=True, nogil=True)
def _predict(state: Floats, covariance: Floats, kept: Floats, grown: Floats) -> None:
    for i in range(kept.size):
        for j in range(kept.size):
            covariance[i, j] *= kept[i] * kept[j]
        covariance[i, i] += grown[i]
        for c in range(state.shape[1]):
            state[i, c] *= kept[i]


@njit(cache=True, nogil=True)
def _observe(state: Floats, covariance: Floats, weight: Floats, own: float, row: Floats, out: Floats) -> float:
    """Innovations of a row into out; their variance. A row of no variance changes nothing."""
    through, total = np.zeros(weight.size), own
    for i in range(weight.size):
        for j in range(weight.size):
            through[i] += covariance[i, j] * weight[j]
        total += weight[i] * through[i]
    if total > 0.0:
        for c in range(row.size):
            innovation = row[c]
            for i in range(weight.size):
                innovation -= weight[i] * state[i, c]
            out[c] = innovation
            for i in range(weight.size):
                state[i, c] += through[i] / total * innovation
        for i in range(weight.size):
            for j in range(weight.size):
                covariance[i, j] -= through[i] * through[j] / total
    return total

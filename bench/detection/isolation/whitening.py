"""Whitening, block by block, of readings whose slow errors are those of sensors: O(1) a block, no past kept.

A Kalman filter tracks every sensor's Ornstein-Uhlenbeck error and random walk, whichever volume the sensor stands for
at the moment. Data and regressors are columns and go through with the same gains, so that ordinary least squares on
what comes out is generalised least squares on what went in.
"""

from collections.abc import Mapping

import numpy as np

from bench.detection.noise import HOUR_S
from bench.records import Floats
from bench.rig import NoiseClass


class Whitening:
    """Of k sensors, in the order of noises. Raises numpy.linalg.LinAlgError where the noise is no covariance."""

    def __init__(self, noises: Mapping[str, NoiseClass]) -> None:
        sensors = list(noises.values())
        self._own = np.array([noise.white**2 + noise.resolution**2 / 12.0 for noise in sensors])  # JCGM 100 F.2.2.1
        self._variance: Floats = np.array([n.representativeness**2 for n in sensors] + [0.0] * len(sensors))
        self._memory_1_s = np.array([1.0 / noise.correlation_time_s for noise in sensors] + [0.0] * len(sensors))
        self._walk_per_s = np.array([0.0] * len(sensors) + [noise.random_walk**2 / HOUR_S for noise in sensors])
        self._covariance: Floats = np.diag(self._variance)
        self._state: Floats = np.zeros((2 * len(sensors), 0))
        self._time_s: float | None = None

    def add(self, time_s: float, seen: Floats, fresh: Floats, rows: Floats) -> Floats:
        """rows, shape (g, c), of one time later than all before, made white and of unit variance.

        seen: (g, k), d(row)/d(reading); fresh: (k,), new readings in each sensor's mean, as block_covariance has it.
        c may grow: what had no column so far was zero.
        """
        self._pass(time_s, rows.shape[1])
        both = np.hstack((seen, seen))
        gain = self._covariance @ both.T
        noise = both @ gain + (seen * (self._own / np.maximum(fresh, 1.0))) @ seen.T
        factor = np.linalg.cholesky(noise)
        innovation = np.hstack((rows - both @ self._state, gain.T))
        white, root = np.hsplit(np.linalg.solve(factor, innovation), [rows.shape[1]])
        self._state += root.T @ white
        self._covariance -= root.T @ root
        return np.asarray(white)

    def _pass(self, time_s: float, columns: int) -> None:
        """From the last time to this one."""
        self._state = grown(self._state, (len(self._state), columns))
        lapse_s = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        kept = np.exp(-lapse_s * self._memory_1_s)
        self._state *= kept[:, None]
        self._covariance *= np.outer(kept, kept)
        self._covariance += np.diag(self._variance * (1.0 - kept**2) + self._walk_per_s * lapse_s)


def grown(array: Floats, shape: tuple[int, int]) -> Floats:
    """With zeros to the right and below, up to this shape."""
    if array.shape == shape:
        return array
    larger = np.zeros(shape)
    larger[: array.shape[0], : array.shape[1]] = array
    return larger

"""What the readings say of a leak from each of many possible onsets: Kalman filter under "no leak", filtered ramps.

Innovations of the filter are white if nothing leaks. A ramp in ln m from onset tau comes through the filter as a known
signature g (science 2.4, 5.4): not a step. v = sum g z / S and G = sum g^2 / S are all that innovations z of variance
S say of the rate lambda: log likelihood ratio lambda v - lambda^2 G / 2 (Willsky and Jones, IEEE Trans. Autom. Control
21 (1976) 108).
"""

from dataclasses import dataclass

import numpy as np
from numba import njit

from bench.detection.sequential.excursions import Excursions
from bench.detection.sequential.mass_noise import MassNoise
from bench.records import Floats

LEVEL, SLOPE, SHARE, SLOW = 0, 1, 2, 3
"""Places in the state: ln m, its nominal slope (1/s), the share of a change of temperature that thermometers do not
see, their slow errors.
"""
LEVEL_U = 1.0
"""Of ln m before anything is read: nothing is known."""
SHARE_TIME_S = 12 * 3600.0
"""How long the share stays what it is: an excursion."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per candidate onset, arrays of shape (n,). score: v, s; information: G, s^2."""

    onset_s: Floats
    score: Floats
    information: Floats


class RampFilter:
    """slope_u_1_s: standard uncertainty of the nominal loss and of a gauge's drift, as a slope of ln m; it is learned
    as time goes on. unseen: standard deviation of the share of an excursion that thermometers do not see.
    """

    def __init__(self, noise: MassNoise, slope_u_1_s: float, candidates: int, unseen: float = 0.0) -> None:
        self._noise, self._unseen = noise, unseen
        self._state = np.zeros(SLOW + noise.slow.size)
        self._covariance = np.diag([LEVEL_U**2, slope_u_1_s**2, 0.0, *noise.slow**2])
        self._seen = np.ones(self._state.size)
        self._seen[[SLOPE, SHARE]] = 0.0
        self._time_s = np.nan
        self._excursions = Excursions()
        self._number = 0
        self._onset_s = np.full(candidates, np.inf)
        self._responses = np.zeros((candidates, self._state.size))
        """What the filter has taken of a ramp for its state."""
        self._sums = np.zeros((candidates, 2))
        """Score and information."""

    @property
    def slope_1_s(self) -> tuple[float, float]:
        """The nominal slope of ln m, as learned until now, and its standard uncertainty."""
        return float(self._state[SLOPE]), float(np.sqrt(self._covariance[SLOPE, SLOPE]))

    def update(self, time_s: float, log_mass: float, log_wall: float) -> None:
        """One block mean, at its centre. Time must rise."""
        move = self._predict(time_s, log_wall)
        gain, variance = self._gain()
        innovation = log_mass - float(self._seen @ self._state)
        self._state += gain * innovation
        ramp = np.maximum(time_s - self._onset_s, 0.0)
        _respond(ramp, move, gain, self._seen, innovation, variance, self._responses, self._sums)
        self._begin_candidate(time_s)

    def evidence(self) -> Evidence:
        return Evidence(self._onset_s, -self._sums[:, 0], self._sums[:, 1])

    def _predict(self, time_s: float, log_wall: float) -> Floats:
        elapsed_s = time_s - self._time_s if np.isfinite(self._time_s) else 0.0
        self._time_s = time_s
        change, doubt = self._excursions.add(time_s, log_wall)
        kept = np.exp(-elapsed_s / np.array([SHARE_TIME_S, *self._noise.correlation_time_s]))
        move = np.diag([1.0, 1.0, *kept])
        move[LEVEL, SLOPE], move[LEVEL, SHARE] = elapsed_s, change
        variances = np.array([self._unseen**2 * doubt, *self._noise.slow**2])
        grown = [self._noise.walk**2 * elapsed_s, 0.0, *(variances * (1.0 - kept**2))]
        self._state = move @ self._state
        self._covariance = move @ self._covariance @ move.T + np.diag(grown)
        return move

    def _gain(self) -> tuple[Floats, float]:
        """Of the Kalman filter, and the innovation's variance. Joseph's form keeps the covariance a covariance."""
        column = self._covariance @ self._seen
        variance = float(self._seen @ column) + self._noise.white**2
        gain = column / variance
        left = np.eye(gain.size) - np.outer(gain, self._seen)
        self._covariance = left @ self._covariance @ left.T + self._noise.white**2 * np.outer(gain, gain)
        return gain, variance

    def _begin_candidate(self, time_s: float) -> None:
        """In the place of the oldest."""
        place = self._number % self._onset_s.size
        self._number += 1
        self._onset_s[place] = time_s
        self._responses[place] = 0.0
        self._sums[place] = 0.0


@njit(cache=True, nogil=True)
def _respond(
    ramp: Floats,
    move: Floats,
    gain: Floats,
    seen: Floats,
    innovation: float,
    variance: float,
    responses: Floats,
    sums: Floats,
) -> None:
    """One step of the same filter on each candidate's ramp instead of on readings; responses and sums in place."""
    size = gain.size
    moved = np.empty(size)
    for candidate in range(ramp.size):
        signature = ramp[candidate]
        for i in range(size):
            moved[i] = 0.0
            for j in range(size):
                moved[i] += move[i, j] * responses[candidate, j]
            signature -= seen[i] * moved[i]
        for i in range(size):
            responses[candidate, i] = moved[i] + gain[i] * signature
        sums[candidate, 0] += signature * innovation / variance
        sums[candidate, 1] += signature * signature / variance

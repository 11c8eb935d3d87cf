"""What the readings say of a leak from each of many possible onsets: Kalman filter under "no leak", filtered ramps.

Innovations of the filter are white if nothing leaks. A ramp in ln m from onset tau comes through the filter as a known
signature g (science 2.4, 5.4): not a step. v = sum g z / S and G = sum g^2 / S are all that innovations z of variance
S say of the rate lambda: log likelihood ratio lambda v - lambda^2 G / 2 (Willsky and Jones, IEEE Trans. Autom. Control
21 (1976) 108).
"""

from dataclasses import dataclass

import numpy as np

from bench.detection.sequential.mass_noise import MassNoise
from bench.records import Floats

DAY_S = 86_400.0
LEVEL, SLOPE, SLOW = 0, 1, 2
"""Places in the state: ln m, its nominal slope (1/s), thermometers' slow errors."""
LEVEL_U = 1.0
"""Of ln m before anything is read: nothing is known."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per candidate onset, arrays of shape (n,). score: v, s; information: G, s^2."""

    onset_s: Floats
    score: Floats
    information: Floats


class RampFilter:
    """slope_u_1_s: standard uncertainty of the nominal loss and of a gauge's drift, as a slope of ln m; it is learned
    as time goes on. unseen: see Excursions.
    """

    def __init__(self, noise: MassNoise, slope_u_1_s: float, candidates: int, unseen: float = 0.0) -> None:
        self._noise = noise
        self._state = np.zeros(SLOW + noise.slow.size)
        self._covariance = np.diag([LEVEL_U**2, slope_u_1_s**2, *noise.slow**2])
        self._seen = np.ones(self._state.size)
        self._seen[SLOPE] = 0.0
        self._time_s = np.nan
        self._onset_s = np.full(candidates, np.inf)
        self._responses = np.zeros((2, self._state.size, candidates))
        """What the filter has taken of a ramp, and of a temperature that is not seen, for its state."""
        self._products = np.zeros((3, candidates))
        """Sums over innovations: ramp with ramp, ramp with excursion, excursion with excursion."""
        self._scores = np.zeros((2, candidates))
        self._number = 0
        self._excursions = Excursions(candidates, unseen)

    @property
    def slope_1_s(self) -> tuple[float, float]:
        """The nominal slope of ln m, as learned until now, and its standard uncertainty."""
        return float(self._state[SLOPE]), float(np.sqrt(self._covariance[SLOPE, SLOPE]))

    def update(self, time_s: float, log_mass: float, log_wall: float) -> None:
        """One block mean, at its centre. Time must rise."""
        self._predict(time_s)
        gain, variance = self._gain()
        innovation = log_mass - float(self._seen @ self._state)
        self._state += gain * innovation
        self._excursions.add(time_s, log_wall)
        signals = np.stack((np.maximum(time_s - self._onset_s, 0.0), self._excursions.since_onset))
        ramp, excursion = signatures = signals - self._seen @ self._responses
        self._responses += gain[:, None] * signatures[:, None]
        self._products += np.stack((ramp * ramp, ramp * excursion, excursion * excursion)) / variance
        self._scores += signatures * (innovation / variance)
        self._begin_candidate(time_s)

    def evidence(self) -> Evidence:
        """What is explained by a temperature that is not seen says nothing of a leak: it is taken out."""
        ramp, mixed, excursion = self._products
        share = self._excursions.variance()
        taken = share * mixed / (1.0 + share * excursion)
        return Evidence(self._onset_s, -(self._scores[0] - taken * self._scores[1]), ramp - taken * mixed)

    def _predict(self, time_s: float) -> None:
        elapsed_s = time_s - self._time_s if np.isfinite(self._time_s) else 0.0
        self._time_s = time_s
        kept = np.exp(-elapsed_s / self._noise.correlation_time_s)
        move = np.diag([1.0, 1.0, *kept])
        move[LEVEL, SLOPE] = elapsed_s
        grown = [self._noise.walk**2 * elapsed_s, 0.0, *(self._noise.slow**2 * (1.0 - kept**2))]
        self._state = move @ self._state
        self._covariance = move @ self._covariance @ move.T + np.diag(grown)
        self._responses = move @ self._responses

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
        for sums in (self._responses, self._products, self._scores):
            sums[..., place] = 0.0
        self._excursions.begin(place)


class Excursions:
    """How far the temperature has gone since each candidate onset, and how much of that thermometers may have missed.

    What they miss follows what the wall does, by a share that differs from one excursion to the next (science 5.5).
    Days repeat, and what thermometers miss of an ordinary day is in the background; an excursion beyond what the day
    before did throws doubt on the thermometers. unseen: standard deviation of the share then.
    """

    def __init__(self, candidates: int, unseen: float) -> None:
        self.since_onset = np.zeros(candidates)
        """Relative change of the wall's temperature."""
        self._unseen = unseen
        self._begun = np.zeros((2, candidates))
        self._unusual = np.zeros(candidates)
        self._now = np.zeros(2)
        """ln of the wall's temperature; how much it differs from a day ago."""
        self._past: dict[int, float] = {}

    def add(self, time_s: float, log_wall: float) -> None:
        if not np.isfinite(log_wall):
            return
        ago = self._past.get(round((time_s - DAY_S) / 600.0), np.nan)
        self._past[round(time_s / 600.0)] = log_wall
        unusual = log_wall - ago if np.isfinite(ago) else 0.0
        self._now = np.array([log_wall, unusual])
        self.since_onset, anomaly = self._now[:, None] - self._begun
        self._unusual = np.maximum(self._unusual, np.abs(anomaly))

    def begin(self, place: int) -> None:
        self._begun[:, place] = self._now
        self._unusual[place] = 0.0

    def variance(self) -> Floats:
        """Of the share, per candidate."""
        size = (self._unusual / USUAL) ** 2
        return self._unseen**2 * size / (1.0 + size)
USUAL = 0.05 / 295.0

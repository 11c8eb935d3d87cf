"""Kalman filter of ln m under "no leak", and what its innovations say of a leak from each of many possible onsets.

They are white if nothing leaks. A ramp in ln m from onset tau comes through the filter as a known signature g (science
2.4, 5.4): not a step. v = sum g z / S and G = sum g^2 / S are all that innovations z of variance S say of the rate
(Willsky and Jones, IEEE Trans. Autom. Control 21 (1976) 108).
"""

from dataclasses import dataclass

import numpy as np

from bench.detection.noise import BlockNoise
from bench.detection.sequential.evidence import Evidence
from bench.detection.sequential.excursions import Excursions
from bench.detection.sequential.ramp_step import LEVEL, SHARE, SLOPE, SLOW, correct, predict, respond
from bench.records import Floats

LEVEL_U = 1.0
"""Of ln m before anything is read: nothing is known."""


@dataclass(frozen=True, slots=True)
class RampModel:
    """What is taken for granted beside the noise.

    slope_u_1_s: standard uncertainty of the nominal loss and of the gauges' drift, as a slope of ln m, before it is
    learned: a normal loss is 0.0246 % a day (science 1.7). unseen: standard deviation of the share of an excursion
    that thermometers do not see; lasts_s: how long the share stays what it is; usual_k: what a day may change
    otherwise than the day before. window_s: how long ago a leak may have begun.
    """

    slope_u_1_s: float = 2.46e-4 / 86_400.0
    unseen: float = 0.0
    lasts_s: float = 12 * 3600.0
    usual_k: float = 0.05
    window_s: float = 48 * 3600.0


class RampFilter:
    """noise: of one block of ln m."""

    def __init__(self, noise: BlockNoise, model: RampModel, width_s: float) -> None:
        self._noise, self._model = noise, model
        self._state = np.zeros(SLOW + noise.variance.size)
        self._covariance = np.diag([LEVEL_U**2, model.slope_u_1_s**2, 0.0, *noise.variance])
        self._time_s = np.nan
        self._excursions = Excursions(model.usual_k, width_s)
        self._times_s = np.array([model.lasts_s, *noise.correlation_time_s])
        self._candidates = round(model.window_s / width_s)
        self._begin()

    def _begin(self) -> None:
        self._number = 0
        self._onset_s = np.full(self._candidates, np.inf)
        self._responses = np.zeros((self._candidates, self._state.size))
        """What the filter has taken of a ramp for its state."""
        self._score = np.zeros(self._candidates)
        self._information = np.zeros(self._candidates)

    @property
    def slope_1_s(self) -> tuple[float, float]:
        """The nominal slope of ln m, as learned until now, and its standard uncertainty."""
        return float(self._state[SLOPE]), float(np.sqrt(self._covariance[SLOPE, SLOPE]))

    @property
    def evidence(self) -> Evidence:
        return Evidence(self._onset_s, self._score, self._information)

    def update(self, time_s: float, log_mass: float, wall_k: float, *, new_onset: bool = True) -> float:
        """One block mean, at its centre; the innovation in its standard deviations. Time must rise. new_onset: a leak
        may begin now, which is then a candidate in the place of the oldest.
        """
        elapsed_s = max(time_s - self._time_s, 0.0) if np.isfinite(self._time_s) else 0.0
        self._time_s = time_s
        change, doubt = self._excursions.add(time_s, wall_k)
        kept = np.exp(-elapsed_s / self._times_s)
        predict(self._state, self._covariance, elapsed_s, change, kept, self._grown(elapsed_s, kept, doubt))
        gain, innovation, variance = correct(self._state, self._covariance, log_mass, float(self._noise.white[0]))
        ramps = np.maximum(time_s - self._onset_s, 0.0)
        signatures = respond(ramps, self._responses, elapsed_s, change, kept, gain)
        self._score -= signatures * (innovation / variance)
        self._information += signatures * signatures / variance
        if new_onset:
            self._begin_candidate(time_s)
        return float(innovation / variance**0.5)

    def resume(self, noise_ratio: float) -> None:
        """After the background: gas may have come and gone since, its noise was so many times the declared one."""
        self._noise = self._noise.scaled(noise_ratio, noise_ratio, 1.0, noise_ratio)
        self._covariance *= noise_ratio**2
        self._covariance[LEVEL, LEVEL] += LEVEL_U**2
        self._begin()

    def _grown(self, elapsed_s: float, kept: Floats, doubt: float) -> Floats:
        """Variances that the state gains."""
        grown = np.zeros(self._state.size)
        grown[LEVEL] = self._noise.walk_per_s * elapsed_s
        grown[SHARE:] = 1.0 - kept**2
        grown[SHARE] *= self._model.unseen**2 * doubt
        grown[SLOW:] *= self._noise.variance
        return grown

    def _begin_candidate(self, time_s: float) -> None:
        place = self._number % self._candidates
        self._number += 1
        self._onset_s[place] = time_s
        for sums in (self._responses, self._score, self._information):
            sums[place] = 0.0

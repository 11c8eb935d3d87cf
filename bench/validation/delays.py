"""How long a method takes to alarm after a leak begins; a leak not found before the run ended is censored, not lost.

Product-limit estimate (Kaplan and Meier, JASA 53 (1958) 457) with Greenwood's variance and limits on the log-log
scale (Kalbfleisch and Prentice). Quantiles: Brookmeyer and Crowley, Biometrics 38 (1982) 29, on the same scale.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from bench.records import Floats
from bench.validation.binomial import proportion
from bench.validation.interval import Interval, tail


@dataclass(frozen=True, slots=True)
class Watch:
    """One run with a leak from onset_s, watched until end_s; alarm_s: the first alarm, or None."""

    onset_s: float
    end_s: float
    alarm_s: float | None


@dataclass(frozen=True, slots=True)
class Delays:
    """Runs without alarm before onset. At each delay_s with a detection, in order: at_risk runs were still watched and
    silent, detected of them alarmed, silent is the estimated probability of a longer delay.

    early: runs left out since they alarmed before onset: their alarm says nothing of the leak. followed_s: from onset
    to the end of each run, (runs,).
    """

    delay_s: Floats
    at_risk: Floats
    detected: Floats
    silent: Floats
    missed: int
    early: int
    followed_s: Floats

    @property
    def runs(self) -> int:
        return int(self.followed_s.size)

    def detected_within(self, time_s: float, confidence: float = 0.95) -> tuple[float, Interval]:
        """P(detect within time). Exact (Clopper-Pearson) if every run was followed so long, else log-log.

        ValueError beyond the longest run, after which nothing is known.
        """
        followed = int((self.followed_s >= time_s).sum())
        if followed == 0:
            raise ValueError(f"no run was followed for {time_s:g} s after onset")
        hits = int(self.detected[self.delay_s <= time_s].sum())
        if hits == 0 or followed == self.runs:
            return hits / followed, proportion(hits, followed, confidence)
        index = int(np.searchsorted(self.delay_s, time_s, side="right")) - 1
        if self.silent[index] <= 0.0:
            return 1.0, proportion(hits, hits, confidence)
        low, high = self._band(confidence)
        interval = Interval(1.0 - float(high[index]), 1.0 - float(low[index]), confidence, "Greenwood, log-log")
        return 1.0 - float(self.silent[index]), interval

    def quantile_s(self, probability: float, confidence: float = 0.95) -> tuple[float, Interval]:
        """Delay within which probability of the leaks are found (0.5: median). Infinite: not as long as was watched."""
        if not 0.0 < probability < 1.0:
            raise ValueError(f"no delay has probability {probability}")
        low, high = self._band(confidence)
        value = self._first(self.silent <= 1.0 - probability)
        limits = self._first(low <= 1.0 - probability), self._first(high <= 1.0 - probability)
        return value, Interval(*limits, confidence, "Brookmeyer-Crowley, log-log")

    def _first(self, reached: NDArray[np.bool_]) -> float:
        return float(self.delay_s[np.argmax(reached)]) if np.any(reached) else math.inf

    def _band(self, confidence: float) -> tuple[Floats, Floats]:
        """Lower and upper limits of silent."""
        z = norm.isf(tail(confidence, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.cumsum(self.detected / (self.at_risk * (self.at_risk - self.detected)))
            factor = np.exp(z * np.sqrt(variance) / np.log(self.silent))
            low, high = self.silent ** (1.0 / factor), self.silent**factor
        # once all have alarmed Greenwood's variance has no value: nobody is silent, as far as is known
        gone = self.silent <= 0.0
        return np.where(gone, 0.0, low), np.where(gone, 0.0, high)


def delays(watches: Sequence[Watch]) -> Delays:
    """Conditional on no alarm before onset. ValueError if no run is left, or one ends before its onset."""
    if any(not watch.end_s > watch.onset_s for watch in watches):
        raise ValueError("a run ends before its leak begins")
    valid = [watch for watch in watches if watch.alarm_s is None or watch.alarm_s >= watch.onset_s]
    if not valid:
        raise ValueError(f"none of {len(watches)} runs was silent until its leak began: no delay is known")
    followed_s = np.array([watch.end_s - watch.onset_s for watch in valid])
    alarm_s = np.array([math.inf if watch.alarm_s is None else watch.alarm_s - watch.onset_s for watch in valid])
    found, known_s = alarm_s <= followed_s, np.minimum(alarm_s, followed_s)
    delay_s, count = np.unique(known_s[found], return_counts=True)
    detected, at_risk = count.astype(float), (known_s >= delay_s[:, None]).sum(axis=1).astype(float)
    silent = np.cumprod(1.0 - detected / at_risk)
    missed, early = int((~found).sum()), len(watches) - len(valid)
    return Delays(delay_s, at_risk, detected, silent, missed, early, followed_s)

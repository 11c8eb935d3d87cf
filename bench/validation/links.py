"""From an index that is linear in the size to a probability of detection, and back."""

from enum import StrEnum

import numpy as np
from scipy.special import expit, log_expit, log_ndtr, logit, ndtr, ndtri

from bench.records import Floats


class Link(StrEnum):
    """MIL-HDBK-1823A G.3.2: logit is the default of hit/miss data, probit follows from normal signals."""

    LOGIT = "logit"
    PROBIT = "probit"

    def probability(self, index: Floats | float) -> Floats:
        return np.asarray(expit(index) if self is Link.LOGIT else ndtr(index))

    def quantile(self, probability: float) -> float:
        """ValueError unless 0 < probability < 1."""
        if not 0.0 < probability < 1.0:
            raise ValueError(f"no finite size has a probability of detection of {probability}")
        return float(logit(probability) if self is Link.LOGIT else ndtri(probability))

    def log_probabilities(self, index: Floats) -> tuple[Floats, Floats]:
        """Logarithms of F and 1 - F, exact in both tails."""
        log = log_expit if self is Link.LOGIT else log_ndtr
        return np.asarray(log(index)), np.asarray(log(-index))

    def log_density(self, index: Floats) -> Floats:
        """Logarithm of dF / dindex."""
        if self is Link.LOGIT:
            return np.asarray(log_expit(index) + log_expit(-index))
        return np.asarray(-0.5 * index**2 - 0.5 * np.log(2.0 * np.pi))

    def curvature(self, index: Floats) -> Floats:
        """Of ln F' with the index."""
        return np.asarray(1.0 - 2.0 * expit(index) if self is Link.LOGIT else -index)


class Scale(StrEnum):
    """How sizes enter the index. Leak rates over decades: log (science 3.1)."""

    LOG = "log"
    LINEAR = "linear"

    def x(self, size: Floats) -> Floats:
        """ValueError for a size that is not finite, or not positive on the log scale."""
        if not np.all(np.isfinite(size)):
            raise ValueError("a size is not finite")
        if self is Scale.LINEAR:
            return size
        if not np.all(size > 0.0):
            raise ValueError("a size of zero has no logarithm: count runs without a leak as false calls")
        return np.log(size)

    def size(self, x: float) -> float:
        with np.errstate(over="ignore"):  # a limit that far is none
            return float(np.exp(x)) if self is Scale.LOG else x

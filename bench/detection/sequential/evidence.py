"""What can be asked of the evidence for a leak from each of many possible onsets."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from bench.records import Floats

DESIGN_LOSSES_1_S = np.array([1e-3, 3e-3, 1e-2, 3e-2]) / 86_400.0
"""0.1, 0.3, 1 and 3 % a day: from a loss that is hard to see to one that is seen within the hour (science 1.6)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per candidate onset, arrays of shape (n,), in no order. score: v, s; information: G, s^2: log likelihood ratio of
    a loss of lambda per second from then on is lambda v - lambda^2 G / 2. No information: nothing was seen of it yet.
    """

    onset_s: Floats
    score: Floats
    information: Floats


@dataclass(frozen=True, slots=True)
class Leak:
    """As it is if there is one: fraction lost per second, when it began, standard uncertainties."""

    loss_1_s: float
    u_loss_1_s: float
    onset_s: float
    u_onset_s: float


@njit(cache=True, nogil=True)
def likelihood_ratio(score: Floats, information: Floats) -> float:
    """Generalised: log, of the best onset and the best rate (Willsky and Jones 1976)."""
    best = 0.0
    for v, g in zip(score, information):  # noqa: B905 (numba has no strict)
        if v > 0.0 and g > 0.0:
            best = max(best, v * v / (2.0 * g))
    return best


@njit(cache=True, nogil=True)
def page_of_loss(score: Floats, information: Floats, loss_1_s: float) -> float:
    """CUSUM: log likelihood ratio of the best onset, of this loss or none (Page 1954, for a ramp)."""
    best = 0.0
    for v, g in zip(score, information):  # noqa: B905 (numba has no strict)
        best = max(best, loss_1_s * v - 0.5 * loss_1_s * loss_1_s * g)
    return best


@njit(cache=True, nogil=True)
def page(score: Floats, information: Floats) -> float:
    """The best of a bank of CUSUMs, one for each design loss."""
    best = 0.0
    for loss_1_s in DESIGN_LOSSES_1_S:
        best = max(best, page_of_loss(score, information, loss_1_s))
    return best


@njit(cache=True, nogil=True)
def shiryaev_roberts(score: Floats, information: Floats) -> float:
    """Log of 1 + the sum over onsets of the likelihood ratio, mean over the design rates (Pollak 1985)."""
    highest, total = page(score, information), 0.0
    for loss_1_s in DESIGN_LOSSES_1_S:
        for v, g in zip(score, information):  # noqa: B905 (numba has no strict)
            if g > 0.0:
                total += np.exp(loss_1_s * v - 0.5 * loss_1_s * loss_1_s * g - highest)
    return float(highest + np.log(np.exp(-highest) + total / DESIGN_LOSSES_1_S.size))


def leak(evidence: Evidence) -> Leak:
    """Posterior mean over onsets, all alike at first, and any rate (Gaussian given the onset). Something must have been
    seen.
    """
    seen = evidence.information > 0.0
    onsets_s, score, variance = evidence.onset_s[seen], evidence.score[seen], 1.0 / evidence.information[seen]
    loss, logs = score * variance, 0.5 * (np.maximum(score, 0.0) ** 2 * variance + np.log(variance))
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean, onset_s = float(weight @ loss), float(weight @ onsets_s)
    u_loss = float(np.sqrt(weight @ (variance + (loss - mean) ** 2)))
    return Leak(mean, u_loss, onset_s, float(np.sqrt(weight @ (onsets_s - onset_s) ** 2)))

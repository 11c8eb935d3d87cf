"""What can be asked of the evidence for a leak from each of many possible onsets."""

from dataclasses import dataclass

import numpy as np

from bench.records import Floats

DESIGN_LOSSES_1_S = np.array([1e-3, 3e-3, 1e-2, 3e-2]) / 86_400.0
"""0.1, 0.3, 1 and 3 % a day: from a loss that is hard to see to one that is seen within the hour (science 1.6)."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Per candidate onset, arrays of shape (n,). score: v, s; information: G, s^2: log likelihood ratio of a loss of
    lambda per second from then on is lambda v - lambda^2 G / 2.
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


def likelihood_ratio(evidence: Evidence) -> float:
    """Generalised: log, of the best onset and the best rate (Willsky and Jones 1976)."""
    score = np.maximum(evidence.score, 0.0)
    return float(np.max(score * score / (2.0 * evidence.information), initial=0.0))


def page(evidence: Evidence) -> float:
    """CUSUM: log likelihood ratio of the best onset and the best of the design rates (Page 1954, for a known ramp)."""
    return float(np.max(_of_design_rates(evidence), initial=0.0))


def shiryaev_roberts(evidence: Evidence) -> float:
    """Log of the sum over onsets of the likelihood ratio, mean over the design rates (Pollak 1985)."""
    logs = _of_design_rates(evidence)
    highest = float(logs.max(initial=0.0))
    return highest + float(np.log(np.exp(logs - highest).sum() / DESIGN_LOSSES_1_S.size + np.exp(-highest)))


def leak(evidence: Evidence) -> Leak:
    """Posterior mean over onsets, all alike at first, and any rate (Gaussian given the onset)."""
    loss, variance = evidence.score / evidence.information, 1.0 / evidence.information
    logs = 0.5 * np.maximum(evidence.score, 0.0) ** 2 * variance + 0.5 * np.log(variance)
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    mean, onset_s = float(weight @ loss), float(weight @ evidence.onset_s)
    u_loss = float(np.sqrt(weight @ (variance + (loss - mean) ** 2)))
    return Leak(mean, u_loss, onset_s, float(np.sqrt(weight @ (evidence.onset_s - onset_s) ** 2)))


def _of_design_rates(evidence: Evidence) -> Floats:
    rates = DESIGN_LOSSES_1_S[:, None]
    return np.asarray(rates * evidence.score - 0.5 * rates**2 * evidence.information)

"""The noise of ln m as background windows show it: restricted maximum likelihood, with the declared noise as prior.

Patterson and Thompson, Biometrika 58 (1971) 545: the likelihood of what is left when intercepts and slope are fitted,
so that fitting them does not make the noise look smaller. Four factors of the declared noise are learned: of white
noise, of the Ornstein-Uhlenbeck errors, of their correlation times, of the random walk. What is declared as none stays
none.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from bench.detection.least_squares import fit_white
from bench.detection.mass import LogMass
from bench.detection.noise import HOUR_S, BlockNoise
from bench.detection.segments import HOLD, design_matrix
from bench.detection.state_space import whitened
from bench.records import Floats

PRIOR_LN_U = math.log(2.0)
"""A declared figure is right to a factor of two: one standard deviation. A day of background outweighs that fourfold
for the errors that matter; an hour says less than it, and what the hour cannot show (a walk) stays as declared."""
CORRELATION_TIMES = 4.0
"""Shorter backgrounds hold too few independent errors to tell their size."""
SHORT_OF = 0.1
"""From the first block's middle to the last one's is a little less than the window."""
STEP = 0.05


@dataclass(frozen=True, slots=True)
class LearnedNoise:
    """factors: of BlockNoise.scaled; ln_covariance: of their logarithms, (4, 4)."""

    factors: Floats
    ln_covariance: Floats

    def relative_u(self, variance_of: Callable[[Floats], float]) -> float:
        """Standard uncertainty of the logarithm of a variance that follows from the factors."""
        steps = STEP * np.eye(4)
        rises = [math.log(variance_of(self.factors * np.exp(s)) / variance_of(self.factors / np.exp(s))) for s in steps]
        gradient = np.array(rises) / (2.0 * STEP)
        return math.sqrt(float(gradient @ self.ln_covariance @ gradient))


def noise_of(mass: LogMass) -> tuple[LearnedNoise, tuple[str, ...]]:
    """What the background teaches, or the noise as declared where it is too short, and a note that says so."""
    background = mass.where(mass.segment != HOLD)
    times_s = [background.time_s[background.segment == number] for number in np.unique(background.segment)]
    duration_s = sum(float(time_s[-1] - time_s[0]) for time_s in times_s)
    needed_s = CORRELATION_TIMES * max(mass.noise.correlation_time_s, default=0.0)
    if times_s and duration_s >= (1.0 - SHORT_OF) * needed_s:
        return learn(background), ()
    reason = (
        f"background too short to learn the noise from ({duration_s / HOUR_S:.2g} h)" if times_s else "no background"
    )
    return LearnedNoise(np.ones(4), np.zeros((4, 4))), (f"{reason}: noise as declared",)


def learn(background: LogMass) -> LearnedNoise:
    """From blocks with no leak but the nominal one."""
    design = design_matrix(background.segment, background.time_s)[:, 1:]  # no ramp of the hold
    columns = np.column_stack([design, background.y - design @ fit_white(design, background.y).coefficients])
    noise = background.noise
    learned = np.array([noise.white.any(), noise.variance.size, noise.variance.size, noise.walk_per_s > 0.0], bool)

    def cost(ln_learned: Floats) -> float:
        ln = np.zeros(4)
        ln[learned] = ln_learned
        likelihood = restricted_ln_likelihood(background.time_s, noise.scaled(*np.exp(ln)), columns)
        return 0.5 * float(ln @ ln) / PRIOR_LN_U**2 - likelihood

    best = minimize(cost, np.zeros(learned.sum()), method="BFGS", options={"gtol": 0.02, "eps": 1e-4}).x
    ln, ln_covariance = np.zeros(4), np.zeros((4, 4))
    ln[learned] = best
    ln_covariance[np.ix_(learned, learned)] = _posterior(_hessian(cost, best))
    return LearnedNoise(np.exp(ln), ln_covariance)


def restricted_ln_likelihood(time_s: Floats, noise: BlockNoise, columns: Floats) -> float:
    """Up to a constant. columns: regressors, then the data, as a residual: products of large data lose its noise.
    Minus infinity where the noise is no covariance.

    With L the Cholesky factor of the whitened columns' products, the regressors' part has the determinant of
    X' C^-1 X, and the last element squared is the sum of squared residuals (one more: data may be without any noise).
    """
    try:
        white = whitened(time_s, noise, columns)
    except np.linalg.LinAlgError:
        return -math.inf
    products = white.columns.T @ white.columns
    products[-1, -1] += 1.0
    diagonal = np.linalg.cholesky(products).diagonal()
    return -0.5 * white.log_determinant - float(np.log(diagonal[:-1]).sum() + 0.5 * diagonal[-1] ** 2)


def _hessian(function: Callable[[Floats], float], at: Floats) -> Floats:
    """By central differences."""
    steps, found = STEP * np.eye(at.size), np.empty((at.size, at.size))
    for i, j in zip(*np.tril_indices(at.size), strict=True):
        both, apart = steps[i] + steps[j], steps[i] - steps[j]
        corners = function(at + both) + function(at - both) - function(at + apart) - function(at - apart)
        found[i, j] = found[j, i] = corners / (2.0 * STEP) ** 2
    return found


def _posterior(hessian: Floats) -> Floats:
    """Its inverse; in no direction is less known than was declared."""
    values, vectors = np.linalg.eigh(hessian)
    known = np.maximum(values, 1.0 / PRIOR_LN_U**2)
    covariance: Floats = vectors / known @ vectors.T
    return covariance

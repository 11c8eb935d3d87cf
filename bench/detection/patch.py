"""Does a patch hold? The posterior of the leak's rate after over its rate before, and a watch for what comes later.

ln m = c - a f(t) - b g(t) + e with the cure's transient in f and g: from patched_s on the rate is
a (r + (1 - r) exp(-t / tau)), b = r a (science 1.2.8). For a given tau that is linear: a and b are normal, and P(r < x)
is P(b - x a < 0), no approximation but that a > 0. tau is averaged over, evenly in its logarithm.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from bench.detection.least_squares import Fit, fit_white
from bench.detection.mass import LogMass
from bench.detection.state_space import whitened
from bench.records import Floats, LeakEstimate

CURES_S = np.geomspace(60.0, 4.0 * 3600.0, 16)
"""Tape holds at once, sealants cure for hours."""
SURE = 0.95
LARGEST_RATIO = 100.0


class Seal(StrEnum):
    SEALED = "sealed"
    RESIDUAL = "residual"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class RateRatio:
    """before and after: jointly normal rates in one unit, one pair for each hypothesis of the cure. weights: (k,), sum
    1; means: (k, 2); covariances: (k, 2, 2).
    """

    weights: Floats
    means: Floats
    covariances: Floats

    def below(self, ratio: float) -> float:
        """P(after / before < ratio), the rate before being above zero."""
        direction = np.array([-ratio, 1.0])
        sigma = np.sqrt(np.einsum("i,kij,j->k", direction, self.covariances, direction))
        return float(self.weights @ ndtr(-(self.means @ direction) / sigma))

    def quantile(self, level: float) -> float:
        """Infinite where even a hundredfold rate is not excluded."""
        if self.below(LARGEST_RATIO) <= level:
            return math.inf
        if self.below(-LARGEST_RATIO) >= level:
            return -math.inf
        return float(brentq(lambda ratio: self.below(ratio) - level, -LARGEST_RATIO, LARGEST_RATIO))

    @property
    def before_sigmas(self) -> float:
        """How far the rate before is above zero."""
        return float(self.weights @ (self.means[:, 0] / np.sqrt(self.covariances[:, 0, 0])))


@dataclass(frozen=True, slots=True)
class PatchVerdict:
    """low, high: 95 % interval of the ratio of rates; reason: for the operator."""

    seal: Seal
    ratio: float
    low: float
    high: float
    reason: str

    def __str__(self) -> str:
        return f"patch {self.seal}: {self.ratio:.2f} of the leak left [{self.low:.2f}, {self.high:.2f}]; {self.reason}"


def ratio_of(before: LeakEstimate, after: LeakEstimate, u_relative_common: float) -> RateRatio:
    """Of two holds apart, the cure over. u_relative_common: of volume, pressure and temperature, which both estimates
    have in their uncertainty and which cancels in the ratio.
    """
    rates = np.array([before.rate_kg_s, after.rate_kg_s])
    u = np.array([before.u_kg_s, after.u_kg_s])
    own = np.maximum(u**2 - (rates * u_relative_common) ** 2, (0.1 * u) ** 2)
    return RateRatio(np.ones(1), rates[None], np.diag(own)[None])


def ratio_from(mass: LogMass, patched_s: float) -> RateRatio:
    """From one record of ln m through the patch, with its noise."""
    fits = [_fit(mass, patched_s, float(cure_s)) for cure_s in CURES_S]
    evidence = np.array([0.5 * (np.linalg.slogdet(f.covariance)[1] - f.chi_square) for f in fits])
    weights = np.exp(evidence - evidence.max())
    means = np.array([fit.coefficients[:2] for fit in fits])
    return RateRatio(weights / weights.sum(), means, np.array([fit.covariance[:2, :2] for fit in fits]))


def verdict_of(
    ratio: RateRatio, sealed_below: float = 0.05, waited_s: float = math.inf, hold_s: float = 0.0
) -> PatchVerdict:
    """sealed_below: what is left of a leak and no longer matters. hold_s: since the patch, before which nothing is said
    to be sealed.
    """
    low, middle, high = (ratio.quantile(level) for level in (0.025, 0.5, 0.975))
    below = ratio.below(sealed_below)
    if ratio.before_sigmas < 3.0:
        return PatchVerdict(Seal.INCONCLUSIVE, middle, low, high, "the rate before the patch is not known")
    if waited_s < hold_s:
        return PatchVerdict(Seal.INCONCLUSIVE, middle, low, high, f"{hold_s:.0f} s to be held, for the cure")
    if below >= SURE:
        return PatchVerdict(Seal.SEALED, middle, low, high, f"below {sealed_below:g} with P = {below:.3f}")
    if below <= 1.0 - SURE:
        reason = f"above {sealed_below:g} with P = {1 - below:.3f}; pressure cannot tell one hole from several here"
        return PatchVerdict(Seal.RESIDUAL, middle, low, high, reason)
    return PatchVerdict(Seal.INCONCLUSIVE, middle, low, high, f"P(below {sealed_below:g}) = {below:.2f}")


def leak_courses(time_s: Floats, patched_s: float, cure_s: float) -> Floats:
    """F and g, s, (n, 2): what a leak of 1/s has taken until then, by the part that goes and by the part that stays."""
    since_s = np.maximum(time_s - patched_s, 0.0)
    fading_s = -cure_s * np.expm1(-since_s / cure_s)
    return np.column_stack([np.minimum(time_s - patched_s, 0.0) + fading_s, since_s - fading_s])


def _fit(mass: LogMass, patched_s: float, cure_s: float) -> Fit:
    """Coefficients: rate before and after, 1/s."""
    return fit_courses(mass, -leak_courses(mass.time_s, patched_s, cure_s))


def fit_courses(mass: LogMass, courses: Floats) -> Fit:
    """Generalised least squares of ln m by the courses, (n, c), and a level, in the noise of ln m."""
    y = mass.y - mass.y.mean()
    white = whitened(mass.time_s, mass.noise, np.column_stack([courses, np.ones_like(y), y])).columns
    scale = np.linalg.norm(white[:, :-1], axis=0)
    fit = fit_white(white[:, :-1] / scale, white[:, -1])
    return Fit(
        fit.coefficients / scale, fit.covariance / np.outer(scale, scale), fit.chi_square, fit.degrees_of_freedom
    )


def likeliest_cure_s(ratio: RateRatio) -> float:
    return float(CURES_S[np.argmax(ratio.weights)])


def rise_sigmas(mass: LogMass, courses: Floats, onsets_s: Sequence[float]) -> tuple[float, float]:
    """Of a further rise of the rate beyond the courses: the largest estimate over its standard uncertainty, and the
    onset at which it is.
    """
    y, time_s = mass.y - mass.y.mean(), mass.time_s
    ramps = -np.maximum(time_s[:, None] - np.asarray(onsets_s), 0.0)
    white = whitened(time_s, mass.noise, np.column_stack([courses, np.ones_like(y), y, ramps])).columns
    known = courses.shape[1] + 1
    q, _ = np.linalg.qr(white[:, :known] / np.linalg.norm(white[:, :known], axis=0))
    left = white[:, known:] - q @ (q.T @ white[:, known:])
    sigmas = left[:, 1:].T @ left[:, 0] / np.maximum(np.linalg.norm(left[:, 1:], axis=0), 1e-30)
    best = int(np.argmax(sigmas))
    return float(sigmas[best]), float(onsets_s[best])

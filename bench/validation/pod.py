"""A fitted curve of the probability of detection (POD) against size, and sizes read from it with their limits.

Sizes are in any unit (the bench: leak rate in kg/s), results in the same. POD without its exposure and its
false-alarm rate says nothing: print all three (science 3.1).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2, norm

from bench.records import Floats
from bench.validation.interval import tail
from bench.validation.links import Link, Scale
from bench.validation.newton import Maximum, Objective, maximise

MOST_DOUBLINGS = 12
PROFILE_DECREMENT = 1e-10
"""Enough for a difference of likelihoods."""


class LimitMethod(StrEnum):
    """How the limit of a size is found; on 60 points they differ by a tenth and more (science 3.1): always print it."""

    WALD_CURVE = "Wald on the curve"  # where the curve's own limit crosses the probability; Fieller's theorem
    DELTA = "delta"  # normal in x; Venables and Ripley's dose.p
    LIKELIHOOD_RATIO = "likelihood ratio"  # profile likelihood of the size, chi-square with one degree of freedom
    JOINT_LIKELIHOOD_RATIO = "joint likelihood ratio"  # Cheng and Iles: the whole curve at once, two degrees


def crossing(surplus: Callable[[float], float], near: float, stride: float, xtol: float) -> float:
    """Where surplus, negative at near, becomes positive, sought in strides that double; infinite if it does not."""
    for doubling in range(MOST_DOUBLINGS):
        far = near + stride * 2.0**doubling
        if surplus(far) > 0.0:
            return float(brentq(surplus, near, far, xtol=xtol, rtol=1e-10))
        near = far
    return math.copysign(math.inf, stride)


@dataclass(frozen=True, slots=True)
class PodFit:
    """POD(size) = link(base . coefficients + x slope . coefficients), x = size or ln size.

    aic: of the likelihood without penalty. separated: some size parts all misses from all hits, so that maximum
    likelihood has no finite answer.
    """

    model: str
    link: Link
    scale: Scale
    base: Floats
    slope: Floats
    objective: Objective
    maximum: Maximum
    aic: float
    separated: bool

    @property
    def coefficients(self) -> Floats:
        return self.maximum.coefficients

    @property
    def standard_errors(self) -> Floats:
        return np.sqrt(np.diag(self.maximum.covariance))

    @property
    def converged(self) -> bool:
        return self.maximum.converged

    def pod(self, sizes: Floats) -> Floats:
        x = self.scale.x(np.asarray(sizes, dtype=float))
        return self.link.probability(self.base @ self.coefficients + x * (self.slope @ self.coefficients))

    def size_at(self, probability: float) -> float:
        """a50, a90 and so on. ValueError if POD does not rise with size."""
        return self.scale.size(self._x_at(probability))

    def x_at(self, probability: float) -> tuple[float, float]:
        """The size's x and its standard error by the delta method (Venables, Ripley, MASS 7.2, dose.p)."""
        x = self._x_at(probability)
        return x, self._spread(x) / float(self.slope @ self.coefficients)

    def upper_limit(
        self, probability: float, method: LimitMethod, confidence: float = 0.95, *, sides: int = 1
    ) -> float:
        """a90/95: the size that has at least probability, with confidence. Infinite if no size is large enough."""
        return self.scale.size(self._limit(probability, method, tail(confidence, sides), 1.0))

    def lower_limit(
        self, probability: float, method: LimitMethod, confidence: float = 0.95, *, sides: int = 1
    ) -> float:
        """The size below which probability is not reached, with confidence; 0 or -infinity if there is none."""
        return self.scale.size(self._limit(probability, method, tail(confidence, sides), -1.0))

    def pod_limits(self, sizes: Floats, confidence: float = 0.95, *, sides: int = 2) -> tuple[Floats, Floats]:
        """Wald's band around the curve, symmetric in the index, for drawing."""
        x = self.scale.x(np.asarray(sizes, dtype=float))
        index = self.base @ self.coefficients + x * (self.slope @ self.coefficients)
        half = norm.isf(tail(confidence, sides)) * np.array([self._spread(float(value)) for value in x])
        return self.link.probability(index - half), self.link.probability(index + half)

    def _x_at(self, probability: float) -> float:
        steepness = float(self.slope @ self.coefficients)
        if not steepness > 0.0:
            raise ValueError(f"{self.model}: POD does not rise with size")
        return (self.link.quantile(probability) - float(self.base @ self.coefficients)) / steepness

    def _spread(self, x: float) -> float:
        """Standard error of the index at x."""
        weights = self.base + x * self.slope
        return math.sqrt(weights @ self.maximum.covariance @ weights)

    def _limit(self, probability: float, method: LimitMethod, alpha: float, sign: float) -> float:
        z = float(norm.isf(alpha))
        x, u = self.x_at(probability)
        if method is LimitMethod.DELTA:
            return x + sign * z * u
        if method is LimitMethod.WALD_CURVE:
            return self._fieller(self.link.quantile(probability), z, sign)
        if method is LimitMethod.JOINT_LIKELIHOOD_RATIO:
            return self._crossing(probability, float(chi2.isf(2.0 * alpha, 2)), sign * u)
        return self._crossing(probability, z**2, sign * u)

    def _fieller(self, index: float, z: float, sign: float) -> float:
        """Root of (index(x) - index)^2 = z^2 var(x) on the side of sign."""
        covariance, slope = self.maximum.covariance, float(self.slope @ self.coefficients)
        offset = float(self.base @ self.coefficients) - index
        a = slope**2 - z**2 * float(self.slope @ covariance @ self.slope)
        b = offset * slope - z**2 * float(self.base @ covariance @ self.slope)
        c = offset**2 - z**2 * float(self.base @ covariance @ self.base)
        return (-b + sign * math.sqrt(b**2 - a * c)) / a if a > 0.0 else sign * math.inf

    def _crossing(self, probability: float, critical: float, stride: float) -> float:
        """Where the profile has dropped by critical / 2, sought in strides that double."""
        near, _ = self.x_at(probability)
        place, root = self.coefficients, math.sqrt(critical)

        def surplus(x: float) -> float:
            """Nearly a straight line: the signed root of the likelihood ratio."""
            nonlocal place
            profile = self._profile(x, probability, place)
            place = profile.coefficients
            return math.sqrt(2.0 * max(0.0, self.maximum.value - profile.value)) - root

        if math.sqrt(2.0 * max(0.0, self.maximum.value - self._flat())) <= root:
            return math.copysign(math.inf, stride)
        return crossing(surplus, near, 2.0 * stride, 1e-8 * abs(stride) + 1e-300)

    def _flat(self) -> float:
        """Log-likelihood of a curve that does not rise: what the profile falls to at sizes without end."""
        basis = np.linalg.qr(self.slope[:, None], mode="complete")[0][:, 1:]
        start = np.zeros_like(self.coefficients)  # half detected everywhere
        if not math.isfinite(self.objective(start)[0]):  # signals need a scatter: with the threshold in their middle
            start = self.coefficients * (self.slope == 0.0)
            start -= (self.base > 0.0) * float(self.base @ start)
        return maximise(self.objective, start, basis, decrement=PROFILE_DECREMENT).value

    def _profile(self, x: float, probability: float, start: Floats) -> Maximum:
        """The likeliest curve whose POD at x is probability."""
        weights = self.base + x * self.slope
        lack = self.link.quantile(probability) - float(weights @ start)
        pull = self.maximum.covariance @ weights
        # the likeliest shift by the normal approximation, and one that always has a meaning: of the intercept alone
        starts = (start + pull * lack / float(weights @ pull), start + self.base * (self.base > 0.0) * lack)
        basis = np.linalg.qr(weights[:, None], mode="complete")[0][:, 1:]
        best = max(starts, key=lambda place: self.objective(place)[0])
        return maximise(self.objective, best, basis, decrement=PROFILE_DECREMENT)

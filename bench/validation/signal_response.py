"""POD from signals whose size grows with the leak (a-hat against a): MIL-HDBK-1823A appendix G, ASTM E3023.

At least 40 sizes are asked for.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_ndtr

from bench.records import Floats
from bench.validation.links import Link, Scale
from bench.validation.newton import Maximum, maximise
from bench.validation.pod import PodFit


@dataclass(frozen=True, slots=True)
class CensoredLikelihood:
    """Normal errors about b0 + b1 x; rows (n, 3) of (-1, -x, y); censored (n,): -1 below y, +1 above y, 0 exact.

    In coefficients (b0 / sigma, b1 / sigma, 1 / sigma) it is concave (Olsen, Econometrica 46 (1978) 1211).
    """

    rows: Floats
    censored: Floats

    def __call__(self, coefficients: Floats) -> tuple[float, Floats, Floats]:
        """Value, gradient, observed information."""
        inverse_sigma = float(coefficients[2])
        if inverse_sigma <= 0.0:
            return -np.inf, np.zeros(3), np.eye(3)
        residual, exact = self.rows @ coefficients, self.censored == 0.0
        side = np.where(exact, 1.0, -self.censored)  # a signal below y: Phi(residual); above: Phi(-residual)
        log_tail = log_ndtr(side * residual)
        mills = np.exp(-0.5 * residual**2 - 0.5 * np.log(2.0 * np.pi) - log_tail)
        log_density = -0.5 * residual**2 - 0.5 * np.log(2.0 * np.pi) + np.log(inverse_sigma)
        pull = np.where(exact, -residual, side * mills)
        weight = np.where(exact, 1.0, mills * (mills + side * residual))
        scale = np.array([0.0, 0.0, exact.sum() / inverse_sigma])
        information = (self.rows.T * weight) @ self.rows + np.diag(scale / inverse_sigma)
        return float(np.where(exact, log_density, log_tail).sum()), self.rows.T @ pull + scale, information


@dataclass(frozen=True, slots=True)
class SignalFit:
    """signal (or its ln) = intercept + slope x + sigma e. aic: of the signals as fitted, in their scale."""

    likelihood: CensoredLikelihood
    maximum: Maximum
    scale: Scale
    signal_scale: Scale
    aic: float

    @property
    def intercept(self) -> float:
        return float(self.maximum.coefficients[0]) * self.sigma

    @property
    def slope(self) -> float:
        return float(self.maximum.coefficients[1]) * self.sigma

    @property
    def sigma(self) -> float:
        return 1.0 / float(self.maximum.coefficients[2])

    @property
    def standard_errors(self) -> Floats:
        """Of intercept, slope and sigma, by the delta method."""
        sigma = self.sigma
        last = -(sigma**2) * self.maximum.coefficients
        jacobian = np.array([[sigma, 0.0, last[0]], [0.0, sigma, last[1]], [0.0, 0.0, -(sigma**2)]])
        return np.sqrt(np.diag(jacobian @ self.maximum.covariance @ jacobian.T))

    def pod(self, threshold: float) -> PodFit:
        """POD(size) = P(signal > threshold). ValueError if the threshold has no place on the signal's scale."""
        y = float(self.signal_scale.x(np.array([threshold]))[0])
        model = f"signal response, {self.scale} size, {self.signal_scale} signal, maximum likelihood"
        base, slope = np.array([1.0, 0.0, -y]), np.array([0.0, 1.0, 0.0])
        return PodFit(model, Link.PROBIT, self.scale, base, slope, self.likelihood, self.maximum, self.aic, False)


def fit_signals(
    sizes: ArrayLike,
    signals: ArrayLike,
    *,
    noise: float | None = None,
    saturation: float | None = None,
    scale: Scale = Scale.LOG,
    signal_scale: Scale = Scale.LOG,
) -> SignalFit:
    """Line through sizes and signals, (n,). A signal at or below noise says only that, one at saturation likewise.

    Raises ValueError if fewer than three signals are known exactly, sizes are all one, or a scale does not fit.
    """
    x = scale.x(np.asarray(sizes, dtype=float))
    signal, censored = _censored(np.asarray(signals, dtype=float), noise, saturation)
    y = signal_scale.x(signal)
    if x.shape != y.shape or np.unique(x[censored == 0.0]).size < 3:
        raise ValueError("a line with scatter needs three sizes or more whose signals are neither noise nor saturated")
    likelihood = CensoredLikelihood(np.column_stack([-np.ones_like(x), -x, y]), censored)
    maximum = maximise(likelihood, _start(x, y))
    return SignalFit(likelihood, maximum, scale, signal_scale, 6.0 - 2.0 * maximum.value)


def _censored(signals: Floats, noise: float | None, saturation: float | None) -> tuple[Floats, Floats]:
    low = -np.inf if noise is None else noise
    high = np.inf if saturation is None else saturation
    if not low < high:
        raise ValueError(f"noise {noise} is not below saturation {saturation}")
    censored = np.where(signals <= low, -1.0, np.where(signals >= high, 1.0, 0.0))
    return np.clip(signals, low, high), censored


def _start(x: Floats, y: Floats) -> Floats:
    """Ordinary regression with the censored signals taken as exact."""
    slope, intercept = np.polyfit(x, y, 1)
    sigma = float(np.std(y - intercept - slope * x)) or 1.0
    return np.array([intercept, slope, 1.0]) / sigma

"""Cramer-Rao bounds: the smallest standard uncertainty that any unbiased estimate of a loss rate can have.

Noise of ln m is dimensionless, a slope (the fraction lost per time) is in 1/s; with noise in Pa it is in Pa/s.
"""

import math

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from bench.records import Floats


def cramer_rao_u(signal: Floats, nuisance: Floats, covariance: Floats) -> float:
    """Bound of the amplitude of signal, shape (n,), in Gaussian noise of covariance (n, n), where the amplitudes of
    nuisance, shape (n, k), are unknown too: (x' C^-1 x)^-1/2 with x the part of the signal that nuisance cannot mimic.
    """
    factor = cholesky(covariance, lower=True)
    x = solve_triangular(factor, signal, lower=True)
    basis, _ = np.linalg.qr(solve_triangular(factor, nuisance, lower=True))
    return 1.0 / float(np.linalg.norm(x - basis @ (basis.T @ x)))


def cramer_rao_slope_u(time_s: Floats, covariance: Floats) -> float:
    """Bound of a ramp's slope with its intercept unknown (science 3.3). time_s: (n,); covariance: (n, n)."""
    return cramer_rao_u(time_s - time_s.mean(), np.ones((time_s.size, 1)), covariance)


def white_slope_u(sigma: float, period_s: float, duration_s: float) -> float:
    """White noise sigma per sample, a sample each period: sqrt(12 sigma^2 dt / T^3)."""
    return sigma * math.sqrt(12.0 * period_s / duration_s**3)


def ornstein_uhlenbeck_slope_u(sigma: float, correlation_time_s: float, duration_s: float) -> float:
    """Covariance sigma^2 exp(-|dt| / tau), any T / tau: sigma / sqrt(T^3 / (24 tau) + T^2 / 4 + tau T / 2).

    The first term alone is science 3.3 (T >> tau): sqrt(24 sigma^2 tau / T^3); the last alone is a random walk with
    q^2 = 2 sigma^2 / tau. From the process's reproducing-kernel norm
    [f(0)^2 + f(T)^2 + integral(tau f'^2 + f^2 / tau)] / (2 sigma^2) of f = t - T / 2.
    """
    T, tau = duration_s, correlation_time_s
    return sigma / math.sqrt(T**3 / (24.0 * tau) + T**2 / 4.0 + tau * T / 2.0)


def random_walk_slope_u(q_per_root_s: float, duration_s: float) -> float:
    """Random walk of variance q^2 t: the ends say all there is, sqrt(q^2 / T). Ordinary regression: 1.2 q^2 / T."""
    return q_per_root_s / math.sqrt(duration_s)

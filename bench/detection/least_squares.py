"""Linear least squares, errors independent: of unit variance (white, or whitened: state_space), or all alike."""

from dataclasses import dataclass

import numpy as np

from bench.records import Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """y = design @ coefficients + error. chi_square: residual sum of squares over the covariance that was assumed."""

    coefficients: Floats
    covariance: Floats
    chi_square: float
    degrees_of_freedom: int

    @property
    def reduced_chi_square(self) -> float:
        """About 1 if the covariance is right; its square root is the Birge ratio."""
        return self.chi_square / self.degrees_of_freedom


def fit_ordinary(design: Floats, y: Floats) -> Fit:
    """Classical regression: errors independent and alike, their variance taken from the residuals (JCGM 100 H.3)."""
    fit = fit_white(design, y)
    return Fit(fit.coefficients, fit.covariance * fit.reduced_chi_square, fit.chi_square, fit.degrees_of_freedom)


def fit_white(design: Floats, y: Floats) -> Fit:
    """Errors independent, of unit variance."""
    q, r = np.linalg.qr(design)
    r_inverse = np.linalg.inv(r)  # a few columns: no better solver pays
    coefficients = r_inverse @ (q.T @ y)
    residual = y - design @ coefficients
    return Fit(coefficients, r_inverse @ r_inverse.T, float(residual @ residual), y.size - r.shape[0])

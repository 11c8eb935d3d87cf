"""Generalised least squares with priors: causes and intercepts together, so that what is not known well is not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtri

from bench.detection.attribution.balance import Balance
from bench.detection.attribution.causes import Cause
from bench.detection.least_squares import Fit, fit_white
from bench.detection.segments import Labels
from bench.detection.state_space import whitened
from bench.records import Floats

CHI_SQUARE_TAIL = 0.01
"""Residuals less likely than this mean that the noise is larger than declared."""


@dataclass(frozen=True, slots=True)
class Solution:
    """fit: coefficients of the causes, then of the intercepts (kg)."""

    causes: tuple[Cause, ...]
    fit: Fit

    def rate_kg_s(self, name: str) -> float:
        """What the causes of this name take in the hold."""
        rates = zip(self.causes, self.fit.coefficients, strict=False)
        return float(sum(cause.per_s * value for cause, value in rates if cause.name == name))

    def coefficient(self, place: int) -> tuple[float, float]:
        """Of a cause, and its standard uncertainty."""
        return float(self.fit.coefficients[place]), self.birge * math.sqrt(self.fit.covariance[place, place])

    @property
    def birge(self) -> float:
        """By which uncertainties grow: 1 unless the residuals are larger than chance makes them."""
        fit = self.fit
        if fit.chi_square <= chdtri(fit.degrees_of_freedom, CHI_SQUARE_TAIL):
            return 1.0
        return math.sqrt(fit.reduced_chi_square)

    @property
    def intercepts_kg(self) -> Floats:
        return self.fit.coefficients[len(self.causes) :]


def solve(balance: Balance, causes: Sequence[Cause], parts: Labels) -> Solution:
    """Solve gas_kg y = intercept of its part - sum over causes of coefficient x lost. parts: (n,), from 0 on. A prior
    is one more observation, of the coefficient itself. LinAlgError where the noise is no covariance.
    """
    membership = (parts[:, None] == np.arange(parts.max() + 1)).astype(np.float64)
    design = np.column_stack([*(-cause.lost for cause in causes), membership]) / balance.gas_kg
    columns = np.column_stack([design, balance.y - balance.y.mean()])
    rows = whitened(balance.time_s, balance.noise, columns).columns
    stated = [place for place, cause in enumerate(causes) if math.isfinite(cause.u)]
    prior = np.zeros((len(stated), columns.shape[1]))
    for row, place in zip(prior, stated, strict=True):
        row[[place, -1]] = np.array([1.0, causes[place].mean]) / causes[place].u
    rows = np.concatenate((rows, prior))
    scale = np.linalg.norm(rows[:, :-1], axis=0)  # seconds and kilograms side by side
    fit = fit_white(rows[:, :-1] / scale, rows[:, -1])
    return Solution(
        tuple(causes),
        Fit(
            fit.coefficients / scale,
            fit.covariance / np.outer(scale, scale),
            fit.chi_square,
            fit.degrees_of_freedom,
        ),
    )

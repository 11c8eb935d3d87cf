"""Likelihood of hits and misses whose probability depends on a linear index."""

from dataclasses import dataclass

import numpy as np

from bench.records import Floats
from bench.validation.links import Link
from bench.validation.newton import inverse


@dataclass(frozen=True, slots=True)
class BinaryLikelihood:
    """hits of trials, each (n,), at the rows of design, (n, k).

    penalised: with half the logarithm of the information's determinant added (Firth, Biometrika 80 (1993) 27;
    Jeffreys' prior), whose maximum is finite also for separated data (Heinze, Schemper, Stat. Med. 21 (2002) 2409).
    """

    design: Floats
    hits: Floats
    trials: Floats
    link: Link
    penalised: bool = False

    def log_likelihood(self, coefficients: Floats) -> float:
        """Without the penalty and the binomial coefficients."""
        log_hit, log_miss = self.link.log_probabilities(self.design @ coefficients)
        return float(self.hits @ log_hit + (self.trials - self.hits) @ log_miss)

    def __call__(self, coefficients: Floats) -> tuple[float, Floats, Floats]:
        """Value, gradient, expected information (Fisher scoring)."""
        index = self.design @ coefficients
        log_hit, log_miss = self.link.log_probabilities(index)
        slope = np.exp(self.link.log_density(index) - log_hit - log_miss)
        weight = self.trials * slope * np.exp(self.link.log_density(index))
        residual = (self.hits - self.trials * np.exp(log_hit)) * slope
        information = (self.design.T * weight) @ self.design
        value = float(self.hits @ log_hit + (self.trials - self.hits) @ log_miss)
        if not self.penalised:
            return value, self.design.T @ residual, information
        leverage = weight * np.einsum("ij,jk,ik->i", self.design, inverse(information), self.design)
        # d ln(weight) / d index, of which half the leverage-weighted sum is the penalty's gradient
        log_weight = 2.0 * self.link.curvature(index) - slope * (np.exp(log_miss) - np.exp(log_hit))
        penalty = 0.5 * float(np.linalg.slogdet(information)[1])
        return value + penalty, self.design.T @ (residual + 0.5 * leverage * log_weight), information

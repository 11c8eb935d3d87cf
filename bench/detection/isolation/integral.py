"""The mean likelihood ratio of a set of elements at work, over the prior of their values (evidence.py)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from bench.detection.isolation.prior import Prior
from bench.records import Floats

REACH = 6.0
"""Standard deviations to either side of the best value within which an integral is taken."""
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True, slots=True)
class Integral:
    """Of k elements, in units of the most that each can be: precision (k, k), pull (k,), low: the least. log_bound:
    what ln of the mean likelihood ratio against all elements zero cannot exceed. best: where the likelihood is greatest
    with low <= q <= 1, nearly.
    """

    precision: Floats
    pull: Floats
    low: Floats
    most: Floats
    best: Floats
    log_bound: float

    @classmethod
    def over(cls, precision: Floats, pull: Floats, priors: Sequence[Prior]) -> "Integral":
        """Precision and pull in the units of priors. A unit is held to 0 +- 1, which costs at most half a nat."""
        most = np.array([prior.most for prior in priors])
        low = np.array([prior.least for prior in priors]) / most
        precision, pull = precision * np.outer(most, most), pull * most
        if not priors:
            return cls(precision, pull, low, most, low, 0.0)
        factor = np.linalg.cholesky(precision + np.eye(low.size))
        above, _ = nnls(factor.T, np.linalg.solve(factor, pull) - factor.T @ low)
        top = low + above
        log_top = float(pull @ top - 0.5 * np.sum((factor.T @ top) ** 2))
        return cls(precision, pull, low, most, np.minimum(top, 1.0), log_top + low.size / 2.0)

    def value(self) -> tuple[float, Floats, Floats]:
        """Ln of the mean likelihood ratio; posterior means of q, (k,), and of q q', (k, k), in the units of priors."""
        points, log_weights = self._grid()
        log_density = log_weights + (points * (self.pull - 0.5 * points @ self.precision)).sum(axis=1)
        share = np.exp(log_density - log_density.max())
        log_evidence = float(log_density.max() + np.log(share.sum()))
        share /= share.sum()
        product = points.T @ (share[:, None] * points)
        return log_evidence, self.most * (share @ points), np.outer(self.most, self.most) * product

    def _grid(self) -> tuple[Floats, Floats]:
        """Points (n, k) and ln of their weights (n,), Gauss-Legendre in ln q, with the prior's density between low and
        1. The elements are taken about their best values, but for the one that the others change most: it has an
        interval of its own at each of their points, as narrow as it is known there.
        """
        points, log_weights = np.zeros((1, self.low.size)), np.zeros(1)
        if not self.low.size:
            return points, log_weights
        spread = self._spread()
        last = int(np.argmax(spread**2 * np.diag(self.precision)))
        for k in range(self.low.size):
            if k != last:
                points, log_weights = spread_out(points, log_weights, k, self.best[k], spread[k], self.low[k])
        own = self.precision[last, last] + 1.0
        centre = np.clip((self.pull[last] - points @ self.precision[:, last]) / own, self.low[last], 1.0)
        return spread_out(points, log_weights, last, centre, own**-0.5, self.low[last])

    def _spread(self) -> Floats:
        """How far the likelihood reaches from its best in each direction: standard deviations, at most 1, or by its
        slope at a bound, beyond which it falls exponentially or faster.
        """
        held = self.precision + np.eye(self.low.size)
        slope = np.abs(self.pull - held @ self.best)
        return np.minimum(np.sqrt(np.diag(np.linalg.inv(held))), 0.5 * REACH / np.maximum(slope, REACH))


def spread_out(
    points: Floats, log_weights: Floats, k: int, best: Floats, spread: float, low: float
) -> tuple[Floats, Floats]:
    """Each point, shape (n, elements), becomes POINTS.size, with values of element k."""
    from_, to = (np.log(np.clip(best + sign * REACH * spread, low, 1.0)) for sign in (-1.0, 1.0))
    half = np.broadcast_to((to - from_) / 2.0, log_weights.shape)
    logs = (from_ + to)[..., None] / 2.0 + half[:, None] * POINTS
    out = np.repeat(points, POINTS.size, axis=0)
    out[:, k] = np.exp(logs).ravel()
    with np.errstate(divide="ignore"):  # an interval without width has no weight
        added = np.log(half[:, None] * WEIGHTS / (1.0 / low - 1.0)) - logs  # dq / q^2 = d(ln q) / q
    return out, (log_weights[:, None] + added).ravel()

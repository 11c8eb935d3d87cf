"""How probable are leaks and seals that nobody has seen? Bayes factors over sets of elements that are at work.

An element that is at work has a conductance q between least and most, of density proportional to 1/q^2: twice as large
is half as likely, and the prior is proper, so that "none" can win. (With 1/q, sizes just above least would count for so
little that leaks of such a size were too often called none.) Given the data,

    ln L(q) - ln L(0) = pull q - q precision q / 2
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy.optimize import nnls
from scipy.special import chdtri, logsumexp

from bench.records import Floats

CHI_SQUARE_TAIL = 0.01
"""Residuals less likely than this under the noise that was declared mean that it is larger."""
MOST_AT_WORK = 3
"""Sets of more elements are left out: three at work already mean more than one leak, or a seal as well."""
REACH = 6.0
"""Standard deviations to either side of the best value within which an integral is taken."""
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)


@dataclass(frozen=True, slots=True)
class Information:
    """Of e elements: (e, e), (e,). chi_square: of the data, all elements zero, with so many rows to spare."""

    precision: Floats
    pull: Floats
    chi_square: float
    rows: int

    @property
    def misfit(self) -> float:
        """What the squares of noise are larger than declared, best values of all elements taken; 1 if not for sure."""
        freedom = self.rows - np.linalg.matrix_rank(self.precision, hermitian=True)
        left = self.chi_square - self.pull @ np.linalg.pinv(self.precision, hermitian=True) @ self.pull
        return float(left / freedom) if freedom > 0 and left > chdtri(freedom, CHI_SQUARE_TAIL) else 1.0

    def with_noise(self, ratio: float) -> "Information":
        """As if the squares of noise had been larger by this."""
        return Information(self.precision / ratio, self.pull / ratio, self.chi_square / ratio, self.rows)


@dataclass(frozen=True, slots=True)
class Prior:
    """Of one element: the chance that it is at work, and between which values."""

    chance: float
    least: float
    most: float

    def __post_init__(self) -> None:
        if not (0.0 < self.chance < 1.0 and 0.0 < self.least < self.most < np.inf):
            raise ValueError(f"no proper prior: {self}")


@dataclass(frozen=True, slots=True)
class Posterior:
    """s sets of elements. probability: (s,). mean: (s, e), of values; product: (s, e, e), of two values' product; both
    are 0 for elements that are not in the set.
    """

    sets: tuple[frozenset[int], ...]
    probability: Floats
    mean: Floats
    product: Floats

    def chance(self, *elements: int) -> float:
        """That any of these is at work, whatever others do."""
        return float(self.probability @ self._with(elements))

    def _with(self, elements: Sequence[int]) -> Floats:
        return np.array([float(not members.isdisjoint(elements)) for members in self.sets])

    def total(self, elements: list[int]) -> tuple[float, float]:
        """The sum of these elements' values: mean and standard deviation."""
        mean = float(self.probability @ self.mean[:, elements].sum(axis=1))
        square = float(self.probability @ self.product[:, elements][:, :, elements].sum(axis=(1, 2)))
        return mean, float(np.sqrt(max(square - mean**2, 0.0)))

    def value(self, *elements: int) -> tuple[float, float]:
        """The same, if any of them is at work."""
        share = self.probability * self._with(elements)
        return replace(self, probability=share / share.sum()).total(list(elements))


def posterior(information: Information, priors: Sequence[Prior]) -> Posterior:
    """Of all sets of up to MOST_AT_WORK elements."""
    e = len(priors)
    sets = [members for size in range(MOST_AT_WORK + 1) for members in combinations(range(e), size)]
    weight, mean, product = np.zeros(len(sets)), np.zeros((len(sets), e)), np.zeros((len(sets), e, e))
    for row, members in enumerate(sets):
        chosen, among = np.array(members, dtype=np.intp), [priors[member] for member in members]
        odds = math.fsum(math.log(prior.chance / (1.0 - prior.chance)) for prior in among)
        block = np.ix_(chosen, chosen)
        log_evidence, mean[row, chosen], product[row][block] = integrate(
            information.precision[block], information.pull[chosen], among
        )
        weight[row] = odds + log_evidence
    return Posterior(tuple(map(frozenset, sets)), np.exp(weight - logsumexp(weight)), mean, product)


def integrate(precision: Floats, pull: Floats, priors: Sequence[Prior]) -> tuple[float, Floats, Floats]:
    """The ln of the mean likelihood ratio against all elements zero; posterior means of q, (k,), and q q', (k, k)."""
    if not priors:
        return 0.0, np.zeros(0), np.zeros((0, 0))
    most = np.array([prior.most for prior in priors])
    low = np.array([prior.least for prior in priors]) / most
    precision, pull = precision * np.outer(most, most), pull * most  # in units of the most that can be
    points, log_weights = _grid(precision, pull, low)
    log_density = log_weights + (points * (pull - 0.5 * points @ precision)).sum(axis=1)
    share = np.exp(log_density - log_density.max())
    log_evidence = float(log_density.max() + np.log(share.sum()))
    share /= share.sum()
    return log_evidence, most * (share @ points), np.outer(most, most) * (points.T @ (share[:, None] * points))


def _grid(precision: Floats, pull: Floats, low: Floats) -> tuple[Floats, Floats]:
    """Points (n, k) and ln of their weights (n,), Gauss-Legendre in ln q, with the prior's density between low and 1.

    The elements are taken about their best values, but for the one that the others change most: it has an interval of
    its own at each of their points, as narrow as it is known there.
    """
    best, spread = _box(precision, pull, low)
    last = int(np.argmax(spread**2 * np.diag(precision)))
    points, log_weights = np.zeros((1, low.size)), np.zeros(1)
    for k in range(low.size):
        if k != last:
            points, log_weights = _spread(points, log_weights, k, best[k], spread[k], low[k])
    own = precision[last, last] + 1.0
    centre = np.clip((pull[last] - points @ precision[:, last]) / own, low[last], 1.0)
    return _spread(points, log_weights, last, centre, own**-0.5, low[last])


def _box(precision: Floats, pull: Floats, low: Floats) -> tuple[Floats, Floats]:
    """Where the likelihood is greatest with low <= q <= 1, nearly, and how far it reaches there in each direction:
    standard deviations, at most 1, or by its slope at a bound, beyond which it falls exponentially or faster.
    """
    held = precision + np.eye(low.size)
    factor = np.linalg.cholesky(held)
    above, _ = nnls(factor.T, np.linalg.solve(factor, pull - precision @ low))
    best = np.minimum(low + above, 1.0)
    slope = np.abs(pull - held @ best)
    return best, np.minimum(np.sqrt(np.diag(np.linalg.inv(held))), 0.5 * REACH / np.maximum(slope, REACH))


def _spread(
    points: Floats, log_weights: Floats, k: int, best: Floats, spread: float, low: float
) -> tuple[Floats, Floats]:
    """Each point, shape (n, elements), becomes 16, with values of element k."""
    from_, to = (np.log(np.clip(best + sign * REACH * spread, low, 1.0)) for sign in (-1.0, 1.0))
    half = np.broadcast_to((to - from_) / 2.0, log_weights.shape)
    logs = (from_ + to)[..., None] / 2.0 + half[:, None] * POINTS
    out = np.repeat(points, POINTS.size, axis=0)
    out[:, k] = np.exp(logs).ravel()
    with np.errstate(divide="ignore"):  # an interval without width has no weight
        added = np.log(half[:, None] * WEIGHTS / (1.0 / low - 1.0)) - logs  # dq / q^2 = d(ln q) / q
    return out, (log_weights[:, None] + added).ravel()

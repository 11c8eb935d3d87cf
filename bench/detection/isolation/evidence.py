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
from scipy.special import chdtri, logsumexp

from bench.detection.isolation.integral import Integral
from bench.detection.isolation.prior import Prior
from bench.records import Floats

CHI_SQUARE_TAIL = 0.01
"""Residuals less likely than this under the noise that was declared mean that it is larger."""
MOST_AT_WORK = 3
"""Sets of more elements are left out: three at work already mean more than one leak, or a seal as well."""
NEGLIGIBLE = 1e-9
"""A set that cannot be more probable than this is not worked out."""


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
    posed = [_posed(information, members, priors) for members in sets]
    log_odds = np.array([math.fsum(math.log(priors[member].odds) for member in members) for members in sets])
    log_most = log_odds + np.array([integral.log_bound for integral in posed])
    log_weight, mean, product = np.full(len(sets), -np.inf), np.zeros((len(sets), e)), np.zeros((len(sets), e, e))
    for row in np.argsort(-log_most, kind="stable"):
        if log_most[row] < log_weight.max() + math.log(NEGLIGIBLE):
            break
        chosen = np.array(sets[row], dtype=np.intp)
        log_evidence, mean[row, chosen], product[row][np.ix_(chosen, chosen)] = posed[row].value()
        log_weight[row] = log_odds[row] + log_evidence
    return Posterior(tuple(map(frozenset, sets)), np.exp(log_weight - logsumexp(log_weight)), mean, product)


def _posed(information: Information, members: Sequence[int], priors: Sequence[Prior]) -> Integral:
    chosen = np.array(members, dtype=np.intp)
    block = np.ix_(chosen, chosen)
    return Integral.over(information.precision[block], information.pull[chosen], [priors[k] for k in members])

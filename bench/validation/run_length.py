"""How long a chart runs until it alarms: CUSUM, EWMA and Shiryaev-Roberts on independent normal values.

Values have standard deviation 1 and the stated mean; run lengths are in samples. The integral equation of the run
length is solved at Gauss-Legendre nodes (Nystroem; Goel and Wu 1971, Vance 1986, as the R package spc does). Real
features are correlated: these are the yardsticks beside which a simulated run length is printed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from bench.records import Floats

NODES = 80


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's way among states: from each of its nodes, and from where it starts, with what probability to each.

    moves: (n, n); first: (n,). What is missing to 1 is an alarm.
    """

    moves: Floats
    first: Floats

    def arl(self) -> float:
        """Mean run length from the start (zero state), the alarming sample counted."""
        return 1.0 + float(self.first @ self.mean_from_nodes())

    def mean_from_nodes(self) -> Floats:
        return np.asarray(np.linalg.solve(np.eye(len(self.moves)) - self.moves, np.ones(len(self.moves))))

    def survival(self, samples: int) -> Floats:
        """Probability of no alarm in the first 0, 1, ... samples, (samples + 1,)."""
        state, alive = self.first, [1.0]
        for _ in range(samples):
            alive.append(float(state.sum()))
            state = state @ self.moves
        return np.array(alive)

    def quantile(self, probability: float) -> int:
        """Fewest samples within which the chart alarms with probability."""
        if not 0.0 < probability < 1.0:
            raise ValueError(f"no run length has probability {probability}")
        state, samples = self.first, 1
        while state.sum() > 1.0 - probability:
            state, samples = state @ self.moves, samples + 1
        return samples

    def long_quiet(self) -> Floats:
        """Where the chart is after a long time without alarm: the left eigenvector of moves, (n,), sum 1."""
        values, vectors = np.linalg.eig(self.moves.T)
        state = np.abs(vectors[:, np.argmax(values.real)].real)
        return np.asarray(state / state.sum())


def steady_state_delay(before: Chart, after: Chart) -> float:
    """Mean run length once the mean has changed, after a long time without false alarm (Crosier 1986).

    The two charts are one, at the means before and after. ValueError if they are not on the same nodes.
    """
    if before.moves.shape != after.moves.shape:
        raise ValueError("before and after are two charts, not one at two means")
    return float(before.long_quiet() @ after.mean_from_nodes())


def cusum(reference: float, limit: float, mean: float, *, head_start: float = 0.0, nodes: int = NODES) -> Chart:
    """One-sided: S = max(0, S + value - reference), alarm beyond limit (Page 1954). head_start: first S (FIR)."""
    if not (limit > 0.0 and 0.0 <= head_start < limit):
        raise ValueError(f"a chart that starts at {head_start} cannot run to {limit}")
    point, weight = _legendre(0.0, limit, nodes)
    start = np.concatenate([[head_start, 0.0], point])
    shift = start[:, None] - reference + mean
    to_zero = ndtr(-shift)
    moves = np.hstack([to_zero, _normal(point - shift) * weight])
    return Chart(moves[1:], moves[0])


def cusum_arl(
    reference: float, limit: float, mean: float, *, head_start: float = 0.0, two_sided: bool = False
) -> float:
    """Mean run length. Two-sided: from the two one-sided charts (Lucas and Crosier, Technometrics 24 (1982) 199),
    exact since neither alarms while the other is above zero; ValueError for head starts above half the limit, from
    where both may.
    """
    upper = cusum(reference, limit, mean, head_start=head_start)
    if not two_sided:
        return upper.arl()
    if 2.0 * head_start > limit or reference < 0.0:
        raise ValueError(f"the two sides do not run apart from {head_start} with reference {reference}")
    lower = cusum(reference, limit, -mean, head_start=head_start)
    high, low = (cusum(reference, limit, side * mean).arl() for side in (1.0, -1.0))
    return (upper.arl() * low + lower.arl() * high - high * low) / (high + low)


def cusum_limit(reference: float, arl: float) -> float:
    """Limit of a one-sided chart whose mean run length at mean 0 is arl. ValueError below that of a limit of zero."""
    shortest = 1.0 / float(ndtr(-reference))
    if not arl > shortest:
        raise ValueError(f"a mean run length of {arl} is below that of any limit, {shortest:.3g}")
    high = 1.0
    while cusum_arl(reference, high, 0.0) < arl:
        high *= 1.5
    return float(brentq(lambda limit: np.log(cusum_arl(reference, limit, 0.0) / arl), 1e-9, high, xtol=1e-12))


def siegmund_arl(reference: float, limit: float, mean: float) -> float:
    """Approximation for CUSUM with the overshoot 1.166 = 2 x 0.583 added to the limit (Siegmund 1985)."""
    drift, reach = mean - reference, limit + 1.166
    if drift == 0.0:
        return reach**2
    return float((np.exp(-2.0 * drift * reach) + 2.0 * drift * reach - 1.0) / (2.0 * drift**2))


def ewma(weight: float, width: float, mean: float, *, head_start: float = 0.0, nodes: int = NODES) -> Chart:
    """Two-sided: Z = (1 - weight) Z + weight value, alarm beyond +-width of Z's own standard deviations.

    head_start is in these, too (Crowder 1987, Lucas and Saccucci 1990; fixed limits).
    """
    sigma = _ewma_sigma(weight)
    if not abs(head_start) < width:
        raise ValueError(f"a chart that starts at {head_start} cannot run to {width}")
    point, quadrature = _legendre(-width * sigma, width * sigma, nodes)
    start = np.concatenate([[head_start * sigma], point])
    moves = _normal((point - (1.0 - weight) * start[:, None]) / weight - mean) * quadrature / weight
    return Chart(moves[1:], moves[0])


def ewma_one_sided(weight: float, width: float, mean: float, *, floor: float, nodes: int = NODES) -> Chart:
    """Upper EWMA that is held at floor, in standard deviations of Z below zero (Waldmann 1986)."""
    sigma = _ewma_sigma(weight)
    if not floor <= 0.0 < width:
        raise ValueError(f"a chart that starts at 0 cannot run between {floor} and {width}")
    point, quadrature = _legendre(floor * sigma, width * sigma, nodes)
    start = np.concatenate([[0.0, floor * sigma], point])
    centre = (1.0 - weight) * start[:, None]
    to_floor = ndtr((floor * sigma - centre) / weight - mean)
    moves = np.hstack([to_floor, _normal((point - centre) / weight - mean) * quadrature / weight])
    return Chart(moves[1:], moves[0])


def shiryaev_roberts(shift: float, limit: float, mean: float, *, nodes: int = 2 * NODES) -> Chart:
    """R = (1 + R) exp(shift value - shift^2 / 2) from R = 0, alarm at limit (Pollak 1985).

    Solved in ln R, between the least value that 9 standard deviations reach and the limit.
    """
    if not (shift > 0.0 and limit > 0.0):
        raise ValueError(f"shift {shift} and limit {limit} must be positive")
    drift = shift * mean - 0.5 * shift**2
    point, weight = _legendre(min(drift - 9.0 * shift, np.log(limit) - shift), np.log(limit), nodes)
    start = np.concatenate([[0.0], np.log1p(np.exp(point))])
    moves = _normal((point - start[:, None] - drift) / shift) * weight / shift
    return Chart(moves[1:], moves[0])


def shiryaev_roberts_arl0(shift: float, limit: float) -> float:
    """Approximation limit / exp(-0.5826 shift): the martingale R - n stopped beyond the limit (Pollak 1987)."""
    return limit * float(np.exp(0.5826 * shift))


def _ewma_sigma(weight: float) -> float:
    if not 0.0 < weight <= 1.0:
        raise ValueError(f"a weight of {weight} is not in (0, 1]")
    return float(np.sqrt(weight / (2.0 - weight)))


def _legendre(low: float, high: float, nodes: int) -> tuple[Floats, Floats]:
    point, weight = np.polynomial.legendre.leggauss(nodes)
    half = 0.5 * (high - low)
    return low + half * (point + 1.0), half * weight


def _normal(z: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi))

"""POD that starts at a floor, since a method also alarms without a leak, and ends at a ceiling below one.

POD(size) = floor + (ceiling - floor) F(b0 + b1 x). A curve that has neither gives a wrong a90/95 where they exist
(mh1823's reminder, science 3.1). Limits are by likelihood ratio alone; where floor or ceiling is estimated at the
edge of its range the ratio's chi-square is an approximation, on the long side.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy
from scipy.stats import norm

from bench.records import Floats
from bench.validation.interval import tail
from bench.validation.links import Link, Scale
from bench.validation.newton import DECREMENT, Maximum, maximise_in_box
from bench.validation.pod import PROFILE_DECREMENT, crossing

TINY = 1e-9
STEEPEST = 200.0
"""Slope of the standardised size: a step for all that data can tell."""
FARTHEST = 1000.0


@dataclass(frozen=True, slots=True)
class FloorLikelihood:
    """hits of trials at standardised x, (n,), and false calls in runs without a leak; None: to be estimated."""

    x: Floats
    hits: Floats
    trials: Floats
    false_calls: int
    null_runs: int
    link: Link
    floor: float | None
    ceiling: float | None

    def __call__(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        """Value, gradient (4,) and expected information of (b0, b1, floor, ceiling)."""
        b0, b1, floor, ceiling = parameters
        index = b0 + b1 * self.x
        rise = self.link.probability(index)
        pod = np.clip(floor + (ceiling - floor) * rise, 1e-15, 1.0 - 1e-15)
        misses, quiet = self.trials - self.hits, self.null_runs - self.false_calls
        value = float((xlogy(self.hits, pod) + xlogy(misses, 1.0 - pod)).sum())
        value += float(xlogy(self.false_calls, floor) + xlogy(quiet, 1.0 - floor))
        by_index = (ceiling - floor) * np.exp(self.link.log_density(index))
        slopes = np.stack([by_index, by_index * self.x, 1.0 - rise, rise])
        gradient = slopes @ (self.hits / pod - misses / (1.0 - pod))
        information = (slopes * (self.trials / (pod * (1.0 - pod)))) @ slopes.T
        edge = max(floor, TINY)
        gradient[2] += self.false_calls / edge - quiet / (1.0 - floor)
        information[2, 2] += self.null_runs / (edge * (1.0 - floor))
        return value, gradient, information

    def through(self, parameters: Floats, x: float, probability: float) -> tuple[float, Floats, Floats]:
        """The same of (b1, floor, ceiling) for curves that reach probability at x: b0 follows."""
        b1, floor, ceiling = parameters
        share = float(np.clip((probability - floor) / (ceiling - floor), 1e-12, 1.0 - 1e-12))
        index = self.link.quantile(share)
        by_share = 1.0 / (math.exp(float(self.link.log_density(np.array(index)))) * (ceiling - floor))
        value, gradient, information = self(np.array([index - b1 * x, b1, floor, ceiling]))
        follow = np.vstack([[-x, (share - 1.0) * by_share, -share * by_share], np.eye(3)])
        return value, follow.T @ gradient, follow.T @ information @ follow

    def edges(self, probability: float = 0.5) -> tuple[list[float], list[float]]:
        """Lowest and highest floor and ceiling, on either side of probability."""
        floor = (TINY, probability - 1e-6) if self.floor is None else (self.floor, self.floor)
        ceiling = (probability + 1e-6, 1.0) if self.ceiling is None else (self.ceiling, self.ceiling)
        return [floor[0], ceiling[0]], [floor[1], ceiling[1]]


@dataclass(frozen=True, slots=True)
class FloorPodFit:
    """parameters: b0, b1 of the standardised x = (size or ln size - centre) / width, floor, ceiling."""

    model: str
    likelihood: FloorLikelihood
    scale: Scale
    centre: float
    width: float
    maximum: Maximum
    aic: float

    @property
    def parameters(self) -> Floats:
        return self.maximum.coefficients

    @property
    def log_likelihood(self) -> float:
        return self.maximum.value

    @property
    def converged(self) -> bool:
        return self.maximum.converged

    @property
    def floor(self) -> float:
        return float(self.parameters[2])

    @property
    def ceiling(self) -> float:
        return float(self.parameters[3])

    def pod(self, sizes: Floats) -> Floats:
        x = (self.scale.x(np.asarray(sizes, dtype=float)) - self.centre) / self.width
        rise = self.likelihood.link.probability(self.parameters[0] + self.parameters[1] * x)
        return self.floor + (self.ceiling - self.floor) * rise

    def size_at(self, probability: float) -> float:
        """ValueError if POD never is probability, between floor and ceiling, or does not rise."""
        return self.scale.size(self.centre + self.width * self._x_at(probability))

    def upper_limit(self, probability: float, confidence: float = 0.95, *, sides: int = 1) -> float:
        """By likelihood ratio. Infinite where the ceiling may lie below probability."""
        return self.scale.size(self.centre + self.width * self._crossing(probability, tail(confidence, sides), 1.0))

    def lower_limit(self, probability: float, confidence: float = 0.95, *, sides: int = 1) -> float:
        """By likelihood ratio; 0 or -infinity where the floor may lie above probability."""
        return self.scale.size(self.centre + self.width * self._crossing(probability, tail(confidence, sides), -1.0))

    def _x_at(self, probability: float) -> float:
        if not self.floor < probability < self.ceiling:
            raise ValueError(f"POD is between {self.floor:.3g} and {self.ceiling:.3g}, never {probability}")
        if not self.parameters[1] > 0.0:
            raise ValueError(f"{self.model}: POD does not rise with size")
        share = (probability - self.floor) / (self.ceiling - self.floor)
        return float((self.likelihood.link.quantile(share) - self.parameters[0]) / self.parameters[1])

    def _crossing(self, probability: float, alpha: float, sign: float) -> float:
        near = self._x_at(probability)
        root = float(norm.isf(alpha))

        def surplus(x: float) -> float:
            return self._distance(self._profile(x, probability)) - root

        if self._distance(self._never(probability, sign)) <= root:
            return sign * math.inf
        return crossing(surplus, near, 0.1 * sign, 1e-6)

    def _distance(self, value: float) -> float:
        """Root of the likelihood ratio."""
        return math.sqrt(2.0 * max(0.0, self.log_likelihood - value))

    def _never(self, probability: float, sign: float) -> float:
        """Log-likelihood of the best curve that ends below probability, or for sign -1 begins above it."""
        likelihood = self.likelihood
        if (likelihood.ceiling if sign > 0.0 else likelihood.floor) is not None:
            return -math.inf
        low, high = likelihood.edges()
        low, high = (
            ([low[0], 0.0], [high[0], probability]) if sign > 0.0 else ([probability, low[1]], [1.0 - TINY, high[1]])
        )
        box = np.array([-FARTHEST, TINY, *low]), np.array([FARTHEST, STEEPEST, *high])
        tries = [maximise_in_box(likelihood, start, *box, PROFILE_DECREMENT) for start in _starts(likelihood)[1::3]]
        return max(found.value for found in tries)

    def _profile(self, x: float, probability: float) -> float:
        """Log-likelihood of the best curve through (x, probability), sought from two slopes."""
        low, high = self.likelihood.edges(probability)

        def objective(parameters: Floats) -> tuple[float, Floats, Floats]:
            return self.likelihood.through(parameters, x, probability)

        box = np.array([TINY, *low]), np.array([STEEPEST, *high])
        starts = [np.array([slope, *self.parameters[2:]]) for slope in (float(self.parameters[1]), 1.0)]
        return max(maximise_in_box(objective, start, *box, PROFILE_DECREMENT).value for start in starts)


def fit_floor(  # noqa: PLR0913 - each is a choice that the result's name states
    sizes: ArrayLike,
    hits: ArrayLike,
    trials: ArrayLike = 1,
    *,
    false_calls: int = 0,
    null_runs: int = 0,
    link: Link = Link.LOGIT,
    scale: Scale = Scale.LOG,
    floor: float | None = None,
    ceiling: float | None = 1.0,
) -> FloorPodFit:
    """Curve from hits of trials at sizes, (n,), and false calls in null runs of the same exposure. None: estimated.

    Raises ValueError for impossible counts, one size only, or a floor that is not below the ceiling.
    """
    x, hit = scale.x(np.asarray(sizes, dtype=float)), np.asarray(hits, dtype=float)
    trial = np.broadcast_to(np.asarray(trials, dtype=float), x.shape)
    _check(x, hit, trial, (false_calls, null_runs), (floor or 0.0, 1.0 if ceiling is None else ceiling))
    centre, width = float(x.mean()), float(x.std())
    counts = (false_calls, null_runs)
    likelihood = FloorLikelihood((x - centre) / width, hit, trial, *counts, link, floor, ceiling)
    low, high = likelihood.edges()
    box = np.array([-FARTHEST, TINY, *low]), np.array([FARTHEST, STEEPEST, *high])
    tries = [maximise_in_box(likelihood, start, *box, DECREMENT) for start in _starts(likelihood)]
    best = max(tries, key=lambda found: found.value)
    aic = 2.0 * (2 + (floor is None) + (ceiling is None)) - 2.0 * best.value
    said = ["estimated" if edge is None else f"{edge:g}" for edge in (floor, ceiling)]
    model = f"hit/miss, {link}, {scale} size, floor {said[0]}, ceiling {said[1]}"
    return FloorPodFit(model, likelihood, scale, centre, width, best, aic)


def _check(x: Floats, hits: Floats, trials: Floats, null: tuple[int, int], edges: tuple[float, float]) -> None:
    if hits.shape != x.shape or not np.all((hits >= 0.0) & (hits <= trials) & (trials > 0.0)):
        raise ValueError("hits must be one number for each size, between 0 and its trials")
    if not 0 <= null[0] <= null[1]:
        raise ValueError(f"{null[0]} false calls in {null[1]} runs cannot be")
    if not 0.0 <= edges[0] < edges[1] <= 1.0:
        raise ValueError(f"floor {edges[0]} and ceiling {edges[1]} leave POD nowhere to rise")
    if np.unique(x).size < 2:
        raise ValueError("sizes are all one: no curve, but a proportion")


def _starts(likelihood: FloorLikelihood) -> list[Floats]:
    """Steep and flat, with middles across the sizes, floor and ceiling as the outer fifths suggest."""
    low, high = np.quantile(likelihood.x, [0.2, 0.8])
    shares = likelihood.hits / likelihood.trials
    floor = likelihood.floor if likelihood.floor is not None else min(0.45, float(shares[likelihood.x <= low].mean()))
    ceiling = likelihood.ceiling or max(0.55, float(shares[likelihood.x >= high].mean()))
    middles = np.quantile(likelihood.x, [0.25, 0.5, 0.75])
    return [np.array([-s * m, s, max(floor, TINY), ceiling]) for s in (1.0, 4.0) for m in middles]

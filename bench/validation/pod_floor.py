"""POD that starts at a floor, since a method also alarms without a leak, and ends at a ceiling below one.

POD(size) = floor + (ceiling - floor) F(b0 + b1 x). A curve that has neither gives a wrong a90/95 where they exist
(mh1823's reminder, science 3.1). Limits are by likelihood ratio alone; where floor or ceiling is estimated at the
edge of its range the ratio's chi-square is an approximation, on the long side.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq, minimize
from scipy.special import xlogy
from scipy.stats import norm

from bench.records import Floats
from bench.validation.interval import tail
from bench.validation.links import Link, Scale

TINY = 1e-9
STEEPEST = 200.0
"""Of the standardised size: a step for all that data can tell."""
MOST_DOUBLINGS = 24


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

    def minus_log(self, parameters: Floats) -> tuple[float, Floats]:
        """Of (b0, b1, floor, ceiling), with its gradient (4,)."""
        b0, b1, floor, ceiling = parameters
        index = b0 + b1 * self.x
        rise = self.link.probability(index)
        pod = np.clip(floor + (ceiling - floor) * rise, 1e-15, 1.0 - 1e-15)
        misses, quiet = self.trials - self.hits, self.null_runs - self.false_calls
        value = xlogy(self.hits, pod) + xlogy(misses, 1.0 - pod)
        null = float(xlogy(self.false_calls, floor) + xlogy(quiet, 1.0 - floor))
        by_pod = self.hits / pod - misses / (1.0 - pod)
        by_index = by_pod * (ceiling - floor) * np.exp(self.link.log_density(index))
        by_null = self.false_calls / max(floor, TINY) - quiet / (1.0 - floor)
        gradient = [by_index.sum(), by_index @ self.x, by_pod @ (1.0 - rise) + by_null, by_pod @ rise]
        return -float(value.sum()) - null, -np.array(gradient)

    def minus_log_through(self, parameters: Floats, x: float, probability: float) -> tuple[float, Floats]:
        """Of (b1, floor, ceiling) for curves that reach probability at x: b0 follows."""
        b1, floor, ceiling = parameters
        share = (probability - floor) / (ceiling - floor)
        index = self.link.index(float(np.clip(share, 1e-12, 1.0 - 1e-12)))
        value, full = self.minus_log(np.array([index - b1 * x, b1, floor, ceiling]))
        by_share = 1.0 / (math.exp(float(self.link.log_density(np.array(index)))) * (ceiling - floor))
        by_floor, by_ceiling = (share - 1.0) * by_share, -share * by_share
        return value, np.array([full[1] - x * full[0], full[2] + by_floor * full[0], full[3] + by_ceiling * full[0]])

    def ranges(self, probability: float = 0.5) -> list[tuple[float, float]]:
        """Of floor and ceiling, on either side of probability."""
        low = (TINY, probability - 1e-6) if self.floor is None else (self.floor, self.floor)
        high = (probability + 1e-6, 1.0) if self.ceiling is None else (self.ceiling, self.ceiling)
        return [low, high]


@dataclass(frozen=True, slots=True)
class FloorPodFit:
    """parameters: b0, b1 of the standardised x = (size or ln size - centre) / width, floor, ceiling."""

    model: str
    likelihood: FloorLikelihood
    scale: Scale
    centre: float
    width: float
    parameters: Floats
    log_likelihood: float
    aic: float
    converged: bool

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
        return float((self.likelihood.link.index(share) - self.parameters[0]) / self.parameters[1])

    def _crossing(self, probability: float, alpha: float, sign: float) -> float:
        near = top = self._x_at(probability)
        critical = float(norm.isf(alpha)) ** 2
        for doubling in range(MOST_DOUBLINGS):
            far = top + sign * 0.05 * 2.0**doubling
            if self._drop(far, probability) > critical:
                return float(brentq(lambda x: self._drop(x, probability) - critical, near, far, xtol=1e-5))
            near = far
        return sign * math.inf

    def _drop(self, x: float, probability: float) -> float:
        """Twice the loss of log-likelihood of the best curve through (x, probability)."""
        bounds = [(TINY, STEEPEST), *self.likelihood.ranges(probability)]
        starts = [np.array([slope, *self.parameters[2:]]) for slope in (float(self.parameters[1]), 1.0)]
        clipped = [np.clip(start, *np.transpose(bounds)) for start in starts]
        best = min(
            minimize(
                self.likelihood.minus_log_through, start, (x, probability), "L-BFGS-B", jac=True, bounds=bounds
            ).fun
            for start in clipped
        )
        return 2.0 * (self.log_likelihood + float(best))


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
    """hits of trials at sizes, (n,), and false calls in null runs of the same exposure. None: estimated.

    Raises ValueError for impossible counts, one size only, or a floor that is not below the ceiling.
    """
    x, hit = scale.x(np.asarray(sizes, dtype=float)), np.asarray(hits, dtype=float)
    trial = np.broadcast_to(np.asarray(trials, dtype=float), x.shape)
    _check(x, hit, trial, (false_calls, null_runs), (floor or 0.0, 1.0 if ceiling is None else ceiling))
    centre, width = float(x.mean()), float(x.std())
    counts = (false_calls, null_runs)
    likelihood = FloorLikelihood((x - centre) / width, hit, trial, *counts, link, floor, ceiling)
    bounds = [(-1000.0, 1000.0), (TINY, STEEPEST), *likelihood.ranges()]
    runs = [minimize(likelihood.minus_log, s, (), "L-BFGS-B", jac=True, bounds=bounds) for s in _starts(likelihood)]
    best = min(runs, key=lambda run: float(run.fun))
    aic = 2.0 * (2 + (floor is None) + (ceiling is None)) + 2.0 * float(best.fun)
    said = ["estimated" if edge is None else f"{edge:g}" for edge in (floor, ceiling)]
    model = f"hit/miss, {link}, {scale} size, floor {said[0]}, ceiling {said[1]}"
    return FloorPodFit(model, likelihood, scale, centre, width, best.x, -float(best.fun), aic, bool(best.success))


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

"""Propagation of whole distributions by drawing from them: JCGM 101, and what it says of a budget by JCGM 100."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.uncertainty.gum import NO_CORRELATIONS, Budget, Correlations, Input, Model

Samples = NDArray[np.float64]
BLOCK = 10_000
"""Trials between two looks of the adaptive procedure (7.9.4 b)."""


@dataclass(frozen=True, slots=True)
class Propagated:
    """The result's mean, standard deviation, and coverage intervals: symmetric in probability, and the shortest."""

    mean: float
    u: float
    symmetric: tuple[float, float]
    shortest: tuple[float, float]
    trials: int


@dataclass(frozen=True, slots=True)
class Validation:
    """Whether budget and distribution agree (clause 8): both ends of the interval within tolerance of each other, which
    is half a unit of the last of so many digits of u.
    """

    valid: bool
    digits: int
    low_difference: float
    high_difference: float
    tolerance: float
    trials: int


def distribute(
    model: Model,
    inputs: Sequence[Input],
    *,
    trials: int = 1_000_000,
    probability: float = 0.95,
    seed: int = 0,
    correlations: Correlations = NO_CORRELATIONS,
) -> Propagated:
    """A fixed number of trials. Correlated inputs must be normal, or ValueError."""
    generator = np.random.default_rng(seed)
    return _summary(_draw(model, inputs, trials, generator, correlations), probability)


def distribute_adaptively(
    model: Model,
    inputs: Sequence[Input],
    *,
    digits: int = 2,
    probability: float = 0.95,
    seed: int = 0,
    most_trials: int = 20_000_000,
) -> Propagated:
    """As many trials as it takes to know mean, u and both ends to so many digits of u (7.9), up to most_trials."""
    generator = np.random.default_rng(seed)
    block = max(BLOCK, math.ceil(100.0 / (1.0 - probability)))
    drawn: list[Samples] = []
    looks: list[tuple[float, ...]] = []
    while len(drawn) * block < most_trials:
        drawn.append(_draw(model, inputs, block, generator, NO_CORRELATIONS))
        found = _summary(drawn[-1], probability)
        looks.append((found.mean, found.u, *found.symmetric))
        if len(looks) > 1 and _settled(np.array(looks), tolerance(float(np.std(drawn)), digits)):
            break
    return _summary(np.concatenate(drawn), probability)


def _settled(looks: Samples, delta: float) -> bool:
    spread = looks.std(axis=0, ddof=1) / math.sqrt(len(looks))
    return bool(np.all(2.0 * spread <= delta))


def validate(budget: Budget, found: Propagated, *, digits: int = 2) -> Validation:
    """Compare value +- U with the symmetric interval; both must be for the same probability."""
    low = abs(budget.value - budget.expanded - found.symmetric[0])
    high = abs(budget.value + budget.expanded - found.symmetric[1])
    delta = tolerance(budget.u, digits)
    return Validation(low <= delta and high <= delta, digits, low, high, delta, found.trials)


def tolerance(u: float, digits: int) -> float:
    """Half a unit of the last of so many significant digits of u (7.9.2)."""
    if not u > 0.0:
        return 0.0
    exponent = math.floor(math.log10(u))
    if round(u * 10.0 ** (digits - 1 - exponent)) >= 10**digits:
        exponent += 1  # 0.996 is 1.0 to two digits
    return 0.5 * 10.0 ** (exponent - digits + 1)


def shortest_interval(ordered: Samples, probability: float) -> tuple[float, float]:
    """Of all intervals that hold this part of the sorted samples, the narrowest (5.3.4, 7.7.4)."""
    held = min(round(probability * ordered.size), ordered.size - 1)
    place = int(np.argmin(ordered[held:] - ordered[: ordered.size - held]))
    return float(ordered[place]), float(ordered[place + held])


def _summary(samples: Samples, probability: float) -> Propagated:
    ordered = np.sort(samples)
    tail = (1.0 - probability) / 2.0
    low, high = np.quantile(ordered, [tail, 1.0 - tail])
    return Propagated(
        mean=float(ordered.mean()),
        u=float(ordered.std(ddof=1)),
        symmetric=(float(low), float(high)),
        shortest=shortest_interval(ordered, probability),
        trials=ordered.size,
    )


def _draw(
    model: Model, inputs: Sequence[Input], trials: int, generator: np.random.Generator, correlations: Correlations
) -> Samples:
    columns = {entry.name: _samples(entry, trials, generator) for entry in inputs}
    if correlations:
        columns |= _correlated(inputs, trials, generator, correlations)
    drawn: Samples = np.broadcast_to(np.asarray(model(columns), dtype=np.float64), (trials,))
    return drawn


def _samples(entry: Input, trials: int, generator: np.random.Generator) -> Samples:
    match entry.distribution:
        case "rectangular":
            drawn = math.sqrt(3.0) * generator.uniform(-1.0, 1.0, trials)
        case "triangular":
            drawn = math.sqrt(6.0) * generator.triangular(-1.0, 0.0, 1.0, trials)
        case "t" if math.isfinite(entry.dof):
            drawn = generator.standard_t(entry.dof, trials)
        case _:
            drawn = generator.standard_normal(trials)
    return entry.value + entry.u * drawn


def _correlated(
    inputs: Sequence[Input], trials: int, generator: np.random.Generator, correlations: Correlations
) -> dict[str, Samples]:
    by_name = {entry.name: entry for entry in inputs}
    names = list(dict.fromkeys(name for pair in correlations for name in pair))
    skewed = [name for name in names if by_name[name].distribution != "normal"]
    if skewed:
        raise ValueError(f"{', '.join(skewed)}: only normal inputs can be correlated")
    matrix = np.eye(len(names))
    for (one, other), r in correlations.items():
        matrix[names.index(one), names.index(other)] = matrix[names.index(other), names.index(one)] = r
    drawn = generator.multivariate_normal(np.zeros(len(names)), matrix, trials, method="eigh")
    return {name: by_name[name].value + by_name[name].u * drawn[:, place] for place, name in enumerate(names)}

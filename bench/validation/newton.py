"""Newton's way to the maximum of a likelihood, also along a subspace (a profile)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.records import Floats

Objective = Callable[[Floats], tuple[float, Floats, Floats]]
"""Coefficients (k,) -> value, gradient (k,), information (k, k); value -inf where the model has no meaning."""

DECREMENT = 1e-16
"""Squared distance to the top, in standard errors."""
RIDGE = 1e-10
"""Of the information's diagonal: enough to keep it regular where the data do not determine a coefficient."""
NO_GAIN = 1e-10
"""Of log-likelihood."""
MOST_STEPS = 100
MOST_HALVINGS = 30


@dataclass(frozen=True, slots=True)
class Maximum:
    """information: (k, k), at coefficients. converged: no further step would change what is printed."""

    coefficients: Floats
    information: Floats
    value: float
    converged: bool
    steps: int

    @property
    def covariance(self) -> Floats:
        """Of the coefficients, for many data. ValueError where the data do not determine them."""
        return inverse(self.information)


def maximise(
    objective: Objective, start: Floats, basis: Floats | None = None, *, decrement: float = DECREMENT
) -> Maximum:
    """Climb from start within start + span(basis), basis (k, m); everywhere without one.

    Raises ValueError where the information is singular: the data do not determine the coefficients.
    """
    basis = np.eye(start.size) if basis is None else basis
    place, (value, gradient, information) = start, objective(start)
    steps, converged = 0, False
    while steps < MOST_STEPS and not converged:
        step = basis @ solve(basis.T @ information @ basis, basis.T @ gradient)
        converged = bool(gradient @ step < decrement)
        place, (value, gradient, information) = _upward(objective, place, value, step)
        steps += 1
    return Maximum(place, information, value, converged, steps)


def maximise_in_box(objective: Objective, start: Floats, low: Floats, high: Floats, decrement: float) -> Maximum:
    """Climb from start between low and high, each (k,), by Newton's steps in what is not held at an edge (Bertsekas,
    SIAM J. Control Optim. 20 (1982) 221). What the data do not determine stays where it is.
    """
    place = np.clip(start, low, high)
    value, gradient, information = objective(place)
    steps, converged = 0, False
    while steps < MOST_STEPS and not converged:
        free = ~(((place <= low) & (gradient <= 0.0)) | ((place >= high) & (gradient >= 0.0)))
        step = np.zeros_like(place)
        inner = information[np.ix_(free, free)]
        np.fill_diagonal(inner, (1.0 + RIDGE) * np.abs(np.diag(inner)) + np.finfo(float).tiny)
        step[free] = solve(inner, gradient[free])
        before, close = value, bool(gradient @ step < decrement)
        place, (value, gradient, information) = _upward(objective, place, value, step, low, high)
        # at an edge, or where nothing is determined, the decrement need not vanish: no gain is the end, too
        converged = close or value - before < NO_GAIN
        steps += 1
    return Maximum(place, information, value, converged, steps)


def solve(information: Floats, right: Floats) -> Floats:
    """After scaling the diagonal to one: sizes may be in kg/s, so that entries differ by 1e16."""
    scale = np.sqrt(np.diag(information))
    if not np.all(scale > 0.0):
        raise ValueError("the data do not determine the coefficients")
    try:
        scaled = np.linalg.solve(information / np.outer(scale, scale), (right.T / scale).T)
    except np.linalg.LinAlgError as error:
        raise ValueError("the data do not determine the coefficients") from error
    return np.asarray((scaled.T / scale).T)


def inverse(information: Floats) -> Floats:
    return solve(information, np.eye(len(information)))


def _upward(
    objective: Objective,
    place: Floats,
    value: float,
    step: Floats,
    low: Floats | float = -np.inf,
    high: Floats | float = np.inf,
) -> tuple[Floats, tuple[float, Floats, Floats]]:
    """A full step, cut to the box, then halved until it does not descend."""
    least = value - 1e-12 * max(1.0, abs(value))
    for _ in range(MOST_HALVINGS):
        there = np.clip(place + step, low, high)
        found = objective(there)
        if found[0] >= least:
            return there, found
        step = 0.5 * step
    return place, objective(place)

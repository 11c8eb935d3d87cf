"""One step of a Kalman filter, and the same step on the ramps of leaks that may have begun before. Compiled."""

import numpy as np
from numba import njit

from bench.records import Floats


@njit(cache=True, nogil=True)
def step(
    reading: float,
    white: float,
    move: Floats,
    grown: Floats,
    seen: Floats,
    state: Floats,
    covariance: Floats,
) -> tuple[Floats, float, float]:
    """Predict and update in place; gain, innovation and its variance. grown: diagonal of what the state's covariance
    grows by. Joseph's form keeps the covariance a covariance.
    """
    state[:] = move @ state
    covariance[:] = move @ covariance @ move.T + np.diag(grown)
    column = covariance @ seen
    variance = seen @ column + white**2
    gain = column / variance
    innovation = reading - seen @ state
    state += gain * innovation
    left = np.eye(gain.size) - np.outer(gain, seen)
    covariance[:] = left @ covariance @ left.T + white**2 * np.outer(gain, gain)
    return gain, innovation, variance


@njit(cache=True, nogil=True)
def respond(
    ramps: Floats,
    move: Floats,
    gain: Floats,
    seen: Floats,
    responses: Floats,
) -> Floats:
    """What is left of each candidate's ramp, (n,), by the filter that takes it for its state: the signature.
    responses: (n, states), in place.
    """
    signatures, moved = np.empty(ramps.size), np.empty(gain.size)
    for candidate in range(ramps.size):
        left = ramps[candidate]
        for i in range(gain.size):
            moved[i] = 0.0
            for j in range(gain.size):
                moved[i] += move[i, j] * responses[candidate, j]
            left -= seen[i] * moved[i]
        for i in range(gain.size):
            responses[candidate, i] = moved[i] + gain[i] * left
        signatures[candidate] = left
    return signatures

"""One step of the Kalman filter, and the same step on the ramps of leaks that may have begun before. Compiled."""

import numpy as np
from numba import njit

from bench.records import Floats

LEVEL, SLOPE, SHARE, SLOW = 0, 1, 2, 3
"""Places in the state: ln m, its nominal slope (1/s), the share of a change of temperature that thermometers do not
see, their slow errors.
"""


@njit(cache=True, nogil=True)
def predict(state: Floats, covariance: Floats, elapsed_s: float, change: float, kept: Floats, grown: Floats) -> None:
    """In place. change: of the temperature, relative; kept: of the share and the slow errors; grown: the diagonal that
    the covariance gains.
    """
    move = np.eye(state.size)
    move[LEVEL, SLOPE], move[LEVEL, SHARE] = elapsed_s, change
    for place in range(kept.size):
        move[SHARE + place, SHARE + place] = kept[place]
    state[:] = move @ state
    covariance[:] = move @ covariance @ move.T + np.diag(grown)


@njit(cache=True, nogil=True)
def correct(state: Floats, covariance: Floats, reading: float, white: float) -> tuple[Floats, float, float]:
    """In place, by Joseph's form, which keeps the covariance a covariance; gain, innovation and its variance. white: of
    the reading, variance.
    """
    seen = np.ones(state.size)
    seen[SLOPE] = seen[SHARE] = 0.0
    column = covariance @ seen
    variance = float(seen @ column) + white
    gain = column / variance
    innovation = reading - float(seen @ state)
    state += gain * innovation
    left = np.eye(state.size) - np.outer(gain, seen)
    covariance[:] = left @ covariance @ left.T + white * np.outer(gain, gain)
    return gain, innovation, variance


@njit(cache=True, nogil=True)
def respond(
    ramps: Floats,
    responses: Floats,
    elapsed_s: float,
    change: float,
    kept: Floats,
    gain: Floats,
) -> Floats:
    """What is left of each candidate's ramp, (n,), by the filter that takes it for its state: the signature.
    responses: (n, states), in place.
    """
    signatures = np.empty(ramps.size)
    for candidate in range(ramps.size):
        response = responses[candidate]
        response[LEVEL] += elapsed_s * response[SLOPE] + change * response[SHARE]
        left = ramps[candidate] - response[LEVEL]
        for place in range(kept.size):
            response[SHARE + place] *= kept[place]
            if place > 0:
                left -= response[SHARE + place]
        for place in range(gain.size):
            response[place] += gain[place] * left
        signatures[candidate] = left
    return signatures

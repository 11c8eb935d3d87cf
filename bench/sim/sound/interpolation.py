"""Exact values between the samples of the internal grid: a sinc under a Kaiser window (beta for 90 dB), as a table."""

import math

import numpy as np

from bench.records import Floats
from bench.sim.compiled import compiled

TAPS = 12
"""Content ends at a quarter of the grid's rate, so a dozen are plenty."""
PHASES = 1024
BETA = 9.0


def kernel() -> Floats:
    """(PHASES + 1, TAPS): weights of the samples around a place that lies a share of a step after the sixth."""
    share = np.arange(PHASES + 1)[:, None] / PHASES
    away = np.arange(TAPS)[None, :] - (TAPS // 2 - 1) - share
    window = np.i0(BETA * np.sqrt(np.clip(1.0 - np.square(away / (TAPS // 2)), 0.0, 1.0))) / np.i0(BETA)
    weights: Floats = np.sinc(away) * window
    return weights


@compiled
def interpolate(samples: Floats, first: int, places: Floats, weights: Floats, out: Floats) -> None:
    """Set out to the values at places, in steps of the grid; samples begin at its index `first`."""
    for i in range(places.size):
        step = math.floor(places[i])
        phase = (places[i] - step) * PHASES
        row = min(int(phase), PHASES - 1)
        share = phase - row
        begin = int(step) - (TAPS // 2 - 1) - first
        value = 0.0
        for k in range(TAPS):
            weight = weights[row, k] + share * (weights[row + 1, k] - weights[row, k])
            value += weight * samples[begin + k]
        out[i] = value

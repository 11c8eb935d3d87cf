"""Shapes of noise over frequency: amplitudes by which to multiply white noise of unit variance on the internal grid.

Scaled so that the mean square in a band is one.
"""

import numpy as np

from bench.records import Floats
from bench.sim.sound.grid import PASS_HZ, RATE_HZ, STOP_HZ

LOW_HZ = 10_000.0
"""Leaks, racks and valves are synthesised from here on, and fade out within half of it: below is no ultrasound."""


def heard(frequency_hz: Floats) -> Floats:
    """What a microphone lets through: flat, with a raised cosine between PASS_HZ and STOP_HZ."""
    return _rise(STOP_HZ - frequency_hz, STOP_HZ - PASS_HZ)


def flat(frequency_hz: Floats, band_hz: tuple[float, float]) -> Floats:
    """A microphone's own noise."""
    return _scaled(np.ones_like(frequency_hz), frequency_hz, band_hz)


def hiss(frequency_hz: Floats, band_hz: tuple[float, float]) -> Floats:
    """Of a leak or a valve. The sampled band lies far below a small jet's Strouhal peak, 0.2 c/d (1.4 MHz at 50 um)."""
    return _scaled(_rise(frequency_hz - 0.5 * LOW_HZ, 0.5 * LOW_HZ), frequency_hz, band_hz)


def machinery(frequency_hz: Floats, band_hz: tuple[float, float]) -> Floats:
    """Of racks: power falls by 12 dB an octave above LOW_HZ."""
    falling = 1.0 / (1.0 + np.square(frequency_hz / LOW_HZ))
    return _scaled(falling * _rise(frequency_hz - 0.5 * LOW_HZ, 0.5 * LOW_HZ), frequency_hz, band_hz)


def _rise(above_hz: Floats, over_hz: float) -> Floats:
    rise: Floats = 0.5 - 0.5 * np.cos(np.pi * np.clip(above_hz / over_hz, 0.0, 1.0))
    return rise


def _scaled(shape: Floats, frequency_hz: Floats, band_hz: tuple[float, float]) -> Floats:
    """Half of white noise's variance per RATE_HZ / 2 lies in each Hz."""
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz < band_hz[1])
    density = 2.0 / RATE_HZ * float(np.square(shape[inside]).mean())
    scaled: Floats = shape / np.sqrt(density * (band_hz[1] - band_hz[0]))
    return scaled

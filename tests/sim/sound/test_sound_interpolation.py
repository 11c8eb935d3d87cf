"""Values between the samples of the internal grid."""

import numpy as np
import pytest

from bench.sim.sound.grid import RATE_HZ
from bench.sim.sound.interpolation import interpolate, kernel

FIRST = 40_000_000_000
"""Index of the first sample: after more than a day."""


@pytest.mark.parametrize("frequency_hz", [1e3, 20e3, 40e3, 60e3, 80e3, 90e3])
@pytest.mark.parametrize("rate_hz", [200e3, 192e3, 51_200.0])
def test_a_sine_is_interpolated_to_better_than_80_db(frequency_hz, rate_hz):
    steps = np.arange(4000)
    samples = np.sin(2.0 * np.pi * frequency_hz * steps / RATE_HZ)
    places = FIRST + 100.3 + np.arange(400) * (RATE_HZ / rate_hz)
    out = np.empty(places.size)
    interpolate(samples, FIRST, places, kernel(), out)
    wanted = np.sin(2.0 * np.pi * frequency_hz * (places - FIRST) / RATE_HZ)
    assert np.sqrt(np.mean((out - wanted) ** 2) / np.mean(wanted**2)) < 1e-4


def test_at_a_sample_it_is_the_sample():
    samples, out = np.random.default_rng(1).standard_normal(100), np.empty(50)
    interpolate(samples, 0, np.arange(20.0, 70.0), kernel(), out)
    assert out == pytest.approx(samples[20:70], abs=1e-12)

"""Sensor noise: the stated size, the stated memory, and the same whenever and however often it is asked for."""

import numpy as np
import pytest

from bench.records import NoiseClass
from bench.sim.sensors import BLOCK, Noise, Sensor

THERMOMETER = NoiseClass(white=0.002, representativeness=0.03, correlation_time_s=60.0, resolution=0.001)
SPAN = np.arange(60 * BLOCK)


def noise(channel="gas_1", seed=1, kind=THERMOMETER):
    return Noise(seed, channel, kind, kind.white, grid_s=1.0)


def test_order_and_number_of_requests_change_nothing():
    forwards = noise().many(SPAN[: 3 * BLOCK])
    one = noise()
    backwards = [one.at(int(i)) for i in SPAN[: 3 * BLOCK][::-1]][::-1]
    again = one.many(SPAN[: 3 * BLOCK])
    assert np.array_equal(forwards, backwards)
    assert np.array_equal(forwards, again)


@pytest.mark.parametrize("other", [{"channel": "gas_2"}, {"seed": 2}])
def test_channels_and_seeds_are_independent(other):
    a, b = noise().many(SPAN[:BLOCK]), noise(**other, kind=NoiseClass(white=1.0)).many(SPAN[:BLOCK])
    assert abs(np.corrcoef(a, b)[0, 1]) < 4.0 / np.sqrt(BLOCK / 60.0)


def test_white_noise_has_the_stated_size_and_no_memory():
    values = noise(kind=NoiseClass(white=1.0)).many(SPAN)
    assert values.std() == pytest.approx(1.0, abs=4.0 / np.sqrt(2.0 * SPAN.size))
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4.0 / np.sqrt(SPAN.size)


def test_representativeness_has_the_stated_size_and_memory_across_blocks():
    """An Ornstein-Uhlenbeck process: autocorrelation exp(-lag / tau); 4100 correlation times bound the error."""
    kind = NoiseClass(white=0.0, representativeness=0.03, correlation_time_s=60.0)
    values = noise(kind=kind).many(SPAN)
    spread = 4.0 * np.sqrt(2.0 * 60.0 / SPAN.size)
    assert values.std() == pytest.approx(0.03, rel=spread)
    for lag in (30, 60):
        found = np.mean(values[lag:] * values[:-lag]) / values.var()
        assert found == pytest.approx(np.exp(-lag / 60.0), abs=spread)
    steps = np.abs(np.diff(values))
    assert steps[BLOCK - 1 :: BLOCK].max() < 6.0 * 0.03 * np.sqrt(2.0 / 60.0)  # no jump where blocks meet


def test_the_first_value_is_as_spread_as_the_rest():
    first = [noise(seed=seed).at(0) for seed in range(400)]
    assert np.std(first) == pytest.approx(0.03, rel=4.0 / np.sqrt(800.0))


def test_a_sensor_shows_gain_offset_and_steps_of_its_resolution():
    silent = Noise(1, "p", NoiseClass(white=0.0), 0.0, grid_s=1.0)
    sensor = Sensor(silent, gain=1e-3, offset=0.5, resolution=0.1)
    assert sensor.show(1000.0, 0) == pytest.approx(1001.5)
    assert sensor.show(0.04, 0) == pytest.approx(0.5)
    assert sensor.show_many(np.array([0.0, 0.06]), np.array([0, 1])) == pytest.approx([0.5, 0.6])

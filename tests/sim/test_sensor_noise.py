"""Deviates that depend on nothing but seed, stream and index; each kind of noise has the stated size and memory."""

import numpy as np
import pytest
from scipy.signal import welch
from scipy.stats import kstest

from bench.sim.noise import BLOCK, FLICKER_CORNER_HZ, Noise, flicker_filters, start_deviates
from bench.sim.scenario import Draws
from bench.sim.sensor_bank import SensorBank
from bench.sim.sensor_spec import SensorSpec


def errors(channels, rows, *, grid_s=1.0, seed=1, **terms):
    """What sensors with these terms show of zero, (row, channel)."""
    specs = [SensorSpec(name=f"c{number}", **terms) for number in range(channels)]
    bank = SensorBank(specs, seed, Draws(seed, hidden=False), grid_s)
    return bank.advance(0, np.zeros((rows, channels)), np.full(rows, 293.15))


def variance(values, mean=0.0):
    return np.mean((values - mean) ** 2)


def test_order_of_requests_and_other_streams_change_nothing():
    forwards, backwards = Noise(1, ["a", "b"]), Noise(1, ["b"])
    expected = [forwards.block(number)[1].copy() for number in range(3)]
    for number in (2, 0, 1, 1):
        assert np.array_equal(backwards.block(number)[0], expected[number])


def test_deviates_are_standard_normal_and_have_no_memory():
    values = np.concatenate([Noise(1, ["a"]).block(number)[0] for number in range(50)])
    assert kstest(values, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4.0 / np.sqrt(values.size)


def test_streams_seeds_blocks_and_starts_are_independent():
    samples = [Noise(1, ["a"]).block(0)[0], Noise(1, ["b"]).block(0)[0], Noise(2, ["a"]).block(0)[0]]
    samples += [Noise(1, ["a"]).block(1)[0], start_deviates(1, "a", BLOCK)]
    correlations = np.corrcoef(samples) - np.eye(len(samples))
    assert np.abs(correlations).max() < 4.5 / np.sqrt(BLOCK)


@pytest.mark.parametrize(("grid_s", "averaged", "size"), [(1.0, False, 2.0), (0.1, False, 2.0), (0.1, True, 6.3246)])
def test_white_noise_has_the_stated_size_and_no_memory(grid_s, averaged, size):
    values = errors(1, 100_000, grid_s=grid_s, white=2.0, averaged=averaged)[:, 0]
    assert values.std() == pytest.approx(size, rel=4.0 / np.sqrt(2.0 * values.size))
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4.0 / np.sqrt(values.size)


def test_one_second_means_of_an_averaged_channel_have_the_stated_white_noise():
    means = errors(1, 100_000, grid_s=0.1, white=2.0, averaged=True).reshape(-1, 10).mean(axis=1)
    assert means.std() == pytest.approx(2.0, rel=4.0 / np.sqrt(2.0 * means.size))


def test_representativeness_has_the_stated_size_and_memory_across_blocks():
    """Autocorrelation exp(-lag / tau); the number of correlation times bounds the error."""
    tau = 60.0
    values = errors(1, 60 * BLOCK, representativeness=0.03, correlation_time_s=tau)[:, 0]
    spread = 4.0 * np.sqrt(2.0 * tau / values.size)
    assert values.std() == pytest.approx(0.03, rel=spread)
    for lag in (30, 60, 120):
        found = np.mean(values[lag:] * values[:-lag]) / values.var()
        assert found == pytest.approx(np.exp(-lag / tau), abs=spread)


@pytest.mark.parametrize("row", [0, 1, 99])
def test_representativeness_is_stationary_from_the_start(row):
    values = errors(800, 100, representativeness=0.03, correlation_time_s=60.0)[row]
    assert values.std() == pytest.approx(0.03, rel=4.0 / np.sqrt(1600.0))


@pytest.mark.parametrize("grid_s", [1.0, 10.0])
@pytest.mark.parametrize("hours", [1, 4])
def test_random_walk_grows_from_zero_with_the_root_of_time(hours, grid_s):
    values = errors(50, 4 * 3600 + 1, grid_s=grid_s, random_walk=0.3)
    assert not values[0].any()
    rows = int(hours * 3600 / grid_s)
    steps = values[rows::rows] - values[:-rows:rows]
    assert np.sqrt(variance(steps)) == pytest.approx(0.3 * np.sqrt(hours), rel=4.0 / np.sqrt(2.0 * steps.size))


@pytest.mark.parametrize("grid_s", [0.1, 1.0, 10.0])
def test_flicker_filters_give_one_over_f_within_two_percent_over_their_decades(grid_s):
    filters = flicker_filters(grid_s)
    frequency_hz = np.geomspace(FLICKER_CORNER_HZ, 0.25 / grid_s, 500)
    shift = np.exp(-2j * np.pi * frequency_hz * grid_s)
    response = (filters.weight[:, None] / (1.0 - filters.memory[:, None] * shift)).sum(axis=0)
    density = 2.0 * grid_s * np.abs(response) ** 2  # one-sided; 2 ln 2 f S(f) = 1 is the unit Allan floor
    excess = 2.0 * np.log(2.0) * frequency_hz * density - 1.0
    assert np.abs(excess[frequency_hz < 0.1 / grid_s]).max() < 0.02
    assert np.abs(excess).max() < 0.11


def test_flicker_filters_start_where_they_stay():
    filters = flicker_filters(1.0)
    covariance = filters.start @ filters.start.T
    later = np.outer(filters.memory, filters.memory) * covariance + np.outer(filters.weight, filters.weight)
    assert later == pytest.approx(covariance, rel=1e-9)


def test_flicker_noise_has_the_stated_allan_floor():
    values = errors(20, 2**16, flicker=0.5)
    for averaging in (16, 64, 256, 1024):
        means = values.reshape(-1, averaging, 20).mean(axis=1)
        allan_variance = 0.5 * variance(np.diff(means, axis=0))
        assert np.sqrt(allan_variance) == pytest.approx(0.5, rel=0.01 + 3.0 / np.sqrt(means.size))


def test_flicker_noise_has_a_power_spectrum_of_slope_minus_one():
    frequency_hz, density = welch(errors(20, 2**16, flicker=0.5), nperseg=2**13, axis=0)
    band = (frequency_hz > 5.0 / 2**13) & (frequency_hz < 0.1)
    weight = frequency_hz[band] ** -0.5  # an equal say for each octave
    slope, _ = np.polyfit(np.log(frequency_hz[band]), np.log(density[band].mean(axis=1)), 1, w=weight)
    assert slope == pytest.approx(-1.0, abs=0.04)


def test_flicker_noise_is_stationary_from_the_start():
    values = errors(800, 50, flicker=0.5)
    filters = flicker_filters(1.0)
    size = 0.5 * np.sqrt((filters.start.sum(axis=0) ** 2).sum())
    for row in (0, 49):
        assert np.sqrt(variance(values[row])) == pytest.approx(size, rel=4.0 / np.sqrt(1600.0))


def test_channels_and_seeds_have_independent_noise():
    terms = {"white": 1.0, "flicker": 0.05, "representativeness": 0.5, "correlation_time_s": 3.0}
    values = np.hstack([errors(3, 50_000, **terms), errors(3, 50_000, seed=2, **terms)])
    correlations = np.corrcoef(values, rowvar=False) - np.eye(6)
    assert np.abs(correlations).max() < 0.03

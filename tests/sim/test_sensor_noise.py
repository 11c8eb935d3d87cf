"""Random numbers depend on seed, stream and index alone; each kind of noise has the stated size and memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import welch
from scipy.stats import kstest
from sensing import EXAMPLES, errors

from bench.sim.sensors.disturbances import octave_sizes
from bench.sim.sensors.noise import deviate, deviates, philox, stream_number, uniform, uniforms

WORDS = st.integers(0, 2**64 - 1).map(np.uint64)
INDICES = st.integers(0, 2**62)
KNOWN_ANSWERS = [  # Random123's kat_vectors, philox4x32-10: counter, key, words
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text):
    return tuple(np.uint64(int(word, 16)) for word in text.split())


def drawn(function, stream, count=20_000, seed=1, first=0):
    key = np.uint64(seed), stream_number(stream)
    return np.array([function(*key, index) for index in range(first, first + count)])


def variance(values, mean=0.0):
    return np.mean((values - mean) ** 2)


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN_ANSWERS)
def test_philox_gives_the_published_words(counter, key, expected):
    assert philox(words(counter), *words(key)) == words(expected)


@EXAMPLES
@given(seed=WORDS, stream=WORDS, indices=st.lists(INDICES, min_size=1, max_size=5))
def test_a_deviate_does_not_depend_on_what_else_is_asked_for(seed, stream, indices):
    expected = [deviate(seed, stream, index) for index in indices]
    assert [deviate(seed, stream, index) for index in reversed(indices)] == expected[::-1]
    assert [deviates(seed, stream, index >> 1)[index & 1] for index in indices] == expected


@EXAMPLES
@given(seed=WORDS, stream=WORDS, index=INDICES)
def test_uniform_numbers_are_above_zero_and_come_in_pairs(seed, stream, index):
    assert uniform(seed, stream, index) == uniforms(seed, stream, index >> 1)[index & 1]
    assert 0.0 < uniform(seed, stream, index) <= 1.0


@pytest.mark.parametrize(("function", "distribution"), [(deviate, "norm"), (uniform, "uniform")])
def test_random_numbers_have_their_distribution_and_no_memory(function, distribution):
    values = drawn(function, "a")
    assert kstest(values, distribution).pvalue > 1e-3
    for lag in (1, 2):
        assert abs(np.corrcoef(values[lag:], values[:-lag])[0, 1]) < 4.0 / np.sqrt(values.size)


def test_streams_seeds_and_stretches_are_independent():
    samples = [drawn(deviate, "a"), drawn(deviate, "b"), drawn(deviate, "a", seed=2), drawn(deviate, "a", first=2**40)]
    correlations = np.corrcoef(samples) - np.eye(len(samples))
    assert np.abs(correlations).max() < 4.5 / np.sqrt(samples[0].size)


@pytest.mark.parametrize(("every", "averaged", "size"), [(1, False, 2.0), (10, False, 2.0), (1, True, 6.3246)])
def test_white_noise_has_the_stated_size_and_no_memory(every, averaged, size):
    values = errors(1, 100_000, every=every, white=2.0, averaged=averaged)[:, 0]
    assert values.std() == pytest.approx(size, rel=4.0 / np.sqrt(2.0 * values.size))
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 4.0 / np.sqrt(values.size)


@pytest.mark.parametrize("every", [10, 600])
def test_rows_of_an_averaged_channel_have_the_white_noise_of_one_second(every):
    means = errors(1, 50_000, every=every, white=2.0, averaged=True)[1:]
    assert means.std() == pytest.approx(2.0, rel=4.0 / np.sqrt(2.0 * means.size))


def test_representativeness_has_the_stated_size_and_memory():
    """Autocorrelation exp(-lag / tau); the number of correlation times bounds the error."""
    tau = 60.0
    values = errors(1, 240_000, every=10, representativeness=0.03, correlation_time_s=tau)[:, 0]
    spread = 4.0 * np.sqrt(2.0 * tau / values.size)
    assert values.std() == pytest.approx(0.03, rel=spread)
    for lag in (30, 60, 120):
        found = np.mean(values[lag:] * values[:-lag]) / values.var()
        assert found == pytest.approx(np.exp(-lag / tau), abs=spread)


@pytest.mark.parametrize("row", [0, 1, 99])
@pytest.mark.parametrize("correlation_time_s", [0.05, 3.0, 3600.0])
def test_representativeness_is_stationary_from_the_start(row, correlation_time_s):
    values = errors(800, 100, representativeness=0.03, correlation_time_s=correlation_time_s)[row]
    assert values.std() == pytest.approx(0.03, rel=0.011 + 4.0 / np.sqrt(1600.0))


@pytest.mark.parametrize("hours", [1, 4])
def test_random_walk_grows_from_zero_with_the_root_of_time(hours):
    values = errors(50, 4 * 360 + 1, every=100, random_walk=0.3)
    assert not values[0].any()
    rows = 360 * hours
    steps = values[rows::rows] - values[:-rows:rows]
    assert np.sqrt(variance(steps)) == pytest.approx(0.3 * np.sqrt(hours), rel=4.0 / np.sqrt(2.0 * steps.size))


def flicker_density(frequency):
    """One-sided power density per sample, frequency in 1/sample: a row of triangles per octave."""
    density = np.zeros_like(frequency)
    for octave, size in enumerate(octave_sizes()):
        samples = 2**octave
        comb = np.sin(np.pi * frequency * samples) / np.sin(np.pi * frequency) / samples
        density += 2.0 * size**2 * samples * comb**4
    return density


@pytest.mark.parametrize(("low_hz", "high_hz", "within"), [(1e-6, 0.5, 0.01), (0.5, 1.0, 0.02), (1.0, 5.0, 0.25)])
def test_flicker_noise_is_one_over_f_as_closely_as_stated(low_hz, high_hz, within):
    frequency = 0.1 * np.geomspace(low_hz, high_hz, 20_000)
    excess = 2.0 * np.log(2.0) * frequency * flicker_density(frequency) - 1.0
    assert 0.5 * within < np.abs(excess).max() < within


def test_flicker_noise_has_an_allan_deviation_as_flat_as_stated():
    """Variance from density: IEEE Std 1139, with means of samples."""
    frequency = (np.arange(2**18) + 0.5) / 2**19
    density = flicker_density(frequency)
    for averaging in (1, 2, 3, 4, 5, 7, 10, 14, 20, 100, 256):
        response = 2.0 * np.sin(np.pi * frequency * averaging) ** 4 / (averaging * np.sin(np.pi * frequency)) ** 2
        assert np.sqrt(np.sum(density * response) / 2**19) == pytest.approx(1.0, abs=0.004)


def test_flicker_noise_has_the_stated_allan_floor():
    values = errors(20, 2**16, flicker=0.5)
    for averaging in (1, 4, 16, 64, 256, 1024):
        means = values.reshape(-1, averaging, 20).mean(axis=1)
        allan_variance = 0.5 * variance(np.diff(means, axis=0))
        assert np.sqrt(allan_variance) == pytest.approx(0.5, rel=0.004 + 3.0 / np.sqrt(means.size))


def test_flicker_noise_has_a_power_spectrum_of_slope_minus_one():
    frequency, density = welch(errors(20, 2**16, flicker=0.5), nperseg=2**13, axis=0)
    band = (frequency > 5.0 / 2**13) & (frequency < 0.1)
    weight = frequency[band] ** -0.5  # an equal say for each octave
    slope, _ = np.polyfit(np.log(frequency[band]), np.log(density[band].mean(axis=1)), 1, w=weight)
    assert slope == pytest.approx(-1.0, abs=0.04)


@pytest.mark.parametrize("row", [0, 49])
def test_flicker_noise_is_stationary_from_the_start(row):
    samples = 4.0 ** np.arange(octave_sizes().size)
    size = 0.5 * np.sqrt(np.sum(octave_sizes() ** 2 * (2.0 / 3.0 + 1.0 / 3.0 / samples)))
    values = errors(800, 50, flicker=0.5)[row]
    assert np.sqrt(variance(values)) == pytest.approx(size, rel=4.0 / np.sqrt(1600.0))
    assert kstest(values / size, "norm").pvalue > 1e-3


def test_channels_and_seeds_have_independent_noise():
    terms = {"white": 1.0, "flicker": 0.05, "representativeness": 0.5, "correlation_time_s": 3.0}
    values = np.hstack([errors(3, 50_000, every=10, seed=seed, **terms) for seed in (1, 2)])
    correlations = np.corrcoef(values, rowvar=False) - np.eye(6)
    assert np.abs(correlations).max() < 0.03

"""Answers that are known without the code: a sine's power, a density integrated, moments of noise, tone and clicks."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, welch

from bench.acoustics import FRAME_S, features, overlap_hz, peak_pa, spectral_kurtosis

RATE_HZ, SAMPLES = 200e3, 100_000
BAND_HZ = (30e3, 50e3)
FRAMES = 2 * round(SAMPLES / RATE_HZ / FRAME_S) - 1


def noise(seed, microphones=1, density=1e-9):
    """White, of a one-sided density in Pa2/Hz."""
    sigma_pa = np.sqrt(density * RATE_HZ / 2)
    return sigma_pa * np.random.default_rng(seed).standard_normal((microphones, SAMPLES))


def sine(frequency_hz, amplitude_pa=0.02):
    return amplitude_pa * np.sin(2 * np.pi * frequency_hz * np.arange(SAMPLES) / RATE_HZ + 0.4)[np.newaxis]


def heard(pressures_pa, band_hz=BAND_HZ):
    return features(pressures_pa, 1 / RATE_HZ, band_hz)


@pytest.mark.parametrize("frequency_hz", [31e3, 40_000.0, 40_123.4, 49e3])
def test_a_sine_in_the_band_has_half_the_square_of_its_amplitude(frequency_hz):
    assert heard(sine(frequency_hz)).band_power_pa2 == pytest.approx(0.02**2 / 2, rel=1e-4)


@pytest.mark.parametrize("frequency_hz", [10e3, 25e3, 60e3])
def test_a_sine_outside_the_band_leaves_nothing_in_it(frequency_hz):
    assert heard(sine(frequency_hz)).band_power_pa2 < 1e-9 * 0.02**2 / 2


def test_white_noise_has_its_density_times_the_width_of_the_band():
    """20 kHz for half a second are 20 000 independent squares: one per cent of scatter each (Bendat and Piersol 8.5).
    Five sigma of the mean of 40.
    """
    power = heard(noise(1, microphones=40)).band_power_pa2
    assert power.mean() == pytest.approx(1e-9 * 20e3, rel=5 * 0.01 / np.sqrt(40))
    assert 0.005 < power.std() / power.mean() < 0.015


@pytest.mark.parametrize("band_hz", [(30e3, 50e3), (30_050.0, 30_070.0), (30_090.0, 49_911.0)])
def test_lines_stand_for_the_whole_band_and_for_nothing_beside_it(band_hz):
    assert overlap_hz(np.arange(501) * 200.0, band_hz).sum() == pytest.approx(band_hz[1] - band_hz[0])


def test_it_is_welch_s_density():
    sound = noise(2)
    frequency_hz, density = welch(sound[0], RATE_HZ, window="hann", nperseg=1000, noverlap=500)
    inside = (frequency_hz > 30e3) & (frequency_hz < 50e3)
    edges = np.isin(frequency_hz, BAND_HZ)
    expected = 200.0 * (density[inside].sum() + 0.5 * density[edges].sum())
    assert heard(sound).band_power_pa2[0] == pytest.approx(expected, rel=1e-9)


def test_steady_noise_has_no_spectral_kurtosis():
    """Of one line the variance is 4 / frames (Antoni 2006); of the mean over the band's 101 lines, of which neighbours
    share power under a Hann window, about 1.95 times a hundredth of that.
    """
    kurtosis = heard(noise(3, microphones=40)).spectral_kurtosis
    sigma = np.sqrt(4.0 / FRAMES * 1.95 / 101)
    assert abs(kurtosis.mean()) < 5 * sigma / np.sqrt(40)
    assert 0.7 * sigma < kurtosis.std() < 1.4 * sigma


def test_coloured_noise_is_as_steady_as_white():
    coloured = sosfilt(butter(4, (35e3, 40e3), "bandpass", fs=RATE_HZ, output="sos"), noise(4, microphones=40))
    assert abs(heard(coloured).spectral_kurtosis.mean()) < 0.02


def test_a_steady_tone_has_minus_one():
    assert heard(sine(40_050.0)).spectral_kurtosis == pytest.approx(-1.0, abs=1e-3)


def test_clicks_have_a_large_one_though_they_add_little_power():
    sound = noise(5)
    quiet = heard(sound)
    sound[0, 20_000::30_000] += 2.0
    clicks = heard(sound)
    assert clicks.spectral_kurtosis[0] > 5.0
    assert clicks.band_power_pa2[0] < 3.0 * quiet.band_power_pa2[0]


@pytest.mark.parametrize("frames", [2, 3, 10])
def test_the_estimator_has_no_bias_however_few_the_frames(frames):
    """|X|^2 of circular Gaussian noise is exponential. 200 000 lines: the mean's own sigma is under 0.004."""
    density = np.random.default_rng(6).exponential(size=(200_000, frames))
    assert abs(spectral_kurtosis(density).mean()) < 0.02


def test_silence_has_no_power_and_no_kurtosis():
    silent = heard(np.zeros((2, SAMPLES)))
    assert silent.band_power_pa2.tolist() == [0.0, 0.0]
    assert np.isnan(silent.spectral_kurtosis).all()


def test_a_burst_too_short_for_two_frames_is_refused():
    with pytest.raises(ValueError, match="no two frames of 1000"):
        heard(np.zeros((1, 1999)))


@pytest.mark.parametrize(("level_db", "pressure_pa"), [(0.0, 20e-6), (94.0, 1.0024), (120.0, 20.0)])
def test_levels_are_above_twenty_micropascals(level_db, pressure_pa):
    assert peak_pa(level_db) == pytest.approx(pressure_pa, rel=1e-4)

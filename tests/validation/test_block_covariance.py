import numpy as np
import pytest

from bench.rig import NoiseClass
from bench.validation.block_covariance import block_covariance, mean_correlation


@pytest.mark.parametrize("tau_s", [5.0, 100.0, 3600.0, 1e6])
def test_correlation_of_block_means_is_the_mean_of_the_correlations(tau_s):
    width_s = np.array([60.0, 60.0, 90.0, 60.0])
    centre_s = np.array([30.0, 90.0, 165.0, 1000.0])
    points = 600
    fine_s = centre_s[:, None] + width_s[:, None] * ((np.arange(points) + 0.5) / points - 0.5)
    brute = [[np.exp(-np.abs(a[:, None] - b) / tau_s).mean() for b in fine_s] for a in fine_s]
    np.testing.assert_allclose(mean_correlation(centre_s, width_s, tau_s), brute, rtol=1e-4, atol=1e-12)


def test_very_short_correlation_neither_overflows_nor_lingers():
    correlation = mean_correlation(np.array([30.0, 90.0]), np.array([60.0, 60.0]), 1e-3)
    assert correlation[0, 0] == pytest.approx(2 * 1e-3 / 60.0, rel=1e-3)
    assert 0.0 <= correlation[0, 1] < 1e-9


def test_white_noise_and_rounding_average_over_fresh_samples():
    noise = NoiseClass(white=3.0, resolution=2.0)
    covariance = block_covariance(noise, np.array([30.0, 90.0]), np.array([60.0, 60.0]), np.array([60.0, 1.0]))
    np.testing.assert_allclose(covariance, np.diag([(9.0 + 1.0 / 3.0) / 60.0, 9.0 + 1.0 / 3.0]))

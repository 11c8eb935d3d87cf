import numpy as np
import pytest
from detection.dense import covariance_of_means

from bench.detection.noise import Term, declared_noise
from bench.rig import NoiseClass


def test_white_noise_and_rounding_average_over_fresh_samples():
    term = Term(NoiseClass(white=3.0, resolution=2.0), 0.1, np.array([60.0, 1.0]))
    found = declared_noise([term], np.array([60.0, 60.0]))
    np.testing.assert_allclose(found.white, [0.01 * (9.0 + 1.0 / 3.0) / 60.0, 0.01 * (9.0 + 1.0 / 3.0)])


def test_errors_of_one_memory_add_and_those_of_another_stand_beside():
    fresh = np.ones(2)
    slow = [NoiseClass(0.0, 0.03, 3600.0), NoiseClass(0.0, 0.04, 3600.0), NoiseClass(0.0, 0.1, 60.0)]
    found = declared_noise([Term(noise, 2.0, fresh) for noise in slow], np.zeros(2))
    np.testing.assert_allclose(found.variance, [4.0 * 0.0025, 4.0 * 0.01])
    np.testing.assert_allclose(found.correlation_time_s, [3600.0, 60.0])


def test_a_walk_of_one_unit_per_root_hour_has_a_variance_of_one_after_an_hour():
    found = declared_noise([Term(NoiseClass(0.0, random_walk=1.0), 1.0, np.ones(1))], np.zeros(1))
    assert found.walk_per_s * 3600.0 == pytest.approx(1.0)


@pytest.mark.parametrize("tau_s", [8.0, 100.0, 3600.0, 1e6])
def test_how_a_mean_sees_its_middle_is_what_the_definition_says(tau_s):
    time_s, span_s = np.array([30.0, 90.0, 1000.0]), np.array([60.0, 60.0, 90.0])
    term = Term(NoiseClass(0.0, 1.0, tau_s), 1.0, np.ones(3))
    seen, own = declared_noise([term], span_s).of_means()
    lag_s = np.abs(time_s[:, None] - time_s)
    found = np.exp(-lag_s / tau_s) * (seen @ seen.T) + np.diag(own)
    wanted = covariance_of_means(time_s, span_s, np.zeros(3), ((1.0, tau_s),), 0.0, points=600)
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-9)

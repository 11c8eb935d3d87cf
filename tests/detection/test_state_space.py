"""The filter against the covariance written out."""

import numpy as np
import pytest
from detection.dense import covariance_of_means
from scipy.linalg import cholesky, solve_triangular

from bench.detection.noise import BlockNoise
from bench.detection.state_space import whitened

TIME_S = np.array([30.0, 90.0, 155.0, 1000.0, 1060.0, 5000.0, 5060.0, 5150.0])
SPAN_S = np.array([60.0, 60.0, 70.0, 60.0, 60.0, 0.0, 60.0, 60.0])
WHITE = np.array([1.0, 0.5, 1.0, 0.1, 0.1, 1.0, 1.0, 1.0])


def noise(slow, walk_per_s):
    return BlockNoise(SPAN_S, WHITE, np.array([v for v, _ in slow]), np.array([t for _, t in slow]), walk_per_s)


@pytest.mark.parametrize(
    ("slow", "walk_per_s"),
    [
        ((), 0.0),
        (((4.0, 3600.0),), 0.0),
        (((4.0, 3600.0), (2.0, 300.0)), 0.0),
        (((40.0, 20.0),), 0.0),
        ((), 0.02),
        (((4.0, 3600.0),), 0.02),
    ],
)
def test_whitening_is_the_inverse_of_the_cholesky_factor(slow, walk_per_s):
    columns = np.random.default_rng(1).normal(size=(TIME_S.size, 3))
    factor = cholesky(covariance_of_means(TIME_S, SPAN_S, WHITE, slow, walk_per_s), lower=True)
    found = whitened(TIME_S, noise(slow, walk_per_s), columns)
    np.testing.assert_allclose(found.columns, solve_triangular(factor, columns, lower=True), rtol=1e-3, atol=1e-3)
    assert found.log_determinant == pytest.approx(2.0 * np.log(np.diag(factor)).sum(), abs=2e-3)


def test_an_error_much_shorter_than_a_block_is_white_among_blocks():
    with_short = whitened(TIME_S, noise(((4.0, 1.0),), 0.0), np.ones((TIME_S.size, 1)))
    own = WHITE + 4.0 * np.where(SPAN_S > 0, 2.0 / np.maximum(SPAN_S, 1.0), 1.0)
    np.testing.assert_allclose(with_short.scale**2, own, rtol=0.02)


def test_later_rows_change_nothing_in_earlier_ones():
    columns = np.random.default_rng(2).normal(size=(TIME_S.size, 2))
    whole = whitened(TIME_S, noise(((4.0, 3600.0),), 0.02), columns)
    part = noise(((4.0, 3600.0),), 0.02).rows(np.arange(TIME_S.size) < 5)
    np.testing.assert_array_equal(whitened(TIME_S[:5], part, columns[:5]).columns, whole.columns[:5])


def test_no_noise_at_all_is_no_covariance():
    silent = BlockNoise(np.zeros(3), np.zeros(3), np.zeros(0), np.zeros(0), 0.0)
    with pytest.raises(np.linalg.LinAlgError, match="all zero"):
        whitened(np.arange(3.0), silent, np.ones((3, 1)))

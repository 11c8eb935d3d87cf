"""Facts about whitening block by block."""

import numpy as np
import pytest

from bench.detection.isolation.whitening import Whitening
from bench.rig import NoiseClass

GAUGE = NoiseClass(white=1.0, random_walk=2.0, resolution=0.1)
POINT = NoiseClass(white=0.5, representativeness=3.0, correlation_time_s=1800.0)
TIMES_S = np.array([0.0, 60.0, 120.0, 600.0, 660.0, 3600.0])
SEEN = np.array([[[1.0, 0.0, -0.5], [0.0, 1.0, -0.2]], [[0.5, 0.5, -1.0], [1.0, 0.0, 0.0]]])


def dense():
    """Covariance of two rows at each time, by the definitions of walk and Ornstein-Uhlenbeck process."""
    first, lag_s = np.minimum(TIMES_S[:, None], TIMES_S), np.abs(TIMES_S[:, None] - TIMES_S)
    walk = 4.0 / 3600.0 * first + np.eye(6) * (1.0 + 0.01 / 12.0) / 10.0
    slow = 9.0 * np.exp(-lag_s / 1800.0) + np.eye(6) * 0.25 / 10.0
    seen = np.array([SEEN[k % 2] for k in range(6)])
    of_sensor = np.stack([walk, walk, slow])
    return np.einsum("kgs,skl,lhs->kglh", seen, of_sensor, seen).reshape(12, 12)


def test_it_is_the_inverse_of_the_covariance():
    rows = np.random.default_rng(1).normal(size=(6, 2, 3))
    whitening = Whitening({"p": GAUGE, "q": GAUGE, "t": POINT})
    fresh = np.full(3, 10.0)
    white = [whitening.add(t, SEEN[k % 2], fresh, rows[k]) for k, t in enumerate(TIMES_S)]
    found = sum(w.T @ w for w in white)
    flat = rows.reshape(12, 3)
    assert found == pytest.approx(flat.T @ np.linalg.solve(dense(), flat), rel=1e-9)


def test_a_column_may_come_later():
    rows = np.random.default_rng(2).normal(size=(6, 2, 2))
    rows[:3, :, 1] = 0.0
    whole, late = (Whitening({"p": GAUGE, "q": GAUGE, "t": POINT}) for _ in range(2))
    for k, t in enumerate(TIMES_S):
        wanted = whole.add(t, SEEN[k % 2], np.ones(3), rows[k])
        found = late.add(t, SEEN[k % 2], np.ones(3), rows[k, :, : 1 + (k > 2)])
        assert found == pytest.approx(wanted[:, : found.shape[1]])


def test_noise_that_is_none_is_refused():
    with pytest.raises(np.linalg.LinAlgError):
        Whitening({"p": NoiseClass(0.0)}).add(0.0, np.ones((1, 1)), np.ones(1), np.ones((1, 1)))

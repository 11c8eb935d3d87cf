"""The covariance of block means straight from its definition: dense, slow, and nothing of what it tests."""

import numpy as np


def covariance_of_means(time_s, span_s, white, slow, walk_per_s, points=200):
    """white: variance of each; slow: (variance, correlation time) pairs; the walk begins with the first span."""
    offset = (np.arange(points) + 0.5) / points - 0.5
    fine_s = time_s[:, None] + span_s[:, None] * offset - (time_s[0] - 0.5 * span_s[0])
    found = np.diag(white)
    for i, a in enumerate(fine_s):
        for j, b in enumerate(fine_s[: i + 1]):
            lag_s = np.abs(a[:, None] - b)
            value = sum(variance * np.exp(-lag_s / tau_s).mean() for variance, tau_s in slow)
            value += walk_per_s * (a[:, None] + b - lag_s).mean() / 2.0
            found[i, j] = found[j, i] = found[i, j] + value if i == j else value
    return found

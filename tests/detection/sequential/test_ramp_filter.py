"""Facts about the filter that every ramp goes through, and about what is asked of its evidence."""

import numpy as np
import pytest
from detection.sequential.air import BLOCK_S, GAS_K, HOUR_S, PRESSURE_PA, RIG

from bench.detection.noise import BlockNoise
from bench.detection.sequential.evidence import leak, likelihood_ratio, page, page_of_loss, shiryaev_roberts
from bench.detection.sequential.mass_noise import mass_noise
from bench.detection.sequential.ramp_filter import RampFilter, RampModel
from bench.validation.run_length import cusum_arl, cusum_limit


def noise_of(white, walk, slow, correlation_time_s):
    """Standard deviations, relative; walk: 1/sqrt(s)."""
    span_s = np.array([BLOCK_S])
    return BlockNoise(span_s, np.array([white**2]), np.array(slow) ** 2, np.array(correlation_time_s), walk**2)


NOISE = noise_of(2e-6, 1e-7, [1.2e-4, 0.5e-4], [3600.0, 9000.0])


def test_score_and_information_are_those_of_generalised_least_squares():
    """By brute force: v = r' C^-1 y and G = r' C^-1 r with the covariance of all readings at once; one is missing."""
    rng, model = np.random.default_rng(1), RampModel(slope_u_1_s=3e-9, window_s=60 * BLOCK_S)
    time_s = BLOCK_S * np.delete(np.arange(40), 17)
    y = 5.0 + rng.normal(0.0, 1e-4, time_s.size)
    apart_s = np.abs(time_s[:, None] - time_s)
    covariance = 1.0 + 3e-9**2 * np.outer(time_s, time_s) + NOISE.walk_per_s * np.minimum(time_s[:, None], time_s)
    for variance, tau_s in zip(NOISE.variance, NOISE.correlation_time_s, strict=True):
        covariance += variance * np.exp(-apart_s / tau_s)
    weight = np.linalg.inv(covariance + NOISE.white * np.eye(time_s.size))
    ramps = RampFilter(NOISE, model, BLOCK_S)
    for t, value in zip(time_s, y, strict=True):
        ramps.update(t, value, GAS_K)
    for place in (0, 10, 30):
        ramp = np.maximum(time_s - ramps.evidence.onset_s[place], 0.0)
        assert ramps.evidence.information[place] == pytest.approx(ramp @ weight @ ramp, rel=1e-5)
        assert ramps.evidence.score[place] == pytest.approx(-ramp @ weight @ y, rel=1e-4)


def test_cusum_of_a_ramp_in_a_random_walk_runs_as_long_as_page_says():
    """The innovations are white and the signature is a step: run lengths are those of the published charts."""
    shift, wanted = 1.0, 60.0
    noise = noise_of(0.0, 1e-6, [], [])
    step = 1e-6 * np.sqrt(BLOCK_S)
    limit = cusum_limit(0.5 * shift, wanted)
    assert cusum_arl(0.5 * shift, limit, 0.0) == pytest.approx(wanted)
    rng, lengths = np.random.default_rng(5), []
    for _ in range(400):
        ramps = RampFilter(noise, RampModel(slope_u_1_s=0.0, window_s=1000 * BLOCK_S), BLOCK_S)
        log_mass, count = 0.0, -1
        score = 0.0
        while score <= shift * limit:
            ramps.update(BLOCK_S * (count + 1), log_mass, GAS_K)
            evidence = ramps.evidence
            score = page_of_loss(evidence.score, evidence.information, shift * step / BLOCK_S)
            log_mass += rng.normal(0.0, step)
            count += 1
        lengths.append(count)
    assert np.mean(lengths) == pytest.approx(wanted, abs=4.0 * wanted / np.sqrt(400))


def test_the_score_takes_the_same_information_for_every_statistic():
    score, information = np.array([0.0, 3e5, -2e5]), np.array([0.0, 4e10, 1e10])
    assert likelihood_ratio(score, information) == pytest.approx(9e10 / 8e10)
    losses = np.array([1e-3, 3e-3, 1e-2, 3e-2]) / 86_400.0
    logs = losses[:, None] * score - 0.5 * losses[:, None] ** 2 * information
    assert page(score, information) == pytest.approx(logs.max())
    assert shiryaev_roberts(score, information) == pytest.approx(np.log1p(np.exp(logs[:, 1:]).sum() / 4.0))


def test_rate_and_onset_lie_within_their_uncertainty_as_often_as_stated():
    """95 %: 90 to 99 of 100 (science 3.3). Noise is drawn from what the filter assumes."""
    loss_1_s, onset_s, rng = 4e-3 / 86_400.0, 40 * HOUR_S, np.random.default_rng(8)
    volume = RIG.volume("cabin")
    noise = mass_noise(volume, PRESSURE_PA, GAS_K, BLOCK_S)
    white, walk_sd, (sigma,) = np.sqrt(noise.white[0]), np.sqrt(noise.walk_per_s), np.sqrt(noise.variance)
    time_s = BLOCK_S * np.arange(52 * 6)
    kept = np.exp(-BLOCK_S / noise.correlation_time_s[0])
    rate_hits = onset_hits = 0
    for _ in range(100):
        ramps = RampFilter(noise, RampModel(), BLOCK_S)
        walk, slow = 0.0, rng.normal(0.0, sigma)
        for t in time_s:
            lost = loss_1_s * max(t - onset_s, 0.0)
            ramps.update(t, walk + slow - lost + rng.normal(0.0, white), GAS_K)
            walk += rng.normal(0.0, walk_sd * np.sqrt(BLOCK_S))
            slow = kept * slow + rng.normal(0.0, sigma * np.sqrt(1.0 - kept**2))
        found = leak(ramps.evidence)
        rate_hits += abs(found.loss_1_s - loss_1_s) < 1.96 * found.u_loss_1_s
        onset_hits += abs(found.onset_s - onset_s) < 1.96 * found.u_onset_s
    assert 90 <= rate_hits <= 99
    assert 90 <= onset_hits <= 99


def test_the_nominal_slope_is_learned():
    rng, ramps = np.random.default_rng(2), RampFilter(NOISE, RampModel(slope_u_1_s=1e-8), BLOCK_S)
    for t in BLOCK_S * np.arange(3 * 144):
        ramps.update(t, -5e-9 * t + rng.normal(0.0, 1e-5), GAS_K)
    slope, u = ramps.slope_1_s
    assert abs(slope + 5e-9) < 3.0 * u
    assert u < 1e-9

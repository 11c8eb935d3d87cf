"""Delays between two microphones, and the threshold above which they hear the same."""

import math

import numpy as np
import pytest
from detection.made_up_sound import BAND_HZ, MICROPHONES, RATE_HZ, later, noise

from bench.detection.ultrasonic_delay import coherence_of, correlate, crest_of, false_crests, threshold
from bench.records import Burst

ONE, OTHER = (m.name for m in MICROPHONES[:2])
LONGEST_S = 1.5e-3


def heard(seed, *, ratio_db=None, delay_s=0.0, seconds=0.1):
    """Two microphones with their own noise; the same sound, so strong against it, later at the second."""
    generator, samples = np.random.default_rng(seed), round(seconds * RATE_HZ)
    rows = np.array([noise(generator, samples) for _ in range(2)])
    if ratio_db is not None:
        sound = 10.0 ** (ratio_db / 20.0) * noise(generator, samples)
        rows += [sound, later(sound, delay_s)]
    return Burst(0.0, 1.0 / RATE_HZ, (ONE, OTHER), rows.astype(np.float32))


def crest(*bursts):
    return correlate(bursts, ONE, OTHER, BAND_HZ).crest(-LONGEST_S, LONGEST_S)


@pytest.mark.parametrize(("ratio_db", "published_us"), [(0.0, 0.034), (-10.0, 0.22)])
def test_errors_are_near_the_bound_of_knapp_and_carter(ratio_db, published_us):
    ratio, (low_hz, high_hz) = 10.0 ** (ratio_db / 10.0), BAND_HZ
    coherence = (ratio / (1.0 + ratio)) ** 2
    square_hz3 = (high_hz**3 - low_hz**3) / 3.0
    bound_us = 1e6 / math.sqrt(2.0 * (2.0 * math.pi) ** 2 * square_hz3 * coherence / (1.0 - coherence))
    assert bound_us == pytest.approx(published_us, rel=0.03)
    errors_us = [
        1e6 * (crest(heard(seed, ratio_db=ratio_db, delay_s=312.3e-6, seconds=1.0)).delay_s - 312.3e-6)
        for seed in range(8)
    ]
    assert 0.6 * bound_us < np.sqrt(np.mean(np.square(errors_us))) < 1.8 * bound_us


def test_the_stated_uncertainty_covers_the_error_also_near_the_threshold():
    found = [crest(heard(seed, ratio_db=-8.0, delay_s=-700e-6)) for seed in range(40)]
    clear = [each for each in found if each.height > threshold(0.001, 2.0 * LONGEST_S, BAND_HZ)]
    assert len(clear) > 15
    assert np.mean([abs(each.delay_s + 700e-6) < 2.0 * each.u_delay_s for each in clear]) >= 0.9


def test_noises_that_are_not_alike_are_taken_for_it_at_the_stated_rate():
    limit = threshold(0.1, 2.0 * LONGEST_S, BAND_HZ)
    false = sum(crest(heard(seed)).height > limit for seed in range(120))
    assert 3 <= false <= 23  # 99.8 % of what 0.1 gives in 120


def test_the_rate_holds_in_racks_and_with_a_tone_that_both_hear():
    limit, times_s = threshold(0.1, 2.0 * LONGEST_S, BAND_HZ), np.arange(20_000) / RATE_HZ
    false = 0
    for seed in range(60):
        burst = heard(1000 + seed)
        coloured = np.cumsum(burst.pressures_pa, axis=1) + 20.0 * np.sin(2.0 * np.pi * 41_234.5 * times_s)
        false += crest(Burst(0.0, 1.0 / RATE_HZ, (ONE, OTHER), coloured.astype(np.float32))).height > limit
    assert false <= 14


def test_several_bursts_hear_what_one_does_not():
    limit = threshold(0.01, 2.0 * LONGEST_S, BAND_HZ)
    quiet = [heard(seed, ratio_db=-13.0, delay_s=400e-6) for seed in range(16)]
    assert np.mean([crest(each).height > limit for each in quiet]) < 0.5
    assert crest(*quiet).height > limit
    assert crest(*quiet).delay_s == pytest.approx(400e-6, abs=30e-6)


@pytest.mark.parametrize("coherence", [0.1, 0.5, 0.9])
def test_a_crest_becomes_as_high_as_phases_of_gaussian_signals_let_it(coherence):
    generator = np.random.default_rng(3)
    common, one, other = generator.standard_normal((3, 200_000)) + 1j * generator.standard_normal((3, 200_000))
    first = math.sqrt(coherence) * common + math.sqrt(1.0 - coherence) * one
    second = math.sqrt(coherence) * common + math.sqrt(1.0 - coherence) * other
    mean = float(np.mean(np.cos(np.angle(first * np.conj(second)))))
    assert float(crest_of(np.array(coherence))) == pytest.approx(mean, abs=0.006)
    assert coherence_of(mean) == pytest.approx(coherence, abs=0.01)


def test_thresholds_and_chances_are_each_others_inverse():
    assert false_crests(threshold(0.003, 2e-3, BAND_HZ), 2e-3, BAND_HZ) == pytest.approx(0.003)


def test_bursts_at_different_rates_are_refused():
    one = heard(1)
    other = Burst(0.0, 1.0 / 192e3, one.microphones, one.pressures_pa)
    with pytest.raises(ValueError, match="different rates"):
        correlate([one, other], ONE, OTHER, BAND_HZ)

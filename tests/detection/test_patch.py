"""Verdicts on patches, of made-up compartments: no early "sealed", and the right word in the end."""

import numpy as np
import pytest

from bench.detection.patch import Seal, ratio_of, verdict_of
from bench.detection.patch_watch import PatchWatch
from bench.records import LeakEstimate, Series
from tests.detection.synthetic import PRESSURE_PA, TEMPERATURE_K, ornstein_uhlenbeck, rig

HOUR_S = 3600.0
PATCHED_S = 6 * HOUR_S
LOSS_PER_S = 5e-3 / HOUR_S
STEP_S = 30.0


def record(seed, residual, hours, cure_s=2 * HOUR_S, second_s=np.inf):
    """A leak patched after six hours; from second_s on half of it comes back."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0.0, hours * HOUR_S, STEP_S)
    since_s = time_s - PATCHED_S
    cured = np.exp(-np.maximum(since_s, 0.0) / cure_s)
    rate = LOSS_PER_S * np.where(since_s < 0.0, 1.0, residual + (1.0 - residual) * cured)
    rate += np.where(time_s >= second_s, 0.5 * LOSS_PER_S, 0.0)
    pressure_pa = PRESSURE_PA * np.exp(-np.cumsum(rate) * STEP_S) + rng.normal(0.0, 2.0, time_s.size)
    columns = {"p": pressure_pa}
    for j, (sigma_k, tau_s) in enumerate(((0.030, 3600.0), (0.025, 2700.0), (0.035, 5400.0))):
        slow_k = ornstein_uhlenbeck(rng, sigma_k, tau_s / STEP_S, time_s.size)
        columns[f"t{j}"] = TEMPERATURE_K + slow_k + rng.normal(0.0, 0.002, time_s.size)
    return Series(time_s, columns)


def answers(series, every_s=2 * HOUR_S):
    watch = PatchWatch("working", PATCHED_S, every_s=every_s).start(rig())
    return watch.update(series)


@pytest.mark.parametrize("residual", [0.1, 0.3, 0.6])
def test_a_residual_is_never_called_sealed_and_is_found(residual):
    said = [note for found in answers(record(1, residual, 24.0)) for note in found.notes]
    assert not any("sealed" in note for note in said)
    assert said[-1].startswith("patch residual")


def test_a_good_patch_is_called_sealed_but_not_at_once():
    found = answers(record(2, 0.0, 24.0))
    assert found[-1].notes[0].startswith("patch sealed")
    assert all("sealed" not in f.notes[0] for f in found if f.time_s < PATCHED_S + 2 * HOUR_S)
    assert not any(f.alarm for f in found)


def test_what_comes_after_the_verdict_alarms_and_says_what_pressure_cannot_tell():
    found = answers(record(3, 0.1, 30.0, second_s=22 * HOUR_S))
    alarms = [f for f in found if f.alarm]
    assert alarms
    assert alarms[0].time_s > 22 * HOUR_S
    assert abs(alarms[0].onset_s - 22 * HOUR_S) < 3 * HOUR_S
    assert "cannot tell" in alarms[0].notes[0]


def test_what_both_rates_share_cancels_in_their_ratio():
    """5 % of volume in both, 1 % of their own: the ratio is known to 1.4 %."""
    u_relative = float(np.hypot(0.05, 0.01))
    before = LeakEstimate("m", "before", 1e-6, 1e-6 * u_relative)
    after = LeakEstimate("m", "after", 5e-7, 5e-7 * u_relative)
    verdict = verdict_of(ratio_of(before, after, 0.05))
    assert verdict.seal == Seal.RESIDUAL
    assert (verdict.high - verdict.low) / (2 * 1.96 * verdict.ratio) == pytest.approx(0.01 * np.sqrt(2.0), rel=0.05)


def test_nothing_is_said_of_a_leak_that_was_never_measured():
    before, after = LeakEstimate("m", "b", 1e-7, 1e-7), LeakEstimate("m", "a", 0.0, 1e-9)
    assert verdict_of(ratio_of(before, after, 0.01)).seal == Seal.INCONCLUSIVE


def test_pieces_change_nothing():
    series = record(4, 0.3, 16.0)
    watch = PatchWatch("working", PATCHED_S, every_s=2 * HOUR_S).start(rig())
    pieces = [
        f
        for begin_s in np.arange(0.0, 16.0, 0.7)
        for f in watch.update(series.between(begin_s * HOUR_S, (begin_s + 0.7) * HOUR_S))
    ]
    assert pieces == answers(series)

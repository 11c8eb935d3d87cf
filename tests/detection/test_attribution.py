"""What took the gas of a made-up cabin."""

from dataclasses import replace

import numpy as np
import pytest
from detection.made_up_cabin import BACKGROUND_S, END_S, HOUR_S, PUFF_KG, WINDOW, Cabin, rig

from bench.detection.attribution.method import Attribution
from bench.detection.attribution.watch import AttributionMonitor
from bench.detection.method import CannotEstimateError

METHOD = Attribution()
LEAK_KG_S = 2e-8
SEEDS = range(12)
WORLDS = {
    "nothing else": Cabin(),
    "a bed that takes twice": Cabin(puff_kg=2.0 * PUFF_KG),
    "a bed that is off": Cabin(puff_kg=0.0),
    "a crew": Cabin(oxygen_kg_s=2e-8),
    "make-up as large as the leak": Cabin(made_up_kg_s=LEAK_KG_S),
    "gas added by hand": Cabin(by_hand_kg=5e-3),
}


def asked(world, seed=0, known=None, window=WINDOW):
    return METHOD.estimate(known or rig(), world.record(seed), window)


@pytest.mark.parametrize("what", WORLDS)
def test_no_cause_is_called_a_leak(what):
    found = [asked(WORLDS[what], seed) for seed in SEEDS]
    errors = np.array([f.rate_kg_s / f.u_kg_s for f in found])
    assert not any(f.alarm for f in found)
    assert np.sqrt(np.mean(errors**2)) < 1.5


@pytest.mark.parametrize("what", WORLDS)
def test_no_cause_hides_a_leak(what):
    found = [asked(replace(WORLDS[what], leak_kg_s=LEAK_KG_S), seed) for seed in SEEDS]
    errors = np.array([(f.rate_kg_s - LEAK_KG_S) / f.u_kg_s for f in found])
    assert all(f.alarm for f in found)
    assert np.sqrt(np.mean(errors**2)) < 1.5
    assert np.mean(np.abs(errors) < 1.96) > 0.8


def test_a_degraded_bed_is_named():
    found = asked(Cabin(puff_kg=2.0 * PUFF_KG))
    assert found.causes_kg_s["purification"] == pytest.approx(2.0 * PUFF_KG / 7200.0, rel=0.1)
    assert any("2.0 times what is stated" in note for note in found.notes)


def test_a_bed_of_unknown_phase_is_found():
    found = asked(Cabin(leak_kg_s=LEAK_KG_S), known=rig(first_s=None))
    assert found.causes_kg_s["purification"] == pytest.approx(PUFF_KG / 7200.0, rel=0.15)
    assert abs(found.rate_kg_s - LEAK_KG_S) < 3.0 * found.u_kg_s


def test_without_an_oxygen_sensor_a_crew_makes_the_uncertainty_larger():
    known = asked(Cabin(oxygen_kg_s=2e-8))
    unknown = asked(Cabin(oxygen_kg_s=2e-8), known=rig(oxygen=False))
    assert unknown.u_kg_s > 5.0 * known.u_kg_s
    assert abs(unknown.rate_kg_s) < 3.0 * unknown.u_kg_s
    assert any(note.startswith("balance of nitrogen") for note in known.notes)


def test_what_the_crew_breathes_is_told_by_the_share_of_oxygen():
    assert asked(Cabin(oxygen_kg_s=2e-8)).causes_kg_s["crew"] == pytest.approx(2e-8, rel=0.1)


def test_without_a_background_the_meters_zero_is_not_known():
    found = asked(Cabin(), window=replace(WINDOW, background=()))
    assert found.u_kg_s > 4e-8


def test_gas_added_by_hand_is_no_negative_leak():
    found = asked(Cabin(by_hand_kg=5e-3))
    assert found.causes_kg_s["added by hand"] == pytest.approx(-5e-3 / (END_S - BACKGROUND_S), rel=0.05)
    assert abs(found.rate_kg_s) < 3.0 * found.u_kg_s


def test_a_trapped_volume_fades_and_is_no_leak():
    found = asked(Cabin(trapped_kg=2e-3))
    assert not found.alarm
    assert any(note.startswith("fades with time constant") for note in found.notes)
    assert found.causes_kg_s["trapped volume"] == pytest.approx(2e-3 / (END_S - BACKGROUND_S), rel=0.25)


def test_a_steady_leak_does_not_fade():
    found = asked(Cabin(leak_kg_s=10.0 * LEAK_KG_S))
    assert not any(note.startswith("fades") for note in found.notes)


def test_silent_sensors_are_refused():
    silent = Cabin().record(0)
    silent.columns["p"][:] = np.nan
    with pytest.raises(CannotEstimateError, match="pressure and gas temperature"):
        METHOD.estimate(rig(), silent, WINDOW)


def watched(series, piece_s):
    watch = AttributionMonitor(compartment="cabin", every_s=2.0 * HOUR_S).start(
        rig(), series.between(0.0, BACKGROUND_S)
    )
    pieces = np.arange(BACKGROUND_S, END_S, piece_s)
    return [found for begin_s in pieces for found in watch.update(series.between(begin_s, begin_s + piece_s))]


def test_a_watch_finds_the_leak_as_time_goes_on():
    found = watched(Cabin(leak_kg_s=LEAK_KG_S).record(3), END_S)
    alarms = [estimate.time_s for estimate in found if estimate.alarm]
    assert 4.0 * HOUR_S < alarms[0] - BACKGROUND_S < 16.0 * HOUR_S
    assert abs(found[-1].rate_kg_s - LEAK_KG_S) < 3.0 * found[-1].u_kg_s


def test_the_pieces_in_which_scans_come_change_nothing():
    series = Cabin(leak_kg_s=LEAK_KG_S).record(1)
    whole, pieces = watched(series, END_S), watched(series, 5000.0)
    assert [f.time_s for f in whole] == [f.time_s for f in pieces]
    assert np.allclose([f.rate_kg_s for f in whole], [f.rate_kg_s for f in pieces], rtol=1e-9, atol=1e-15)


def test_later_scans_change_nothing():
    series = Cabin(leak_kg_s=LEAK_KG_S).record(2)
    early = watched(series.between(0.0, END_S / 2.0), END_S)
    assert [f.rate_kg_s for f in early] == [f.rate_kg_s for f in watched(series, END_S)[: len(early)]]

"""Each judge tells the right answer from a wrong one, and from one that says too little."""

from dataclasses import replace

import pytest

from bench.records import LeakEstimate
from bench.validation.confusion import NONE, SEVERAL, Patch
from bench.validation.outcomes import places, rates, sensors, times, watches
from bench.validation.outcomes.mark import Mark

RIGHT, WRONG, UNDECIDED = Mark
FOUND = LeakEstimate("method", "hold", 1e-8, 1e-9, alarm=True)
SILENT = replace(FOUND, alarm=False)


def at(hours, *, alarm=False, **more):
    return replace(FOUND, time_s=3600.0 * hours, alarm=alarm, **more)


@pytest.mark.parametrize(
    ("found", "truth_kg_s", "mark"),
    [
        (FOUND, 1.1e-8, RIGHT),
        (SILENT, 1.1e-8, UNDECIDED),  # the rate is right, and nobody was told
        (FOUND, 1.29e-8, UNDECIDED),  # 22 % off, and it said that it might be
        (FOUND, 1.4e-8, WRONG),  # four of its own uncertainties off
    ],
)
def test_a_leak_is_found_by_alarm_and_rate(found, truth_kg_s, mark):
    assert rates.found_within(found, truth_kg_s, 0.2) is mark


def test_an_interval_that_covers_is_right_and_any_other_wrong():
    assert rates.covered(FOUND, 1.19e-8) is RIGHT
    assert rates.covered(FOUND, 1.21e-8) is WRONG


def test_what_purification_took_is_no_leak():
    found = replace(SILENT, causes_kg_s={"purification": 2e-8})
    assert rates.accounted(found, "purification", 2.1e-8, 0.1) is RIGHT
    assert rates.accounted(found, "purification", 3e-8, 0.1) is UNDECIDED
    assert rates.accounted(found, "crew", 3e-8, 0.1) is UNDECIDED
    assert rates.accounted(replace(found, alarm=True), "purification", 2.1e-8, 0.1) is WRONG
    assert rates.accounted(replace(found, rate_kg_s=-4e-9), "purification", 2.1e-8, 0.1) is WRONG


def test_below_its_limit_a_method_must_state_that_limit():
    said = replace(SILENT, detectable_kg_s=3e-9, notes=("inconclusive: minimum detectable leak = 3e-09 kg/s",))
    assert rates.unnoticeable(said, 2e-9) is RIGHT
    assert rates.unnoticeable(said, 4e-9) is UNDECIDED
    assert rates.unnoticeable(SILENT, 2e-9) is UNDECIDED
    assert rates.unnoticeable(replace(said, alarm=True), 2e-9) is WRONG


def test_a_kind_is_right_with_its_exponent_only():
    orifice = replace(FOUND, leak_kind="orifice", notes=("decay exponent 1.05 +- 0.1",))
    assert rates.of_kind(orifice, "orifice", 1.0) is RIGHT
    assert rates.of_kind(orifice, "capillary", 2.0) is WRONG
    assert rates.of_kind(replace(orifice, leak_kind=None), "orifice", 1.0) is UNDECIDED


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ({"here": [at(5), at(7, alarm=True)], "there": [at(7)]}, RIGHT),
        ({"here": [at(5), at(7)], "there": [at(7)]}, UNDECIDED),
        ({"here": [at(5, alarm=True), at(7, alarm=True)], "there": [at(7)]}, WRONG),  # before anything was so
        ({"here": [at(7, alarm=True)], "there": [at(7, alarm=True)]}, WRONG),
        ({"here": [at(20, alarm=True)], "there": []}, UNDECIDED),  # too late
    ],
)
def test_an_alarm_has_its_place_and_its_time(said, mark):
    assert watches.alarmed(said, "here", 6 * 3600.0, 12 * 3600.0) is mark


def test_a_night_is_slept_through_if_no_alarm_falls_into_it():
    assert watches.slept([at(3, alarm=True), at(30)], 6 * 3600.0, 48 * 3600.0) is RIGHT
    assert watches.slept([at(30, alarm=True)], 6 * 3600.0, 48 * 3600.0) is WRONG
    assert watches.slept([at(3, alarm=True)]) is WRONG
    assert watches.slept([at(3)]) is RIGHT


def patched(*words):
    return [at(n, notes=(f"patch {word}: 0.1 of the leak left",)) for n, word in enumerate(words)]


@pytest.mark.parametrize(
    ("words", "truth", "mark"),
    [
        (("inconclusive", "residual"), Patch.RESIDUAL, RIGHT),
        (("inconclusive", "inconclusive"), Patch.RESIDUAL, UNDECIDED),
        (("sealed", "residual"), Patch.RESIDUAL, WRONG),  # premature
        (("residual", "sealed"), Patch.SEALED, RIGHT),  # while it cured it looked so
        (("sealed", "residual"), Patch.SEALED, WRONG),
    ],
)
def test_a_patch_is_never_called_sealed_too_early(words, truth, mark):
    assert watches.patch_held(patched(*words), truth) is mark


def test_the_faulty_channel_is_named_and_no_other():
    assert sensors.named({"a"}, {"a"}) is RIGHT
    assert sensors.named(set(), {"a"}) is UNDECIDED
    assert sensors.named({"a", "b"}, {"a"}) is WRONG
    assert sensors.honest(set(), ["a: alone"], "a") is RIGHT
    assert sensors.honest(set(), [], "a") is WRONG


def of(**probabilities):
    return replace(FOUND, compartment_probabilities=probabilities)


def test_a_compartment_is_named_when_little_speaks_against_it():
    surely, perhaps = of(node=0.996, **{NONE: 0.004}), of(node=0.9, **{SEVERAL: 0.1})
    assert places.isolated([perhaps, surely], "node", 0.005) is RIGHT
    assert places.isolated([perhaps], "node", 0.005) is UNDECIDED
    assert places.isolated([surely, perhaps], NONE, 0.005) is WRONG  # once is enough


def test_a_source_that_is_heard_nowhere_is_missed_and_elsewhere_is_wrong():
    assert places.heard(["node"], ["node"]) is RIGHT
    assert places.heard([], ["node"]) is UNDECIDED
    assert places.heard(["annex"], ["node"]) is WRONG


@pytest.mark.parametrize(("left_s", "mark"), [(50.0, WRONG), (70.0, UNDECIDED), (100.0, RIGHT), (200.0, UNDECIDED)])
def test_nobody_may_be_told_longer_than_there_is(left_s, mark):
    found = replace(FOUND, time_to_limit_s={"safe": 60.0, "0.05": 80.0, "0.5": 100.0, "0.95": 120.0})
    assert times.time_left(found, left_s) is mark

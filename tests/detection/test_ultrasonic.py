"""Ultrasonic search among made-up sounds: what is found, where, and what is said to have been missed."""

import re

import numpy as np
import pytest
from detection.made_up_sound import BOXES, MICROPHONES, NOISE, Point, burst, farther_m, rig, series

from bench.detection.ultrasonic import UltrasonicSearch
from bench.detection.ultrasonic_finding import Answer
from bench.detection.ultrasonic_geometry import wall_points
from bench.records import Burst, LeakEstimate

SEARCH = UltrasonicSearch()
RIG, CLOSED = rig(), series()
LEFT_M, MIDDLE_M, INSIDE_M = (0.45, 0.5, 0.2), (1.15, 0.5, 0.1), (1.6, 0.2, 0.2)
LEAK = Point("left", LEFT_M, 32.0)
DECOY = Point("right", INSIDE_M, 50.0)


def search(*points, **recorded):
    return SEARCH.search(RIG, [burst(*points, **recorded)], CLOSED)


def test_a_source_is_found_in_its_compartment_and_nowhere_else():
    found = search(LEAK)
    assert found.sources == ("left",)
    assert {f.answer for name, f in found.findings.items() if name != "left"} == {Answer.NOTHING}
    assert found.findings["left"].source_probability > 0.99
    assert max(f.source_probability for name, f in found.findings.items() if name != "left") < 0.2


def test_two_microphones_give_a_curve_and_no_point():
    found = search(LEAK).findings["left"]
    (difference,) = found.differences
    assert difference.farther_m == pytest.approx(farther_m(LEFT_M, MICROPHONES[:2]), abs=2.0 * difference.u_m)
    assert difference.u_m < 0.01
    assert found.place is None
    assert "a curve on the wall and not a point" in found.statement


def test_the_speed_of_sound_is_that_of_the_gas():
    hot = SEARCH.search(RIG, [burst(LEAK, temperature_k=330.0)], series(temperature_k=330.0)).findings["left"]
    cold = SEARCH.search(RIG, [burst(LEAK, temperature_k=330.0)], series(temperature_k=280.0)).findings["left"]
    true_m = farther_m(LEFT_M, MICROPHONES[:2])
    assert hot.differences[0].farther_m == pytest.approx(true_m, abs=0.001)
    assert cold.differences[0].farther_m == pytest.approx(true_m * (280.0 / 330.0) ** 0.5, abs=0.001)


def test_the_level_and_the_rate_of_a_source_are_told_within_their_uncertainty():
    found = search(LEAK).findings["left"]
    assert found.source_level_db == pytest.approx(32.0, abs=4.0)
    assert found.rate_kg_s == pytest.approx(NOISE.at_kg_s, rel=1.5)
    assert found.u_decades > 0.1 * NOISE.u_level_db


@pytest.mark.parametrize("room", ["middle", "right"])
def test_racks_hide_a_leak_and_the_answer_says_how_large_a_one(room):
    quiet = search().findings[room]
    loud = search(Point(room, LEFT_M, 25.0), racks_db={room: 55.0}).findings[room]
    assert loud.answer is Answer.TOO_LOUD
    assert loud.excess_db == pytest.approx(25.0, abs=0.5)
    assert loud.detectable_kg_s == pytest.approx(quiet.detectable_kg_s * 10.0**2.5, rel=0.3)
    assert re.search(r"racks too loud \(25 dB .* a leak up to \S+ kg/s would have been missed", loud.statement)


def test_nothing_found_names_the_size_that_would_have_been():
    found = search().findings["left"]
    assert found.answer is Answer.NOTHING
    assert f"a leak of {found.detectable_kg_s:.1e} kg/s would have been found with 90 % probability" in found.statement


def test_leaks_of_the_detectable_size_are_found_as_often_as_promised():
    """Anywhere in the wall, as loud as the stated spread lets them be."""
    one_room = rig(("left",))
    size_kg_s = SEARCH.search(one_room, [burst(rooms=("left",))], CLOSED).findings["left"].detectable_kg_s
    level_db = NOISE.level_db + 10.0 * np.log10(size_kg_s / NOISE.at_kg_s)
    generator, points_m = np.random.default_rng(5), wall_points(BOXES["left"])
    found = 0
    for seed in range(40):
        deviation_db = NOISE.u_level_db * generator.standard_normal()
        point = Point("left", tuple(generator.choice(points_m)), level_db + deviation_db)
        recorded = burst(point, seed=seed, rooms=("left",))
        found += bool(SEARCH.search(one_room, [recorded], CLOSED).sources)
    assert 29 <= found <= 40  # 99.8 % of what 0.9 gives in 40; made-up microphones are as sensitive as stated


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_comes_through_an_open_hatch_is_next_door(seed):
    loud = Point("left", LEFT_M, 55.0)
    found = SEARCH.search(RIG, [burst(loud, seed=seed, closed=False)], series(closed=False))
    assert found.sources == ("left",)
    assert found.findings["middle"].answer is Answer.NEXT_DOOR
    assert found.findings["middle"].through == "left"
    assert "comes through the hatch from left" in found.findings["middle"].statement


@pytest.mark.parametrize("place_m", [MIDDLE_M, (0.95, 0.4, 0.0), (1.2, 0.0, 0.1)])
def test_with_open_hatches_on_both_sides_a_place_in_the_wall_is_named(place_m):
    found = SEARCH.search(RIG, [burst(Point("middle", place_m, 45.0), closed=False)], series(closed=False))
    finding = found.findings["middle"]
    assert found.sources == ("middle",)
    assert len(finding.differences) == 3
    assert finding.place is not None
    assert np.linalg.norm(np.subtract(finding.place.position_m, place_m)) < 2.0 * finding.place.u_m
    assert finding.place.u_m < 0.1


def test_with_one_open_hatch_no_place_is_named():
    found = SEARCH.search(RIG, [burst(Point("left", LEFT_M, 45.0), closed=False)], series(closed=False))
    assert len(found.findings["left"].differences) == 2
    assert found.findings["left"].place is None


def test_what_clicks_is_said_not_to_be_a_leak():
    found = search(Point("left", LEFT_M, 60.0, burst_share=0.2), seconds=0.5).findings["left"]
    assert found.answer is Answer.SOURCE
    assert not found.steady
    assert "clicks or whistles, which leaks do not" in found.statement


def test_quiet_bursts_teach_what_is_normal():
    """Fans that always run are not racks too loud: what is normal can be learned."""
    always = {"racks_db": dict.fromkeys(BOXES, 36.0)}
    recorded, quiet = [burst(seed=1, **always)], [burst(seed=seed, **always) for seed in (2, 3, 4)]
    guessed = SEARCH.search(RIG, recorded, CLOSED)
    learned = SEARCH.search(RIG, recorded, CLOSED, quiet=quiet)
    assert {f.answer for f in guessed.findings.values()} == {Answer.TOO_LOUD}
    assert {f.answer for f in learned.findings.values()} == {Answer.NOTHING}


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_a_dead_microphone_leaves_a_compartment_unsearched(value):
    recorded = burst(LEAK)
    rows = recorded.pressures_pa.copy()
    rows[0] = value
    found = SEARCH.search(RIG, [Burst(recorded.t0_s, recorded.dt_s, recorded.microphones, rows)], CLOSED)
    assert found.findings["left"].answer is Answer.NOT_SEARCHED
    assert found.findings["right"].answer is Answer.NOTHING


def test_sound_alone_never_says_leak_where_a_decoy_hisses():
    found = search(LEAK, DECOY)
    assert found.sources == ("right", "left")
    assert found.leak_probabilities == {}
    for name in found.sources:
        assert "whether it is a leak sound cannot say" in found.findings[name].statement


def test_pressure_and_sound_together_find_the_leak_beside_a_louder_decoy():
    prior = LeakEstimate("pressure", "hold", NOISE.at_kg_s, 0.1 * NOISE.at_kg_s)
    found = SEARCH.search(RIG, [burst(LEAK, DECOY)], CLOSED, prior)
    assert max(found.leak_probabilities, key=found.leak_probabilities.get) == "left"
    assert found.leak_probabilities["left"] > 0.9
    assert found.findings["right"].log_bayes_factor < found.findings["left"].log_bayes_factor


def test_silence_where_a_leak_would_be_heard_moves_the_probability_away():
    before = {"left": 0.5, "middle": 0.3}
    prior = LeakEstimate("pressure", "hold", 4.7e-7, 1e-8, compartment_probabilities=before)
    after = SEARCH.search(RIG, [burst(racks_db={"middle": 70.0})], CLOSED, prior).leak_probabilities
    assert after["left"] < 0.01
    assert after["middle"] == pytest.approx(0.3 / 0.5, abs=0.03)


def test_a_search_needs_bursts():
    with pytest.raises(ValueError, match="no bursts"):
        SEARCH.search(RIG, [], CLOSED)


@pytest.mark.long
def test_a_quiet_rig_is_silent_at_the_stated_rate():
    often = UltrasonicSearch(false_alarm=0.1)
    false = sum(bool(often.search(RIG, [burst(seed=seed)], CLOSED).sources) for seed in range(200))
    assert 8 <= false <= 33  # 99.8 % of what 0.1 gives in 200

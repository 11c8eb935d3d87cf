"""Ultrasonic search of the simulated rig: the scenarios of science 6, S17 to S17c."""

import math

import pytest
from sim import rigs

from bench.clock import VirtualClock
from bench.config.rig import rig_of
from bench.detection.ultrasonic import UltrasonicSearch
from bench.detection.ultrasonic_finding import Answer
from bench.records import LeakEstimate
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from procedures.questions.sound import recorded

SEARCH, RIG = UltrasonicSearch(), rig_of(rigs.BENCH)
RACKS_OFF_S = 22_000.0


def drawn(name, seed):
    """As drawn, hatches closed, an empty chamber."""
    rig = SimulatedRig(rigs.BENCH, load_scenario(name), seed, VirtualClock(), rigs.MINUTELY, 10)
    rigs.close_hatches(rig)
    rigs.start_pump(rig)
    rig.command(rigs.empty_chamber)
    return rig


def search(rig, end_s, prior=None):
    burst, series = recorded(rig, end_s)
    return SEARCH.search(RIG, [burst], series, prior)


def true_farther_m(sealed, microphones, leak):
    one, other = (math.dist(sealed["microphones"][m]["position_m"], leak) for m in microphones)
    return other - one


@pytest.mark.long
def test_2004_missed_in_racks_that_are_too_loud_and_found_once_they_are_off():
    rig = rigs.shipped("S17_racks")
    on = search(rig, 3600.0).findings["transfer_compartment"]
    off = search(rig, RACKS_OFF_S)
    assert on.answer is Answer.TOO_LOUD
    assert on.detectable_kg_s > 4.7e-7  # of 50 um, and it is a hole of 40 um
    assert "would have been missed" in on.statement
    assert off.sources == ("transfer_compartment",)
    found, sealed = off.findings["transfer_compartment"], rig.sound.sealed()
    (difference,) = found.differences
    true_m = true_farther_m(sealed, found.microphones, sealed["sources"]["window_hose"]["position_m"])
    assert difference.farther_m == pytest.approx(true_m, abs=2.0 * difference.u_m)


@pytest.mark.long
@pytest.mark.parametrize("hatches_open", [False, True])
def test_the_decoy_is_heard_and_never_called_the_leak(hatches_open):
    rig = rigs.shipped("S17b_decoy", hatches_open=hatches_open)
    found = search(rig, 3600.0)
    assert found.sources == ("transfer_compartment", "working_compartment")
    assert found.leak_probabilities == {}
    assert not any("the leak is in" in statement for statement in found.statements)
    assert "whether it is a leak sound cannot say" in found.findings["transfer_compartment"].statement


def test_pressure_tells_the_leak_from_the_decoy():
    prior = LeakEstimate("pressure", "night", 4.5e-7, 5e-8)
    after = search(rigs.shipped("S17b_decoy"), 3600.0, prior).leak_probabilities
    assert max(after, key=after.get) == "working_compartment"
    assert after["working_compartment"] > 0.8


def test_weak_inflow_noise_in_quiet_is_found_where_it_is():
    found = search(rigs.shipped("S17c_inflow"), 3600.0)
    assert found.sources == ("intermediate_chamber",)
    assert found.findings["us_segment"].answer is Answer.NOTHING


def test_a_leak_is_as_loud_as_is_drawn_around_what_the_bench_states():
    stated, levels_db = rigs.BENCH.acoustics.leak_noise, []
    for seed in range(1, 7):
        rig = drawn("S17c_inflow", seed)
        rig.sound.sealed()
        levels_db.append(rig.draws.drawn["leak_level_db/weld"])
    assert len(set(levels_db)) == len(levels_db)
    assert all(abs(level_db - stated.level_db) < 4.0 * stated.u_level_db for level_db in levels_db)


@pytest.mark.long
def test_with_racks_off_the_right_compartment_is_found_in_19_of_20_rigs():
    found = [search(drawn("S17_racks", seed), RACKS_OFF_S).sources for seed in range(201, 241)]
    right = sum(sources == ("transfer_compartment",) for sources in found)
    assert right >= 38

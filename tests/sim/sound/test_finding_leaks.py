"""What ultrasound can find: delays, band power that follows flow, and what racks and decoys make of both. Units: SI."""

import math

import numpy as np
import pytest
from scipy.signal import coherence
from sim import listening, rigs
from sim.listening import BAND_HZ, RATE_HZ, burst, later_us, leaking, level_db, power_pa2, true_later_us

from bench.clock import VirtualClock
from bench.sim.direct import leaking as opened
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario
from bench.sim.sound.house import House

SEEDS = range(1, 11)
RACKS = [{"compartment": "working_compartment"}]


def as_loud_as_racks(seed):
    """A leak whose level at the quieter microphone of its room is what racks make there."""
    leak = listening.hole("working_compartment", 100e-6, listening.WORKING_HOLE.position_m)
    racks = [{"compartment": "working_compartment", "level_db": 40.5}]
    staged = {"name": "even", "why": "even", "hidden_draws": False, "hidden_leak": [leak]}
    alone, both = (
        SimulatedRig(bench, Scenario.model_validate({**staged, "racks": entries}), seed, VirtualClock())
        for bench, entries in ((listening.quiet_bench(), []), (rigs.BENCH, racks))
    )
    for rig in (alone, both):
        rigs.close_hatches(rig)
        rig.command(rigs.empty_chamber)
        rig.clock.advance_to(20.0)
    return alone, both


@pytest.mark.parametrize("seed", SEEDS)
def test_delays_are_recovered_to_2_us_at_0_db(seed):
    alone, both = as_loud_as_racks(seed)
    signal_db = min(level_db(samples) for samples in burst(alone, "working_compartment"))
    one, other = burst(both, "working_compartment")
    background_pa2 = 4e-10 * (10.0**4.05 + 10.0**3.0)
    assert signal_db == pytest.approx(10.0 * np.log10(background_pa2 / 4e-10), abs=1.0)
    assert later_us(one, other) == pytest.approx(true_later_us(both, "hole"), abs=2.0)


@pytest.mark.parametrize("leak", rigs.BENCH.leak, ids=lambda leak: leak.name)
def test_every_leak_of_the_bench_is_located_by_its_delay_in_quiet_surroundings(leak):
    rig = rigs.staged(listening.quiet_bench())
    opened(leak)(rig)
    one, other = burst(rig, leak.compartment, 20.0)
    assert later_us(one, other) == pytest.approx(true_later_us(rig, leak.name), abs=2.0)


DIAMETERS_M = (50e-6, 100e-6, 200e-6)
DECOY = [{"compartment": "us_segment", "position_m": [0.35, 0.1, -0.1], "level_db": 42.0}]


def powers_and_flows(compartment, **changes):
    powers, flows = [], []
    for diameter_m in DIAMETERS_M:
        rig = leaking(diameter_m, **changes)
        powers.append([power_pa2(samples) for samples in burst(rig, compartment, 20.0)])
        flows.append(rigs.flow_kg_s(rig, "hole", 20.0, 1.0))
    return np.array(powers), np.array(flows)


def test_band_power_is_proportional_to_the_leaks_flow():
    powers, flows = powers_and_flows("working_compartment")
    own_pa2 = 4e-10 * 10.0**3.0
    assert flows[2] / flows[0] == pytest.approx(16.0, rel=0.02)
    for microphone in (powers - own_pa2).T:
        assert microphone / microphone[2] == pytest.approx(flows / flows[2], rel=0.05, abs=0.005)


def test_band_power_in_the_decoys_compartment_does_not_follow_the_leak():
    powers, _ = powers_and_flows("us_segment", hiss=DECOY)
    assert powers.min() > 4e-10 * 10.0**4.0
    assert powers / powers[0] == pytest.approx(np.ones_like(powers), rel=0.01)


def mean_coherence(one, other):
    frequency_hz, squared = coherence(one, other, fs=RATE_HZ, nperseg=2048)
    return squared[(frequency_hz >= BAND_HZ[0]) & (frequency_hz < BAND_HZ[1])].mean()


def test_racks_take_the_coherence_away():
    quiet, loud = (mean_coherence(*burst(leaking(racks=racks), "working_compartment", 20.0)) for racks in ([], RACKS))
    bias = 1.0 / (1.8 * 0.5 * RATE_HZ / 2048)  # of uncorrelated signals, by the number of averaged segments
    assert quiet > 0.3
    assert loud < 3.0 * bias


def test_behind_a_closed_hatch_a_leak_is_not_heard():
    rig = leaking(bench=listening.quiet_bench())
    assert max(level_db(samples) for samples in burst(rig, "intermediate_chamber", 20.0)) < 5.0
    assert min(level_db(samples) for samples in burst(rig, "working_compartment", 21.0)) > 30.0


def test_what_comes_through_the_wall_arrives_with_the_delays_of_bending_waves(monkeypatch):
    monkeypatch.setattr(House, "rays", lambda *_: iter(()))
    rig = leaking(500e-6, bench=listening.quiet_bench())
    one, other = burst(rig, "working_compartment", 20.0)
    position_m = listening.WORKING_HOLE.position_m
    ways_m = [math.dist(m.position_m, position_m) for m in listening.microphones("working_compartment")]
    group_m_s = 2.0 * math.sqrt(1.8 * 5400.0 * 3e-3 * 40e3)
    wanted_us = 1e6 * (ways_m[1] - ways_m[0]) / group_m_s
    assert abs(wanted_us) > 100.0
    assert later_us(one, other, band_hz=(38e3, 42e3), envelope=True) == pytest.approx(wanted_us, abs=5.0)


def errors_us(rig, compartment, leak, ends_s):
    return [abs(later_us(*burst(rig, compartment, t)) - true_later_us(rig, leak)) for t in ends_s]


def test_2004_missed_while_racks_are_on_found_when_they_are_off():
    rig = rigs.shipped("S17_racks")
    on = errors_us(rig, "transfer_compartment", "window_hose", (3600.0, 7200.0, 10_800.0, 14_400.0))
    off = errors_us(rig, "transfer_compartment", "window_hose", (22_000.0, 23_000.0, 24_000.0, 25_000.0))
    assert np.median(on) > 50.0
    assert max(off) < 2.0


def test_whoever_follows_the_loudest_microphone_goes_to_the_decoy():
    rig = rigs.shipped("S17b_decoy")
    rig.clock.advance_to(3600.0)
    loudest = {c.name: max(level_db(samples) for samples in burst(rig, c.name)) for c in rig.bench.compartment}
    assert max(loudest, key=loudest.__getitem__) == "transfer_compartment"
    assert loudest["working_compartment"] > 33.0
    assert errors_us(rig, "working_compartment", "weld", [3601.0])[0] < 2.0


def test_in_quiet_a_leak_into_vacuum_is_heard_where_it_is_and_nowhere_else():
    rig = rigs.shipped("S17c_inflow")
    rig.clock.advance_to(3600.0)
    loudest = {c.name: max(level_db(samples) for samples in burst(rig, c.name)) for c in rig.bench.compartment}
    assert loudest.pop("intermediate_chamber") > 33.0
    assert max(loudest.values()) < 30.5

"""What the rig's microphones hear: levels, which samples depend on what, and what is told to whom. Units: SI."""

import math

import numpy as np
import pytest
from sim import listening, rigs
from sim.listening import burst, leaking, level_db, power_pa2, sample_times

from bench.sim.host_daq import _microphone_modules
from bench.sim.ports import ChassisPort
from bench.sim.sound import house

INPUT = "PXI1Slot2/ai4"


def test_50_um_into_vacuum_are_32_db_at_1_m(monkeypatch):
    monkeypatch.setattr(house, "REFLECTED", 0.0)
    bench = listening.quiet_bench(compartment="working_compartment", position_m=(2.1, -0.4, 0.0))
    leak = listening.hole("working_compartment", 50e-6, (1.1, -0.4, 0.0))
    rig = rigs.staged(bench, hidden_leak=[leak], initial_pressure_pa=100_000.0)
    rig.clock.advance_to(20.0)
    rig.look()
    heard_db = level_db(rig.sound.volts(INPUT, sample_times(20.0)) / listening.STATED_V_PA)
    kg_s = rigs.flow_kg_s(rig, "hole", 20.0, 10.0)
    sound_m_s, density = math.sqrt(1.4 * 287.05 * 295.15), 100_000.0 / (287.05 * 295.15)
    watts = 3.5e-7 * 0.5 * kg_s * sound_m_s**2
    formula_db = 10.0 * math.log10(watts * density * sound_m_s / (2.0 * math.pi) / 4e-10)
    assert 31.0 < formula_db < 33.0
    assert formula_db - 1.5 < heard_db < formula_db + 0.1  # dry air takes half a decibel, the wall adds a hundredth


def test_silence_is_the_microphones_own_noise():
    rig = rigs.staged()
    for compartment in ("us_segment", "intermediate_chamber"):
        for samples in burst(rig, compartment, 20.0):
            assert level_db(samples) == pytest.approx(30.0, abs=0.2)


def test_racks_are_as_loud_as_stated_and_next_door_20_db_less_or_50_behind_a_closed_hatch():
    rig = rigs.staged(racks=[{"compartment": "us_segment", "level_db": 70.0}])
    rig.write_line(rigs.LINES["hatch_us_transfer"], False)
    rig.clock.advance_to(20.0)
    assert level_db(burst(rig, "us_segment")[0]) == pytest.approx(70.0, abs=0.2)
    assert level_db(burst(rig, "transfer_compartment")[0]) == pytest.approx(50.0, abs=0.3)
    rig.write_line(rigs.LINES["hatch_us_transfer"], True)
    assert level_db(burst(rig, "transfer_compartment", 40.0)[0]) == pytest.approx(30.4, abs=0.2)


def test_racks_and_decoys_begin_and_end_when_the_scenario_says():
    hiss = {
        "compartment": "us_segment",
        "position_m": [0.3, 0.1, 0.1],
        "begin_s": 10.0,
        "end_s": 11.0,
        "level_db": 50.0,
    }
    rig = rigs.staged(hiss=[hiss], racks=[{"compartment": "us_segment", "begin_s": 12.0, "end_s": 13.0}])
    rig.clock.advance_to(20.0)
    levels_db = {end_s: level_db(burst(rig, "us_segment", end_s)[0]) for end_s in (20.0,)}
    rig.look()
    one = rig.bench.microphone[0].input
    for end_s in (9.9, 10.9, 11.9, 12.9):
        levels_db[end_s] = level_db(rig.sound.volts(one, sample_times(end_s)) / listening.STATED_V_PA)
    assert levels_db[10.9] > 50.0
    assert levels_db[12.9] == pytest.approx(55.0, abs=0.2)
    assert [levels_db[t] for t in (9.9, 11.9, 20.0)] == pytest.approx([30.0] * 3, abs=0.3)


def test_asking_in_pieces_in_any_order_or_twice_changes_no_sample():
    times_s = sample_times(20.0, 0.3)
    one, other = (
        leaking(racks=[{"compartment": "working_compartment"}]),
        leaking(racks=[{"compartment": "working_compartment"}]),
    )
    for rig in (one, other):
        rig.clock.advance_to(20.0)
        rig.look()
    whole = one.sound.volts(INPUT, times_s)
    pieces = np.split(times_s, [7, 8, 5000, 5100, 33_333])
    parts = {index: other.sound.volts(INPUT, pieces[index]) for index in (3, 0, 5, 1, 4, 2)}
    assert np.array_equal(whole, np.concatenate([parts[index] for index in range(6)]))
    assert np.array_equal(whole, one.sound.volts(INPUT, times_s))
    assert np.array_equal(whole[::100], other.sound.volts(INPUT, times_s[::100]))


def test_a_later_command_does_not_change_what_has_been_heard():
    early, late = (leaking(bench=listening.quiet_bench()) for _ in range(2))
    times_s = sample_times(30.0, 0.2)
    heard = []
    for rig in (early, late):
        rig.clock.advance_to(30.0)
        rig.look()
        if rig is early:
            heard.append(rig.sound.volts(INPUT, times_s))
        rig.write_line(rigs.LINES["orifice_100um_working"], True)
        rig.clock.advance_to(40.0)
        rig.look()
        heard.append(rig.sound.volts(INPUT, times_s))
    assert np.array_equal(heard[0], heard[1])
    assert np.array_equal(heard[0], heard[2])


def test_noise_is_the_seeds():
    def volts(seed):
        rig = rigs.rig_of("as_stated", seed)
        rig.clock.advance_to(1.0)
        return rig.sound.volts(INPUT, sample_times(1.0, 0.1))

    assert np.array_equal(volts(1), volts(1))
    assert abs(np.corrcoef(volts(1), volts(2))[0, 1]) < 0.05


def test_at_any_rate_the_same_sound_is_sampled():
    rig = leaking(100e-6)
    rig.clock.advance_to(20.0)
    rig.look()
    times_s = sample_times(20.0, 0.1, 400e3)
    fine = rig.sound.volts(INPUT, times_s)
    assert np.array_equal(fine[1::2], rig.sound.volts(INPUT, times_s[1::2]))
    spectrum = np.abs(np.fft.rfft(fine * np.hanning(fine.size))) ** 2
    above = np.fft.rfftfreq(fine.size, 1.0 / 400e3) > 101e3
    assert spectrum[above].sum() < 1e-6 * spectrum.sum()


def test_closing_a_leak_ends_its_sound():
    rig = rigs.staged(listening.quiet_bench())
    line = rigs.LINES["orifice_100um_working"]
    rig.write_line(line, True)
    loud = power_pa2(burst(rig, "working_compartment", 20.0)[0])
    rig.write_line(line, False)
    assert power_pa2(burst(rig, "working_compartment", 25.0)[0]) < 1e-4 * loud


def test_the_programmable_leak_is_heard_where_its_valve_leads():
    rig = rigs.staged(listening.quiet_bench())
    rig.write_line(rigs.LINES["select_transfer"], True)
    rig.command(lambda course: course.want(rig.model.path["leak_flow"], 1.0))
    assert level_db(burst(rig, "transfer_compartment", 30.0)[0]) > 35.0
    assert level_db(burst(rig, "working_compartment", 31.0)[0]) < 5.0


def test_a_frozen_chassis_shows_the_same_volts_again_and_again():
    rig = rigs.staged()
    rig.clock.advance_to(5.0)
    rig.freeze("daq", True)
    assert np.ptp(rig.sound.volts(INPUT, sample_times(5.0, 0.1))) == 0.0
    rig.freeze("daq", False)
    assert np.ptp(rig.sound.volts(INPUT, sample_times(5.0, 0.1))) > 0.0


def test_what_is_to_come_and_what_is_forgotten_are_refused():
    rig = rigs.staged(every=rigs.MINUTELY)
    rig.clock.advance_to(10.0)
    with pytest.raises(ValueError, match=r"nobody knows what will be heard at 10\.5 s: it is 10 s"):
        rig.sound.volts(INPUT, sample_times(10.5, 0.1))
    rig.clock.advance_to(6.0 * rigs.DAY_S)
    with pytest.raises(ValueError, match="is forgotten"):
        rig.sound.volts(INPUT, sample_times(10.0, 0.1))


def test_the_chassis_finds_microphones_at_its_terminals():
    rig = rigs.staged()
    rig.clock.advance_to(1.0)
    times_s = sample_times(1.0, 0.01)
    volts = ChassisPort(rig, {}).analog(INPUT, times_s, (-1.0, 1.0))
    assert np.array_equal(volts, rig.sound.volts(INPUT, times_s))
    assert volts.std() == pytest.approx(STATED_NOISE_V, rel=0.2)


def test_all_microphones_are_terminals_of_one_module():
    entry = next(i for i in rigs.BENCH.instrument if i.name == "daq")
    (device,) = _microphone_modules(rigs.BENCH, entry)
    assert device.ai == tuple(f"{device.name}/ai{number}" for number in range(8))
    assert list(_microphone_modules(rigs.BENCH.model_copy(update={"microphone": ()}), entry)) == []


STATED_NOISE_V = 0.0126 * 20e-6 * 10.0**1.5 * math.sqrt(95.0 / 20.0)
"""30 dB in 20 kHz, white up to about 95 kHz."""


def test_microphones_are_drawn_from_what_is_stated_about_them():
    drawn, stated = rigs.rig_of("quiet", 3).sound.synthesis.ears, rigs.rig_of("as_stated", 3).sound.synthesis.ears
    decibels = [20.0 * math.log10(d.volts_pa / s.volts_pa) for d, s in zip(drawn, stated, strict=True)]
    assert 0.3 < np.std(decibels) < 2.0
    assert all(ear.volts_pa == listening.STATED_V_PA for ear in stated)
    away_m = [math.dist(d.spot.position_m, s.spot.position_m) for d, s in zip(drawn, stated, strict=True)]
    assert 0.0 < min(away_m) < max(away_m) < 5e-3


def test_sealed_truth_says_where_things_are_and_what_delays_they_make():
    rig = rigs.rig_of("S17_racks", 1)
    sound = rig.sealed()["sound"]
    assert sound["sources"]["window_hose"] == {"compartment": "transfer_compartment", "position_m": [1.0, 0.2, 0.05]}
    one, other = (
        sound["microphones"][name]["position_m"] for name in ("transfer_microphone_1", "transfer_microphone_2")
    )
    later = sound["later"]["window_hose"]["transfer_microphone_2 after transfer_microphone_1"]
    later_m = math.dist(other, (1.0, 0.2, 0.05)) - math.dist(one, (1.0, 0.2, 0.05))
    assert later["mm"] == pytest.approx(1e3 * later_m)
    assert later["us"] == pytest.approx(1e6 * later_m / math.sqrt(1.4 * 287.05 * 295.15), rel=1e-3)
    assert "sensitivity_db/transfer_microphone_1" in rig.sealed()["drawn"]

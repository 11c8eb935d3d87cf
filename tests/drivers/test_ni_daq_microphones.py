"""Bursts of the driver against the simulated service, through the real nidaqmx package and the wire."""

from dataclasses import dataclass

import numpy as np
import pytest
from chassis_bed import BEGIN_S, DO, SOUND, Rig, runner

from drivers.errors import CommandRefused, InstrumentError, LinkLost, ReplyTimeout
from drivers.ni_daq import NiDaq


@dataclass(frozen=True)
class Capsule:
    input: str
    sensitivity_v_pa: float
    max_level_db: float = 120.0


CAPSULES = tuple(Capsule(name, 0.0126 + 0.001 * place) for place, name in enumerate(SOUND))
HEARING = {"microphones": CAPSULES, "burst_rate_hz": 200e3, "burst_s": 0.05}
SAMPLES = 10_000


@pytest.fixture(scope="module")
def run():
    with runner() as run:
        yield run


@pytest.fixture(scope="module")
def served(run):
    rig = Rig(run)
    yield rig
    run(rig.server.stop(None))


@pytest.fixture
def rig(served):
    served.renew()
    return served


@pytest.fixture
def daq(rig):
    with rig.daq(**HEARING) as daq:
        daq.start()
        yield daq


def recorded(rig, daq, wait_s=0.05):
    daq.start_burst()
    rig.clock.time_s += wait_s
    return daq.fetch_burst()


def test_a_burst_is_pascals_of_every_microphone_sample_by_sample_from_the_start_on(rig, daq):
    pressures_pa = recorded(rig, daq, wait_s=3.0)
    time_s = np.arange(1, SAMPLES + 1) / 200e3
    assert pressures_pa.shape == (8, SAMPLES)
    for place, capsule in enumerate(CAPSULES):
        expected = 0.01 * (place + 1) * time_s / capsule.sensitivity_v_pa
        assert pressures_pa[place] == pytest.approx(expected, abs=1e-9)


def test_half_a_second_of_eight_microphones_arrives_whole(rig):
    with rig.daq(**(HEARING | {"burst_s": 0.5})) as daq:
        daq.start()
        assert recorded(rig, daq, 0.5).shape == (8, 100_000)


def test_it_is_ready_when_its_last_sample_is_there_and_scans_go_on_meanwhile(rig, daq):
    daq.start_burst()
    ready = []
    for _ in range(3):
        rig.clock.time_s += 0.02
        ready.append(daq.burst_ready())
        daq.collect()
    assert ready == [False, False, True]
    assert daq.fetch_burst().shape == (8, SAMPLES)


def test_the_next_one_can_start_as_soon_as_one_was_fetched(rig, daq):
    first, second = (recorded(rig, daq) for _ in range(2))
    assert second[0] == pytest.approx(first[0] + 0.05 * 0.01 / 0.0126, abs=1e-9)


def test_one_at_a_time(rig, daq):
    daq.start_burst()
    with pytest.raises(CommandRefused, match=r"a burst is on.*fetch_burst\(\) or abandon_burst\(\)"):
        daq.start_burst()
    rig.clock.time_s += 0.05
    daq.fetch_burst()
    for use in (daq.burst_ready, daq.fetch_burst):
        with pytest.raises(CommandRefused, match="no burst is on"):
            use()


@pytest.mark.parametrize("wait_s", [0.01, 0.2])
def test_an_abandoned_one_is_not_in_the_way_of_the_next(rig, daq, wait_s):
    daq.start_burst()
    rig.clock.time_s += wait_s
    daq.abandon_burst()
    assert recorded(rig, daq)[0, 0] == pytest.approx(0.01 * (wait_s + 5e-6) / 0.0126, rel=1e-6)


def test_fetched_too_early_it_is_refused_at_once_and_lost(rig, daq):
    daq.start_burst()
    rig.clock.time_s += 0.02
    with pytest.raises(CommandRefused, match="-200284"):
        daq.fetch_burst()
    assert rig.clock.time_s == BEGIN_S + 0.02  # nobody waited
    assert recorded(rig, daq).shape == (8, SAMPLES)


def test_settings_say_rate_length_and_sensitivities(daq):
    found = daq.settings()
    assert (found["rate_hz"], found["burst_rate_hz"], found["burst_samples"]) == ("10", "200000", "10000")
    assert found["PXI1Slot2/ai1 v_pa"] == "0.0136"
    assert daq.burst_rate_hz == 200e3


def test_the_rate_is_the_device_s_to_all_its_digits(rig):
    with rig.daq(**(HEARING | {"burst_rate_hz": 195_312.53})) as daq:
        task = daq._handles[-1]
        assert daq.burst_rate_hz == task.timing.samp_clk_rate
        assert daq.burst_rate_hz == pytest.approx(195_312.53, rel=1e-3)


def test_the_module_is_named_with_the_others(daq):
    assert daq.identity().model == "cDAQ-9189: NI 9205, NI 9425, NI 9476, PXIe-4498"


def test_a_chassis_without_microphones_refuses_a_burst_and_says_nothing_of_them(rig):
    with rig.daq() as daq:
        daq.start()
        with pytest.raises(CommandRefused, match="no microphones"):
            daq.start_burst()
        assert not [name for name in daq.settings() if "burst" in name]
        assert daq.burst_rate_hz == 0.0


def test_a_burst_before_the_start_is_refused(rig):
    with rig.daq(**HEARING) as daq, pytest.raises(CommandRefused, match=r"before start\(\)"):
        daq.start_burst()


def test_a_wrong_input_is_refused_at_open_and_nothing_stays_reserved(rig):
    wrong = (*CAPSULES[:2], Capsule("PXI1Slot2/ai99", 0.01))
    with pytest.raises(CommandRefused, match=r"microphones: .*ai99.*-200170"), rig.daq(microphones=wrong):
        pass
    with rig.daq(**HEARING):
        pass


def test_after_a_reconnect_the_burst_is_gone_and_the_next_is_as_good(rig, daq):
    settings = daq.settings()
    daq.start_burst()
    daq.reconnect()
    daq.start()
    assert daq.settings() == settings  # or the run would end, for a change that is none
    with pytest.raises(CommandRefused, match="no burst is on"):
        daq.burst_ready()
    assert recorded(rig, daq).shape == (8, SAMPLES)


def test_microphones_that_are_gone_after_a_reconnect_keep_nobody_from_the_valves(rig):
    with rig.daq(**HEARING) as daq, rig.daq(inputs=(), digital_inputs=(), digital_outputs=()) as other:
        daq.close()
        other._plan = daq._plan
        other._hear()  # another client holds their module
        daq.reconnect()
        daq.start()
        daq.write_line(DO[0], True)
        assert daq.read_line(DO[0])
        for _ in range(2):
            with pytest.raises(CommandRefused, match=r"-50103.*end the client that holds it"):
                daq.start_burst()
        other.close()
        assert recorded(rig, daq).shape == (8, SAMPLES)


def test_a_reset_of_the_module_is_a_lost_link_and_a_reconnect_recovers(rig, daq):
    daq.start_burst()
    rig.driver.reset("PXI1Slot2")
    with pytest.raises(LinkLost, match=r"microphones: .*-88709.*reconnect\(\)"):
        daq.fetch_burst()
    daq.reconnect()
    daq.start()
    assert recorded(rig, daq).shape == (8, SAMPLES)


def test_a_server_that_hangs_costs_one_timeout(rig, daq, monkeypatch):
    daq.start_burst()
    sound = rig.plant.sound
    rig.plant.sound = lambda times_s: rig.plant.thawed.wait() and sound(times_s)
    rig.plant.thawed.clear()
    rig.clock.time_s += 0.05
    with monkeypatch.context() as frozen:
        frozen.setattr(daq._deadline, "_timeout_s", 0.05)
        with pytest.raises(ReplyTimeout, match=r"microphones: .*DEADLINE_EXCEEDED"):
            daq.fetch_burst()
    rig.plant.thawed.set()
    assert recorded(rig, daq).shape == (8, SAMPLES)


def test_a_dead_server_is_a_lost_link(run):
    mortal = Rig(run)
    with mortal.daq(**HEARING) as daq:
        daq.start()
        daq.start_burst()
        run(mortal.server.stop(None))
        for use in (daq.burst_ready, daq.fetch_burst, daq.start_burst):
            with pytest.raises(LinkLost, match=r"microphones: .*UNAVAILABLE"):
                use()


def test_microphones_without_anything_else_are_a_chassis_too(rig):
    with rig.daq(inputs=(), digital_inputs=(), digital_outputs=(), **HEARING) as daq:
        daq.start()
        assert recorded(rig, daq).shape == (8, SAMPLES)
        assert daq.collect() == {}


def test_the_local_address_without_a_driver_names_the_remedy():
    with pytest.raises(InstrumentError, match="install the driver"):
        NiDaq.open("local", **HEARING)


def test_opened_as_freed_devices_with_a_chassis_and_without_are_reset(rig):
    with rig.daq(**HEARING) as holder:
        holder.write_line(DO[0], True)
        with rig.daq(**HEARING, freed=True) as daq:
            assert not daq.read_line(DO[0])
            daq.start()
            daq.start_burst()

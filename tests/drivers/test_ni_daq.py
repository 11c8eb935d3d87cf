"""The driver against the simulated service, through the real nidaqmx package and the wire."""

import pytest
from chassis_bed import AI, DI, DO, Rig, runner

from drivers.errors import CommandRefused, InstrumentError, LinkLost, ReplyTimeout
from drivers.measured import Identity, Measured, Status
from drivers.ni_daq import NiDaq
from drivers.ni_daq_calls import SamplesLost


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


def test_it_names_chassis_modules_serial_number_and_driver(rig):
    with rig.daq() as daq:
        model = "cDAQ-9189: NI 9205, NI 9425, NI 9476"
        assert daq.identity() == Identity("National Instruments", model, "01DA0007", "25.3.0")
        assert daq.settings() == {"rate_hz": "10", "cDAQ1Mod1/ai0 limit_v": "10", "cDAQ1Mod1/ai1 limit_v": "10"}


def test_a_scan_is_the_mean_of_what_arrived_since_the_last_and_is_dated_at_its_centre(rig):
    with rig.daq() as daq:
        daq.start()
        for scan in range(1, 4):
            rig.clock.time_s = 100.0 + scan
            daq.request()
            mean_v = 1 + (100.0 + scan - 0.45) / 100  # of the samples at +0.1 ... +1.0 s
            expected = Measured(pytest.approx(mean_v, abs=1e-12), Status.GOOD, pytest.approx(-0.45))
            assert daq.collect()[AI[1]] == expected


def test_a_long_gap_is_read_to_its_end(rig):
    with rig.daq() as daq:
        daq.start()
        rig.clock.time_s += 50.0  # 500 samples: several times what one call takes
        mean_v = pytest.approx(1 + (150.0 - 24.95) / 100, abs=1e-12)
        assert daq.collect()[AI[1]] == Measured(mean_v, Status.GOOD, pytest.approx(-24.95))
        assert AI[0] not in daq.collect()


def test_an_analog_input_without_new_samples_is_absent_and_lines_are_not(rig):
    rig.plant.levels.update({DI[2]: True, DO[1]: True})
    with rig.daq() as daq:
        daq.start()
        rig.clock.time_s += 0.09
        levels = {line: reading.value for line, reading in daq.collect().items()}
        assert levels == dict(zip(DI[:4], (0, 0, 1, 0), strict=True))


@pytest.mark.parametrize(("offset_v", "status", "value"), [(9.5, "OVERRANGE", 10.0), (-20.0, "UNDERRANGE", -10.0)])
def test_a_sample_at_the_converter_s_limit_marks_the_block(rig, offset_v, status, value):
    rig.plant.offset_v = offset_v
    with rig.daq(inputs=AI[:1]) as daq:
        daq.start()
        rig.clock.time_s += 1.0
        assert daq.collect()[AI[0]] == Measured(value, Status[status], pytest.approx(-0.45))


def test_collecting_before_the_start_is_refused(rig):
    with rig.daq() as daq, pytest.raises(CommandRefused, match=r"collect\(\) before start\(\)"):
        daq.collect()


def test_opening_and_reconnecting_write_nothing(rig):
    rig.plant.levels[DO[3]] = True
    with rig.daq() as daq:
        daq.reconnect()
        daq.start()
        daq.collect()
    assert rig.plant.writes == []


def test_writing_one_line_leaves_the_others_as_they_were_found(rig):
    rig.plant.levels.update({DO[0]: True, DO[3]: True})
    with rig.daq() as daq:
        daq.write_line(DO[1], True)
        assert [rig.plant.levels[line] for line in DO[:4]] == [True, True, False, True]
        daq.write_line(DO[0], False)
        assert [rig.plant.levels[line] for line in DO[:4]] == [False, True, False, True]


def test_a_stuck_line_is_read_back_as_it_is_not_as_it_was_told(rig):
    rig.plant.stuck.add(DO[2])
    with rig.daq() as daq:
        daq.start()
        daq.write_line(DO[2], True)
        daq.write_line(DO[3], True)
        assert not daq.read_line(DO[2])
        assert daq.read_line(DO[3])
        assert (DO[2], True) in rig.plant.writes[-4:]  # the next write still drives it


def test_a_line_that_is_no_output_of_ours_is_refused(rig):
    with rig.daq() as daq, pytest.raises(CommandRefused, match=DO[7]):
        daq.write_line(DO[7], True)
    with pytest.raises(CommandRefused, match="link is closed"):
        daq.write_line(DO[0], True)


def test_an_overrun_buffer_is_an_error_until_the_clock_is_started_anew(rig):
    with rig.daq() as daq:
        daq.start()
        rig.clock.time_s += 101.0
        for _ in range(2):
            with pytest.raises(SamplesLost, match=r"analog inputs: .*-200279.*reconnect\(\)"):
                daq.collect()
        daq.reconnect()
        daq.start()
        rig.clock.time_s += 1.0
        assert daq.collect()[AI[0]].value == pytest.approx((202.0 - 0.45) / 100)


@pytest.mark.parametrize("wiring", [{"inputs": ("cDAQ1Mod1/ai32",)}, {"digital_outputs": DI[:1]}])
def test_a_wrong_name_is_refused_at_open_and_nothing_stays_reserved(rig, wiring):
    ((role, (name,)),) = wiring.items()
    text = rf"{role.replace('_', ' ')}: .*{name}.*-200170 Remedy: check names"
    with pytest.raises(CommandRefused, match=text), rig.daq(**wiring):
        pass
    with rig.daq():
        pass


@pytest.mark.parametrize(("wiring", "code"), [({"digital_outputs": ()}, -50103), ({"inputs": ()}, -200587)])
def test_what_another_client_holds_is_refused_at_open(rig, wiring, code):
    with rig.daq(), pytest.raises(CommandRefused, match=f"{code}.*end the client that holds it"), rig.daq(**wiring):
        pass


def test_a_frozen_server_is_a_timeout_and_a_reconnect_takes_back_what_it_still_held(rig, monkeypatch):
    with rig.daq() as daq:
        daq.start()
        rig.plant.thawed.clear()
        with monkeypatch.context() as frozen:
            frozen.setattr(daq._deadline, "_timeout_s", 0.05)  # not at open: a busy machine may take longer
            with pytest.raises(ReplyTimeout, match=r"digital inputs: .*DEADLINE_EXCEEDED.*reconnect\(\)"):
                daq.collect()
            with pytest.raises(InstrumentError):
                daq.reconnect()
        rig.plant.thawed.set()
        daq.reconnect()
        daq.start()
        rig.clock.time_s += 1.0
        assert AI[0] in daq.collect()


def test_a_dead_server_is_a_lost_link_with_address_task_and_remedy(run):
    mortal = Rig(run)
    with mortal.daq() as daq:
        daq.start()
        run(mortal.server.stop(None))
        text = rf"NI-DAQmx at {mortal.address}, analog inputs: .*UNAVAILABLE.*Remedy: start the server"
        for use in (daq.collect, daq.reconnect):
            with pytest.raises(LinkLost, match=text):
                use()


def test_a_server_that_was_started_anew_is_used_again_after_a_reconnect(run):
    reborn = Rig(run)
    with reborn.daq() as daq:
        daq.start()
        daq.write_line(DO[0], True)
        run(reborn.server.stop(None))
        reborn.start()
        with pytest.raises(LinkLost):
            daq.collect()
        daq.reconnect()
        daq.start()
        reborn.clock.time_s += 1.0
        assert AI[0] in daq.collect()
        assert daq.read_line(DO[0])  # the plant has kept it, and nothing has written it
    run(reborn.server.stop(None))


def test_a_device_reset_by_another_client_is_a_lost_link_and_a_reconnect_recovers(rig):
    with rig.daq() as daq:
        daq.start()
        rig.driver.reset("cDAQ1")
        with pytest.raises(LinkLost, match=r"analog inputs: .*-88709.*reconnect\(\)"):
            daq.collect()
        daq.reconnect()
        assert not daq.read_line(DO[0])


def test_the_local_address_without_a_driver_names_the_remedy():
    with pytest.raises(LinkLost, match="install the driver"):
        NiDaq.open("local", inputs=AI[:1])

"""The driver against the simulated service, through the real nidaqmx package and the wire."""

import asyncio
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from bench.sim.daq import start_daq
from bench.sim.daq_driver import Driver
from bench.sim.daq_model import Chassis, Device
from drivers.errors import CommandRefused, InstrumentError, LinkLost, ReplyTimeout
from drivers.measured import Identity, Measured, Status
from drivers.ni_daq import NiDaq, SamplesLost

AI = tuple(f"cDAQ1Mod1/ai{index}" for index in range(5))
DI = tuple(f"cDAQ1Mod2/port0/line{index}" for index in range(32))
DO = tuple(f"cDAQ1Mod3/port0/line{index}" for index in range(8))
CHASSIS = Chassis(
    {
        "cDAQ1Mod1": Device("NI 9205", 0x01A0, ai=AI),
        "cDAQ1Mod2": Device("NI 9425", 0x01A1, di_lines=DI),
        "cDAQ1Mod3": Device("NI 9476", 0x01A2, do_lines=DO),
    },
    serial=0x01DA0007,
)
SHORT_S = 0.05


@dataclass
class Clock:
    time_s: float = 0.0

    def now(self):
        return self.time_s

    def advance_to(self, t_s):
        self.time_s = t_s


@dataclass
class Plant:
    """Channel k carries t / 100 + k volts, within what the test sets; `thawed` is cleared to freeze the server."""

    levels: dict[str, bool] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)
    writes: list[tuple[str, bool]] = field(default_factory=list)
    offset_v: float = 0.0
    thawed: threading.Event = field(default_factory=threading.Event)

    def analog(self, channel, times_s):
        return np.asarray(times_s) / 100 + AI.index(channel) + self.offset_v

    def read_line(self, line):
        self.thawed.wait()
        return self.levels.get(line, False)

    def write_line(self, line, state):
        self.writes.append((line, state))
        if line not in self.stuck:
            self.levels[line] = state


@dataclass
class Rig:
    address: str
    driver: Driver
    clock: Clock
    plant: Plant

    @contextmanager
    def daq(self, *, analog_inputs=AI[:2], digital_inputs=DI[:4], digital_outputs=DO[:4], timeout_s=5.0):
        opened = NiDaq.open(
            self.address,
            analog_inputs=analog_inputs,
            digital_inputs=digital_inputs,
            digital_outputs=digital_outputs,
            timeout_s=timeout_s,
        )
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def loop_in_a_thread():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda coroutine: asyncio.run_coroutine_threadsafe(coroutine, loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def run():
    with loop_in_a_thread() as run:
        yield run


@pytest.fixture(scope="module")
def served(run):
    clock, plant = Clock(), Plant()
    driver = Driver(CHASSIS, plant, clock)
    server, port = run(start_daq(driver))
    yield Rig(f"grpc://127.0.0.1:{port}", driver, clock, plant)
    run(server.stop(None))


@pytest.fixture
def rig(served):
    served.clock.time_s = 100.0
    served.plant.levels.clear()
    served.plant.stuck.clear()
    served.plant.writes.clear()
    served.plant.offset_v = 0.0
    served.plant.thawed.set()
    return served


def test_it_names_chassis_modules_serial_number_and_driver(rig):
    with rig.daq() as daq:
        assert daq.identity() == Identity(
            "National Instruments", "cDAQ-9189: NI 9205, NI 9425, NI 9476", "01DA0007", "25.3.0"
        )
        assert daq.settings() == {"rate_hz": "10", "cDAQ1Mod1/ai0 limit_v": "10", "cDAQ1Mod1/ai1 limit_v": "10"}


def test_a_scan_is_the_mean_of_what_arrived_since_the_last_and_is_dated_at_its_centre(rig):
    with rig.daq() as daq:
        daq.start()
        for scan in range(1, 4):
            rig.clock.time_s = 100.0 + scan
            daq.request()
            readings = daq.collect()
            mean_s = 100.0 + scan - 0.45  # of the samples at +0.1 ... +1.0 s
            assert readings[AI[0]].value == pytest.approx(mean_s / 100, abs=1e-12)
            assert readings[AI[1]].value == pytest.approx(mean_s / 100 + 1, abs=1e-12)
            assert readings[AI[0]].offset_s == pytest.approx(-0.45)
            assert readings[AI[0]].status is Status.GOOD


def test_a_long_gap_is_read_to_its_end(rig):
    with rig.daq() as daq:
        daq.start()
        rig.clock.time_s += 50.0  # 500 samples: several times what one call takes
        reading = daq.collect()[AI[1]]
        assert reading.value == pytest.approx(1 + (150.0 + reading.offset_s) / 100, abs=1e-12)
        assert reading.offset_s == pytest.approx(-24.95)
        assert AI[0] not in daq.collect()


def test_an_analog_input_without_new_samples_is_absent_and_lines_are_not(rig):
    rig.plant.levels.update({DI[2]: True, DO[1]: True})
    with rig.daq() as daq:
        daq.start()
        rig.clock.time_s += 0.09
        readings = daq.collect()
        assert set(readings) == {*DI[:4], *DO[:4]}
        assert [readings[line].value for line in (*DI[:4], *DO[:4])] == [0, 0, 1, 0, 0, 1, 0, 0]


@pytest.mark.parametrize(("offset_v", "status", "value"), [(9.5, "OVERRANGE", 10.0), (-20.0, "UNDERRANGE", -10.0)])
def test_a_sample_at_the_converter_s_limit_marks_the_block(rig, offset_v, status, value):
    rig.plant.offset_v = offset_v
    with rig.daq(analog_inputs=AI[:1]) as daq:
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
        assert daq.collect()[DO[2]].value == 0.0
        assert (DO[2], True) in rig.plant.writes[-4:]  # the next write still drives it


def test_a_line_that_is_no_output_of_ours_is_refused(rig):
    with rig.daq() as daq:
        for line in (DO[7], DI[0]):
            with pytest.raises(CommandRefused, match=line):
                daq.write_line(line, True)
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


@pytest.mark.parametrize(
    ("wiring", "text"),
    [
        ({"analog_inputs": ("cDAQ1Mod1/ai9",)}, r"analog inputs: .*cDAQ1Mod1/ai9.*-200170.*check names"),
        ({"digital_inputs": ("cDAQ1Mod8/port0/line0",)}, r"digital inputs: .*cDAQ1Mod8.*-200220"),
        ({"digital_outputs": DI[:1]}, r"digital outputs: .*-200170"),
    ],
)
def test_a_wrong_name_is_refused_at_open_and_nothing_stays_reserved(rig, wiring, text):
    with pytest.raises(CommandRefused, match=text), rig.daq(**wiring):
        pass
    with rig.daq():
        pass


@pytest.mark.parametrize(
    ("wiring", "code"),
    [({"digital_outputs": DO[4:5]}, -50103), ({"analog_inputs": ()}, -200587)],
)
def test_what_another_client_holds_is_refused_at_open(rig, wiring, code):
    with rig.daq(), pytest.raises(CommandRefused, match=f"{code}.*end the client that holds it"), rig.daq(**wiring):
        pass


def test_a_frozen_server_is_a_timeout_and_a_reconnect_takes_back_what_it_still_held(rig):
    with rig.daq(timeout_s=SHORT_S) as daq:
        daq.start()
        rig.plant.thawed.clear()
        with pytest.raises(ReplyTimeout, match=r"digital inputs: .*DEADLINE_EXCEEDED.*reconnect\(\)"):
            daq.collect()
        with pytest.raises(InstrumentError):
            daq.reconnect()
        rig.plant.thawed.set()
        with rig.daq(analog_inputs=(), digital_outputs=()):  # answers once the server has worked off what it was sent
            daq.reconnect()
        daq.start()
        rig.clock.time_s += 1.0
        assert AI[0] in daq.collect()


def test_a_dead_server_is_a_lost_link_with_address_task_and_remedy(run, rig):
    driver = Driver(CHASSIS, rig.plant, rig.clock)
    server, port = run(start_daq(driver))
    mortal = Rig(f"grpc://127.0.0.1:{port}", driver, rig.clock, rig.plant)
    with mortal.daq() as daq:
        daq.start()
        run(server.stop(None))
        text = rf"NI-DAQmx at {mortal.address}, analog inputs: .*UNAVAILABLE.*Remedy: start the server"
        for use in (daq.collect, daq.reconnect):
            with pytest.raises(LinkLost, match=text):
                use()
        with pytest.raises(CommandRefused, match="link is closed"):
            daq.write_line(DO[0], True)


def test_a_device_reset_by_another_client_is_a_lost_link_and_a_reconnect_recovers(rig):
    with rig.daq() as daq:
        daq.start()
        rig.driver.reset("cDAQ1")
        with pytest.raises(LinkLost, match=r"analog inputs: .*-88709.*reconnect\(\)"):
            daq.collect()
        daq.reconnect()
        daq.start()
        assert DO[0] in daq.collect()


def test_the_local_address_without_a_driver_names_the_remedy():
    with pytest.raises(LinkLost, match="install the driver"):
        NiDaq.open("local", analog_inputs=AI[:1])

"""The public nidaqmx package against the simulated service, over the wire, on a clock moved by hand."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
import numpy as np
import pytest
from nidaqmx import DaqError, DaqReadError, GrpcSessionOptions, SessionInitializationBehavior, Task
from nidaqmx.constants import READ_ALL_AVAILABLE, AcquisitionType, LineGrouping, ReadRelativeTo, TaskMode
from nidaqmx.errors import RpcError
from nidaqmx.stream_readers import AnalogMultiChannelReader, DigitalMultiChannelReader
from nidaqmx.stream_writers import DigitalSingleChannelWriter
from nidaqmx.system import Device as NiDevice
from nidaqmx.system import System

from bench.sim.daq import start_daq
from bench.sim.daq_driver import Driver
from bench.sim.daq_model import Chassis, Device

AI = tuple(f"cDAQ1Mod1/ai{index}" for index in range(4))
DI = tuple(f"cDAQ1Mod2/port0/line{index}" for index in range(8))
DO = tuple(f"cDAQ1Mod3/port0/line{index}" for index in range(8))
CHASSIS = Chassis(
    {
        "cDAQ1Mod1": Device("NI 9205", 0x01A0, ai=AI),
        "cDAQ1Mod2": Device("NI 9425", 0x01A1, di_lines=DI),
        "cDAQ1Mod3": Device("NI 9476", 0x01A2, do_lines=DO),
    }
)


@dataclass
class Clock:
    time_s: float = 0.0

    def now(self):
        return self.time_s

    def advance_to(self, t_s):
        assert t_s >= self.time_s
        self.time_s = t_s


@dataclass
class Sines:
    """Channel k carries sin(t) + k volts; lines carry what is written, unless one is stuck."""

    levels: dict[str, bool] = field(default_factory=dict)
    stuck: set[str] = field(default_factory=set)

    def analog(self, channel, times_s):
        return np.sin(times_s) + AI.index(channel)

    def read_line(self, line):
        return self.levels.get(line, False)

    def write_line(self, line, state):
        if line not in self.stuck:
            self.levels[line] = state


@dataclass
class Rig:
    clock: Clock
    plant: Sines
    channel: grpc.Channel

    def options(self, name="", behavior=SessionInitializationBehavior.AUTO):
        return GrpcSessionOptions(self.channel, name, initialization_behavior=behavior)

    def task(self, name=""):
        return Task(name, grpc_options=self.options(name))

    @contextmanager
    def inputs(self, channels=2, rate_hz=10.0, mode=AcquisitionType.CONTINUOUS, samples=1000) -> Iterator[Task]:
        with self.task() as task:
            for index in range(channels):
                task.ai_channels.add_ai_voltage_chan(AI[index], f"in{index}", min_val=-10.0, max_val=10.0)
            task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=mode, samps_per_chan=samples)
            yield task


@pytest.fixture(scope="module")
def served():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    clock, plant = Clock(), Sines()
    server, port = asyncio.run_coroutine_threadsafe(start_daq(Driver(CHASSIS, plant, clock)), loop).result()
    with grpc.insecure_channel(f"127.0.0.1:{port}", (("grpc.max_receive_message_length", -1),)) as channel:
        yield Rig(clock, plant, channel)
    asyncio.run_coroutine_threadsafe(server.stop(None), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def rig(served):
    served.clock.time_s = 100.0
    served.plant.levels.clear()
    served.plant.stuck.clear()
    return served


@contextmanager
def refused(code):
    with pytest.raises(DaqError) as caught:
        yield caught
    assert caught.value.error_code == code


def due_s(first, count, rate_hz=10.0, started_s=100.0):
    return started_s + np.arange(first + 1, first + count + 1) / rate_hz


def test_the_chassis_describes_itself(rig):
    system = System.remote(rig.options())
    assert system.devices.device_names == ["cDAQ1", "cDAQ1Mod1", "cDAQ1Mod2", "cDAQ1Mod3"]
    assert system.driver_version == (25, 3, 0)
    module = NiDevice("cDAQ1Mod1", grpc_options=rig.options())
    assert (module.product_type, module.serial_num) == ("NI 9205", 0x01A0)
    assert module.ai_physical_chans.channel_names == list(AI)
    assert module.compact_daq_chassis_device.product_type == "cDAQ-9189"
    assert NiDevice("cdaq1mod3", grpc_options=rig.options()).do_lines.channel_names == list(DO)


def test_a_blocking_read_moves_the_clock_to_the_due_time_and_returns_exactly_those_samples(rig):
    with rig.inputs() as task:
        task.start()
        data = task.read(20)
        assert rig.clock.now() == pytest.approx(102.0, abs=1e-12)
        assert np.array_equal(data, [np.sin(due_s(0, 20)), np.sin(due_s(0, 20)) + 1])
        assert np.array_equal(task.read(5)[0], np.sin(due_s(20, 5)))


@pytest.mark.parametrize("gap_s", [0.0, 0.05, 0.1, 1.0, 7.25])
def test_all_available_is_what_the_clock_has_made_due_and_does_not_wait(rig, gap_s):
    with rig.inputs() as task:
        task.start()
        rig.clock.time_s += gap_s
        expected = int(gap_s * 10 + 1e-9)
        assert np.array_equal(np.array(task.read(READ_ALL_AVAILABLE))[0], np.sin(due_s(0, expected)))
        assert rig.clock.now() == 100.0 + gap_s


def test_a_read_past_its_timeout_hands_out_what_there_is_packed_at_the_beginning(rig):
    with rig.inputs() as task:
        reader = AnalogMultiChannelReader(task.in_stream)
        task.start()
        data = np.full((2, 100), np.nan)
        with pytest.raises(DaqReadError) as caught:
            reader.read_many_sample(data, 100, timeout=3.0)
        assert (caught.value.error_code, caught.value.samps_per_chan_read) == (-200284, 30)
        assert rig.clock.now() == 103.0
        packed = data.ravel()[:60].reshape(2, 30)
        assert np.array_equal(packed, [np.sin(due_s(0, 30)), np.sin(due_s(0, 30)) + 1])
        assert not data.ravel()[60:].any()


def test_reading_too_late_is_an_overflow_until_the_task_is_started_again(rig):
    with rig.inputs() as task:
        task.start()
        rig.clock.time_s += 100.0
        assert len(task.read(1000)[0]) == 1000
        rig.clock.time_s += 100.1
        for _ in range(2):
            with refused(-200279) as caught:
                task.read(1)
            assert isinstance(caught.value, DaqReadError)
        task.stop()
        task.start()
        assert task.read(1)[0] == [np.sin(rig.clock.now())]


def test_the_buffer_can_be_made_larger(rig):
    with rig.inputs() as task:
        assert task.in_stream.input_buf_size == 1000
        task.in_stream.input_buf_size = 5000
        task.start()
        rig.clock.time_s += 500.0
        assert task.in_stream.avail_samp_per_chan == 5000
        assert len(task.read(READ_ALL_AVAILABLE)[0]) == 5000


def test_a_finite_task_ends_and_a_read_past_its_end_is_cut_short(rig):
    with rig.inputs(1, mode=AcquisitionType.FINITE, samples=25) as task:
        task.start()
        assert not task.is_task_done()
        assert len(task.read(20)) == 20
        assert np.array_equal(task.read(20), np.sin(due_s(20, 5)))
        assert rig.clock.now() == pytest.approx(102.5)
        assert task.is_task_done()
        with refused(-200278):
            task.read(1)


def test_waiting_for_the_end_moves_the_clock_there_or_to_the_timeout(rig):
    with rig.inputs(1, mode=AcquisitionType.FINITE, samples=50) as task:
        task.start()
        with refused(-200560):
            task.wait_until_done(timeout=2.0)
        assert rig.clock.now() == 102.0
        task.wait_until_done(timeout=10.0)
        assert rig.clock.now() == pytest.approx(105.0)
        assert len(task.read(READ_ALL_AVAILABLE)) == 50


def test_a_task_that_is_not_running_is_started_for_one_read(rig):
    with rig.inputs(1, mode=AcquisitionType.FINITE, samples=5) as task:
        assert np.array_equal(task.read(READ_ALL_AVAILABLE), np.sin(due_s(0, 5)))
        assert np.array_equal(task.read(5), np.sin(due_s(0, 5, started_s=100.5)))


def test_without_a_sample_clock_a_read_is_a_sample_of_now(rig):
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan("cDAQ1Mod1/ai0:2", min_val=-10.0, max_val=10.0)
        assert task.channel_names == list(AI[:3])
        assert task.read() == [np.sin(100.0), np.sin(100.0) + 1, np.sin(100.0) + 2]
        assert rig.clock.now() == 100.0


def test_the_converter_clips_at_its_range(rig, monkeypatch):
    monkeypatch.setattr(rig.plant, "analog", lambda _, times_s: np.full(times_s.shape, -12.0), raising=False)
    with rig.inputs(1) as task:
        task.start()
        assert task.read(2) == [-10.0, -10.0]
        assert task.ai_channels["in0"].ai_rng_high == 10.0


def test_input_lines_are_read_in_one_call_whatever_their_grouping(rig):
    rig.plant.levels.update({DI[1]: True, DI[6]: True})
    expected = [False, True, False, False, False, False, True, False]
    with rig.task() as task:
        for index, line in enumerate(DI):
            task.di_channels.add_di_chan(line, f"d{index}", LineGrouping.CHAN_PER_LINE)
        assert task.read() == expected
        levels = np.zeros(8, dtype=bool)
        DigitalMultiChannelReader(task.in_stream).read_one_sample_one_line(levels)
        assert levels.tolist() == expected
    with rig.task() as task:
        task.di_channels.add_di_chan("cDAQ1Mod2/port0", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        assert task.read() == 0b0100_0010


def test_outputs_are_driven_and_read_back_as_they_really_are(rig):
    rig.plant.stuck.add(DO[2])
    with rig.task() as task:
        task.do_channels.add_do_chan("cDAQ1Mod3/port0/line0:3", line_grouping=LineGrouping.CHAN_PER_LINE)
        assert task.write([True, False, True, True]) == 1
        assert [rig.plant.levels.get(line) for line in DO[:5]] == [True, False, None, True, None]
        assert task.read() == [True, False, False, True]
    with rig.task() as task:
        task.do_channels.add_do_chan("cDAQ1Mod3/port0/line4:7")
        DigitalSingleChannelWriter(task.out_stream).write_one_sample_multi_line(np.array([True, True, False, False]))
        assert task.read() == 0b0011_0000
        task.write(0b1000_0000)
        assert [rig.plant.levels[line] for line in DO[4:]] == [False, False, False, True]


def test_a_second_task_cannot_have_the_converter_or_the_output_line(rig):
    with rig.inputs() as first, rig.inputs() as second:
        first.start()
        with refused(-50103):
            second.start()
        with refused(-50103):
            second.control(TaskMode.TASK_RESERVE)
        first.stop()
        second.start()
    with rig.task() as first, rig.task() as second:
        for task in (first, second):
            task.do_channels.add_do_chan(DO[0])
        first.write(True)
        with refused(-200587):
            second.write(False)
        assert rig.plant.levels[DO[0]]


def test_a_reserved_task_keeps_the_converter_after_a_stop(rig):
    with rig.inputs() as first, rig.inputs() as second:
        first.control(TaskMode.TASK_COMMIT)
        first.start()
        first.stop()
        with refused(-50103):
            second.start()
        first.control(TaskMode.TASK_UNRESERVE)
        second.start()


@pytest.mark.parametrize(
    ("channel", "code"), [("cDAQ1Mod7/ai0", -200220), ("cDAQ1Mod1/ai9", -200170), ("cDAQ1Mod2/ai0", -200170)]
)
def test_a_channel_that_is_not_there_is_refused(rig, channel, code):
    with rig.task() as task, refused(code):
        task.ai_channels.add_ai_voltage_chan(channel, "x")


def test_misuse_of_a_task_is_refused_by_the_driver_s_code(rig):
    with rig.task() as task:
        with refused(-200478):
            task.start()
        task.ai_channels.add_ai_voltage_chan(AI[0], "in0")
        with refused(-200489):
            task.ai_channels.add_ai_voltage_chan(AI[1], "in0")
        with refused(-200559):
            task.do_channels.add_do_chan(DO[0])
        with refused(-200077):
            task.ai_channels.add_ai_voltage_chan(AI[1], "in1", max_val=100.0)
        task.timing.cfg_samp_clk_timing(10.0, sample_mode=AcquisitionType.CONTINUOUS)
        task.start()
        with refused(-200479):
            task.start()
        with refused(-200557):
            task.timing.cfg_samp_clk_timing(20.0)


def test_names_attach_or_are_refused_as_asked(rig):
    with rig.task("valves") as task:
        assert task.name == "valves"
        attached = rig.task("valves")
        with attached:  # leaves the task alone: it did not make it
            pass
        with pytest.raises(RpcError) as caught:
            Task("valves", grpc_options=rig.options("valves", SessionInitializationBehavior.INITIALIZE_SERVER_SESSION))
        assert caught.value.rpc_code == grpc.StatusCode.ALREADY_EXISTS
    with refused(-200088):
        attached.start()
    with pytest.raises(RpcError) as caught:
        Task("valves", grpc_options=rig.options("valves", SessionInitializationBehavior.ATTACH_TO_SERVER_SESSION))
    assert caught.value.rpc_code == grpc.StatusCode.FAILED_PRECONDITION


def test_a_reset_drops_the_outputs_of_the_module_and_aborts_its_tasks(rig):
    with rig.task() as valves, rig.inputs() as inputs:
        valves.do_channels.add_do_chan(DO[0])
        valves.write(True)
        inputs.start()
        NiDevice("cDAQ1Mod3", grpc_options=rig.options()).reset_device()
        assert not any(rig.plant.levels.values())
        with refused(-88709):
            valves.write(True)
        assert len(inputs.read(1)) == 2
        NiDevice("cDAQ1", grpc_options=rig.options()).reset_device()
        with refused(-88709):
            inputs.read(1)


def test_what_is_not_simulated_says_so(rig):
    with rig.task() as task:
        task.di_channels.add_di_chan(DI[0])
        with pytest.raises(RpcError, match="not supported") as caught:
            task.timing.cfg_samp_clk_timing(10.0)
        assert caught.value.rpc_code == grpc.StatusCode.UNIMPLEMENTED
        with pytest.raises(RpcError, match="not supported"):
            task.triggers.start_trigger.cfg_dig_edge_start_trig("/cDAQ1/PFI0")
        with refused(-200197) as caught:
            _ = task.timing.ref_clk_rate
        assert "Timing REF_CLK_RATE" in str(caught.value)
        with refused(-200197):
            task.in_stream.relative_to = ReadRelativeTo.MOST_RECENT_SAMPLE

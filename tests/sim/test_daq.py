"""The public nidaqmx package against the simulated service, over the wire, on a clock moved by hand."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc
import numpy as np
import pytest
from nidaqmx import DaqError, GrpcSessionOptions, SessionInitializationBehavior, Task
from nidaqmx.constants import AcquisitionType, ReadRelativeTo, TaskMode
from nidaqmx.errors import RpcError
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

    def reset(self):
        self.clock.time_s = 100.0
        self.plant.levels.clear()
        self.plant.stuck.clear()
        return self

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


@contextmanager
def serving():
    """A rig behind a service of its own, on a loop in a thread."""
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


@pytest.fixture(scope="module")
def served():
    with serving() as rig:
        yield rig


@pytest.fixture
def rig(served):
    return served.reset()


@contextmanager
def refused(code):
    with pytest.raises(DaqError) as caught:
        yield caught
    assert caught.value.error_code == code


def test_the_chassis_describes_itself(rig):
    system = System.remote(rig.options())
    assert system.devices.device_names == ["cDAQ1", "cDAQ1Mod1", "cDAQ1Mod2", "cDAQ1Mod3"]
    assert system.driver_version == (25, 3, 0)
    module = NiDevice("cDAQ1Mod1", grpc_options=rig.options())
    assert (module.product_type, module.serial_num) == ("NI 9205", 0x01A0)
    assert module.ai_physical_chans.channel_names == list(AI)
    assert module.compact_daq_chassis_device.product_type == "cDAQ-9189"
    assert NiDevice("cdaq1mod3", grpc_options=rig.options()).do_lines.channel_names == list(DO)


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

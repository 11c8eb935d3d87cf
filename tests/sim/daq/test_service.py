"""The public nidaqmx package against the simulated service, over the wire, on a clock moved by hand."""

import grpc
import pytest
from daq_bed import AI, DI, DO, refused, serving
from nidaqmx import SessionInitializationBehavior, Task
from nidaqmx.constants import AcquisitionType, TaskMode
from nidaqmx.errors import RpcError
from nidaqmx.system import Device as NiDevice
from nidaqmx.system import System


@pytest.fixture(scope="module")
def served():
    with serving() as rig:
        yield rig


@pytest.fixture
def rig(served):
    return served.reset()


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
        first.start()
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
    ("channel", "code"), [("cDAQ1Mod7/ai0", -200220), ("cDAQ1Mod1/ai32", -200170), ("cDAQ1Mod2/ai0", -200170)]
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
            task.triggers.start_trigger.cfg_dig_edge_start_trig("/cDAQ1/PFI0")
        assert caught.value.rpc_code == grpc.StatusCode.UNIMPLEMENTED
        with refused(-200197) as caught:
            _ = task.timing.ref_clk_rate
        assert "Timing REF_CLK_RATE" in str(caught.value)

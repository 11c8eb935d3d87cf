"""Tasks, by name and saved: what the official client expects of them."""

import threading

from daq_bed import refused
from daq_testers import TESTER
from nidaqmx import Task
from nidaqmx._grpc_interpreter import _ERROR_MESSAGES
from nidaqmx._stubs.nidaqmx_pb2 import GetErrorStringRequest
from nidaqmx._stubs.nidaqmx_pb2_grpc import NiDAQmxStub
from nidaqmx.constants import READ_ALL_AVAILABLE, AcquisitionType
from nidaqmx.error_codes import DAQmxErrors
from nidaqmx.system import System

from bench.sim.daq.errors import TEXTS

LINE = f"{TESTER}/port0/line0"


def test_tasks_without_names_are_told_apart(make_task):
    first, second = (make_task(), make_task())
    assert first.name
    assert first != second
    assert hash(first.ai_channels) != hash(second.ai_channels)


def test_second_task_of_a_name_attaches_and_its_end_leaves_no_warning(make_task, options):
    first = make_task("MyTask1")
    first.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0")
    assert Task("MyTask1", grpc_options=options()).channel_names == first.channel_names


def test_on_demand_task_is_always_done(make_task):
    task = make_task()
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0:3", name_to_assign_to_channel="MyChannel")
    assert task.channels.name == "MyChannel0:3"
    assert [d.name for d in task.devices] == [TESTER]
    assert task.is_task_done()
    task.start()
    task.wait_until_done()
    assert task.is_task_done()


def test_properties_set_from_two_threads_do_not_mix(make_task):
    task = make_task()
    for n in range(2):
        task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai{n}", min_val=-1.0, max_val=1.0)
    wrong = []

    def turn(index, name, values):
        channel = task.ai_channels[index]
        for value in values * 10:
            setattr(channel, name, value)
            if getattr(channel, name) != value:
                wrong.append(value)

    threads = [
        threading.Thread(target=turn, args=(0, "ai_max", [1.0, 2.0, 5.0, 10.0])),
        threading.Thread(target=turn, args=(1, "description", ["ABC", "DEF", "GHI", "JKL"])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_saved_task_is_loaded_as_it_was(make_task, options):
    task = make_task()
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0", "level", min_val=-1.0, max_val=1.0)
    task.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=7)
    task.save("kept", overwrite_existing_task=True)
    system = System.remote(options())
    assert system.tasks.task_names == ["kept"]
    with refused(-200484):
        task.save("kept")
    with system.tasks["kept"].load() as loaded:
        assert loaded.channel_names == ["level"]
        assert len(loaded.read(READ_ALL_AVAILABLE)) == 7
    system.tasks["kept"].delete()
    assert system.tasks.task_names == []
    with refused(-200485):
        system.tasks["kept"].load()


def test_texts_of_errors_are_those_that_the_client_knows():
    assert TEXTS[-200284] == _ERROR_MESSAGES[DAQmxErrors.SAMPLES_NOT_YET_AVAILABLE]
    assert TEXTS[-200077].startswith("Requested value is not a supported value for this property.")


def test_code_that_nobody_knows_has_no_text(channel):
    reply = NiDAQmxStub(channel).GetErrorString(GetErrorStringRequest(error_code=-12345))
    assert reply.error_string == ""

"""A plain script of somebody who has nidaqmx and the address of a device server, and nothing of this project.

python stranger.py PORT runs it against the shipped demo rack; it prints what it did, and fails where a real rack would.
"""

import sys
import threading
import time

import grpc
import nidaqmx
from nidaqmx.constants import AcquisitionType, Level, LineGrouping
from nidaqmx.types import DOExpirationState

CHANNEL = grpc.insecure_channel(f"localhost:{sys.argv[1]}")


def options():
    return nidaqmx.GrpcSessionOptions(CHANNEL, "")


def new_task():
    return nidaqmx.Task(grpc_options=options())


def devices():
    system = nidaqmx.system.System.remote(options())
    found = {device.name: device.product_type for device in system.devices}
    assert found["Dev1"] == "PCIe-6363", found
    return f"{len(found)} devices"


def finite_analog_input():
    with new_task() as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai0:1", min_val=-5.0, max_val=5.0)
        task.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=500)
        first, second = task.read(number_of_samples_per_channel=500, timeout=10.0)
    assert len(first) == len(second) == 500
    assert all(-5.0 <= value <= 5.0 for value in first)
    assert max(first) - min(first) > 5.0
    return f"{len(first)} samples"


def continuous_analog_input():
    taken, enough = [], threading.Event()
    with new_task() as task:
        task.ai_channels.add_ai_voltage_chan("cDAQ1Mod1/ai0", min_val=-10.0, max_val=10.0)
        task.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=10_000)

        def on_samples(_handle, _kind, count, _data):
            if not enough.is_set():
                taken.extend(task.read(number_of_samples_per_channel=count))
            if len(taken) >= 1000:
                enough.set()
            return 0

        task.register_every_n_samples_acquired_into_buffer_event(200, on_samples)
        task.start()
        assert enough.wait(30.0), len(taken)
        task.stop()
        task.register_every_n_samples_acquired_into_buffer_event(200, None)  # returns once no callback runs any more
    assert set(taken) == {2.5}, set(taken)
    return f"{len(taken) // 200 * 200} samples by callback"


def digital_lines():
    with new_task() as outputs, new_task() as inputs:
        outputs.do_channels.add_do_chan("cDAQ1Mod4/port0/line0:7", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        inputs.di_channels.add_di_chan("cDAQ1Mod3/port0/line0:7", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        outputs.write(0xA5)
        seen = inputs.read()
    assert seen == 0xA5, seen
    return f"{seen:#x} there and back"


def analog_output():
    with new_task() as outputs, new_task() as inputs:
        outputs.ao_channels.add_ao_voltage_chan("cDAQ1Mod2/ao0:1")
        inputs.ai_channels.add_ai_voltage_chan("cDAQ1Mod1/ai4:5", min_val=-10.0, max_val=10.0)
        outputs.write([1.5, -7.25])
        seen = inputs.read()
    assert seen == [1.5, -7.25], seen
    return f"{seen} V there and back"


def watchdog():
    line = "Dev1/port1/line0"
    with new_task() as task, nidaqmx.system.WatchdogTask("Dev1", timeout=5.0, grpc_options=options()) as dog:
        task.do_channels.add_do_chan(line)
        task.start()
        task.write(False)
        dog.cfg_watchdog_do_expir_states([DOExpirationState(physical_channel=line, expiration_state=Level.HIGH)])
        dog.start()
        dog.reset_timer()
        deadline_s = time.monotonic() + 30.0
        while not dog.expired:
            assert time.monotonic() < deadline_s
            time.sleep(0.02)
        assert task.read() is True
        dog.clear_expiration()
        task.write(False)
        assert task.read() is False
    return "expired, and cleared"


def error():
    code = None
    with new_task() as task:
        try:
            task.ai_channels.add_ai_voltage_chan("Dev1/ai99")
        except nidaqmx.DaqError as refusal:
            code = refusal.error_code
    assert code == -200170, code
    return f"refused with {code}"


for step in (
    devices, finite_analog_input, continuous_analog_input, digital_lines, analog_output, watchdog, error,
):  # fmt: skip
    print(f"{step.__name__}: {step()}", flush=True)
CHANNEL.close()

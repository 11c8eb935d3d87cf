"""Outputs from a buffer and inputs that follow the same counter: what the official client expects of them."""

import time

import numpy as np
import pytest
from daq_bed import refused
from daq_testers import REAL
from nidaqmx.constants import AcquisitionType, Edge, RegenerationMode, TaskMode
from nidaqmx.errors import DaqReadError, DaqWriteError
from nidaqmx.stream_readers import AnalogMultiChannelReader
from nidaqmx.stream_writers import AnalogMultiChannelWriter, AnalogUnscaledWriter
from nitypes.waveform import AnalogWaveform

FINITE, CONTINUOUS = AcquisitionType.FINITE, AcquisitionType.CONTINUOUS
COUNTER = f"/{REAL}/Ctr0InternalOutput"
RATE_HZ = 5000.0


def pulses(task, count):
    task.co_channels.add_co_pulse_chan_freq(f"{REAL}/ctr0", freq=RATE_HZ)
    task.timing.cfg_implicit_timing(FINITE, count)
    task.control(TaskMode.TASK_COMMIT)
    return task


def clocked(task, samples, edge=Edge.RISING, mode=FINITE):
    task.timing.cfg_samp_clk_timing(RATE_HZ, COUNTER, edge, mode, samples)
    return task


def driving(task, channels=1):
    task.ao_channels.add_ao_voltage_chan(f"{REAL}/ao0:{channels - 1}" if channels > 1 else f"{REAL}/ao0")
    return task


def sensing(task, channels=1):
    names = ",".join(f"{REAL}/_ao{number}_vs_aognd" for number in range(channels))
    task.ai_channels.add_ai_voltage_chan(names, min_val=-10.0, max_val=10.0)
    return task


def once(task):
    task.out_stream.regen_mode = RegenerationMode.DONT_ALLOW_REGENERATION
    return task


@pytest.mark.parametrize("samples", [20, 100])
def test_sample_k_of_the_input_is_sample_k_of_the_output(make_task, samples):
    counter = pulses(make_task(), samples)
    out = clocked(driving(make_task(), 2), samples)
    seen = clocked(sensing(make_task(), 2), samples, Edge.FALLING)
    data = np.random.default_rng(samples).uniform(-10.0, 10.0, (2, samples))
    AnalogMultiChannelWriter(out.out_stream, auto_start=False).write_many_sample(data)
    for task in (seen, out, counter):
        task.start()
    read = np.zeros((2, samples))
    assert AnalogMultiChannelReader(seen.in_stream).read_many_sample(read, samples, timeout=2.0) == samples
    assert np.allclose(read, data, rtol=0.0, atol=1e-9)


def test_read_beyond_the_pulses_of_a_counter_gives_what_there_was(make_task):
    counter = pulses(make_task(), 25)
    seen = clocked(sensing(make_task(), 2), 75)
    seen.start()
    counter.start()
    with pytest.raises(DaqReadError) as caught:
        AnalogMultiChannelReader(seen.in_stream).read_many_sample(np.zeros((2, 75)), 75, timeout=0.1)
    assert (caught.value.error_code, caught.value.samps_per_chan_read) == (-200284, 25)


def test_counter_that_is_stopped_gives_no_more_samples(make_task):
    counter = make_task()
    counter.co_channels.add_co_pulse_chan_ticks(f"{REAL}/ctr0", "100kHzTimebase", low_ticks=10, high_ticks=10)
    counter.timing.cfg_implicit_timing(CONTINUOUS)
    seen = clocked(sensing(make_task()), 1000, mode=CONTINUOUS)
    seen.start()
    assert seen.in_stream.avail_samp_per_chan == 0
    counter.start()
    assert len(seen.read(10, timeout=1.0)) == 10
    counter.stop()
    left = seen.in_stream.avail_samp_per_chan
    time.sleep(0.02)
    assert seen.in_stream.avail_samp_per_chan == left


def test_what_does_not_leave_a_buffer_cannot_be_written(make_task):
    """The counter stands: the device's own memory has taken 8191 samples, the buffer holds 1000 more."""
    out = once(clocked(driving(make_task()), 1000, mode=CONTINUOUS))
    writer = AnalogUnscaledWriter(out.out_stream, auto_start=False)
    assert writer.write_int16(np.zeros((1, 1000), dtype=np.int16)) == 1000
    out.start()
    with pytest.raises(DaqWriteError) as caught:
        writer.write_int16(np.zeros((1, 16382), dtype=np.int16), timeout=0.05)
    assert (caught.value.error_code, caught.value.samps_per_chan_written) == (-200292, 8191)


def test_more_than_a_buffer_cannot_be_written_before_the_start(make_task):
    out = once(clocked(driving(make_task()), 1000, mode=CONTINUOUS))
    out.out_stream.output_buf_size = 100
    with pytest.raises(DaqWriteError) as caught:
        AnalogUnscaledWriter(out.out_stream).write_int16(np.zeros((1, 18382), dtype=np.int16))
    assert (caught.value.error_code, caught.value.samps_per_chan_written) == (-200293, 0)


def test_buffer_that_ran_dry_ends_a_generation_without_repetition(make_task):
    out = once(driving(make_task()))
    out.timing.cfg_samp_clk_timing(10000.0, sample_mode=CONTINUOUS)
    out.write(np.zeros(100), auto_start=True)
    time.sleep(0.03)
    with refused(-200290):
        out.write(np.zeros(100))


@pytest.mark.parametrize("samples", [5, 20, 100])
def test_finite_ramp_ends_with_its_last_sample(make_task, samples):
    out, seen = driving(make_task()), sensing(make_task())
    out.timing.cfg_samp_clk_timing(10000.0, sample_mode=FINITE, samps_per_chan=100)
    ramp = AnalogWaveform.from_array_1d(np.linspace(0.0, 1.0, samples))
    assert out.write_waveform(ramp, auto_start=True) == samples
    out.wait_until_done(2.0)
    assert seen.read() == pytest.approx(1.0, abs=0.01)


def test_outputs_can_be_listed_downwards(make_task):
    out, seen = make_task(), sensing(make_task(), 4)
    out.ao_channels.add_ao_voltage_chan(f"{REAL}/ao3:1")
    out.write([3.0, 2.0, 1.0])
    assert seen.read()[1:] == pytest.approx([1.0, 2.0, 3.0], abs=0.01)

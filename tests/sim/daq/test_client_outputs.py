"""Outputs of a device that is not simulated, read back by a second task: what the official client expects."""

import time
from random import Random

import numpy as np
import pytest
from daq_bed import refused
from nidaqmx.constants import AcquisitionType, LineGrouping
from nidaqmx.stream_readers import DigitalMultiChannelReader, DigitalSingleChannelReader
from nidaqmx.stream_writers import (
    AnalogMultiChannelWriter,
    AnalogSingleChannelWriter,
    AnalogUnscaledWriter,
    DigitalMultiChannelWriter,
    DigitalSingleChannelWriter,
)
from nitypes.waveform import AnalogWaveform, DigitalWaveform

ONE = LineGrouping.CHAN_FOR_ALL_LINES
EACH = LineGrouping.CHAN_PER_LINE


def outputs(task, device, *channels, grouping=ONE):
    for lines in channels:
        task.do_channels.add_do_chan(f"{device.name}/{lines}", line_grouping=grouping)
    return task


def mirror(task, device, *channels):
    """Digital inputs on lines that another task drives."""
    for lines in channels:
        task.di_channels.add_di_chan(f"{device.name}/{lines}", line_grouping=ONE)
    task.di_channels.all.di_tristate = False
    task.start()
    return task


def voltages(task, device, channels):
    for n in range(channels):
        made = task.ao_channels.add_ao_voltage_chan(f"{device.name}/ao{n}", min_val=0.0, max_val=n + 1.01)
        made.ao_dac_rng_high = 10
        made.ao_dac_rng_low = -10
    task.start()
    task.write(0.0 if channels == 1 else [0.0] * channels)
    return task


def sensed(task, device, channels):
    for n in range(channels):
        task.ai_channels.add_ai_voltage_chan(f"{device.name}/_ao{n}_vs_aognd", min_val=-10, max_val=10)
    task.start()
    return task


def columns(values, width):
    """One channel's lines, the first column the highest bit."""
    waveform = DigitalWaveform(len(values), width)
    for row, value in enumerate(values):
        waveform.data[row] = [value >> width - 1 - j & 1 for j in range(width)]
    return waveform


def finite(task):
    task.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=100)
    return task


def test_input_sees_a_line_that_another_task_drives(make_task, real):
    driving = outputs(make_task(), real, "port0/line0")
    driving.start()
    driving.write(False)
    seen = mirror(make_task(), real, "port0/line0")
    writer = DigitalSingleChannelWriter(driving.out_stream)
    for state in (True, False, True):
        writer.write_one_sample_one_line(state)
        assert seen.read() == state


@pytest.mark.parametrize("lines", ["port0/line0:7", "port0/line7:0"])
def test_running_on_demand_task_takes_many_samples_and_keeps_the_last(make_task, real, lines):
    driving = outputs(make_task(), real, lines)
    driving.start()
    assert driving.write([False] * 8) == 8
    seen = mirror(make_task(), real, lines)
    assert (
        DigitalSingleChannelWriter(driving.out_stream).write_many_sample_port_uint32(
            np.array([1, 2, 0xC5], dtype=np.uint32)
        )
        == 3
    )
    assert seen.read() == 0xC5


@pytest.mark.parametrize(("width", "dtype"), [("byte", np.uint8), ("uint16", np.uint16), ("uint32", np.uint32)])
def test_two_ports_are_driven_by_any_width(make_task, real, width, dtype):
    driving = outputs(make_task(), real, "port1", "port2")
    driving.start()
    driving.write([0, 0])
    seen = mirror(make_task(), real, "port1", "port2")
    writer = DigitalMultiChannelWriter(driving.out_stream)
    getattr(writer, f"write_one_sample_port_{width}")(np.array([7, 200], dtype=dtype))
    assert seen.read() == [7, 200]
    many = np.array([range(256), range(255, -1, -1)], dtype=dtype)
    assert getattr(writer, f"write_many_sample_port_{width}")(many) == 256
    assert seen.read() == [255, 0]


def test_rows_wider_than_a_port_are_cut(make_task, real):
    seen = [mirror(make_task(), real, f"port{n}") for n in range(3)]
    driving = outputs(make_task(), real, "port0", "port1", "port2")
    driving.start()
    driving.write([0, 0, 0])
    row = np.array([[bool(0xA4 >> j % 8 & 1) for j in range(32)]] * 3)
    DigitalMultiChannelWriter(driving.out_stream).write_one_sample_multi_line(row)
    assert [one.read() for one in seen] == [0xA4A4A4A4, 0xA4, 0xA4]


@pytest.mark.parametrize("count", [2, 9, 48])
@pytest.mark.parametrize("grouping", [ONE, EACH])
def test_output_task_reads_back_its_own_lines_in_any_order(make_task, real, count, grouping):
    random = Random(count)  # noqa: S311
    task = make_task()
    names = random.sample(real.do_lines.channel_names, count)
    task.do_channels.add_do_chan(",".join(names), line_grouping=grouping)
    states = np.array([bool(random.getrandbits(1)) for _ in range(count)])
    back = np.zeros(count, dtype=np.bool_)
    if grouping is ONE:
        DigitalSingleChannelWriter(task.out_stream).write_one_sample_multi_line(states)
        DigitalSingleChannelReader(task.in_stream).read_one_sample_multi_line(back)
    else:
        DigitalMultiChannelWriter(task.out_stream).write_one_sample_one_line(states)
        DigitalMultiChannelReader(task.in_stream).read_one_sample_one_line(back)
    assert back.tolist() == states.tolist()


@pytest.mark.parametrize("ports", ["port1,{}/port2", "port2,{}/port1"])
def test_two_ports_in_one_channel_carry_sixteen_bits(make_task, real, ports):
    task = outputs(make_task(), real, ports.format(real.name))
    for value in (0, 1, 0x8001, 0x1234, 0xFFFF):
        task.write(value)
        assert task.read() == value


def test_reading_output_lines_repeats_the_last_value(make_task, real):
    task = outputs(make_task(), real, "port1")
    task.start()
    DigitalSingleChannelWriter(task.out_stream).write_many_sample_port_byte(np.array([3, 5, 9], dtype=np.uint8))
    back = np.zeros(3, dtype=np.uint8)
    DigitalSingleChannelReader(task.in_stream).read_many_sample_port_byte(back, number_of_samples_per_channel=3)
    assert back.tolist() == [9, 9, 9]


@pytest.mark.parametrize(("lines", "width"), [("port0/line7:0", 8), ("port1", 8), ("port0", 32), ("port0/line0", 1)])
def test_waveform_drives_highest_line_by_first_column(make_task, real, lines, width):
    driving = outputs(make_task(), real, lines)
    driving.start()
    seen = mirror(make_task(), real, lines)
    writer = DigitalSingleChannelWriter(driving.out_stream)
    for n in range(1, 20):
        values = [k * 0x01010101 & (1 << width) - 1 for k in range(n)]
        assert writer.write_waveform(columns(values, width)) == n
        assert seen.read() == values[-1]


def test_waveforms_of_mixed_lines_meet_in_one_port(make_task, real):
    driving = outputs(make_task(), real, "port0/line4:2", "port0/line1:0", "port0/line7:5")
    driving.start()
    seen = mirror(make_task(), real, "port0/line7:0")
    waveforms = [columns([0xB6 >> 2 & 7], 3), columns([0xB6 & 3], 2), columns([0xB6 >> 5], 3)]
    assert DigitalMultiChannelWriter(driving.out_stream).write_waveforms(waveforms) == 1
    assert seen.read() == 0xB6


@pytest.mark.parametrize("samples", [5, 10, 20])
def test_clocked_output_ends_with_the_last_written_sample(make_task, real, samples):
    driving = finite(outputs(make_task(), real, "port0/line7:0"))
    seen = mirror(make_task(), real, "port0/line7:0")
    assert driving.write_waveform(columns(list(range(samples)), 8), auto_start=True) == samples
    driving.wait_until_done(timeout=2.0)
    assert seen.read() == samples - 1


@pytest.mark.parametrize(
    ("widths", "code", "text"),
    [
        (
            [8, 8, 8],
            -200524,
            (
                "Write cannot be performed, because the number of channels in the data does not match the "
                "number of channels in the task"
            ),
        ),
        ([8, 10], -200463, "Specified read or write operation failed, because the number of lines in the data"),
    ],
)
def test_waveforms_that_do_not_fit_are_refused_in_these_words(make_task, real, widths, code, text):
    driving = outputs(make_task(), real, "port1", "port2")
    driving.start()
    with refused(code) as caught:
        DigitalMultiChannelWriter(driving.out_stream).write_waveforms([columns([0] * 10, w) for w in widths])
    assert text in str(caught.value)


def test_analog_output_is_sensed_inside(make_task, real):
    driving, seen = (voltages(make_task(), real, 2), sensed(make_task(), real, 2))
    writer = AnalogMultiChannelWriter(driving.out_stream)
    writer.write_one_sample(np.array([1.0, 2.0]))
    assert seen.read() == pytest.approx([1.0, 2.0], abs=0.01)
    assert writer.write_many_sample(np.array([np.linspace(1, 0.2, 10), np.linspace(2, 0.3, 10)])) == 10
    assert seen.read() == pytest.approx([0.2, 0.3], abs=0.01)
    ramps = [AnalogWaveform.from_array_1d(np.linspace(0, end, 50)) for end in (0.5, 1.0)]
    assert writer.write_waveforms(ramps) == 50
    assert seen.read() == pytest.approx([0.5, 1.0], abs=0.01)


def test_single_analog_output(make_task, real):
    driving, seen = (voltages(make_task(), real, 1), sensed(make_task(), real, 1))
    writer = AnalogSingleChannelWriter(driving.out_stream)
    assert writer.write_many_sample(np.linspace(0.0, 1.0, 10)) == 10
    assert seen.read() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("kind", ["int16", "int32", "uint16", "uint32"])
def test_unscaled_codes_span_the_range_of_the_converter(make_task, real, kind):
    driving, seen = (voltages(make_task(), real, 2), sensed(make_task(), real, 2))
    codes = np.array([np.linspace(0, 3276, 10), np.linspace(0, 6553, 10)]).astype(kind)
    assert getattr(AnalogUnscaledWriter(driving.out_stream), f"write_{kind}")(codes) == 10
    assert seen.read() == pytest.approx([1.0, 2.0], abs=0.1)


def test_write_starts_an_on_demand_task_by_itself(make_task, real):
    task = outputs(make_task(), real, "port0/line3", grouping=EACH)
    for state in (True, False, True):
        task.write(state)
        time.sleep(0.001)
        assert task.read() == state

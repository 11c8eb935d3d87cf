"""Digital input of a simulated device, channels, streams: what the official client expects of the service."""

from datetime import UTC, datetime

import numpy as np
import pytest
from daq_testers import TESTER
from nidaqmx.constants import (
    READ_ALL_AVAILABLE,
    AcquisitionType,
    LineGrouping,
    WaveformAttributeMode,
)
from nidaqmx.stream_readers import DigitalMultiChannelReader, DigitalSingleChannelReader
from nitypes.waveform import DigitalWaveform, SampleIntervalMode

ONE = LineGrouping.CHAN_FOR_ALL_LINES
EACH = LineGrouping.CHAN_PER_LINE
FIRST_EIGHT = [f"{TESTER}/port0/line{n}" for n in range(8)]


def add_inputs(task, *channels, grouping=ONE):
    for lines in channels:
        task.di_channels.add_di_chan(",".join(f"{TESTER}/{item}" for item in lines.split(",")), line_grouping=grouping)
    return task


def clocked(task, samples=50, rate_hz=1000.0):
    task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=AcquisitionType.FINITE, samps_per_chan=samples)
    return task


def line_pattern(line, samples):
    return [k >> line % 8 & 1 for k in range(samples)]


def bit_rows(waveform):
    return ["".join(str(int(state)) for state in row) for row in waveform.data]


@pytest.mark.parametrize("line", [0, 1, 7, 8, 13])
def test_on_demand_reads_of_a_line_count_up_from_zero(task, line):
    add_inputs(task, f"port0/line{line}")
    reader = DigitalSingleChannelReader(task.in_stream)
    assert [reader.read_one_sample_one_line() for _ in range(40)] == line_pattern(line, 40)


@pytest.mark.parametrize(("port", "factor"), [("port0", 0x01010101), ("port1", 1), ("port2", 1)])
def test_port_repeats_the_count_in_every_byte(task, port, factor):
    add_inputs(task, port)
    reader = DigitalSingleChannelReader(task.in_stream)
    data = np.zeros(256, dtype=np.uint32)
    assert reader.read_many_sample_port_uint32(data, number_of_samples_per_channel=256) == 256
    assert data.tolist() == [k * factor for k in range(256)]


@pytest.mark.parametrize("width", ["byte", "uint16", "uint32"])
def test_eight_line_port_reads_as_any_width(task, width):
    add_inputs(task, "port1")
    reader = DigitalSingleChannelReader(task.in_stream)
    read_one = getattr(reader, f"read_one_sample_port_{width}")
    assert [read_one() for _ in range(40)] == list(range(40))


@pytest.mark.parametrize(
    ("ports", "width", "dtype"),
    [
        (["port1", "port2"], "byte", np.uint8),
        (["port1", "port2"], "uint16", np.uint16),
        (["port0", "port1", "port2"], "uint32", np.uint32),
    ],
)
def test_several_ports_read_channel_by_channel(task, ports, width, dtype):
    add_inputs(task, *ports)
    reader = DigitalMultiChannelReader(task.in_stream)
    data = np.zeros((len(ports), 256), dtype=dtype)
    assert getattr(reader, f"read_many_sample_port_{width}")(data, number_of_samples_per_channel=256) == 256
    assert data.tolist() == [[k * (0x01010101 if port == "port0" else 1) for k in range(256)] for port in ports]


def test_rows_of_narrow_ports_are_padded_to_the_widest(task):
    add_inputs(task, "port0", "port1", "port2")
    reader = DigitalMultiChannelReader(task.in_stream)
    row = np.ones((3, 32), dtype=np.bool_)
    values = []
    for _ in range(40):
        reader.read_one_sample_multi_line(row)
        values.append([int(sum(1 << j for j in np.flatnonzero(channel))) for channel in row])
    assert values == [[k * 0x01010101, k, k] for k in range(40)]


def test_lines_of_one_channel_come_lowest_first_when_listed_upwards(task):
    add_inputs(task, "port0/line0:7")
    reader = DigitalSingleChannelReader(task.in_stream)
    row = np.zeros(8, dtype=np.bool_)
    for k in range(40):
        reader.read_one_sample_multi_line(row)
        assert int(np.packbits(row, bitorder="little")[0]) == k


def test_one_channel_per_line_keeps_line_order(task):
    add_inputs(task, "port0/line0:7", grouping=EACH)
    reader = DigitalMultiChannelReader(task.in_stream)
    row = np.zeros((8, 1), dtype=np.bool_)
    for k in range(40):
        reader.read_one_sample_multi_line(row)
        assert int(np.packbits(row[:, 0], bitorder="little")[0]) == k


@pytest.mark.parametrize("wanted", [100, READ_ALL_AVAILABLE])
@pytest.mark.parametrize("lines", ["port0/line0", "port0/line0:7"])
def test_finite_task_gives_what_it_has(task, wanted, lines):
    clocked(add_inputs(task, lines, grouping=EACH))
    waveforms = task.read_waveform(wanted)
    for line, waveform in enumerate(waveforms if isinstance(waveforms, list) else [waveforms]):
        assert bit_rows(waveform) == [str(bit) for bit in line_pattern(line, 50)]


def test_clocked_tasks_on_one_device_are_read_in_turn_without_stopping(make_task):
    tasks = [clocked(add_inputs(make_task(), f"port0/line{line}"), n) for line, n in enumerate((5, 10, 15))]
    waveform = DigitalWaveform(10, start_index=3, capacity=13)
    stamps = []
    for line, (one, n) in enumerate(zip(tasks, (5, 10, 15), strict=True)):
        assert DigitalSingleChannelReader(one.in_stream).read_waveform(waveform, n) == n
        assert bit_rows(waveform) == [str(bit) for bit in line_pattern(line, n)]
        assert waveform.channel_name == FIRST_EIGHT[line]
        stamps.append(waveform.timing.timestamp)
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize(
    ("lines", "columns"),
    [
        ("port0/line0", ["port0/line0"]),
        ("port0/line7:0", [f"port0/line{n}" for n in range(7, -1, -1)]),
        ("port0/line1:2", ["port0/line1", "port0/line2"]),
        ("port1", [f"port1/line{n}" for n in range(7, -1, -1)]),
        (
            "port0/line2:0,port1",
            ["port0/line2", "port0/line1", "port0/line0"] + [f"port1/line{n}" for n in range(7, -1, -1)],
        ),
    ],
)
def test_waveform_columns_follow_the_listed_lines_and_ports_from_the_top(task, lines, columns):
    clocked(add_inputs(task, lines))
    waveform = DigitalWaveform(10, len(columns))
    assert DigitalSingleChannelReader(task.in_stream).read_waveform(waveform, 10) == 10
    wanted = [line_pattern(int(name.rpartition("line")[2]), 10) for name in columns]
    assert waveform.data.T.tolist() == wanted
    names = [waveform.signals[i].name for i in range(len(columns))]
    assert names == [f"{TESTER}/{name}" for name in reversed(columns)]
    assert waveform.channel_name == task.di_channels[0].name


def test_each_channel_has_a_waveform_of_its_own_width(task):
    add_inputs(task, "port0/line0", "port0/line2:1", "port0/line6:3", "port1")
    assert task.number_of_channels == 4
    assert sum(channel.di_num_lines for channel in task.channels) == 15
    waveforms = task.read_waveform(10)
    assert [[int(row, 2) for row in bit_rows(waveform)] for waveform in waveforms] == [
        [0, 1] * 5,
        [0, 0, 1, 1, 2, 2, 3, 3, 0, 0],
        [0] * 8 + [1, 1],
        list(range(10)),
    ]


@pytest.mark.parametrize(
    "mode",
    [
        WaveformAttributeMode.NONE,
        WaveformAttributeMode.TIMING,
        WaveformAttributeMode.EXTENDED_PROPERTIES,
        WaveformAttributeMode.TIMING | WaveformAttributeMode.EXTENDED_PROPERTIES,
    ],
)
@pytest.mark.parametrize("rate_hz", [1000.0, 2000.0, 10000000.0])
def test_waveform_carries_only_what_was_asked(task, mode, rate_hz):
    clocked(add_inputs(task, "port0/line0"), rate_hz=rate_hz)
    task.in_stream.waveform_attribute_mode = mode
    waveform = DigitalWaveform(50)
    assert DigitalSingleChannelReader(task.in_stream).read_waveform(waveform) == 50
    assert waveform.channel_name == (FIRST_EIGHT[0] if mode & WaveformAttributeMode.EXTENDED_PROPERTIES else "")
    if mode & WaveformAttributeMode.TIMING:
        assert waveform.timing.sample_interval_mode == SampleIntervalMode.REGULAR
        assert waveform.timing.sample_interval.total_seconds() == pytest.approx(1 / rate_hz, rel=1e-12)
        assert abs((waveform.timing.timestamp - datetime.now(UTC)).total_seconds()) <= 1.0
    else:
        assert waveform.timing.sample_interval_mode == SampleIntervalMode.NONE

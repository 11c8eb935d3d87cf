"""What the official client's tests expect of analog reads, checked through the public client only."""

import math
import time
from datetime import UTC, datetime

import numpy as np
import pytest
from daq_bed import refused
from daq_testers import TESTER
from nidaqmx.constants import (
    READ_ALL_AVAILABLE,
    AcquisitionType,
    LoggingMode,
    LoggingOperation,
    ReallocationPolicy,
    WaveformAttributeMode,
)
from nidaqmx.stream_readers import AnalogMultiChannelReader, AnalogSingleChannelReader, AnalogUnscaledReader
from nitypes.waveform import AnalogWaveform, SampleIntervalMode

FINITE = AcquisitionType.FINITE
NARROW_V = 0.001


def narrow(task, channels, device=TESTER, first=0):
    """Channel i asks for one millivolt above i + 1 volts: what it reads tells which channel it is."""
    for index in range(first, first + channels):
        low_v = index + 1.0
        channel = task.ai_channels.add_ai_voltage_chan(f"{device}/ai{index}", min_val=low_v, max_val=low_v + NARROW_V)
        if device == TESTER:
            channel.ai_rng_high = 10
            channel.ai_rng_low = -10
    return task


def timed(task, samples=50, rate_hz=1000.0):
    task.timing.cfg_samp_clk_timing(rate_hz, sample_mode=FINITE, samps_per_chan=samples)
    return task


def volts(value):
    return pytest.approx(value, abs=NARROW_V)


def test_two_nameless_tasks_are_two_tasks(make_task):
    first, second = (make_task(), make_task())
    assert first.name != second.name
    narrow(first, 1)
    assert second.number_of_channels == 0


def test_on_demand_read_of_one_channel_is_scalar_or_list(make_task):
    task = narrow(make_task(), 1)
    assert task.read() == volts(1.0)
    assert task.read(1) == volts([1.0])
    assert task.read(10) == volts([1.0] * 10)


def test_on_demand_read_of_three_channels_is_one_row_each(make_task):
    task = narrow(make_task(), 3)
    assert task.read() == volts([1.0, 2.0, 3.0])
    for count in (1, 10):
        rows = task.read(count)
        assert [row == volts([index + 1.0] * count) for index, row in enumerate(rows)] == [True] * 3


def test_read_past_the_end_of_a_finite_task_is_cut_without_error(make_task):
    assert timed(narrow(make_task(), 1), samples=5).read(10) == volts([1.0] * 5)


def test_voltage_and_current_channels_are_read_together(make_task):
    task = make_task()
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0", max_val=10, min_val=-10)
    task.ai_channels.add_ai_current_chan(f"{TESTER}/ai1", max_val=0.01, min_val=-0.01)
    task.start()
    assert [len(row) for row in task.read(10)] == [10, 10]


def test_stream_readers_fill_what_they_are_given(make_task):
    task = narrow(make_task(), 3)
    one, many = (np.full(3, math.inf), np.full((3, 10), math.inf))
    reader = AnalogMultiChannelReader(task.in_stream)
    reader.read_one_sample(one)
    assert list(one) == volts([1.0, 2.0, 3.0])
    assert reader.read_many_sample(many, 10) == 10
    assert np.allclose(many, [[1.0], [2.0], [3.0]], rtol=0, atol=NARROW_V)


def test_wrong_type_of_array_is_refused(make_task):
    reader = AnalogMultiChannelReader(narrow(make_task(), 3).in_stream)
    with pytest.raises(TypeError, match="float64"):
        reader.read_many_sample(np.zeros((3, 10), dtype=np.float32), 10)


@pytest.mark.parametrize("kind", ["int16", "uint16", "int32", "uint32"])
def test_code_is_volts_times_32767_over_range_cut_towards_zero(make_task, kind):
    data = np.zeros((3, 10), dtype=kind)
    reader = AnalogUnscaledReader(narrow(make_task(), 3).in_stream)
    assert getattr(reader, f"read_{kind}")(data, number_of_samples_per_channel=10) == 10
    for row, nominal in zip(data.astype(np.int64), (3276, 6553, 9830), strict=True):
        assert (np.abs(row - nominal) <= 3).all()


@pytest.fixture(params=[1, 2, 3])
def wide(request, make_task):
    task = make_task()
    for index in range(request.param):
        task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai{index}", min_val=-2.5, max_val=2.5)
    return task


def assert_codes(task, data, least, most=None):
    count, rest = divmod(len(data), task.number_of_channels)
    assert rest == 0
    assert least <= count <= (least if most is None else most)
    assert data.dtype == np.int16
    assert ((data >= -16384) & (data <= 16383)).all()


def test_limits_read_back_as_the_range_that_holds_them(wide):
    channels = wide.ai_channels.all
    assert (channels.ai_min, channels.ai_max) == (-5.0, 5.0)
    assert channels.ai_raw_samp_size == 16
    assert channels.ai_rng_low < 0


@pytest.mark.parametrize("count", [1, 10])
def test_raw_read_is_interleaved_16_bit(wide, count):
    assert_codes(wide, wide.in_stream.read(count), count)
    buffer = np.full(wide.number_of_channels * count, 32767, dtype=np.int16)
    assert wide.in_stream.read_into(buffer) == count
    assert_codes(wide, buffer, count)


def test_raw_read_all_of_a_finite_task_waits_for_all(wide):
    assert_codes(wide, timed(wide, samples=100).in_stream.read_all(), 100)


def test_raw_read_all_of_a_continuous_task_takes_what_is_there(wide):
    wide.timing.cfg_samp_clk_timing(1000.0, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=1000)
    wide.start()
    until = time.monotonic() + 10.0
    while wide.in_stream.avail_samp_per_chan < 100 and time.monotonic() < until:
        time.sleep(0.01)
    assert_codes(wide, wide.in_stream.read_all(), 100, 1000)


def test_raw_read_clears_what_is_left_of_the_array(make_task):
    task = narrow(make_task(), 2)
    buffer = np.full(19, -32768, dtype=np.int16)
    assert task.in_stream.read_into(buffer) == 9
    assert buffer[18] == 0
    assert (buffer[:18] > 3000).all()


def test_logging_settings_are_kept(make_task):
    stream = narrow(make_task(), 1).in_stream
    stream.configure_logging("a file.tdms", LoggingMode.LOG_AND_READ, "group", LoggingOperation.CREATE_OR_REPLACE)
    assert str(stream.logging_file_path) == "a file.tdms"
    assert stream.logging_mode == LoggingMode.LOG_AND_READ
    assert stream.logging_tdms_group_name == "group"
    assert stream.logging_tdms_operation == LoggingOperation.CREATE_OR_REPLACE
    stream.start_new_file("Données.tdms")
    assert str(stream.logging_file_path) == "Données.tdms"


@pytest.mark.parametrize(("asked", "given"), [(READ_ALL_AVAILABLE, 50), (1, 1), (10, 10), (100, 50)])
@pytest.mark.parametrize("channels", [1, 3])
def test_waveform_has_the_samples_there_are(make_task, channels, asked, given):
    read = timed(narrow(make_task(), channels)).read_waveform(asked)
    for index, waveform in enumerate(read if channels > 1 else [read]):
        assert waveform.sample_count == given
        assert waveform.raw_data[0] == volts(index + 1.0)


@pytest.mark.parametrize("mode", [WaveformAttributeMode(value) for value in range(4)])
def test_waveform_tells_time_and_name_as_asked(make_task, mode):
    task = timed(narrow(make_task(), 3))
    task.in_stream.waveform_attribute_mode = mode
    waveforms = [AnalogWaveform(10) for _ in range(3)]
    assert AnalogMultiChannelReader(task.in_stream).read_waveforms(waveforms, 10) == 10
    for index, waveform in enumerate(waveforms):
        named = WaveformAttributeMode.EXTENDED_PROPERTIES in mode
        assert waveform.channel_name == (f"{TESTER}/ai{index}" if named else "")
        assert waveform.units == ("Volts" if named else "")
        if WaveformAttributeMode.TIMING in mode:
            assert waveform.timing.sample_interval_mode == SampleIntervalMode.REGULAR
            assert waveform.timing.sample_interval.total_seconds() == pytest.approx(0.001, abs=1e-12)
            assert abs((waveform.timing.timestamp - datetime.now(UTC)).total_seconds()) <= 1.0
        else:
            assert waveform.timing.sample_interval_mode == SampleIntervalMode.NONE


def test_finished_task_lets_the_next_one_have_the_converter(make_task):
    waveform = AnalogWaveform(10, start_index=3, capacity=13)
    readers = [AnalogSingleChannelReader(timed(narrow(make_task(), 1, first=i), 5 + 5 * i).in_stream) for i in range(3)]
    times = []
    for index, reader in enumerate(readers):
        assert reader.read_waveform(waveform, 5 + 5 * index) == waveform.sample_count == 5 + 5 * index
        assert waveform.scaled_data == volts(index + 1.0)
        times.append(waveform.timing.timestamp)
    assert times[0] < times[1] < times[2]


def test_waveform_of_10_mhz_tells_its_interval(make_task):
    waveform = AnalogWaveform(50)
    task = timed(narrow(make_task(), 1, "chargeTester"), rate_hz=10000000)
    assert AnalogSingleChannelReader(task.in_stream).read_waveform(waveform, 50) == 50
    assert waveform.timing.sample_interval.total_seconds() == pytest.approx(1e-07, rel=1e-09)


def test_too_small_waveform_is_refused_by_the_client(make_task):
    reader = AnalogSingleChannelReader(timed(narrow(make_task(), 1)).in_stream)
    with refused(-200229):
        reader.read_waveform(AnalogWaveform(9), 10, ReallocationPolicy.DO_NOT_REALLOCATE)

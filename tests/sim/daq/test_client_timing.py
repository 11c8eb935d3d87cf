"""What the official client's tests expect of timing, of the buffer and of the properties of a read."""

from datetime import datetime

import pytest
from daq_bed import refused
from daq_testers import TESTER
from nidaqmx.constants import (
    AcquisitionType,
    Edge,
    Level,
    LineGrouping,
    OverwriteMode,
    Polarity,
    ReadRelativeTo,
    SampleTimingType,
)
from nidaqmx.system import Device

MODULE_9205 = "cdaqTesterMod6"
FAST_DIGITAL = "hsdioTester"
FINITE, CONTINUOUS = (AcquisitionType.FINITE, AcquisitionType.CONTINUOUS)
CLOCK = f"/{TESTER}/ai/SampleClockTimebase"


@pytest.fixture
def ai(task):
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0")
    return task


@pytest.fixture
def module(task):
    task.ai_channels.add_ai_voltage_chan(f"{MODULE_9205}/ai0")
    return task


@pytest.fixture
def line(task):
    task.di_channels.add_di_chan(f"{FAST_DIGITAL}/port0/line0", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
    return task


def test_clock_source_defaults_to_the_timebase_and_is_told_in_full(ai):
    ai.timing.cfg_samp_clk_timing(1000)
    assert ai.timing.samp_clk_src == CLOCK
    ai.timing.samp_clk_src = "PFI0"
    assert ai.timing.samp_clk_src == f"/{TESTER}/PFI0"
    del ai.timing.samp_clk_src
    assert ai.timing.samp_clk_src == CLOCK


def test_reset_of_a_configured_clock_source_gives_the_timebase(ai):
    ai.timing.cfg_samp_clk_timing(1000, source="PFI0")
    del ai.timing.samp_clk_src
    assert ai.timing.samp_clk_src == CLOCK


def test_unknown_clock_source_is_refused_when_it_is_read(ai):
    ai.timing.cfg_samp_clk_timing(1000, source="Test_Invalid_Device_Source")
    with refused(-89120):
        _ = ai.timing.samp_clk_src


def test_one_sample_per_channel_is_refused_when_it_is_read(ai):
    ai.timing.cfg_samp_clk_timing(1000, samps_per_chan=1)
    with refused(-200077):
        _ = ai.timing.samp_quant_samp_per_chan


def test_mode_resets_to_continuous(ai):
    ai.timing.cfg_samp_clk_timing(1000, sample_mode=CONTINUOUS)
    assert ai.timing.samp_quant_samp_mode == CONTINUOUS
    ai.timing.samp_quant_samp_mode = FINITE
    assert ai.timing.samp_quant_samp_mode == FINITE
    ai.timing.cfg_samp_clk_timing(1000, sample_mode=FINITE)
    del ai.timing.samp_quant_samp_mode
    assert ai.timing.samp_quant_samp_mode == CONTINUOUS


def test_rate_and_count_have_defaults_before_any_timing(ai):
    rate, count = (ai.timing.samp_clk_rate, ai.timing.samp_quant_samp_per_chan)
    ai.timing.cfg_samp_clk_timing(10000, samps_per_chan=10000)
    assert (ai.timing.samp_clk_rate, ai.timing.samp_quant_samp_per_chan) == (10000, 10000)
    del ai.timing.samp_clk_rate
    del ai.timing.samp_quant_samp_per_chan
    assert (ai.timing.samp_clk_rate, ai.timing.samp_quant_samp_per_chan) == (rate, count)


def test_count_can_be_set_without_a_clock(ai):
    ai.timing.samp_quant_samp_per_chan = 10000
    assert ai.timing.samp_quant_samp_per_chan == 10000


def test_rate_can_be_set(ai):
    ai.timing.cfg_samp_clk_timing(1000)
    ai.timing.samp_clk_rate = 2000
    assert ai.timing.samp_clk_rate == 2000


@pytest.mark.parametrize(("divisor", "rate_hz"), [(200000, 500), (500, 200000), (2824, None)])
def test_divisor_of_100_mhz_sets_the_rate(ai, divisor, rate_hz):
    ai.timing.cfg_samp_clk_timing(1000)
    assert ai.timing.samp_clk_timebase_div == 100000
    ai.timing.samp_clk_timebase_div = divisor
    assert ai.timing.samp_clk_timebase_div == divisor
    if rate_hz is not None:
        assert ai.timing.samp_clk_rate == rate_hz
    del ai.timing.samp_clk_timebase_div
    assert ai.timing.samp_clk_timebase_div == 100000


def test_simultaneous_output_is_off_and_can_be_switched(task):
    task.ao_channels.add_ao_voltage_chan(f"{TESTER}/ao0")
    task.timing.samp_timing_type = SampleTimingType.ON_DEMAND
    assert not task.timing.simultaneous_ao_enable
    task.timing.simultaneous_ao_enable = True
    assert task.timing.simultaneous_ao_enable
    del task.timing.simultaneous_ao_enable
    assert not task.timing.simultaneous_ao_enable


@pytest.mark.parametrize("name", ["samp_clk_src", "samp_quant_samp_mode", "samp_clk_rate", "samp_clk_timebase_div"])
def test_property_of_the_task_is_refused_for_one_device(ai, options, name):
    ai.timing.cfg_samp_clk_timing(1000)
    device = Device(TESTER, grpc_options=options())
    with refused(-201118):
        getattr(ai.timing[device], name)


@pytest.mark.parametrize(
    ("name", "default", "other"),
    [
        ("ai_conv_active_edge", Edge.RISING, Edge.FALLING),
        ("ai_conv_timebase_div", 1121, 1150),
        ("ai_conv_rate", None, 123456.0),
        ("ai_conv_rate", None, 1000.0),
    ],
)
def test_converter_of_a_9205_is_set_and_reset_by_device(module, options, name, default, other):
    device = Device(MODULE_9205, grpc_options=options())
    before = getattr(module.timing[device], name)
    assert default is None or before == default
    setattr(module.timing[device], name, other)
    assert getattr(module.timing[device], name) == other
    delattr(module.timing[device], name)
    assert getattr(module.timing[device], name) == before


def test_converter_of_a_9205_does_250_khz(module, options):
    assert module.timing[Device(MODULE_9205, grpc_options=options())].ai_conv_max_rate == 250000.0


def test_running_task_tells_when_its_first_sample_was(module):
    module.timing.cfg_samp_clk_timing(1000, samps_per_chan=100)
    module.start()
    assert isinstance(module.timing.first_samp_timestamp_val, datetime)
    module.stop()


def test_handshake_is_read_back(line):
    line.timing.cfg_handshaking_timing(FINITE, samps_per_chan=2000)
    assert line.timing.samp_timing_type == SampleTimingType.HANDSHAKE
    assert (line.timing.samp_quant_samp_mode, line.timing.samp_quant_samp_per_chan) == (FINITE, 2000)


def test_change_detection_tells_its_lines_one_by_one(line):
    line.timing.cfg_change_detection_timing("port0/line0:1", "port0/line3:5", FINITE, samps_per_chan=2000)
    assert line.timing.change_detect_di_rising_edge_physical_chans.name == "port0/line0, port0/line1"
    assert line.timing.change_detect_di_falling_edge_physical_chans.name == "port0/line3, port0/line4, port0/line5"
    assert line.timing.samp_timing_type == SampleTimingType.CHANGE_DETECTION
    assert (line.timing.samp_quant_samp_mode, line.timing.samp_quant_samp_per_chan) == (FINITE, 2000)


@pytest.mark.parametrize(("source", "edge"), [("PFI5", Edge.RISING), ("RTSI7", Edge.FALLING)])
def test_pipelined_clock_of_a_6535_is_told_as_it_was_given(line, source, edge):
    line.timing.cfg_pipelined_samp_clk_timing(
        32000.0, source, active_edge=edge, sample_mode=FINITE, samps_per_chan=2000
    )
    assert (line.timing.samp_clk_src, line.timing.samp_clk_active_edge) == (source, edge)
    assert line.timing.samp_timing_type == SampleTimingType.PIPELINED_SAMPLE_CLOCK
    assert (line.timing.samp_quant_samp_mode, line.timing.samp_quant_samp_per_chan) == (FINITE, 2000)


@pytest.mark.parametrize("ready", [Polarity.ACTIVE_HIGH, Polarity.ACTIVE_LOW])
def test_burst_handshake_with_an_imported_clock_is_read_back(line, ready):
    line.timing.cfg_burst_handshaking_timing_import_clock(
        sample_clk_rate=32000.0,
        sample_clk_src="PFI5",
        sample_mode=FINITE,
        samps_per_chan=2000,
        sample_clk_active_edge=Edge.FALLING,
        ready_event_active_level=ready,
    )
    assert line.timing.samp_timing_type == SampleTimingType.BURST_HANDSHAKE
    assert (line.timing.samp_clk_rate, line.timing.samp_clk_src) == (32000, "PFI5")
    assert line.timing.samp_clk_active_edge == Edge.FALLING
    assert line.export_signals.rdy_for_xfer_event_lvl_active_lvl == ready


def test_input_buffer_is_any_size_and_resets(ai):
    ai.timing.samp_timing_type = SampleTimingType.SAMPLE_CLOCK
    default = ai.in_stream.input_buf_size
    ai.in_stream.input_buf_size = 2000000000
    assert ai.in_stream.input_buf_size == 2000000000
    del ai.in_stream.input_buf_size
    assert ai.in_stream.input_buf_size == default


def test_input_task_has_no_output_buffer(ai):
    ai.timing.samp_timing_type = SampleTimingType.SAMPLE_CLOCK
    with refused(-200452):
        ai.out_stream.output_buf_size = 2000


@pytest.mark.parametrize(
    ("name", "default", "other"),
    [
        ("offset", 0, 2),
        ("offset", 0, -100),
        ("relative_to", ReadRelativeTo.CURRENT_READ_POSITION, ReadRelativeTo.FIRST_SAMPLE),
        ("sleep_time", 0.001, 1.5),
        ("logging_file_write_size", None, 50000),
        ("logging_file_preallocation_size", 0, 100),
        ("logging_pause", False, True),
        ("overwrite", None, OverwriteMode.DO_NOT_OVERWRITE_UNREAD_SAMPLES),
    ],
)
def test_property_of_a_read_is_set_and_reset(ai, name, default, other):
    before = getattr(ai.in_stream, name)
    assert default is None or before == default
    setattr(ai.in_stream, name, other)
    assert getattr(ai.in_stream, name) == other
    delattr(ai.in_stream, name)
    assert getattr(ai.in_stream, name) == before


def test_no_file_is_logged_to_at_first(ai):
    assert ai.in_stream.logging_file_path is None
    ai.in_stream.logging_file_path = "data.tdms"
    assert str(ai.in_stream.logging_file_path) == "data.tdms"
    ai.in_stream.logging_file_path = None
    assert ai.in_stream.logging_file_path is None
    assert ai.in_stream.num_chans == 1


def test_burst_handshake_with_an_exported_clock_is_read_back_and_does_not_start(line):
    line.timing.cfg_burst_handshaking_timing_export_clock(
        sample_clk_rate=32000.0,
        sample_clk_outp_term="PFI4",
        sample_mode=FINITE,
        samps_per_chan=2000,
        sample_clk_pulse_polarity=Polarity.ACTIVE_LOW,
        pause_when=Level.HIGH,
    )
    assert line.timing.samp_timing_type == SampleTimingType.BURST_HANDSHAKE
    assert line.timing.samp_clk_rate == 32000
    assert line.export_signals.samp_clk_output_term == "PFI4"
    assert line.export_signals.samp_clk_pulse_polarity == Polarity.ACTIVE_LOW
    assert line.triggers.pause_trigger.dig_lvl_when == Level.HIGH
    with refused(-200452):
        line.start()


def test_task_that_would_log_to_a_file_does_not_start(ai):
    ai.in_stream.configure_logging("a file.tdms")
    with refused(-200452):
        ai.start()


def test_converter_is_not_faster_than_it_is(module):
    with refused(-200077):
        module.timing.ai_conv_rate = 251e3

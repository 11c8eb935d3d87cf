"""Channels, counters, writes and exported signals: how the official client expects them to be told."""

import numpy as np
import pytest
from daq_bed import refused
from daq_testers import TESTER
from nidaqmx.constants import (
    ChannelType,
    ExportAction,
    Level,
    LineGrouping,
    TaskMode,
    UsageTypeCO,
    WriteRelativeTo,
)

ONE = LineGrouping.CHAN_FOR_ALL_LINES
EACH = LineGrouping.CHAN_PER_LINE
FIRST_EIGHT = [f"{TESTER}/port0/line{n}" for n in range(8)]


@pytest.mark.parametrize("kind", ["di", "do"])
@pytest.mark.parametrize("lines", [1, 2, 8])
@pytest.mark.parametrize("grouping", [ONE, EACH])
def test_lines_become_one_channel_or_one_each(task, kind, lines, grouping):
    add = getattr(getattr(task, f"{kind}_channels"), f"add_{kind}_chan")
    made = add(",".join(FIRST_EIGHT[:lines]), line_grouping=grouping)
    assert len(made) == task.number_of_channels == (1 if grouping is ONE else lines)
    for channel in made:
        assert channel.chan_type == (ChannelType.DIGITAL_INPUT if kind == "di" else ChannelType.DIGITAL_OUTPUT)
        assert getattr(channel, f"{kind}_num_lines") == (lines if grouping is ONE else 1)


@pytest.mark.parametrize(
    ("lines", "name", "grouping", "wanted"),
    [
        ("port0/line0:1", "", ONE, [f"{TESTER}/port0/line0..."]),
        ("port0/line0:1", "", EACH, FIRST_EIGHT[:2]),
        ("port0/line0:7", "myChan", ONE, ["myChan"]),
        ("port0/line0:7", "myChan", EACH, [f"myChan{n}" for n in range(8)]),
        ("port0/line0", "myChan", EACH, ["myChan"]),
        ("port0/line3:0", "", ONE, [f"{TESTER}/port0/line3..."]),
    ],
)
def test_channels_are_named_after_name_or_lines(task, lines, name, grouping, wanted):
    task.di_channels.add_di_chan(f"{TESTER}/{lines}", name_to_assign_to_lines=name, line_grouping=grouping)
    assert task.channel_names == wanted


@pytest.mark.parametrize("idle", [Level.LOW, Level.HIGH])
def test_counter_pulse_channel_remembers_its_figures(task, idle):
    made = task.co_channels.add_co_pulse_chan_freq(
        f"{TESTER}/ctr0", "myChan", idle_state=idle, initial_delay=0.002, freq=100.0, duty_cycle=0.75
    )
    assert (made.name, made.co_output_type, made.co_pulse_idle_state) == ("myChan", UsageTypeCO.PULSE_FREQUENCY, idle)
    assert (made.co_pulse_freq_initial_delay, made.co_pulse_freq, made.co_pulse_duty_cyc) == (0.002, 100.0, 0.75)


@pytest.mark.parametrize("source", ["PFI0", "100khzTimebase"])
def test_counter_pulse_ticks_name_their_source(task, source):
    made = task.co_channels.add_co_pulse_chan_ticks(
        f"{TESTER}/ctr0", source, idle_state=Level.HIGH, initial_delay=4, low_ticks=250, high_ticks=750
    )
    assert source in made.co_ctr_timebase_src
    assert (made.co_pulse_ticks_initial_delay, made.co_pulse_low_ticks, made.co_pulse_high_ticks) == (4, 250, 750)


def test_counter_pulse_times_are_told(task):
    made = task.co_channels.add_co_pulse_chan_time(
        f"{TESTER}/ctr1", idle_state=Level.HIGH, initial_delay=0.002, low_time=0.0025, high_time=0.0075
    )
    assert (made.co_output_type, made.co_pulse_idle_state) == (UsageTypeCO.PULSE_TIME, Level.HIGH)
    told = (made.co_pulse_time_initial_delay, made.co_pulse_low_time, made.co_pulse_high_time)
    assert told == (0.002, 0.0025, 0.0075)


def test_write_properties_have_defaults_and_come_back(task):
    task.ao_channels.add_ao_voltage_chan(f"{TESTER}/ao0")
    stream = task.out_stream
    assert (stream.offset, stream.relative_to, stream.num_chans) == (0, WriteRelativeTo.CURRENT_WRITE_POSITION, 1)
    assert stream.sleep_time == 0.001
    stream.offset, stream.relative_to, stream.sleep_time = (2, WriteRelativeTo.FIRST_SAMPLE, 3)
    assert (stream.offset, stream.relative_to, stream.sleep_time) == (2, WriteRelativeTo.FIRST_SAMPLE, 3)
    del stream.offset, stream.relative_to, stream.sleep_time
    assert (stream.offset, stream.relative_to) == (0, WriteRelativeTo.CURRENT_WRITE_POSITION)
    assert stream.sleep_time == 0.001
    task.start()
    assert stream.curr_write_pos == 0


@pytest.mark.parametrize(("channels", "count", "written"), [(1, 1, 1), (1, 10, 10), (2, 2, 1), (2, 20, 10), (2, 19, 9)])
def test_raw_write_counts_whole_samples(task, channels, count, written):
    for n in range(channels):
        task.ao_channels.add_ao_voltage_chan(f"{TESTER}/ao{n}")
    assert task.ao_channels.all.ao_resolution == 16
    task.out_stream.auto_start = True
    assert task.out_stream.write(np.full(count, 0x1234, dtype=np.int16)) == written


def test_exported_signals_are_told_and_go_to_terminals_that_are_there(task):
    task.ai_channels.add_ai_voltage_chan(f"{TESTER}/ai0")
    signals = task.export_signals
    assert signals.samp_clk_output_behavior == ExportAction.PULSE
    signals.samp_clk_output_behavior = ExportAction.LEVEL
    assert signals.samp_clk_output_behavior == ExportAction.LEVEL
    signals.start_trig_output_term = "PFI0"
    task.control(TaskMode.TASK_VERIFY)
    signals.start_trig_output_term = "RTSI"
    with refused(-89121):
        task.control(TaskMode.TASK_VERIFY)
    del signals.start_trig_output_term
    assert signals.start_trig_output_term == ""


def test_open_loops_are_told_once_it_was_asked_whether_there_are_any(task):
    task.ao_channels.add_ao_current_chan("aoTester/ao0", min_val=0.0, max_val=0.02)
    task.start()
    with refused(-201194):
        _ = task.out_stream.open_current_loop_chans
    assert not task.out_stream.open_current_loop_chans_exist
    assert task.out_stream.open_current_loop_chans == []

"""What reads and writes of the public nidaqmx package carry over the wire: exact samples, counts and levels."""

import numpy as np
import pytest
from daq_bed import AI, DI, DO, refused, serving
from nidaqmx import DaqReadError
from nidaqmx.constants import READ_ALL_AVAILABLE, AcquisitionType, LineGrouping
from nidaqmx.stream_readers import AnalogMultiChannelReader, DigitalMultiChannelReader
from nidaqmx.stream_writers import DigitalSingleChannelWriter


@pytest.fixture(scope="module")
def served():
    with serving() as rig:
        yield rig


@pytest.fixture
def rig(served):
    return served.reset()


def due_s(first, count, rate_hz=10.0, started_s=100.0):
    return started_s + np.arange(first + 1, first + count + 1) / rate_hz


def test_a_blocking_read_moves_the_clock_to_the_due_time_and_returns_exactly_those_samples(rig):
    with rig.inputs() as task:
        task.start()
        data = task.read(20)
        assert rig.clock.now() == pytest.approx(102.0, abs=1e-12)
        assert np.array_equal(data, [np.sin(due_s(0, 20)), np.sin(due_s(0, 20)) + 1])
        assert np.array_equal(task.read(5)[0], np.sin(due_s(20, 5)))


@pytest.mark.parametrize("gap_s", [0.0, 0.05, 0.1, 1.0, 7.25])
def test_all_available_is_what_the_clock_has_made_due_and_does_not_wait(rig, gap_s):
    with rig.inputs() as task:
        task.start()
        rig.clock.time_s += gap_s
        expected = int(gap_s * 10 + 1e-9)
        assert np.array_equal(np.array(task.read(READ_ALL_AVAILABLE))[0], np.sin(due_s(0, expected)))
        assert rig.clock.now() == 100.0 + gap_s


def test_a_read_past_its_timeout_hands_out_what_there_is_packed_at_the_beginning(rig):
    with rig.inputs() as task:
        reader = AnalogMultiChannelReader(task.in_stream)
        task.start()
        data = np.full((2, 100), np.nan)
        with pytest.raises(DaqReadError) as caught:
            reader.read_many_sample(data, 100, timeout=3.0)
        assert (caught.value.error_code, caught.value.samps_per_chan_read) == (-200284, 30)
        assert rig.clock.now() == 103.0
        packed = data.ravel()[:60].reshape(2, 30)
        assert np.array_equal(packed, [np.sin(due_s(0, 30)), np.sin(due_s(0, 30)) + 1])
        assert not data.ravel()[60:].any()


def test_reading_too_late_is_an_overflow_until_the_task_is_started_again(rig):
    with rig.inputs() as task:
        task.start()
        rig.clock.time_s += 100.0
        assert len(task.read(1000)[0]) == 1000
        rig.clock.time_s += 100.1
        for _ in range(2):
            with refused(-200279) as caught:
                task.read(1)
            assert isinstance(caught.value, DaqReadError)
        task.stop()
        task.start()
        assert task.read(1)[0] == [np.sin(rig.clock.now())]


def test_the_buffer_can_be_made_larger(rig):
    with rig.inputs() as task:
        assert task.in_stream.input_buf_size == 1000
        task.in_stream.input_buf_size = 5000
        task.start()
        rig.clock.time_s += 500.0
        assert task.in_stream.avail_samp_per_chan == 5000
        assert len(task.read(READ_ALL_AVAILABLE)[0]) == 5000


def test_a_finite_task_ends_and_a_read_past_its_end_is_cut_short(rig):
    with rig.inputs(1, mode=AcquisitionType.FINITE, samples=25) as task:
        task.start()
        assert not task.is_task_done()
        assert len(task.read(20)) == 20
        assert np.array_equal(task.read(20), np.sin(due_s(20, 5)))
        assert rig.clock.now() == pytest.approx(102.5)
        assert task.is_task_done()
        with refused(-200278):
            task.read(1)


def test_waiting_for_the_end_moves_the_clock_there_or_to_the_timeout(rig):
    with rig.inputs(1, mode=AcquisitionType.FINITE, samples=50) as task:
        task.start()
        with refused(-200560):
            task.wait_until_done(timeout=2.0)
        assert rig.clock.now() == 102.0
        task.wait_until_done(timeout=10.0)
        assert rig.clock.now() == pytest.approx(105.0)
        assert len(task.read(READ_ALL_AVAILABLE)) == 50


def test_a_task_that_is_not_running_is_started_for_one_read(rig):
    with rig.inputs(1, mode=AcquisitionType.FINITE, samples=5) as task:
        assert np.array_equal(task.read(READ_ALL_AVAILABLE), np.sin(due_s(0, 5)))
        assert np.array_equal(task.read(5), np.sin(due_s(0, 5, started_s=100.5)))


def test_without_a_sample_clock_a_read_is_a_sample_of_now(rig):
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan("cDAQ1Mod1/ai0:2", min_val=-10.0, max_val=10.0)
        assert task.channel_names == list(AI[:3])
        assert task.read() == [np.sin(100.0), np.sin(100.0) + 1, np.sin(100.0) + 2]
        assert rig.clock.now() == 100.0


def test_the_converter_clips_at_its_range(rig, monkeypatch):
    monkeypatch.setattr(rig.plant, "analog", lambda _, times_s, __: np.full(times_s.shape, -12.0), raising=False)
    with rig.inputs(1) as task:
        task.start()
        assert task.read(2) == [-10.0, -10.0]
        assert task.ai_channels["in0"].ai_rng_high == 10.0


def test_input_lines_are_read_in_one_call_whatever_their_grouping(rig):
    rig.plant.levels.update({DI[1]: True, DI[6]: True})
    expected = [False, True, False, False, False, False, True, False]
    with rig.task() as task:
        for index, line in enumerate(DI[:8]):
            task.di_channels.add_di_chan(line, f"d{index}", LineGrouping.CHAN_PER_LINE)
        assert task.read() == expected
        levels = np.zeros(8, dtype=bool)
        DigitalMultiChannelReader(task.in_stream).read_one_sample_one_line(levels)
        assert levels.tolist() == expected
    with rig.task() as task:
        task.di_channels.add_di_chan("cDAQ1Mod2/port0", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        assert task.read() == 0b0100_0010


def test_outputs_are_driven_and_read_back_as_they_really_are(rig):
    rig.plant.stuck.add(DO[2])
    with rig.task() as task:
        task.do_channels.add_do_chan("cDAQ1Mod3/port0/line0:3", line_grouping=LineGrouping.CHAN_PER_LINE)
        assert task.write([True, False, True, True]) == 1
        assert [rig.plant.levels.get(line) for line in DO[:5]] == [True, False, None, True, None]
        assert task.read() == [True, False, False, True]
    with rig.task() as task:
        task.do_channels.add_do_chan("cDAQ1Mod3/port0/line4:7")
        DigitalSingleChannelWriter(task.out_stream).write_one_sample_multi_line(np.array([True, True, False, False]))
        assert task.read() == 0b0011_0000
        task.write(0b1000_0000)
        assert [rig.plant.levels[line] for line in DO[4:8]] == [False, False, False, True]

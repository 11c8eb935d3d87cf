"""What inputs of a rack without a rig carry, as the public nidaqmx package reads it: exact values at exact times."""

import numpy as np
import pytest
from nidaqmx.constants import AcquisitionType, LineGrouping, ReadRelativeTo
from racks import BOARD, REAL, rack_served

from bench.sim.daq.noise import key_of, normal, philox, uniform

RATE_HZ = 200.0
TIMES_S = 100.0 + np.arange(1, 501) / RATE_HZ
SIGNALS = """
[[signal]]
terminal = "Dev1/ai0"
kind = "constant"
value = 2.5
[[signal]]
terminal = "Dev1/ai1:2"
kind = "sine"
amplitude = 3.0
offset = 0.5
frequency_hz = 1.7
phase_rad = 0.4
[[signal]]
terminal = "Dev1/ai3"
kind = "ramp"
amplitude = 2.0
offset = 1.0
period_s = 0.8
[[signal]]
terminal = "Dev1/ai4"
kind = "square"
frequency_hz = 1.25
[[signal]]
terminal = "Dev1/ai5"
kind = "file"
file = "steps.csv"
rate_hz = 10.0
[[signal]]
terminal = "Dev1/ai6:7"
kind = "file"
file = "pairs.npy"
rate_hz = 10.0
repeats = false
[[signal]]
terminal = "Dev1/ai8:9"
kind = "noise"
offset = 1.0
std = 0.1
seed = 3
[[signal]]
terminal = "Dev1/port0/line0:1"
kind = "square"
period_s = 0.5
[[signal]]
terminal = "Dev1/port0/line2"
kind = "constant"
value = 1.0
"""


def phase(period_s):
    """Part of a period that has passed; a sample falls on no edge here but where it begins."""
    return np.mod(np.round(TIMES_S / period_s, 9), 1.0)


EXACT = {
    "ai0": np.full(500, 2.5),
    "ai1": 0.5 + 3.0 * np.sin(2 * np.pi * 1.7 * TIMES_S + 0.4),
    "ai2": 0.5 + 3.0 * np.sin(2 * np.pi * 1.7 * TIMES_S + 0.4),
    "ai3": 1.0 + 2.0 * (2 * phase(0.8) - 1),
    "ai4": np.where(phase(0.8) < 0.5, 1.0, -1.0),
    "ai5": np.array([1.0, -2.0, 4.0])[np.floor(np.round(TIMES_S * 10, 9)).astype(int) % 3],
    "ai6": np.full(500, 7.0),
    "ai7": np.full(500, 8.0),
}


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rack")
    (folder / "steps.csv").write_text("1\n-2\n4\n")
    np.save(folder / "pairs.npy", [[0.0, 0.0], [7.0, 8.0]])
    with rack_served(folder, BOARD + SIGNALS) as served:
        yield served


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    with rack_served(tmp_path_factory.mktemp("rack"), REAL) as served:
        yield served


def read(rig, channels, count=500, rate_hz=RATE_HZ):
    rig.clock.time_s = 100.0
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan(channels, min_val=-10.0, max_val=10.0)
        task.timing.cfg_samp_clk_timing(rate_hz, samps_per_chan=count)
        return np.array(task.read(count))


@pytest.mark.parametrize("name", EXACT)
def test_a_stated_signal_has_its_value_at_each_sample_s_time(rig, name):
    assert read(rig, f"Dev1/{name}") == pytest.approx(EXACT[name], abs=1e-9)


def test_noise_is_the_same_whenever_it_is_asked_for(rig):
    rig.clock.time_s = 100.0
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai8:9")
        task.timing.cfg_samp_clk_timing(RATE_HZ, sample_mode=AcquisitionType.CONTINUOUS, samps_per_chan=1000)
        task.in_stream.relative_to = ReadRelativeTo.FIRST_SAMPLE
        task.start()
        once = np.array(task.read(500))
        task.in_stream.offset = 200
        assert np.array_equal(once[:, 200:], task.read(300))
    assert np.array_equal(once, read(rig, "Dev1/ai8:9"))
    assert not np.array_equal(once[0], once[1])


def test_noise_is_white_and_as_large_as_stated(rig):
    values = read(rig, "Dev1/ai8", count=20_000, rate_hz=1e6) - 1.0
    assert values.std() == pytest.approx(0.1, rel=0.02)
    assert values.mean() == pytest.approx(0.0, abs=0.003)
    assert np.corrcoef(values[1:], values[:-1])[0, 1] == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ((0, 0), 0, (0xFF1DAE59, 0x6CD10DF2)),
        ((0xFFFFFFFF, 0xFFFFFFFF), 0xFFFFFFFF, (0x2C3F628B, 0xAB4FD7AD)),
        ((0x243F6A88, 0x85A308D3), 0x13198A2E, (0xDD7CE038, 0xF62A4C12)),
    ],
)
def test_the_generator_gives_its_authors_known_answers(counter, key, words):
    low, high = (np.array([word], dtype=np.uint64) for word in counter)
    assert tuple(int(word[0]) for word in philox(low, high, key)) == words


def test_noise_depends_on_seed_terminal_and_time_and_keeps_its_bounds():
    times_s = np.arange(100_000) * 1e-6
    streams = [
        normal(key_of(seed, name), times_s) for seed, name in ((0, "Dev1/ai0"), (0, "Dev1/ai1"), (1, "Dev1/ai0"))
    ]
    assert np.abs(np.corrcoef(streams) - np.eye(3)).max() < 0.02
    flat = uniform(5, times_s)
    assert (flat.min() >= -1.0, flat.max() <= 1.0, flat.std()) == (True, True, pytest.approx(3**-0.5, rel=0.01))


@pytest.mark.parametrize("limits", [(1.0, 1.001), (-2.5, 2.5), (-10.0, 10.0), (0.0, 5.0)])
def test_a_simulated_device_shows_a_noisy_sine_inside_the_limits_asked_for(rig, limits):
    with rig.task() as task:
        task.ai_channels.add_ai_voltage_chan("Dev1/ai20", min_val=limits[0], max_val=limits[1])
        task.timing.cfg_samp_clk_timing(10_000.0, samps_per_chan=2000)
        values = np.array(task.read(2000))
    span = limits[1] - limits[0]
    assert limits[0] + 0.03 * span < values.min() < limits[0] + 0.07 * span
    assert limits[1] - 0.07 * span < values.max() < limits[1] - 0.03 * span
    power = np.abs(np.fft.rfft(values - values.mean())) ** 2
    assert np.argmax(power) == 2  # 10 Hz in 0.2 s
    assert 1.0 - power[2] / power.sum() < 2e-3


@pytest.mark.parametrize(("lines", "counted"), [("port0/line3", 8), ("port0/line0:7", 256), ("port1", 256)])
def test_lines_of_a_simulated_device_count_samples(rig, lines, counted):
    """Line n is bit n of the sample's number, modulo 8, and goes on from read to read."""
    name = f"Dev1/{lines}" if lines != "port0/line0:7" else "Dev1/port0/line8:15"
    with rig.task() as task:
        task.di_channels.add_di_chan(name, line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        words = np.array([*task.read(100), *task.read(200)])
    if lines == "port0/line3":
        assert words.astype(bool).tolist() == [bool(k & counted) for k in range(300)]
    else:
        assert (words >> (8 if "line8" in name else 0)).tolist() == [k % counted for k in range(300)]


def test_a_line_is_high_while_its_signal_is_above_a_half(rig):
    rig.clock.time_s = 100.0
    with rig.task() as task:
        task.di_channels.add_di_chan("Dev1/port0/line0:2", line_grouping=LineGrouping.CHAN_PER_LINE)
        task.timing.cfg_samp_clk_timing(8.0, samps_per_chan=8)
        assert task.read(8) == [[True, False, False, True] * 2, [True, False, False, True] * 2, [True] * 8]


def test_an_output_line_of_a_simulated_device_reads_back_what_was_written(rig):
    with rig.task() as task:
        task.do_channels.add_do_chan("Dev1/port2", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        task.write(0x5A)
        assert task.read() == 0x5A


def test_a_device_with_nothing_connected_shows_nothing(real):
    assert not read(real, "Dev1/ai0:3", count=10).any()
    with real.task() as task:
        task.di_channels.add_di_chan("Dev1/port1", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        assert task.read(3) == [0, 0, 0]


def test_a_device_that_is_not_simulated_reads_its_own_outputs(real):
    real.clock.time_s = 100.0
    with real.task() as outputs, real.task() as lines, real.task() as pins:
        outputs.ao_channels.add_ao_voltage_chan("Dev1/ao0:1")
        outputs.write([1.25, -3.0])
        assert read(real, "Dev1/_ao0_vs_aognd, Dev1/_ao1_vs_aognd", count=2).tolist() == [[1.25] * 2, [-3.0] * 2]
        lines.do_channels.add_do_chan("Dev1/port0", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        lines.write(0xC0FFEE00)
        pins.di_channels.add_di_chan("Dev1/port0", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
        assert pins.read() == 0xC0FFEE00


def test_a_loop_back_carries_what_the_output_carried_at_each_sample(tmp_path):
    wires = """
        [[signal]]
        terminal = "Dev1/ai0:1"
        kind = "loopback"
        source = "Dev1/ao0:1"
        [[signal]]
        terminal = "Dev1/port1/line0:3"
        kind = "loopback"
        source = "Dev1/port2/line7:4"
    """
    with rack_served(tmp_path, BOARD + wires) as rig, rig.task() as outputs, rig.task() as inputs:
        outputs.ao_channels.add_ao_voltage_chan("Dev1/ao0:1")
        inputs.ai_channels.add_ai_voltage_chan("Dev1/ai0:1")
        inputs.timing.cfg_samp_clk_timing(10.0, samps_per_chan=4)
        inputs.start()
        rig.clock.time_s += 0.25
        outputs.write([3.0, -4.0])
        assert inputs.read(4) == [[0.0, 0.0, 3.0, 3.0], [0.0, 0.0, -4.0, -4.0]]
        with rig.task() as lines, rig.task() as pins:
            lines.do_channels.add_do_chan("Dev1/port2/line4:7", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
            lines.write(0b0011_0000)
            pins.di_channels.add_di_chan("Dev1/port1/line0:3", line_grouping=LineGrouping.CHAN_FOR_ALL_LINES)
            assert pins.read() == 0b1100

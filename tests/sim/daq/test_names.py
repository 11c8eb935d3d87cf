"""The DAQ's rules without a wire: names, the sample clock, digital words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.sim.daq.driver.channel import DO, Channel
from bench.sim.daq.driver.timing import CONTINUOUS, FINITE, SampleClock, Timing
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import encode
from bench.sim.daq.face.words import bits, from_words, to_words
from bench.sim.daq.rack.device import Device, Rack
from bench.sim.daq.rack.names import expand

LINES = tuple(f"cDAQ1Mod2/port{port}/line{line}" for port in (0, 1) for line in range(8))
RACK = Rack({"cDAQ1Mod2": Device("cDAQ1Mod2", "NI 9375", 2, di_lines=LINES[:8], do_lines=LINES[8:])})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mod1/ai0", ["Mod1/ai0"]),
        ("/Mod1/ai0", ["Mod1/ai0"]),
        ("Mod1/ai0:2", ["Mod1/ai0", "Mod1/ai1", "Mod1/ai2"]),
        ("Mod1/ai2:0", ["Mod1/ai2", "Mod1/ai1", "Mod1/ai0"]),
        ("Mod1/ai0:Mod1/ai1", ["Mod1/ai0", "Mod1/ai1"]),
        ("Mod1/ai0, Mod2/ai3:4", ["Mod1/ai0", "Mod2/ai3", "Mod2/ai4"]),
        ("", []),
    ],
)
def test_a_list_of_names_is_expanded_as_the_driver_does(text, names):
    assert list(expand(text)) == names


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("cDAQ1Mod2/port0/line0:7", LINES[:8]),
        ("cDAQ1Mod2/port0", LINES[:8]),
        ("CDAQ1MOD2/PORT0/LINE3", (LINES[3],)),
        ("cDAQ1Mod2/port0/line1, cDAQ1Mod2/port0/line0", (LINES[1], LINES[0])),
    ],
)
def test_lines_are_found_by_range_port_and_in_any_case(text, lines):
    assert RACK.resolve(text, "di_lines") == lines


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cDAQ1Mod9/port0", -200220),
        ("cDAQ1Mod2", -200170),
        ("", -200170),
        ("cDAQ1Mod2/port0/line8", -200170),
        ("cDAQ1Mod2/port1/line0", -200170),  # an output is no input
        ("cDAQ1Mod2/port0/line0:x", -200498),
    ],
)
def test_a_name_that_is_not_there_is_refused_by_code(text, code):
    with pytest.raises(DriverError) as caught:
        RACK.resolve(text, "di_lines")
    assert caught.value.code == code


@settings(deadline=None)  # a busy machine is no failure
@given(
    started_s=st.floats(0, 1e7),
    rate_hz=st.sampled_from([0.1, 3.0, 10.0, 333.3, 1e3, 51200.0]),
    sample=st.integers(0, 10**6),
)
def test_a_sample_exists_from_the_time_it_is_due(started_s, rate_hz, sample):
    clock = SampleClock(started_s, Timing(rate_hz, CONTINUOUS, 1000))
    due_s = clock.due_s(sample)
    assert clock.times_s(sample, 1)[0] == pytest.approx(due_s, rel=1e-15)
    assert clock.acquired(due_s) >= sample + 1 or np.spacing(due_s) * rate_hz > 1e-6
    assert clock.acquired(due_s - 0.5 / rate_hz) <= sample + (np.spacing(due_s) * rate_hz > 1e-6)


def test_a_finite_task_takes_no_more_than_it_was_asked_for():
    assert SampleClock(0.0, Timing(10.0, FINITE, 25)).acquired(1e6) == 25


@pytest.mark.parametrize(
    ("rate_hz", "asked", "size"), [(10.0, 0, 1000), (10.0, 5000, 5000), (1000.0, 0, 10_000), (1e5, 0, 100_000)]
)
def test_the_input_buffer_has_the_driver_s_default_size(rate_hz, asked, size):
    assert Timing(rate_hz, CONTINUOUS, asked).buffer_size == size


def test_a_line_s_bit_is_its_number_in_the_port_and_the_next_port_follows_above():
    assert bits(Channel("valves", DO, (LINES[3], LINES[5]))) == [3, 5]
    assert bits(Channel("valves", DO, (LINES[0], LINES[8], LINES[15]))) == [0, 8, 15]


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.booleans(), min_size=16, max_size=16))
def test_words_and_lines_carry_the_same_levels(levels):
    channels = [Channel("all", DO, LINES)]
    data = np.array(levels).reshape(1, 1, 16)
    assert (from_words(channels, to_words(channels, data)) == data).all()


class Reply:
    """Stands for a generated message: a reply is its fields and the spliced array."""

    class DESCRIPTOR:
        class Field:
            name, number = "read_array", 2

        fields = (Field,)

    def SerializeToString(self):  # noqa: N802 the name in protobuf
        return b"head"


def test_an_array_is_spliced_in_as_a_length_delimited_field():
    payload = np.arange(20.0)
    assert encode(Reply, {"read_array": payload}) == b"head" + b"\x12\xa0\x01" + payload.tobytes()

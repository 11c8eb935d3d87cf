import math
from dataclasses import dataclass, field
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.aimtti_cpx400dp import CPX400DP

WIRE = load("aimtti_cpx400dp")


@dataclass
class Heaters:
    """10 ohm on output 1, nothing on output 2."""

    ohms: dict[int, float] = field(default_factory=lambda: {1: 10.0, 2: math.inf})
    calls: list[tuple[int, float]] = field(default_factory=list)

    def resistance_ohm(self, output):
        return self.ohms[output]

    def set_power(self, output, watts):
        self.calls.append((output, watts))

    def watts(self, output):
        return next((watts for number, watts in reversed(self.calls) if number == output), 0.0)


@pytest.fixture
def heaters():
    return Heaters()


@pytest.fixture
def supply(heaters):
    return CPX400DP(heaters)


def asked(supply, message):
    return supply.receive(f"{message}\n".encode()).decode().replace("\r\n", "|").removesuffix("|")


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(heaters, size):
    supply = CPX400DP(heaters, serial=WIRE.conditions["serial"], firmware=WIRE.conditions["firmware"])
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        heaters.ohms = {number: float(conditions[f"load_{number}_ohm"]) for number in (1, 2)}
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [supply.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("*IDN?", "THURLBY THANDAR,CPX400DP,279730,1.00-1.00"),
        ("V1 24.0;V1?", "V1 24.000"),
        ("I1 2;I1?", "I1 2.000"),
        ("i2  .5 ; i2?", "I2 0.500"),
        ("V1 20;I1 3;OP1 1;V1O?;I1O?", "20.000V|2.000A"),
        ("OP1 1;OP1?;OP2?", "1|0"),
        ("OPALL 1;OP1?;OP2?;OPALL 0;OP1?;OP2?", "1|1|0|0"),
        ("OVP1 63;OVP1?", "VP1 63.00"),
        ("OCP1 5;OCP1?", "CP1 5.000"),
        ("V2?;I2?;OVP2?;OCP2?;OP2?", "V2 1.000|I2 1.000|VP2 66.00|CP2 22.000|0"),
        ("LSR1?", "0"),
        ("EER?;QER?", "0|0"),
        ("*ESR?;*ESR?", "128|0"),
        ("*OPC?;*TST?;*STB?", "1|0|0"),
        ("*ESR?;*OPC;*ESR?", "128|1"),
        ("*ESE 48;*ESE?;*SRE 32;*SRE?;LSE1 12;LSE1?;LSE2?", "48|32|12|0"),
        ("*CLS;*WAI;LOCAL;TRIPRST;*RST;*ESR?", "0"),
    ],
)
def test_what_it_answers_after_power_up(supply, message, reply):
    assert asked(supply, message) == reply


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_reply_ends_with_cr_lf_however_the_command_ends(supply, end):
    assert supply.receive(b"V1 5" + end + b"V1?" + end) == b"V1 5.000\r\n"


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("V1 60.1", 100),
        ("V1 -1", 100),
        ("V2 1E99", 100),
        ("I1 20.5", 100),
        ("OVP1 0.5", 100),
        ("OCP2 23", 100),
        ("OP1 2", 100),
        ("OPALL 7", 100),
        ("*ESE 256", 100),
        ("V3 5", 103),
        ("V3?", 103),
        ("OP0 1", 103),
        ("LSR9?", 103),
    ],
)
def test_what_cannot_be_done_is_silent_and_leaves_its_number_in_eer(supply, heaters, message, error):
    assert asked(supply, message) == ""
    assert asked(supply, "EER?;EER?;*ESR?") == f"{error}|0|{128 + 16}"
    assert heaters.calls == []


@pytest.mark.parametrize(
    ("message", "query_error", "events"),
    [
        ("FOO?", 3, 36),
        ("V1? 3", 3, 36),
        ("LSR?", 3, 36),
        ("FOO", 0, 32),
        ("V1", 0, 32),
        ("V1 nan", 0, 32),
        ("V1 5V", 0, 32),
        ("V1 1,2", 0, 32),
        ("*RST 1", 0, 32),
        ("V1 5 5", 0, 32),
    ],
)
def test_what_is_not_understood_is_silent_and_a_command_error(supply, message, query_error, events):
    assert asked(supply, message) == ""
    assert asked(supply, "QER?;EER?;*ESR?") == f"{query_error}|0|{128 + events}"


def test_an_error_does_not_stop_the_rest_of_its_message(supply):
    assert asked(supply, "FOO;V1 99;V1 5;V1?") == "V1 5.000"


@pytest.mark.parametrize(
    ("ohm", "volts", "amperes", "bit"),
    [
        (10.0, "30.000V", "3.000A", 1),
        (2.0, "20.000V", "10.000A", 2),
        (math.inf, "30.000V", "0.000A", 1),
        (0.0, "0.000V", "10.000A", 2),
        (math.nan, "30.000V", "0.000A", 1),
    ],
)
def test_voltage_or_current_is_what_limits(supply, heaters, ohm, volts, amperes, bit):
    heaters.ohms[1] = ohm
    assert asked(supply, "V1 30;I1 10;OP1 1;V1O?;I1O?;LSR1?") == f"{volts}|{amperes}|{bit}"
    assert heaters.watts(1) == pytest.approx(float(volts[:-1]) * float(amperes[:-1]))


def test_no_output_gives_more_than_420_w(supply, heaters):
    heaters.ohms[1] = 4.2
    assert asked(supply, "V1 60;I1 20;OP1 1;V1O?;I1O?;LSR1?") == "42.000V|10.000A|16"
    assert heaters.watts(1) == pytest.approx(420.0)


def test_an_event_is_that_a_limit_begins_to_hold_and_reading_clears_it(supply, heaters):
    assert asked(supply, "V1 20;I1 5;OP1 1;LSR1?;LSR1?") == "1|0"
    heaters.ohms[1] = 1.0
    assert asked(supply, "LSR1?;LSR1?;LSR2?") == "2|0|0"
    heaters.ohms[1] = 10.0
    assert asked(supply, "OP1 0;OP1 1;LSR1?") == "1"


def test_power_is_told_when_it_changes_and_only_then(supply, heaters):
    asked(supply, "V1 20;I1 5;V1O?")
    assert heaters.calls == []
    asked(supply, "OP1 1;V1O?;I1O?")
    heaters.ohms[1] = 20.0
    asked(supply, "V1O?;V1 10")
    asked(supply, "OP1 0;OP1 0")
    assert heaters.calls == [(1, 40.0), (1, 20.0), (1, 5.0), (1, 0.0)]


def test_over_voltage_trips_until_it_is_reset(supply, heaters):
    assert asked(supply, "V1 20;I1 5;OP1 1;OVP1 15;OP1?;LSR1?;LSR1?") == "0|5|0"
    assert heaters.watts(1) == 0.0
    assert asked(supply, "V1 10;OP1 1;OP1?;V1O?") == "0|0.000V"
    assert asked(supply, "TRIPRST;OP1?;OP1 1;OP1?") == "0|1"
    assert heaters.watts(1) == pytest.approx(10.0)


def test_over_current_trips(supply):
    assert asked(supply, "V1 20;I1 5;OCP1 1.5;OP1 1;OP1?;LSR1?;I1O?") == "0|8|0.000A"


def test_reset_switches_off_and_forgets_settings_and_trips(supply, heaters):
    asked(supply, "V1 20;OVP1 15;I1 5;OP1 1;*RST")
    assert asked(supply, "V1?;OVP1?;OP1?;OP1 1;OP1?") == "V1 1.000|VP1 66.00|0|1"
    asked(supply, "*RST")
    assert heaters.watts(1) == 0.0


def test_the_status_byte_sums_up_what_is_enabled(supply):
    assert asked(supply, "*CLS;*ESE 16;LSE1 2;LSE2 1;*SRE 1;V1 99;*STB?") == "32"
    assert asked(supply, "V1 20;OPALL 1;*STB?") == str(1 + 2 + 32 + 64)
    assert asked(supply, "*CLS;*STB?") == "0"


def test_refusing_it_does_nothing_and_says_so_in_eer(supply, heaters):
    supply.refusing = True
    assert asked(supply, "V1 20;OP1 1;V1?;*IDN?") == ""
    assert asked(supply, "EER?;*ESR?") == "100|144"
    assert heaters.calls == []
    supply.refusing = False
    assert asked(supply, "V1?;EER?") == "V1 1.000|0"


def test_failing_both_outputs_trip_at_once_and_stay_off(supply, heaters):
    heaters.ohms[2] = 10.0
    asked(supply, "OPALL 1")
    assert (heaters.watts(1), heaters.watts(2)) == (pytest.approx(10.0 * 0.1**2), pytest.approx(0.1))
    supply.failing = True
    assert (heaters.watts(1), heaters.watts(2)) == (0.0, 0.0)
    assert asked(supply, "TRIPRST;OPALL 1;OP1?;V2O?;LSR1?;LSR1?;LSR2?").endswith("0|0.000V|13|12|13")
    supply.failing = False
    assert asked(supply, "OP1 1;OP1?;TRIPRST;OP1 1;OP1?") == "0|1"


def test_building_one_does_not_touch_the_loads(heaters):
    assert asked(CPX400DP(heaters), "OP1?;OP2?;V1?") == "0|0|V1 1.000"
    assert heaters.calls == []


@pytest.mark.parametrize("size", [1, 3])
def test_bytes_may_come_in_any_pieces(supply, size):
    sent = b"V1 24.0\nI1 2;OP1 1\r\nV1?;I1O?\nFOO?\nEER?\n"
    replies = [supply.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
    assert b"".join(replies) == b"V1 24.000\r\n2.000A\r\n0\r\n"


PIECES = ["V", "1", "O", "?", "OP", "OVP", "*", "IDN", ";", " ", "E9", "-", ".", "2", "LSR", "\n"]


@given(st.one_of(st.binary(), st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode)))
def test_no_bytes_make_it_raise(data):
    supply = CPX400DP(Heaters())
    supply.receive(data)
    assert supply.receive(b"\n*IDN?\n").endswith(b"1.00-1.00\r\n")


def test_a_line_that_never_ends_does_not_fill_the_memory(supply):
    for _ in range(100):
        supply.receive(b"V" * 10000)
    assert len(supply._partial) < 10000
    assert asked(supply, "\n*OPC?") == "1"


def test_half_a_command_is_forgotten_with_its_client(supply):
    assert supply.receive(b"*ID") == b""
    supply.hung_up()
    assert supply.receive(b"*IDN?\n") != b""

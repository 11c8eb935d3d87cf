from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.pfeiffer_tpg366 import TPG366

WIRE = load("pfeiffer_tpg366")
STATUS = {"ok": 0, "underrange": 1, "overrange": 2, "no_sensor": 5}
UNITS = {"mbar": 0, "Torr": 1, "Pa": 2, "micron": 3, "hPa": 4}
ACK, NAK = b"\x06\r\n", b"\x15\r\n"
LINE = b"0,+1.0000E+00,0,+1.0000E+00,5,+2.0000E-02,5,+2.0000E-02,5,+2.0000E-02,5,+2.0000E-02\r\n"


class Gauges:
    def __init__(self, conditions):
        self.conditions = conditions

    def __call__(self, channel):
        status = STATUS[self.conditions.get(f"gauge_{channel}_status", "ok")]
        return status, float(self.conditions.get(f"gauge_{channel}_pa", "0"))


def from_transcript():
    gauges = Gauges(WIRE.conditions)
    types = {channel: WIRE.conditions[f"gauge_{channel}_type"] for channel in range(1, 7)}
    sensors = {channel: word for channel, word in types.items() if word != "noSENSOR"}
    return gauges, TPG366(gauges, sensors, serial=WIRE.conditions["serial"])


def asked(tpg, message):
    """What ENQ brings after an accepted message."""
    assert tpg.receive(message + b"\r") == ACK
    return tpg.receive(b"\x05").decode().strip()


@pytest.fixture
def tpg():
    return TPG366(lambda _channel: (0, 100.0), {1: "PKR", 2: "CMR/APR"})


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(size):
    gauges, tpg = from_transcript()
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        gauges.conditions = conditions
        if UNITS[conditions["unit"]] != 4:
            tpg.receive(f"UNI,{UNITS[conditions['unit']]}\r".encode())
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [tpg.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
def test_a_message_may_end_with_cr_lf_or_both(tpg, end):
    assert tpg.receive(b"PNR" + end) == ACK
    assert tpg.receive(b"\x05") == b"010400\r\n"


def test_enq_measures_again(tpg):
    values = iter([(0, 100.0), (0, 200.0)])
    tpg = TPG366(lambda _channel: next(values), {1: "PKR"})
    assert tpg.receive(b"PR1\r\x05\x05") == ACK + b"0,+1.0000E+00\r\n0,+2.0000E+00\r\n"


def test_etx_forgets_the_message_that_was_begun(tpg):
    assert tpg.receive(b"PR\x031\rPNR\r\x05") == NAK + ACK + b"010400\r\n"


@pytest.mark.parametrize(
    ("message", "word"),
    [
        (b"FOO", "0001"),
        (b"PR7", "0001"),
        (b"UNI,9", "0010"),
        (b"UNI,6", "0010"),
        (b"UNI,", "0010"),
        (b"SEN,2", "0010"),
        (b"SEN,0,0,0,0,0,3", "0010"),
        (b"COM", "0010"),
        (b"AYT,1", "0010"),
    ],
)
def test_a_refused_message_leaves_its_error_word_which_reading_clears(tpg, message, word):
    assert tpg.receive(message + b"\r") == NAK
    assert tpg.receive(b"\x05") == f"{word}\r\n".encode()
    assert tpg.receive(b"\x05") == b"0000\r\n"
    assert asked(tpg, b"ERR") == "0000"


def test_errors_of_several_messages_add_up_until_read(tpg):
    tpg.receive(b"FOO\rUNI,9\rBAR\rPNR\r")
    assert asked(tpg, b"ERR") == "0011"


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        (0, "0,+1.0000E+00"),
        (1, "0,+7.5006E-01"),
        (2, "0,+1.0000E+02"),
        (3, "0,+7.5006E+02"),
        (4, "0,+1.0000E+00"),
    ],
)
def test_a_pressure_is_shown_in_the_chosen_unit(tpg, unit, value):
    assert asked(tpg, f"UNI,{unit}".encode()) == str(unit)
    assert asked(tpg, b"PR1") == value


def test_only_a_switchable_sensor_is_switched(tpg):
    assert asked(tpg, b"SEN") == "2,0,0,0,0,0"
    assert asked(tpg, b"SEN,1,1,1,0,0,0") == "1,0,0,0,0,0"
    assert asked(tpg, b"PRX").startswith("4,+1.0000E+00,0,+1.0000E+00,5,+2.0000E-02")
    assert asked(tpg, b"SEN,0,0,0,0,0,0") == "1,0,0,0,0,0"
    assert asked(tpg, b"SEN,2,0,0,0,0,0") == "2,0,0,0,0,0"


def test_from_power_up_it_streams_lines_until_the_first_byte(tpg):
    assert tpg.power_up_stream() == LINE
    assert tpg.streaming
    assert tpg.idle() == LINE
    assert tpg.receive(b"\x03") == b""
    assert not tpg.streaming
    assert tpg.idle() == b""


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize(("period", "lines"), [("0", 600), ("1", 60), ("2", 1)])
def test_com_streams_at_its_period_until_the_next_byte(tpg, period, lines, size):
    sent = f"COM,{period}\r\n".encode()
    assert b"".join(tpg.receive(sent[i : i + size]) for i in range(0, len(sent), size)) == ACK
    assert b"".join(tpg.idle() for _ in range(60)) == LINE * lines
    tpg.receive(b"P")
    assert tpg.idle() == b""


@given(st.binary())
def test_no_bytes_make_it_raise(data):
    tpg = TPG366(lambda _channel: (0, 100.0), {1: "PKR"})
    tpg.receive(data)
    assert tpg.receive(b"\x03PNR\r\x05") == ACK + b"010400\r\n"


def test_refusing_it_says_nak_and_its_error_word_to_everything(tpg):
    tpg.refusing = True
    for message in (b"PRX", b"AYT", b"FOO", b"ERR"):
        assert tpg.receive(message + b"\r\x05") == NAK + b"1000\r\n"
    tpg.refusing = False
    assert asked(tpg, b"PR1") == "0,+1.0000E+00"


def test_failing_every_sensor_that_is_fitted_is_in_error(tpg):
    tpg.failing = True
    assert asked(tpg, b"PRX") == "3,+2.0000E-02,3,+2.0000E-02" + ",5,+2.0000E-02" * 4
    tpg.failing = False
    assert asked(tpg, b"PR2") == "0,+1.0000E+00"


def test_a_gauge_that_delivers_nothing_is_a_sensor_error():
    tpg = TPG366(lambda _channel: (0, float("nan")), {1: "PKR"})
    assert asked(tpg, b"PR1") == "3,+2.0000E-02"


@pytest.mark.parametrize(
    ("sensor", "pressure_pa", "shown"),
    [("TPR/PCR", 100.0, "+5.5000E+00"), ("IKR", 1e-3, "+5.5000E+00"), ("CMR/APR", 0.0, "+0.0000E+00")],
)
def test_unit_5_shows_the_volts_of_the_sensor(sensor, pressure_pa, shown):
    tpg = TPG366(lambda _channel: (0, pressure_pa), {1: sensor})
    assert asked(tpg, b"UNI,5") == "5"
    assert asked(tpg, b"PR1") == f"0,{shown}"
    assert asked(tpg, b"PR2") == "5,+2.0000E-02"

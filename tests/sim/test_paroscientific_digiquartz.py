import math
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.paroscientific_digiquartz import LONGEST_LINE, Digiquartz

WIRE = load("paroscientific_digiquartz")


class Felt:
    pressure_pa = 101373.2
    temperature_k = 295.495


def made(felt=Felt, **options):
    return Digiquartz(lambda: felt.pressure_pa, lambda: felt.temperature_k, **options)


@pytest.fixture
def quartz():
    return made()


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        (b"*0100P3\r\n", b"*00011013.732\r\n"),
        (b"*0100Q3\r\n", b"*000122.345\r\n"),
        (b"*0100SN\r\n", b"*0001SN=123456\r\n"),
        (b"*0100VR\r\n", b"*0001VR=R5.20\r\n"),
        (b"*0100MN\r\n", b"*0001MN=6000-16B-IS\r\n"),
        (b"*0100UN\r\n", b"*0001UN=2\r\n"),
        (b"*0100PI\r\n", b"*0001PI=666\r\n"),
        (b"*0100PR\r\n", b"*0001PR=238\r\n"),
        (b"*0100TR\r\n", b"*0001TR=952\r\n"),
        (b"*0100OI\r\n", b"*0001OI=1\r\n"),
        (b"*0112P3\r\n", b"*12011013.732\r\n"),
        (b"*0100EW*0100UN=2\r\n", b"*0001UN=2\r\n"),
        (b"*9900ID\r\n", b"*9900ID\r\n"),
        (b"*9900BR=19200\r\n", b"*9900BR=19200\r\n"),
        (b"*9900P3\r\n", b"*00011013.732\r\n"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_the_datasheets_examples_however_they_are_cut(quartz, request_, reply, size):
    assert b"".join(quartz.receive(request_[i : i + size]) for i in range(0, len(request_), size)) == reply


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(size):
    felt, start = Felt(), WIRE.conditions
    quartz = made(
        felt,
        address=int(start["unit_id"]),
        serial=start["serial"],
        unit=int(start["unit"]),
        integration_ms=int(start["integration_ms"]),
    )
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        felt.pressure_pa = float(conditions["pressure_pa"])
        felt.temperature_k = float(conditions["temperature_c"]) + 273.15
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [quartz.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\n\r\n"])
def test_commands_in_one_write_are_answered_in_turn(quartz, end):
    assert quartz.receive(end.join([b"*0100UN", b"*0100P3", b""])) == b"*0001UN=2\r\n*00011013.732\r\n"


@pytest.mark.parametrize(
    "request_",
    [
        b"*0200P3",
        b"*0000P3",
        b"*0100XX",
        b"*0100P2",
        b"*0100P3=1",
        b"*0100",
        b"0100P3",
        b"*0100P",
        b"*0100UN=3",
        b"*0100EW*0100UN=9",
        b"*0100EW*0100UN=1.5",
        b"*0100EW*0100PI=0",
        b"*0100EW*0100PR=99999",
        b"*0100EW*0100UF=1.2.3",
        b"*0100EW*0100UF=0",
        b"*0100EW*0100SN=7",
        b"*9900BR=12345",
        b"*0100ID",
    ],
)
def test_what_it_does_not_know_or_allow_is_met_by_silence_and_changes_nothing(quartz, request_):
    assert quartz.receive(request_ + b"\r\n") == b""
    assert quartz.receive(b"*0100P3\r\n*0100PI\r\n*0100PR\r\n") == b"*00011013.732\r\n*0001PI=666\r\n*0001PR=238\r\n"


def test_ew_enables_one_write(quartz):
    assert quartz.receive(b"*0100EW*0100UN=1*0100UN=3\r\n*0100UN\r\n") == b"*0001UN=1\r\n*0001UN=1\r\n"
    assert quartz.receive(b"*0100EW\r\n*0100UN=4\r\n") == b"*0001UN=4\r\n"
    assert quartz.receive(b"*0100EW*0100P3*0100UN=3\r\n*0100UN\r\n") == b"*0001101.3732\r\n*0001UN=4\r\n"


@pytest.mark.parametrize(
    ("unit", "shown", "factor"),
    [
        (1, "14.70294", 1.0),
        (2, "1013.732", 68.94757),
        (3, "1.013732", 0.06894757),
        (4, "101.3732", 6.894757),
        (5, "0.1013732", 0.00689476),
        (6, "29.9355", 2.036021),
        (7, "760.362", 51.71493),
        (8, "10.33719", 0.7030696),
        (0, "29.40588", 2.0),
    ],
)
def test_a_pressure_is_shown_in_the_chosen_unit(unit, shown, factor):
    quartz = made(unit=unit)
    quartz.receive(b"*0100EW*0100UF=2.0\r\n")
    assert quartz.receive(b"*0100P3\r\n") == f"*0001{shown}\r\n".encode()
    assert float(shown) == pytest.approx(101373.2 / 6894.757 * factor, rel=1e-6)


@pytest.mark.parametrize(("command", "line"), [(b"P4", b"*00011013.732\r\n"), (b"P7", b"*00011013.73200\r\n")])
@pytest.mark.parametrize("end", [b"*0100SN\r\n", b"*0100P5\r\n", b"*9900ID\r\n", b"*0100EW\r\n"])
def test_a_continuous_measurement_streams_until_a_valid_command(quartz, command, line, end):
    assert not quartz.streaming
    assert quartz.receive(b"*0100" + command + b"\r\n") == b""
    assert quartz.streaming
    for stays in (b"", b"*0200SN\r\n", b"*0100XX\r\n", b"*01", b"00UN=3\r\n"):
        assert quartz.receive(stays) == b""
        assert quartz.idle() == line
    quartz.receive(end)
    assert not quartz.streaming
    assert quartz.idle() == b""


def test_a_continuous_measurement_goes_to_whoever_asked_for_it(quartz):
    quartz.receive(b"*0112P4\r\n")
    assert quartz.receive(b"*0100FOO\r\n*0200SN\r\n") == b""
    assert quartz.idle() == b"*12011013.732\r\n"


@pytest.mark.parametrize("dump", [b"*0100DB\r\n", b"*0100DS\r\n"])
def test_a_held_sample_is_told_later(dump):
    felt = Felt()
    quartz = made(felt)
    assert quartz.receive(dump) == b""
    assert quartz.receive(b"*0100P5\r\n") == b""
    felt.pressure_pa = 50000.0
    assert quartz.receive(dump) == b"*00011013.732\r\n"
    assert quartz.receive(b"*0100P3\r\n") == b"*0001500.000\r\n"


def test_periods_grow_with_what_the_crystals_feel():
    felt, periods = Felt(), []
    quartz = made(felt)
    for step in range(3):
        felt.pressure_pa, felt.temperature_k = 50000.0 * step, 280.0 + 20 * step
        periods.append([float(quartz.receive(b"*0100" + name + b"\r\n")[5:]) for name in (b"P1", b"Q1")])
    assert periods[0][0] < periods[1][0] < periods[2][0]
    assert periods[0][1] < periods[1][1] < periods[2][1]


def test_a_reading_takes_as_long_as_it_integrates_and_what_it_is_told_takes_none(quartz):
    quartz.receive(b"*0100P3\r\n")
    assert quartz.response_s == pytest.approx(1.36)
    quartz.receive(b"*0100SN\r\n")
    assert quartz.response_s < 0.1
    assert quartz.receive(b"*0100EW*0100PI=100\r\n*0100PR\r\n") == b"*0001PI=100\r\n*0001PR=36\r\n"
    quartz.receive(b"*0100P3\r\n")
    assert quartz.response_s == pytest.approx(0.228)
    assert quartz.receive(b"*0100EW*0100PR=238\r\n*0100PI\r\n") == b"*0001PR=238\r\n*0001PI=666\r\n"


def test_its_address_is_part_of_every_exchange():
    quartz = made(address=42)
    assert quartz.receive(b"*0100P3\r\n*4200P3\r\n*9900P3\r\n") == b"*00421013.732\r\n" * 2


def test_a_two_wire_adapter_hears_its_own_commands():
    quartz = made(echo=True)
    assert quartz.receive(b"*0100P3\r\n*0200P3\r\n") == b"*0100P3\r\n*00011013.732\r\n*0200P3\r\n"


def test_refusing_it_stays_silent(quartz):
    quartz.refusing = True
    assert quartz.receive(b"*0100P3\r\n*0100SN\r\n*9900ID\r\n*0100P4\r\n") == b""
    quartz.refusing = False
    assert quartz.receive(b"*0100P3\r\n") == b"*00011013.732\r\n"


DEAD = b"*0001-9999.999\r\n*0001-999.999\r\n*00010.000000\r\n*00010.000000\r\n"
ALL = b"*0100P3\r\n*0100Q3\r\n*0100P1\r\n*0100Q1\r\n"


def test_failing_it_shows_a_crystal_that_has_stopped(quartz):
    quartz.failing = True
    assert quartz.receive(ALL) == DEAD
    quartz.failing = False
    assert quartz.receive(b"*0100P3\r\n") == b"*00011013.732\r\n"


def test_a_crystal_that_delivers_nothing_is_one_that_has_stopped():
    felt = Felt()
    felt.pressure_pa = felt.temperature_k = math.nan
    assert made(felt).receive(ALL) == DEAD


@given(st.lists(st.binary() | st.sampled_from([b"*0100", b"*9900", b"EW", b"P4", b"UN=", b"9" * 400, b"\r\n"])))
def test_no_bytes_make_it_raise_or_fill_its_memory(pieces):
    quartz = made()
    for piece in pieces:
        quartz.receive(piece)
        quartz.idle()
        assert len(quartz._partial) <= LONGEST_LINE
    assert quartz.receive(b"\r\n*0100SN\r\n").endswith(b"*0001SN=123456\r\n")

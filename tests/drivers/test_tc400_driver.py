import math

import pytest
from hypothesis import given
from mutated_replies import mutated
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from bench.sim.rack.transcript import Exchange
from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status
from drivers.pfeiffer_tc400 import (
    QUANTITIES,
    TC400,
    measured,
    parse_data,
    parse_error_code,
    parse_quantity,
    parse_switch,
    telegram,
)

WIRE = load("pfeiffer_tc400")
OPEN = WIRE.dialogue("open")
SPEED, ERROR = b"0010030902=?107", b"0010030302=?101"
SPEED_SCAN = (WIRE.dialogue("scan")[0], WIRE.dialogue("scan")[-1])
SHORT_S = 0.2
ALL = tuple(QUANTITIES)


def answered(request, parameter, data, before=b""):
    return (Exchange(request + b"\r", before + telegram(1, b"10", parameter, data) + b"\r", {}, ""),)


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_session_is_the_transcript_s_dialogue(chunking):
    names = ("open", "settings", "scan", "switch_on", "running", "scan_running", "error_code", "switch_off", "stopped")
    with played(WIRE.dialogue(*names), chunking=chunking) as player:
        drive = TC400.open(player.address, inputs=ALL)
        assert drive.settings() == {
            "nominal_speed_hz": "001000",
            "operating_mode": "000",
            "set_speed_mode": "000",
            "vent_mode": "000",
        }
        drive.request()
        coasting = drive.collect()
        drive.set_running(True)
        assert drive.running()
        drive.request()
        running = drive.collect()
        assert drive.error_code() == ""
        drive.set_running(False)
        assert not drive.running()
        drive.close()
    assert coasting == {
        "speed": Measured(860.0, Status.GOOD),
        "current": Measured(pytest.approx(0.21), Status.GOOD),
        "power": Measured(10.0, Status.GOOD),
        "temperature_bearing": Measured(pytest.approx(304.15), Status.GOOD),
        "temperature_motor": Measured(pytest.approx(309.15), Status.GOOD),
    }
    assert running["power"].value == 320.0


def test_a_scan_asks_for_its_inputs_only_and_hides_no_error():
    with played(OPEN + SPEED_SCAN + WIRE.dialogue("scan_failed", "error_code_failed")) as player:
        drive = TC400.open(player.address, inputs=["speed"])
        drive.request()
        assert drive.collect() == {"speed": Measured(860.0, Status.GOOD)}
        drive.request()
        failed = drive.collect()["speed"]
        assert drive.error_code() == "Err001"
        drive.close()
    assert failed.status is Status.FAULT
    assert math.isnan(failed.value)


def test_without_inputs_a_scan_still_finds_out_whether_it_is_there():
    with played(OPEN + WIRE.dialogue("error_code")) as player:
        drive = TC400.open(player.address)
        drive.request()
        assert drive.ready(2.0)
        assert drive.collect() == {}
        drive.close()


def test_an_error_is_told_by_the_speed_or_by_all_without_it_and_a_warning_spoils_nothing():
    found = measured({"speed": 1.0, "power": 2.0}, "Err001")
    assert (found["speed"].status, found["power"]) == (Status.FAULT, Measured(2.0, Status.GOOD))
    assert all(found.status is Status.FAULT for found in measured({"power": 2.0, "current": 1.0}, "Err001").values())
    assert measured({"speed": 1.0}, "Wrn007") == {"speed": Measured(1.0, Status.GOOD)}


def test_identity_comes_from_the_instrument():
    with played((*OPEN, OPEN[0], OPEN[2])) as player:
        drive = TC400.open(player.address)
        assert drive.identity() == Identity("Pfeiffer Vacuum", "TC 400", "", "010500")
        drive.close()


def test_garbage_of_an_adapter_in_front_of_an_answer_is_stripped():
    noisy = answered(ERROR, 303, b"Wrn007", before=b"\xff\xfe")
    with played(OPEN + noisy) as player:
        drive = TC400.open(player.address)
        assert drive.error_code() == "Wrn007"
        drive.close()


@pytest.mark.parametrize(
    ("word", "reason"),
    [(b"NO_DEF", "no such parameter"), (b"_RANGE", "out of range"), (b"_LOGIC", "not allowed")],
)
def test_a_refused_write_is_not_tried_again_and_the_link_stays_in_step(word, reason):
    refused = answered(b"0011002306111111019", 23, word)
    with played(OPEN + refused + WIRE.dialogue("error_code")) as player:
        drive = TC400.open(player.address)
        with pytest.raises(CommandRefused, match=reason):
            drive.set_running(True)
        assert drive.error_code() == ""
        drive.close()


def test_another_echo_than_what_was_written_is_a_refusal():
    other = parse("> 0011001006000000009\\r\n< 0011001006111111015\\r\n").exchanges
    with played(OPEN + other) as player:
        drive = TC400.open(player.address)
        with pytest.raises(CommandRefused, match=r"something else.*000000.*111111"):
            drive.set_running(False)
        drive.close()


def test_after_a_time_out_the_next_scan_shakes_hands_and_the_late_reply_is_not_taken():
    late = b"0011030906000123022\r"
    with played(OPEN + parse("> 0010030902=?107\\r\n").exchanges, OPEN + SPEED_SCAN, late=late) as player:
        drive = TC400.open(player.address, inputs=["speed"], timeout_s=SHORT_S)
        drive.request()
        with pytest.raises(ReplyTimeout):
            drive.collect()
        drive.request()
        assert drive.handshakes == 2
        assert drive.collect()["speed"].value == 860.0
        drive.close()


def test_an_answer_to_the_previous_question_ends_the_dialogue():
    wrong = parse("> 0010030902=?107\\r\n< 0011030306000000014\\r\n").exchanges
    with played(OPEN + wrong, OPEN + WIRE.dialogue("error_code")) as player:
        drive = TC400.open(player.address, inputs=["speed"])
        drive.request()
        with pytest.raises(ProtocolError, match="another request"):
            drive.collect()
        assert drive.error_code() == ""
        drive.close()


def test_a_scan_nobody_collected_does_not_answer_the_next_question():
    with played(OPEN + SPEED_SCAN[:1], OPEN + WIRE.dialogue("error_code")) as player:
        drive = TC400.open(player.address, inputs=["speed"])
        drive.request()
        assert drive.error_code() == ""
        drive.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"tc400 at {address}: handshake failed, check its power.*refused"):
        TC400.open(address)


def test_another_instrument_at_the_address_is_refused():
    other = answered(b"0010034902=?111", 349, b"OmniCt")
    with played(other) as player, pytest.raises(ProtocolError, match=r"handshake failed.*OmniCt"):
        TC400.open(player.address)


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"inputs": ["voltage"]}, "voltage"), ({"unit_address": 0}, "1 to 255"), ({"unit_address": 999}, "1 to 255")],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(options, reason):
    with pytest.raises(ValueError, match=reason):
        TC400.open("TCPIP::127.0.0.1::1::SOCKET", **options)


@pytest.mark.parametrize(
    ("parameter", "action", "data", "literal"),
    [
        (309, b"00", b"=?", b"0010030902=?107"),
        (309, b"10", b"000860", b"0011030906000860034"),
        (10, b"10", b"111111", b"0011001006111111015"),
        (23, b"10", b"111111", b"0011002306111111019"),
        (23, b"10", b"NO_DEF", b"0011002306NO_DEF184"),
    ],
)
def test_telegrams_of_the_manual(parameter, action, data, literal):
    assert telegram(1, action, parameter, data) == literal


@pytest.mark.parametrize(("parameter", "action", "data"), [(309, b"10", b"000860"), (303, b"10", b"Err001")])
def test_what_is_framed_is_read(parameter, action, data):
    assert parse_data(telegram(7, b"00", parameter, b"=?"), telegram(7, action, parameter, data)) == data


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"0011030906000860035",  # checksum
        b"0021030906000860035",  # another address
        b"0011031006000860026",  # another parameter
        b"0010030906000860033",  # a question
        b"0011030905000860033",  # length
        b"0011030906-00860031",  # no digit
        b"001103090600860242",
        b"00110309060008\xb60034",
        b"0011030906000860034\xff",
    ],
)
def test_what_is_no_answer_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_quantity(QUANTITIES["speed"], SPEED, reply)
    assert (caught.value.request, caught.value.reply) == (SPEED, reply)


def test_error_codes_of_the_manual():
    assert parse_error_code(ERROR, telegram(1, b"10", 303, b"000000")) == ""
    assert parse_error_code(ERROR, telegram(1, b"10", 303, b"Err001")) == "Err001"
    assert parse_error_code(ERROR, telegram(1, b"10", 303, b"Wrn007")) == "Wrn007"


@given(mutated([telegram(1, b"10", 10, b"111111"), telegram(1, b"10", 10, b"000000")]))
def test_one_stroke_never_turns_a_switch(reply):
    """Six equal digits: on and off are six digits apart, as far as four strokes do not reach."""
    for state in (b"111111", b"000000"):
        if reply.lstrip(bytes(range(0x80, 0x100))) == telegram(1, b"10", 10, state):
            return
    with pytest.raises((ProtocolError, CommandRefused)):
        parse_switch(telegram(1, b"00", 10, b"=?"), reply)

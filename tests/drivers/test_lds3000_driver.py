import math

import pytest
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.inficon_lds3000 import (
    LDS3000,
    REFUSALS,
    CalibrationState,
    State,
    measured,
    parse_state,
    parse_value,
)
from drivers.measured import Identity, Measured, Status

WIRE = load("inficon_lds3000")
OPEN, SCAN = WIRE.dialogue("open"), WIRE.dialogue("scan")
SHORT_S = 0.2
FAULT = Measured(pytest.approx(math.nan, nan_ok=True), Status.FAULT)
GOOD = {
    "leak_rate": Measured(pytest.approx(1.23e-8), Status.GOOD),
    "inlet_pressure": Measured(pytest.approx(2.5), Status.GOOD),
}


def collected(detector):
    detector.request()
    return detector.collect()


def opened(exchanges):
    return played(OPEN + exchanges)


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_session_is_the_transcript_s_dialogue(chunking):
    names = ("open", "identity", "standby", "start", "scan", "questions", "zero", "clear")
    with played(WIRE.dialogue(*names, "stop", "refused"), chunking=chunking) as player:
        detector = LDS3000.open(player.address)
        assert detector.identity() == Identity("INFICON", "MSB", "90000012345", "V1.00")
        assert collected(detector) == {"leak_rate": FAULT, "inlet_pressure": GOOD["inlet_pressure"]}
        detector.set_measuring(True)
        assert collected(detector) == GOOD
        assert detector.state() is State.MEASURING
        assert detector.calibration_state() is CalibrationState.IDLE
        assert detector.trigger_states() == (False, False, False, False)
        assert not detector.zeroed()
        detector.zero(True)
        detector.zero(False)
        detector.clear_errors()
        detector.set_measuring(False)
        with pytest.raises(CommandRefused, match="currently invalid"):
            detector.zero(True)
        detector.close()


@pytest.mark.parametrize("name", ["leak_rate", "inlet_pressure"])
def test_one_input_alone_is_asked_alone(name):
    with opened(WIRE.dialogue(f"scan_{name}")) as player:
        detector = LDS3000.open(player.address, inputs=[name])
        assert collected(detector) == {name: GOOD[name]}
        detector.close()


def test_the_error_number_is_asked_with_the_state():
    with opened(SCAN[1:2] + parse("> *STATUS:ERROR?\\r\n< 540\\r").exchanges) as player:
        detector = LDS3000.open(player.address)
        assert detector.error_number() == 540
        detector.close()


def test_an_error_makes_every_value_a_fault():
    failing = parse("> *STATUS:ERROR?\\r\n< 540\\r").exchanges
    with opened(SCAN[:3] + failing) as player:
        detector = LDS3000.open(player.address)
        assert collected(detector) == {"leak_rate": FAULT, "inlet_pressure": FAULT}
        detector.close()


@pytest.mark.parametrize(
    ("order", "sent", "asked", "found"),
    [
        (lambda detector: detector.set_measuring(True), "*START", "*STATUS?", "STANDBY"),
        (lambda detector: detector.set_measuring(False), "*STOP", "*STATUS?", "READY"),
        (lambda detector: detector.zero(True), "*ZERO:ON", "*STATUS:ZERO?", "OFF"),
    ],
)
def test_a_command_that_was_not_obeyed_is_refused_and_sent_once(order, sent, asked, found):
    wire = parse(f"> {sent}\\r\n< ok\\r\n> {asked}\\r\n< {found}\\r\n> *STATUS:ERROR?\\r\n< NO ERROR/WARNING\\r")
    with opened(wire.exchanges + SCAN) as player:
        detector = LDS3000.open(player.address)
        with pytest.raises(CommandRefused, match=rf"did not obey.*{found}"):
            order(detector)
        assert collected(detector) == GOOD
        assert detector.handshakes == 1
        detector.close()


def test_an_error_that_stays_is_told():
    wire = parse("> *CLS\\r\n< ok\\r\n> *STATUS?\\r\n< ERROR\\r\n> *STATUS:ERROR?\\r\n< 540\\r").exchanges
    with opened(wire) as player:
        detector = LDS3000.open(player.address)
        with pytest.raises(CommandRefused, match="error 540 stays"):
            detector.clear_errors()
        detector.close()


def test_a_refused_scan_is_told_with_its_meaning_and_leaves_the_link_in_step():
    refused = parse("> *READ:PA*M3/S?\\r\n< E06\\r").exchanges
    with opened(refused + SCAN) as player:
        detector = LDS3000.open(player.address)
        with pytest.raises(CommandRefused, match=r"RS-232 not enabled.*READ.*E06"):
            collected(detector)
        assert collected(detector) == GOOD
        detector.close()


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("fault", ["the reply before", "doubled"])
def test_a_scan_out_of_step_is_never_taken(place, fault):
    replies = [OPEN[-1].reply, *(exchange.reply for exchange in SCAN)]
    wrong = replies[place] if fault == "the reply before" else replies[place] * 2
    asked = "".join(f"> {exchange.sent.decode()[:-1]}\\r\n< {exchange.reply.decode()[:-1]}\\r\n" for exchange in SCAN)
    exchanges = list(parse(asked).exchanges)
    bad = parse(f"> {SCAN[place].sent.decode()[:-1]}\\r\n< {wrong.decode()[:-1]}".replace("\r", "\\r") + "\\r")
    exchanges[place:] = bad.exchanges
    with played(OPEN + tuple(exchanges), OPEN + SCAN) as player:
        detector = LDS3000.open(player.address)
        with pytest.raises(ProtocolError):
            collected(detector)
        assert collected(detector) == GOOD
        assert detector.handshakes == 2
        detector.close()


def test_after_a_time_out_the_next_shakes_hands_and_the_late_reply_is_not_taken():
    lost = parse("> *READ:PA*M3/S?\\r").exchanges
    with played(OPEN + lost, OPEN + SCAN, late=b"9.99E-1\r") as player:
        detector = LDS3000.open(player.address, timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout, match="READ"):
            collected(detector)
        assert collected(detector) == GOOD
        detector.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"lds3000 at {address}: handshake failed, check its power.*refused"):
        LDS3000.open(address)


def test_another_instrument_at_the_address_is_refused():
    other = parse("> *IDN:DEVICE?\\r\n< TPG366,PTG28770,44990000,010400,010100\\r").exchanges
    with played(other) as player, pytest.raises(ProtocolError, match=r"handshake failed.*TPG366"):
        LDS3000.open(player.address)


def test_an_unknown_input_is_refused_before_anything_is_sent():
    with pytest.raises(ValueError, match="inputs are leak_rate, inlet_pressure"):
        LDS3000.open("TCPIP::127.0.0.1::1::SOCKET", inputs=["pressure"])


def test_no_setting_is_documented_that_could_be_read():
    with played(OPEN) as player:
        detector = LDS3000.open(player.address)
        assert detector.settings() == {}
        detector.close()


@pytest.mark.parametrize(
    ("name", "reply", "value"),
    [
        ("leak_rate", b"1.23E-7", 1.23e-7),
        ("leak_rate", b"-1.2e-12", -1.2e-12),
        ("inlet_pressure", b"2.50E-02", 2.5),
        ("inlet_pressure", b"E08", math.nan),
    ],
)
def test_numbers_of_the_manual(name, reply, value):
    assert parse_value(name, reply) == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"540",
        b"1.23",
        b"READY",
        b"ok",
        b"1.23E",
        b"1.23E-",
        b"1.2E9",
        b"nan",
        b"1.23E-7 ",
        b"1.23E\xad7",
        b"0,1E1",
    ],
)
def test_what_is_no_leak_rate_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_value("leak_rate", reply)
    assert (caught.value.request, caught.value.reply) == (b"*READ:PA*M3/S?", reply)


def test_there_is_no_pressure_below_zero():
    with pytest.raises(ProtocolError, match="implausible"):
        parse_value("inlet_pressure", b"-1.0E-3")


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (b"Standby", State.STANDBY),
        (b"Error", State.ERROR),
        (b"CAL", State.CALIBRATING),
        (b"Run-up", State.RUN_UP),
        (b"READY", State.MEASURING),
        (b"Measure", State.MEASURING),
        (b"EMISSION OFF", State.EMISSION_OFF),
        (b"NOT READY", State.UNKNOWN),
        (b"Venting", State.UNKNOWN),
    ],
)
def test_states_are_told_by_a_part_of_the_word(reply, state):
    assert parse_state(reply) is state


@pytest.mark.parametrize("reply", [b"NO ERROR/WARNING", b"ok", b"IDLE", b"INTCAL", b"OFF", b"ON,OFF,OFF,OFF", b"540"])
def test_the_answer_to_another_question_is_no_state(reply):
    with pytest.raises(ProtocolError):
        parse_state(reply)


@pytest.mark.parametrize("state", [state for state in State if state is not State.MEASURING])
def test_a_leak_rate_is_one_only_while_it_measures(state):
    assert measured("leak_rate", 1e-9, state, 0) == FAULT
    assert (measured("inlet_pressure", 1.0, state, 0).status is Status.FAULT) is (state is State.ERROR)


@pytest.mark.parametrize(("code", "meaning"), REFUSALS.items())
def test_every_error_code_of_the_manual_is_a_refusal_with_its_meaning(code, meaning):
    with pytest.raises(CommandRefused, match=meaning.replace("*", r"\*")):
        parse_state(code.encode())

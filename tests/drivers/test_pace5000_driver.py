import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.druck_pace5000 import (
    PACE5000,
    PASCAL,
    parse_error,
    parse_identity,
    parse_in_limits,
    parse_number,
    parse_pascal_per_unit,
    parse_text,
    same_value,
)
from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status

WIRE = load("druck_pace5000")
OPEN = WIRE.dialogue("open")
SHORT_S = 0.2


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_filling_is_the_transcript_s_dialogue(chunking):
    names = ("open", "settings", "scan", "control_on", "arrived", "control_off")
    with played(WIRE.dialogue(*names), chunking=chunking) as player:
        pace = PACE5000.open(player.address, inputs=["pressure"])
        assert pace.settings() == {
            "unit": "HPA",
            "control_mode": "ACT",
            "in_limits_percent_fs": "0.0100000",
            "in_limits_dwell_s": "2",
        }
        pace.request()
        assert pace.collect() == {"pressure": Measured(101325.0, Status.GOOD)}
        assert pace.source_pressure_pa() == pytest.approx(147447.53582)
        assert pace.effort_percent() == 0.0
        pace.set_rate(500.0)
        pace.set_pressure(80000.0)
        pace.set_control(True)
        assert pace.controlling()
        assert pace.in_limits()
        pace.set_control(False)
        assert not pace.controlling()
        pace.close()


def test_a_setpoint_out_of_range_is_refused_with_the_instrument_s_reason():
    with played(OPEN + WIRE.dialogue("out_of_range")) as player:
        pace = PACE5000.open(player.address)
        with pytest.raises(CommandRefused, match=r"-222.*Data out of range.*99999\.0000000.*800\.0000000"):
            pace.set_pressure(9_999_900.0)
        pace.close()


def test_the_unit_is_the_instrument_s_and_is_asked_again_after_reconnecting():
    with played(OPEN, WIRE.dialogue("other_unit")) as player:
        pace = PACE5000.open(player.address)
        pace.reconnect()
        assert pace.pressure_pa() == pytest.approx(101325.0)
        pace.close()


def test_a_setpoint_after_a_lost_link_is_in_the_unit_found_when_reconnecting():
    lost = parse("> :SENS:PRES:INL?\\n").exchanges
    header = ":SOUR:PRES:LEV:IMM:AMPL"
    setpoint = parse(f"> {header} 80.0000000;{header}?\\n\n< {header} 80.0000000\\n").exchanges
    with played(OPEN + lost, WIRE.dialogue("other_unit")[:3] + setpoint) as player:
        pace = PACE5000.open(player.address, timeout_s=SHORT_S)
        pace.request()
        with pytest.raises(ReplyTimeout):
            pace.collect()
        pace.set_pressure(80000.0)
        pace.close()


def test_identity_comes_from_the_instrument():
    with played(OPEN + OPEN[:1]) as player:
        pace = PACE5000.open(player.address)
        assert pace.identity() == Identity("GE Druck", "Pace5000 User Interface", "3213201", "02.00.07")
        pace.close()


def test_silence_is_explained_by_the_error_queue():
    rejected = parse("> :SOUR:PRES:COMP1?\\n").exchanges
    reason = parse('> :SYST:ERR?\\n\n< :SYST:ERR -113,"Undefined header"\\n\n').exchanges
    with played(OPEN + rejected, reason + OPEN[-1:]) as player:
        pace = PACE5000.open(player.address, timeout_s=SHORT_S)
        with pytest.raises(CommandRefused, match=r"-113.*Undefined header.*COMP1"):
            pace.source_pressure_pa()
        pace.close()


def test_silence_without_an_error_is_a_time_out_and_the_next_query_shakes_hands_first():
    lost = parse("> :SENS:PRES:INL?\\n").exchanges
    late = b":SENS:PRES:INL 1.0, 0\n"
    with played(OPEN + lost, OPEN[-1:], OPEN + WIRE.dialogue("scan"), late=late) as player:
        pace = PACE5000.open(player.address, timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout, match="INL"):
            pace.in_limits()
        assert pace.pressure_pa() == pytest.approx(101325.0)
        pace.close()


def test_a_dead_instrument_is_a_time_out_though_the_error_queue_is_silent_too():
    lost = parse("> :SENS:PRES:INL?\\n").exchanges
    with played(OPEN + lost, parse("> :SYST:ERR?\\n").exchanges) as player:
        pace = PACE5000.open(player.address, timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout, match="INL"):
            pace.in_limits()


def test_after_a_scan_that_timed_out_the_next_shakes_hands_and_the_late_reply_is_not_taken():
    lost = parse("> :SENS:PRES:INL?\\n").exchanges
    late = b":SENS:PRES:INL 1.0000000, 1\n"
    with played(OPEN + lost, OPEN + WIRE.dialogue("scan"), late=late) as player:
        pace = PACE5000.open(player.address, timeout_s=SHORT_S)
        pace.request()
        with pytest.raises(ReplyTimeout):
            pace.collect()
        pace.request()
        assert pace.handshakes == 2
        assert pace.collect()["pressure"].value == pytest.approx(101325.0)
        pace.close()


def test_a_reply_nobody_collected_does_not_answer_the_next_command():
    with played(OPEN + WIRE.dialogue("scan"), OPEN + WIRE.dialogue("control_off")) as player:
        pace = PACE5000.open(player.address)
        pace.request()
        pace.set_control(False)
        assert not pace.controlling()
        pace.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"pace5000 at {address}: handshake failed, check its power.*refused"):
        PACE5000.open(address)


def test_another_instrument_at_the_address_is_refused():
    other = parse("> *IDN?\\n\n< Agilent Technologies,34972A,MY49018071,1.16\\n\n").exchanges
    with played(other) as player, pytest.raises(ProtocolError, match=r"handshake failed.*Agilent"):
        PACE5000.open(player.address)


def test_an_unknown_input_is_refused_before_anything_is_sent():
    with pytest.raises(ValueError, match="temperature"):
        PACE5000.open("TCPIP::127.0.0.1::1::SOCKET", inputs=["temperature"])


def test_a_carriage_return_instrument_works():
    dialogue = parse(
        "> *IDN?\\r\n< *IDN GE Druck,Pace5000,1,2\\r\n> :UNIT:PRES?\\r\n< :UNIT:PRES PA\\r\n"
        '> :SYST:ERR?\\r\n< :SYST:ERR 0,"No error"\\r\n'
    ).exchanges
    with played(dialogue) as player:
        PACE5000.open(player.address, termination="\r").close()


@pytest.mark.parametrize(
    ("request_", "reply", "number"),
    [
        (b":SOUR:PRES:COMP1?", b":SOUR:PRES:COMP 1474.4753582", 1474.4753582),
        (b":SOUR:PRES:COMP2?", b":SOUR:PRES:COMP2 78.9000000", 78.9),
        (b":SENS:PRES:SLEW?", b":SENS:PRES:SLEW -0.0154574", -0.0154574),
        (b":SENS:PRES?", b":SENS:PRES 1013.2500000", 1013.25),
        (b":SOUR:PRES:EFF?", b":SOUR:PRES:EFF 0.0\r", 0.0),
        (b":SENS:PRES?", b"-1.2e-03", -1.2e-3),
        (b":OUTP:STAT 1;:OUTP:STAT?", b":OUTP:STAT 1", 1.0),
    ],
)
def test_numbers_of_the_manual(request_, reply, number):
    assert parse_number(request_, reply) == number


@pytest.mark.parametrize(
    "reply", [b"", b":SENS:PRES", b":SENS:PRES nan", b":SENS:PRES 1 2", b":SENS:SLEW 1.0", b"\xff"]
)
def test_what_is_no_pressure_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_number(b":SENS:PRES?", reply)
    assert (caught.value.request, caught.value.reply) == (b":SENS:PRES?", reply)


@pytest.mark.parametrize("reply", [b":SENS:PRES:INL 800.0058594, 1", b"800.0058594,1", b" 800.0058594 ,1\r"])
def test_pressure_and_in_limits_with_and_without_the_echo(reply):
    assert parse_in_limits(reply) == (800.0058594, True)


@pytest.mark.parametrize("reply", [b":SENS:PRES:INL 800.0", b":SENS:PRES:INL 800.0, 2", b":SENS:PRES:INL , 1"])
def test_half_an_in_limits_reply_is_a_protocol_error(reply):
    with pytest.raises(ProtocolError):
        parse_in_limits(reply)


@given(st.floats(-1e7, 1e7), st.booleans())
def test_any_pressure_survives_the_wire(pressure, flag):
    parsed, in_limits = parse_in_limits(b":SENS:PRES:INL %.7f, %d" % (pressure, flag))
    assert math.isclose(parsed, pressure, abs_tol=1e-7)
    assert in_limits == flag


@pytest.mark.parametrize("reply", [b"*IDN GE Druck,Pace5000 User Interface,58784,01.05.04", b"GE Druck,PACE,1,2"])
def test_identity_with_and_without_the_echo(reply):
    assert parse_identity(reply).manufacturer == "GE Druck"


def test_errors_of_the_manual():
    assert parse_error(b':SYST:ERR 0,"No error"') == (0, "No error")
    assert parse_error(b'-350,"Queue overflow;Error queue overflow"') == (-350, "Queue overflow;Error queue overflow")


@pytest.mark.parametrize(("unit", "pascal"), PASCAL.items())
def test_every_unit_of_the_manual_is_known(unit, pascal):
    assert parse_pascal_per_unit(f":UNIT:PRES {unit}".encode()) == pascal


def test_a_user_unit_is_refused():
    with pytest.raises(ProtocolError, match="set its unit to one of"):
        parse_pascal_per_unit(b":UNIT:PRES USER1")


def test_an_answer_to_another_request_is_noticed():
    with pytest.raises(ProtocolError, match="another request"):
        parse_text(b":OUTP:STAT?", b":SENS:PRES:INL 800.0058594, 1")


@pytest.mark.parametrize(
    ("written", "read_back", "same"),
    [
        ("800.0000000", "800.0000610", True),
        ("800.0000000", "800.01", False),
        ("LIN", "LIN", True),
        ("LIN", "MAX", False),
    ],
)
def test_a_setting_reads_back_within_single_precision(written, read_back, same):
    assert same_value(written, read_back) is same

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers import keysight_34972a
from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.keysight_34972a import (
    Keysight34972A,
    measured,
    parse_error,
    parse_identity,
    parse_readings,
    parse_scan_list,
)
from drivers.measured import Identity, Measured, Status

WIRE = load("keysight_34972a")
OPEN, CONFIGURE = WIRE.dialogue("open"), WIRE.dialogue("configure")
INPUTS = ("101", "102", "103")
SHORT_S = 0.2


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_scan_is_the_transcript_s_dialogue(chunking):
    names = ("open", "configure", "scan", "settings", "broken_sensor")
    with played(WIRE.dialogue(*names), chunking=chunking) as player:
        logger = Keysight34972A.open(player.address, inputs=INPUTS)
        logger.request()
        assert [reading.value for reading in logger.collect().values()] == [295.15, 296.145, 22.654]
        assert logger.settings() == {"scan_list": "101,102,103", "unit": "K,K,K", "trigger_source": "IMM"}
        logger.request()
        assert [reading.status for reading in logger.collect().values()] == [Status.GOOD, Status.FAULT, Status.GOOD]
        logger.close()


def test_a_refused_configuration_names_the_command_and_the_reason():
    refused = parse('> CONF:TEMP RTD,85,(@101,102,103)\\nSYST:ERR?\\n\n< -222,"Data out of range"\\n').exchanges
    told = r"sent b'CONF:TEMP RTD,85.*Data out of range"
    with played(OPEN + CONFIGURE[:1] + refused) as player:
        logger = Keysight34972A.open(player.address, inputs=INPUTS)
        with pytest.raises(CommandRefused, match=told):
            logger.request()
        logger.close()


def test_a_scan_list_that_reads_back_otherwise_is_refused():
    other = parse("> ROUT:SCAN?\\n\n< #210(@101,102)\\n").exchanges
    with played(OPEN + CONFIGURE[:-1] + other) as player:
        logger = Keysight34972A.open(player.address, inputs=INPUTS)
        with pytest.raises(CommandRefused, match=r"101.*not"):
            logger.request()
        logger.close()


def test_to_open_it_and_to_ask_what_it_is_changes_nothing():
    with played(OPEN + OPEN[:1]) as player:
        logger = Keysight34972A.open(player.address, inputs=INPUTS)
        logger.identity()
        logger.close()


def test_after_a_time_out_the_scan_is_configured_anew_and_the_late_reply_is_not_taken(monkeypatch):
    monkeypatch.setattr(keysight_34972a, "CHANNEL_TIMEOUT_S", 0.0)
    lost = parse("> READ?\\n").exchanges
    with played(
        OPEN + CONFIGURE + lost, OPEN + CONFIGURE + WIRE.dialogue("scan"), late=b"+1.0E+00,+1.0E+00,+1.0E+00\n"
    ) as player:
        logger = Keysight34972A.open(player.address, inputs=INPUTS, timeout_s=SHORT_S)
        logger.request()
        with pytest.raises(ReplyTimeout, match="READ"):
            logger.collect()
        logger.request()
        assert logger.collect()["101"].value == 295.15
        logger.close()


def test_a_reply_nobody_collected_does_not_answer_the_next_query():
    with played(OPEN + CONFIGURE + WIRE.dialogue("scan"), OPEN + OPEN[:1]) as player:
        logger = Keysight34972A.open(player.address, inputs=INPUTS)
        logger.request()
        assert logger.identity() == Identity("Agilent Technologies", "34972A", "MY49018071", "1.16-1.12-02-02")
        logger.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"34972a at {address}: handshake failed, check its power.*refused"):
        Keysight34972A.open(address, inputs=INPUTS)


@pytest.mark.parametrize("inputs", [(), ("1",), ("101", "@102"), ("601",)])
def test_inputs_that_are_no_channels_are_refused_before_anything_is_sent(inputs):
    with pytest.raises(ValueError, match="channel numbers"):
        Keysight34972A.open("TCPIP::127.0.0.1::1::SOCKET", inputs=inputs)


def test_channels_are_dated_20_ms_apart_up_to_the_call():
    readings = measured(INPUTS, (300.0, math.nan, 302.0))
    assert [reading.offset_s for reading in readings.values()] == pytest.approx([-0.06, -0.04, -0.02])
    assert readings["101"] == Measured(300.0, Status.GOOD, readings["101"].offset_s)
    assert readings["102"].status is Status.FAULT


def test_readings_of_the_manual():
    assert parse_readings(b"+2.26540000E+01,+2.31450000E+01", 2) == (22.654, 23.145)
    assert parse_readings(b"+1\r", 1) == (1.0,)


@pytest.mark.parametrize("overload", [b"+9.90000000E+37", b"-9.90000000E+37"])
def test_overload_is_not_a_number(overload):
    assert math.isnan(parse_readings(overload, 1)[0])


@pytest.mark.parametrize("reply", [b"", b"+1,+2,+3", b"+1", b"+1,", b"+1 C,000000000.017,101,0", b"+1,nan"])
def test_other_than_two_numbers_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_readings(reply, 2)
    assert (caught.value.request, caught.value.reply) == (b"READ?", reply)


@given(st.lists(st.floats(-1e4, 1e4, allow_subnormal=False), min_size=1, max_size=60))
def test_any_readings_survive_the_wire(temperatures):
    reply = ",".join(f"{temperature:+.8E}" for temperature in temperatures).encode()
    assert parse_readings(reply, len(temperatures)) == pytest.approx(temperatures, rel=1e-8)


@pytest.mark.parametrize(
    ("reply", "channels"), [(b"#214(@101,102,103)", ("101", "102", "103")), (b"#13(@)", ()), (b"#16(@205)", ("205",))]
)
def test_scan_lists_of_the_manual(reply, channels):
    assert parse_scan_list(reply) == channels


@pytest.mark.parametrize("reply", [b'+0,"No error"', b'0,"No error"\r'])
def test_no_error_is_zero(reply):
    assert parse_error(reply) == (0, "No error")


@pytest.mark.parametrize("model", ["34970A", "34972A", "DAQ970A"])
def test_the_family_is_accepted(model):
    assert parse_identity(f"HEWLETT-PACKARD,{model},0,1.0".encode()).model == model

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status
from drivers.pfeiffer_tpg366 import (
    TPG366,
    parse_error_word,
    parse_pascal_per_unit,
    parse_scan,
    parse_unit,
)

WIRE = load("pfeiffer_tpg366")
OPEN = WIRE.dialogue("open")
SHORT_S = 0.2
QUIET_S = 0.01  # the player needs no time to fall silent
NO_SENSOR = b"5,+2.0000E-02"


def opened(player, inputs=(), timeout_s=2.0):
    return TPG366.open(player.address, inputs=inputs, timeout_s=timeout_s, settle_s=QUIET_S)


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_scan_is_the_transcript_s_dialogue(chunking):
    with played(WIRE.dialogue("open", "settings", "scan", "out_of_range"), chunking=chunking) as player:
        tpg = opened(player, ["1", "3", "4", "6"])
        assert tpg.settings() == {"unit": "hPa", "gauge_types": "PKR,TPR/PCR,IKR,CMR/APR,noSENSOR,noSENSOR"}
        tpg.request()
        good = tpg.collect()
        tpg.request()
        bad = tpg.collect()
        tpg.close()
    assert list(good) == ["1", "3", "4", "6"]
    assert good["1"] == Measured(pytest.approx(1234.5), Status.GOOD)
    assert good["3"] == Measured(pytest.approx(1.2345e-4), Status.GOOD)
    assert good["6"].status is Status.FAULT
    assert math.isnan(good["6"].value)
    assert bad["3"] == Measured(pytest.approx(2e-7), Status.UNDERRANGE)
    assert bad["4"] == Measured(pytest.approx(1000.0), Status.OVERRANGE)


def test_the_unit_is_asked_again_after_reconnecting():
    scan = parse("> PRX\\r\n< \\x06\\r\\n\n> \\x05\n< " + ",".join(["0,+1.2345E+03"] * 6) + "\\r\\n\n").exchanges
    with played(OPEN, WIRE.dialogue("other_unit")[:5] + scan) as player:
        tpg = opened(player)
        tpg.reconnect()
        tpg.request()
        assert tpg.collect()["1"].value == pytest.approx(1234.5)
        tpg.close()


def test_a_unit_just_switched_on_is_silenced_and_its_stream_skipped():
    line = ",".join(["0,+9.9999E+02"] * 6) + "\\r\\n"
    stream = parse(f"< {line}\n< {line}\n> \\x03\n< 0,+9.99").exchanges
    tail = parse(f"> AYT\\r\n< 99E+02\\r\\n\n< {line}\n< \\x06\\r\\n").exchanges
    with played(stream + tail + OPEN[2:]) as player:
        opened(player).close()


def test_a_stream_that_never_ends_is_a_protocol_error():
    endless = parse("> \\x03\n> AYT\\r\n< " + "0,+9.9999E+02\\r\\n" * 21).exchanges
    with played(endless) as player, pytest.raises(ProtocolError, match="neither ACK nor NAK"):
        opened(player)


def test_a_nak_is_a_refusal_that_tells_the_error_word():
    refused = parse(
        "> AYT\\r\n< \\x06\\r\\n\n> \\x05\n< TPG366,a,b,c,d\\r\\n\n> UNI\\r\n< \\x15\\r\\n\n> \\x05\n< 0001\\r\\n"
    )
    told = r"syntax error.*sent b'UNI', got b'0001'"
    with played(OPEN[:1] + refused.exchanges) as player, pytest.raises(CommandRefused, match=told):
        opened(player)


def test_a_refusal_leaves_the_link_in_step():
    refused = parse("> UNI\\r\n< \\x15\\r\\n\n> \\x05\n< 0100\\r\\n").exchanges
    with played(OPEN + refused + WIRE.dialogue("scan")) as player:
        tpg = opened(player)
        with pytest.raises(CommandRefused, match="no hardware"):
            tpg.settings()
        tpg.request()
        assert tpg.collect()["2"].value == pytest.approx(2345.6)
        tpg.close()


@pytest.mark.parametrize("said_before", [1, 2])
def test_after_a_time_out_the_next_request_shakes_hands_and_the_late_reply_is_not_taken(said_before):
    scan = WIRE.dialogue("scan")
    lost = parse("> PRX\\r\n").exchanges if said_before == 1 else scan[:1] + parse("> \\x05").exchanges
    late = b"\x06\r\n" if said_before == 1 else b",".join([b"0,+9.9999E+02"] * 6) + b"\r\n"
    with played(OPEN + lost, OPEN + scan, late=late) as player:
        tpg = opened(player, timeout_s=SHORT_S)
        tpg.request()
        with pytest.raises(ReplyTimeout):
            tpg.collect()
        tpg.request()
        assert tpg.collect()["1"].value == pytest.approx(1234.5)
        tpg.close()


def test_a_reply_nobody_collected_does_not_answer_the_next_query():
    with played(OPEN + WIRE.dialogue("scan")[:1], OPEN + WIRE.dialogue("open")[1:3]) as player:
        tpg = opened(player)
        tpg.request()
        assert tpg.identity() == Identity("Pfeiffer Vacuum", "TPG366", "44990000", "010400")
        tpg.close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"tpg366 at {address}: handshake failed, check its power.*refused"):
        TPG366.open(address)


def test_an_unknown_input_is_refused_before_anything_is_sent():
    with pytest.raises(ValueError, match="1 to 6"):
        TPG366.open("TCPIP::127.0.0.1::1::SOCKET", inputs=["7"])


@pytest.mark.parametrize(
    ("field", "status", "value"),
    [
        (b"0,+1.2345E+01", Status.GOOD, 1234.5),
        (b"0, 1.2345E+01", Status.GOOD, 1234.5),
        (b"0,-1.2345E-03", Status.GOOD, -0.12345),
        (b"1,+2.0000E-09", Status.UNDERRANGE, 2e-7),
        (b"2,+1.0000E+03", Status.OVERRANGE, 1e5),
        (b"3,+1.2345E+01", Status.FAULT, math.nan),
        (b"4,+1.2345E+01", Status.FAULT, math.nan),
        (b"5,+2.0000E-02", Status.FAULT, math.nan),
        (b"6,+1.2345E+01", Status.FAULT, math.nan),
    ],
)
def test_every_status_digit_of_the_manual(field, status, value):
    gauge = parse_scan(b",".join([field] + [NO_SENSOR] * 5), 100.0)["1"]
    assert gauge.status is status
    assert gauge.value == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize("reply", [b"", b"?", NO_SENSOR, b",".join([b"7,+1.0E+00"] * 6), b",".join([b"0,x"] * 6)])
def test_what_is_no_scan_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_scan(reply, 100.0)
    assert (caught.value.request, caught.value.reply) == (b"PRX", reply)


@given(st.lists(st.floats(1e-9, 1e3), min_size=6, max_size=6))
def test_any_six_pressures_survive_the_wire(pressures):
    reply = ",".join(f"0,{pressure:+.4E}" for pressure in pressures).encode()
    parsed = [gauge.value for gauge in parse_scan(reply, 1.0).values()]
    assert parsed == pytest.approx(pressures, rel=1e-4)


@pytest.mark.parametrize(
    ("reply", "pascal"), [(b"0", 100.0), (b"1", 133.322368), (b"2", 1.0), (b"3", 0.133322368), (b"4", 100.0)]
)
def test_every_pressure_unit_of_the_manual(reply, pascal):
    assert parse_pascal_per_unit(reply) == pytest.approx(pascal)


def test_volts_are_refused():
    assert parse_unit(b"5") == "V"
    with pytest.raises(ProtocolError, match="shows V"):
        parse_pascal_per_unit(b"5")


def test_the_error_word_has_one_digit_per_reason():
    assert parse_error_word(b"0000") == ""
    assert parse_error_word(b"1010") == "controller error, inadmissible parameter"

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status
from drivers.mks_937b import MKS937B, PASCAL, parse_data, parse_gauge, parse_scan, parse_serial, parse_unit

WIRE = load("mks_937b")
OPEN = WIRE.dialogue("open")
SCAN, UNIT, SERIAL = b"@253PRZ?", b"@253U?", b"@253SN?"
VALUES = b"@253ACK1.00E-6 7.60E+2 ATM LO<E-11 NOGAUGE >1.1E+3"
TORR_PA = 101325.0 / 760.0
SHORT_S = 0.2


def scanned(controller):
    controller.request()
    return controller.collect()


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_session_is_the_transcript_s_dialogue(chunking):
    names = ("open", "settings", "scan", "out_of_range", "words", "identity")
    with played(WIRE.dialogue(*names), chunking=chunking) as player:
        controller = MKS937B.open(player.address, inputs=["1", "2", "4", "6"])
        assert controller.settings() == {"unit": "TORR", "gauge_types": "CC,PR,CM"}
        good, ends, words = (scanned(controller) for _ in range(3))
        assert controller.identity() == Identity("MKS", "937B", "0123456789", "")
        controller.close()
    assert list(good) == ["1", "2", "4", "6"]
    assert good["1"] == Measured(pytest.approx(1.33322368e-4), Status.GOOD)
    assert good["2"] == Measured(pytest.approx(101325.0), Status.GOOD)
    assert good["6"].status is Status.FAULT
    assert ends["1"] == Measured(pytest.approx(1.33322368e-9), Status.UNDERRANGE)
    assert ends["4"] == Measured(pytest.approx(146654.605), Status.OVERRANGE)
    assert [words[name].status for name in "124"] == [Status.FAULT, Status.FAULT, Status.GOOD]


def test_all_six_gauges_when_none_is_named():
    with played(WIRE.dialogue("open", "scan")) as player:
        controller = MKS937B.open(player.address)
        assert list(scanned(controller)) == ["1", "2", "3", "4", "5", "6"]
        controller.close()


def test_a_unit_changed_at_the_panel_costs_a_scan_and_never_gives_a_wrong_pressure():
    changed = WIRE.dialogue("other_unit")
    with played(OPEN + changed[2:3] + changed[1:2], changed) as player:
        controller = MKS937B.open(player.address, inputs=["1"])
        with pytest.raises(ProtocolError, match="was TORR and is MBAR"):
            scanned(controller)
        assert scanned(controller)["1"].value == pytest.approx(1.01e5)
        assert controller.handshakes == 2
        controller.close()


def test_a_nak_is_a_refusal_that_tells_its_reason_and_leaves_the_link_in_step():
    refused = parse("> @253PRZ?;FF\n< @253NAK160;FF\n").exchanges
    with played(OPEN + refused + WIRE.dialogue("scan")) as player:
        controller = MKS937B.open(player.address, inputs=["2"])
        with pytest.raises(CommandRefused, match=r"160 invalid command.*PRZ\?.*NAK160"):
            scanned(controller)
        assert scanned(controller)["2"].value == pytest.approx(101325.0)
        assert controller.handshakes == 1
        controller.close()


def test_after_a_time_out_the_next_scan_shakes_hands_and_the_late_reply_is_not_taken():
    late = b"@253ACK" + b" ".join([b"9.99E+1"] * 6) + b";FF"
    with played(OPEN + parse("> @253PRZ?;FF\n").exchanges, WIRE.dialogue("open", "scan"), late=late) as player:
        controller = MKS937B.open(player.address, inputs=["2"], timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout):
            scanned(controller)
        assert scanned(controller)["2"].value == pytest.approx(101325.0)
        controller.close()


def test_a_reply_nobody_collected_does_not_answer_the_next_question():
    with played(OPEN + WIRE.dialogue("scan")[:1], WIRE.dialogue("open", "identity")) as player:
        controller = MKS937B.open(player.address)
        controller.request()
        assert controller.identity().serial == "0123456789"
        controller.close()


def test_another_address_on_the_line_is_another_option():
    opening = parse("> @001SN?;FF\n< @001ACK4711;FF\n> @001U?;FF\n< @001ACKPASCAL;FF\n").exchanges
    with played(opening) as player:
        MKS937B.open(player.address, unit_address=1).close()


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"937b at {address}: handshake failed, check its power.*refused"):
        MKS937B.open(address)


@pytest.mark.parametrize(
    ("options", "reason"),
    [({"inputs": ["7"]}, "1 to 6"), ({"unit_address": 254}, "1 to 253"), ({"unit_address": 0}, "1")],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_sent(options, reason):
    with pytest.raises(ValueError, match=reason):
        MKS937B.open("TCPIP::127.0.0.1::1::SOCKET", **options)


@pytest.mark.parametrize(
    ("field", "status", "value"),
    [
        (b"7.60E+2", Status.GOOD, 101325.0),
        (b"-1.0E-3", Status.GOOD, -0.133322368),
        (b"LO<E-11", Status.UNDERRANGE, 1e-11 * TORR_PA),
        (b"LO<E-3", Status.UNDERRANGE, 1e-3 * TORR_PA),
        (b">1.1E+3", Status.OVERRANGE, 1.1e3 * TORR_PA),
        (b"ATM", Status.OVERRANGE, 101325.0),
        (b"OFF", Status.FAULT, math.nan),
        (b"WAIT", Status.FAULT, math.nan),
        (b"NOGAUGE", Status.FAULT, math.nan),
        (b"MISCONN", Status.FAULT, math.nan),
        (b"PROTECT", Status.FAULT, math.nan),
    ],
)
def test_every_word_of_the_manual(field, status, value):
    gauge = parse_gauge(field, TORR_PA)
    assert gauge.status is status
    assert gauge.value == pytest.approx(value, nan_ok=True)


@pytest.mark.parametrize(
    "field", [b"7.60", b"7.6E2", b"760", b"LO<", b"LO<1E-3", b">", b"E+2", b"x", b"?", b"1.0E+100"]
)
def test_what_is_neither_number_nor_word_is_none(field):
    assert parse_gauge(field, TORR_PA) is None


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"@253ACK",
        b"@253ACKTORR",
        VALUES[:-8],
        VALUES + b" OFF",
        VALUES.replace(b"253", b"001"),
        VALUES.replace(b"7.60E+2", b"7.60E+9"),
        VALUES.replace(b"7.60E+2", b"?"),
        VALUES.replace(b"A", b"\xc1"),
        b"@253" + VALUES,
        b"@253NAK16",
    ],
)
def test_what_is_no_scan_is_a_protocol_error_with_the_evidence(reply):
    with pytest.raises(ProtocolError) as caught:
        parse_scan(SCAN, reply, TORR_PA)
    assert (caught.value.request, caught.value.reply) == (SCAN, reply)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [(b"152", "not an ion gauge"), (b"160", "invalid command"), (b"150", "refused"), (b"169", "refused")],
)
def test_every_nak_of_the_manual(code, meaning):
    with pytest.raises(CommandRefused, match=f"{code.decode()} {meaning}"):
        parse_data(b"@253T3?", b"@253NAK" + code)


@pytest.mark.parametrize(
    ("unit", "pascal"), [("TORR", 133.322368), ("MBAR", 100.0), ("PASCAL", 1.0), ("MICRON", 0.133322368)]
)
def test_every_unit_of_the_manual(unit, pascal):
    assert parse_unit(UNIT, f"@253ACK{unit}".encode()) == unit
    assert PASCAL[unit] == pytest.approx(pascal)


def test_serial_and_unit_are_never_taken_for_each_other():
    with pytest.raises(ProtocolError):
        parse_unit(UNIT, b"@253ACK0123456789")
    with pytest.raises(ProtocolError):
        parse_serial(SERIAL, b"@253ACKTORR")


@given(st.lists(st.floats(1e-11, 1e3), min_size=6, max_size=6))
def test_any_six_pressures_survive_the_wire(pressures):
    fields = (f"{pressure:.2E}".replace("E-0", "E-").replace("E+0", "E+") for pressure in pressures)
    parsed = parse_scan(SCAN, f"@253ACK{' '.join(fields)}".encode(), 1.0)
    assert [gauge.value for gauge in parsed.values()] == pytest.approx(pressures, rel=1e-2)

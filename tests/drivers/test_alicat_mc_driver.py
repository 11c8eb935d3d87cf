import math
import os
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.alicat_mc import AlicatMC, parse_full_scale
from drivers.errors import CommandRefused, LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Measured, Status

WIRE = load("alicat_mc")
OPEN, SCAN = WIRE.dialogue("open"), WIRE.dialogue("scan")
LOOK = "> A\\r\n< A +014.62 +021.90 +000.93 +000.94 +000.00     N2\\r\n> ALS\\r\n< A +000.00 +000.00 12 SCCM\\r\n"
FRAME = b"A +014.62 +021.90 +000.93 +000.94 +000.00     N2"
SHORT_S = 0.2
SCCM_N2 = 1e-6 / 60.0 * 1.14502  # kg/s; nitrogen weighs 1.145 kg/m3 at 25 degrees C and 14.6959 PSIA


def opened(player, inputs=(), timeout_s=2.0, **options):
    return AlicatMC.open(player.address, inputs=inputs, timeout_s=timeout_s, **options)


def changed(exchanges, old, new):
    """The same dialogue of an instrument that says something else."""
    return [type(e)(e.sent, e.reply.replace(old, new), e.conditions, e.dialogue) for e in exchanges]


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_session_is_the_transcript_s_dialogue(chunking):
    names = "settings", "scan", "set_flow", "flow_setpoint", "scan_flowing", "over_range", "close_valve"
    with played(WIRE.dialogue("open", *names), chunking=chunking) as player:
        mc = opened(player)
        assert mc.settings() == {
            "unit": "SCCM",
            "full_scale": "500",
            "gas": "N2",
            "control_point": "37",
            "hold": "",
        }
        mc.request()
        found = mc.collect()
        mc.set_flow(120.0 * SCCM_N2)
        assert mc.flow_setpoint_kg_s() == pytest.approx(120.0 * SCCM_N2, rel=1e-5)
        mc.request()
        flowing = mc.collect()
        mc.request()
        over = mc.collect()
        mc.close_valve()
        assert mc.handshakes == 1
        mc.close()
    assert found["flow"] == Measured(pytest.approx(0.94 * SCCM_N2, rel=1e-5), Status.GOOD)
    assert found["pressure"] == Measured(pytest.approx(100801.35), Status.GOOD)
    assert found["temperature"] == Measured(pytest.approx(295.05), Status.GOOD)
    assert flowing["setpoint"] == Measured(pytest.approx(120.0 * SCCM_N2, rel=1e-5), Status.GOOD)
    assert over["flow"] == Measured(pytest.approx(120.0 * SCCM_N2, rel=1e-5), Status.OVERRANGE)
    assert over["pressure"].status is Status.GOOD


def test_the_identity_is_read_from_the_table_and_the_firmware_from_its_own_command():
    with played(OPEN + OPEN[:2]) as player:
        mc = opened(player)
        assert mc.identity() == Identity("ALICAT SCIENTIFIC", "MC-500SCCM-D", "123456", "10v20.0-R24")
        mc.close()


def test_only_the_inputs_asked_for_are_handed_out():
    with played(OPEN + SCAN) as player:
        mc = opened(player, ["pressure", "flow"])
        mc.request()
        assert list(mc.collect()) == ["pressure", "flow"]
        mc.close()


def test_litres_and_another_id():
    wire = [*changed(OPEN, b"12 SCCM", b"7 SLPM"), *changed(SCAN, b"12 SCCM", b"7 SLPM")]
    wire = [type(e)(b"C" + e.sent[1:], e.reply, e.conditions, e.dialogue) for e in changed(wire, b"A +", b"C +")]
    wire = changed(wire, b"A  ", b"C  ")
    with played(wire) as player:
        mc = opened(player, ["flow"], unit_id="C")
        mc.request()
        assert mc.collect()["flow"].value == pytest.approx(0.94e3 * SCCM_N2, rel=1e-5)
        mc.close()


def test_a_totaliser_adds_a_column():
    total = (b"+000.00     N2", b"+000.00 +123.45     N2")
    with played([*changed(OPEN, *total), *changed(SCAN, *total)]) as player:
        mc = opened(player)
        mc.request()
        assert mc.collect()["setpoint"].value == 0.0
        mc.close()


@pytest.mark.parametrize(
    ("old", "new", "error", "problem"),
    [
        (b"122 = 37", b"122 = 34", ProtocolError, "set register 122 to 37"),
        (b"12 SCCM", b"64 g/s", ProtocolError, "set its unit of flow to one of SCCM, SLPM"),
        (b"     N2", b"   C2H6", ProtocolError, "its gas is C2H6, set one of Air"),
        (b"ALICAT", b"BROOKS", ProtocolError, "another instrument"),
        (b"A +000.00 +000.00 12 SCCM", b"?", CommandRefused, "refused"),
        (b"+000.94 +000.00 ", b"+000.94 ", ProtocolError, "unexpected reply"),  # a meter has no setpoint
    ],
)
def test_an_instrument_that_is_not_what_it_should_be_is_refused_with_the_remedy(old, new, error, problem):
    wire = changed(OPEN, old, new)
    last = next(i for i, (was, now) in enumerate(zip(OPEN, wire, strict=True)) if was.reply != now.reply)
    last = max(last, 1) if old == b"ALICAT" else last
    last = 5 if b"N2" in old else last
    with played(wire[: last + 1]) as player, pytest.raises(error, match=f"handshake failed.*{problem}"):
        opened(player)


@pytest.mark.parametrize(
    ("frame", "setpoint", "problem"),
    [
        (FRAME.replace(b"N2", b"Ar"), None, "its gas was N2 and is Ar now"),
        (FRAME.replace(b"+000.94", b"+00.94"), None, "another layout"),
        (FRAME.replace(b" +000.94", b""), None, "unexpected reply"),
        (FRAME.replace(b"+000.94", b"+999.94"), None, "can measure"),
        (FRAME.replace(b"+014.62", b"+0a4.62"), None, "unexpected reply"),
        (FRAME.replace(b"N2", b"N2 XYZ"), None, "no such state"),
        (FRAME.replace(b"A ", b"B "), None, "unexpected reply"),
        (FRAME, b"A +000.00 +000.00 7 SLPM", "its unit was SCCM and is SLPM now"),
        (FRAME, FRAME, "unexpected reply"),  # a late frame, then the one asked for
        (FRAME + b"\\r" + FRAME, None, "nobody asked for"),
    ],
)
def test_a_wrong_reply_never_becomes_a_reading_and_the_next_request_begins_anew(frame, setpoint, problem):
    text = f"> A\\r\n< {frame.decode()}\\r\n" + (f"> ALS\\r\n< {setpoint.decode()}\\r\n" if setpoint else "")
    with played(OPEN + parse(text).exchanges, OPEN + SCAN) as player:
        mc = opened(player)
        mc.request()
        with pytest.raises(ProtocolError, match=problem):
            mc.collect()
        mc.request()
        assert mc.collect()["flow"].value == pytest.approx(0.94 * SCCM_N2, rel=1e-5)
        assert mc.handshakes == 2
        mc.close()


@pytest.mark.parametrize("refusal", ["?", "A ?"])
def test_a_refusal_leaves_the_link_in_step(refusal):
    refused = parse(f"> A\\r\n< {refusal}\\r\n").exchanges
    with played(OPEN + refused + SCAN) as player:
        mc = opened(player)
        mc.request()
        with pytest.raises(CommandRefused, match="refused"):
            mc.collect()
        mc.request()
        assert mc.collect()["flow"].status is Status.GOOD
        mc.close()


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("?", "refused"),
        ("A +014.62 +021.90 +000.93 +000.94 +000.00     N2", "does not follow"),
        ("A +014.62 +021.90 +000.93 +000.94 +120.00     N2 HLD", "does not follow"),
    ],
)
def test_a_setpoint_that_is_not_followed_is_a_refusal_and_is_not_sent_again(reply, problem):
    text = f"{LOOK}> AS 120.00\\r\n< {reply}\\r\n"
    with played(OPEN + parse(text).exchanges + SCAN) as player:
        mc = opened(player)
        with pytest.raises(CommandRefused, match=problem):
            mc.set_flow(120.0 * SCCM_N2)
        mc.request()
        assert mc.collect()
        mc.close()


def test_no_setpoint_is_written_when_the_gas_has_changed():
    other = parse(LOOK.replace("N2", "He")).exchanges[:1]
    with played(OPEN + other) as player:
        mc = opened(player)
        with pytest.raises(ProtocolError, match="its gas was N2 and is He now"):
            mc.set_flow(120.0 * SCCM_N2)


@pytest.mark.parametrize("flow_sccm", [-0.1, 501.0, math.nan, math.inf])
def test_a_flow_it_cannot_give_is_never_sent(flow_sccm):
    with played(OPEN + parse(LOOK).exchanges + SCAN) as player:
        mc = opened(player)
        with pytest.raises(ValueError, match="flow is 0 to"):
            mc.set_flow(flow_sccm * SCCM_N2)
        mc.request()
        assert mc.collect()
        mc.close()


def test_full_scale_itself_can_be_set():
    full = parse(LOOK + "> AS 500.00\\r\n< " + FRAME.decode().replace("+000.00", "+500.00") + "\\r\n").exchanges
    with played(OPEN + full) as player:
        mc = opened(player)
        mc.set_flow(500.0 * mc._kg_s)
        mc.close()


def test_a_held_valve_is_noted_among_the_settings():
    held = changed(WIRE.dialogue("settings"), b"     N2", b"     N2 HLD LCK")
    with played([*OPEN, *held]) as player:
        mc = opened(player)
        assert mc.settings()["hold"] == "HLD"
        mc.close()


def test_after_a_time_out_the_next_request_shakes_hands_and_the_late_reply_is_not_taken():
    late = FRAME.replace(b"+000.94", b"+099.94") + b"\r"
    with played(OPEN + parse("> A\\r").exchanges, OPEN + SCAN, late=late) as player:
        mc = opened(player, timeout_s=SHORT_S)
        mc.request()
        with pytest.raises(ReplyTimeout):
            mc.collect()
        mc.request()
        assert mc.collect()["flow"].value == pytest.approx(0.94 * SCCM_N2, rel=1e-5)
        mc.close()


def test_a_late_answer_of_an_earlier_session_has_passed_before_the_first_question():
    with played(parse("< A +0").exchanges + parse("< 14.62 ?\\r\n").exchanges + OPEN) as player:
        opened(player).close()


def test_a_reply_nobody_collected_does_not_answer_the_next_query():
    with played(OPEN + SCAN[:1], OPEN + WIRE.dialogue("flow_setpoint")) as player:
        mc = opened(player)
        mc.request()
        assert mc.flow_setpoint_kg_s() == pytest.approx(120.0 * SCCM_N2, rel=1e-5)
        mc.close()


def test_a_serial_port_is_set_to_the_speed_asked_for():
    controller, port = os.openpty()
    with pytest.raises(ReplyTimeout):
        AlicatMC.open(f"ASRL{os.ttyname(port)}::INSTR", timeout_s=0.1, baud_rate=115200)
    assert termios.tcgetattr(port)[5] == termios.B115200
    os.close(controller)
    os.close(port)


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"alicat_mc at {address}: handshake failed, check its power.*refused"):
        AlicatMC.open(address)


@pytest.mark.parametrize("options", [{"inputs": ["level"]}, {"unit_id": "a"}, {"unit_id": "AB"}, {"unit_id": "A\n"}])
def test_what_it_cannot_do_is_refused_before_anything_is_sent(options):
    with pytest.raises(ValueError, match="not"):
        AlicatMC.open("TCPIP::127.0.0.1::1::SOCKET", **options)


def test_a_fault_has_no_value():
    faulty = changed(SCAN, b"N2", b"N2 ADC")
    with played([*OPEN, *faulty]) as player:
        mc = opened(player)
        mc.request()
        assert all(math.isnan(value.value) and value.status is Status.FAULT for value in mc.collect().values())
        mc.close()


@given(st.floats(0.0, 500.0))
def test_any_setpoint_is_printed_with_a_blank_in_front_of_its_digits(flow_sccm):
    mc = AlicatMC.__new__(AlicatMC)
    mc._full_scale, mc._kg_s = parse_full_scale("A", b"A +500.00 12 SCCM"), SCCM_N2
    assert float(mc._in_its_unit(flow_sccm * SCCM_N2)) == pytest.approx(flow_sccm, abs=0.0051)

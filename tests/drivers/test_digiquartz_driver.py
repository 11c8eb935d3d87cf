import os
import termios
import threading
import time

import pytest
from transcript import load, parse
from transcript_player import bytewise, closed_address, played, whole

from drivers.errors import LinkLost, ProtocolError, ReplyTimeout
from drivers.measured import Identity, Status
from drivers.paroscientific_digiquartz import Digiquartz

WIRE = load("paroscientific_digiquartz")
OPEN, SCAN, BOTH = (WIRE.dialogue(name) for name in ("open", "scan", "scan_of_both"))
SHORT_S = 0.2
ENOUGH_S = 5.0
ECHOED = (
    ("*0100UN", "*0001UN=2"),
    ("*0100SN", "*0001SN=123456"),
    ("*0100UN", "*0001UN=2"),
    ("*0100PI", "*0001PI=666"),
    ("*0100P3", "*00011013.732"),
    ("*0100UN", "*0001UN=2"),
)


def opened(player, inputs=(), timeout_s=2.0, **options):
    return Digiquartz.open(player.address, inputs=inputs, timeout_s=timeout_s, **options)


def slowly(*events):
    """Every question of a scan is answered when the next event is set."""

    def chunking(replies):
        left = dict(enumerate(events, len(OPEN)))
        return [_after(left[place], reply) if place in left else [reply] for place, reply in enumerate(replies)]

    return chunking


def _after(event, reply):
    event.wait(ENOUGH_S)
    yield reply


@pytest.mark.parametrize("chunking", [whole, bytewise])
def test_a_session_is_the_transcript_s_dialogue(chunking):
    with played(WIRE.dialogue("open", "identity", "settings", "scan", "scan_of_both"), chunking=chunking) as player:
        unit = opened(player)
        assert unit.identity() == Identity("Paroscientific", "6000-16B-IS", "123456", "R5.20")
        assert unit.settings() == {"unit": "hPa", "integration_ms": "666", "resolution": "238"}
        unit.request()
        found = unit.collect()
        assert list(found) == ["pressure"]
        assert found["pressure"].value == pytest.approx(101373.2)
        assert found["pressure"].status is Status.GOOD
        unit._inputs = ("pressure", "temperature")
        unit.request()
        both = unit.collect()
        assert both["pressure"].value == pytest.approx(98765.4)
        assert both["temperature"].value == pytest.approx(295.495)
        assert unit.handshakes == 1
        unit.close()


def test_nobody_waits_for_a_slow_value_and_it_is_asked_for_once():
    released, checked = threading.Event(), threading.Event()
    with played(OPEN + SCAN, chunking=slowly(released, checked)) as player:
        unit = opened(player, grace_s=0.01)
        unit.request()
        assert unit.collect() == {}
        assert not unit.ready(0.0)
        unit.request()
        released.set()
        assert unit.ready(ENOUGH_S)
        assert unit.collect() == {}  # its unit is not known yet
        unit.request()
        checked.set()
        assert unit.ready(ENOUGH_S)
        assert unit.collect()["pressure"].value == pytest.approx(101373.2)
        assert unit.collect() == {}
        unit.close()


def test_temperature_is_asked_for_when_the_pressure_has_come_and_both_are_handed_out_together():
    pressure, temperature, checked = threading.Event(), threading.Event(), threading.Event()
    checked.set()
    with played(OPEN + BOTH, chunking=slowly(pressure, temperature, checked)) as player:
        unit = opened(player, ["temperature", "pressure"], grace_s=0.2)
        unit.request()
        pressure.set()
        assert unit.ready(ENOUGH_S)
        assert unit.collect() == {}
        unit.request()
        temperature.set()
        assert unit.ready(ENOUGH_S)
        both = unit.collect()
        assert list(both) == ["pressure", "temperature"]
        assert both["pressure"].offset_s < both["temperature"].offset_s
        unit.close()


def test_a_value_is_dated_at_the_middle_of_its_integration():
    with played(OPEN + SCAN) as player:
        unit = opened(player)
        unit._integration_s = 0.1
        before_s = time.monotonic()
        unit.request()
        after_s = time.monotonic()
        time.sleep(0.2)
        offset_s = unit.collect()["pressure"].offset_s
        assert before_s + 0.05 <= time.monotonic() + offset_s
        assert offset_s <= after_s + 0.05 - (before_s + 0.2)
        unit.close()


@pytest.mark.parametrize("wait", [True, False])
def test_a_reply_due_for_too_long_is_a_time_out_and_its_late_reply_is_not_taken(wait):
    lost = parse("> *0100P3\\r\\n").exchanges
    with played(OPEN + lost, OPEN + SCAN, late=b"*0001999.999\r\n") as player:
        unit = opened(player, timeout_s=SHORT_S, grace_s=0.01)
        unit.request()
        if wait:
            assert unit.collect() == {}
        time.sleep(SHORT_S)
        assert unit.ready(0.01)
        with pytest.raises(ReplyTimeout, match="no reply within"):
            unit.collect()
        unit.request()
        assert unit.ready(ENOUGH_S)
        assert unit.collect()["pressure"].value == pytest.approx(101373.2)
        assert unit.handshakes == 2
        unit.close()


def test_the_echo_of_a_two_wire_adapter_is_skipped():
    text = "".join(f"> {sent}\\r\\n\n< {sent}\\r\\n\n< {reply}\\r\\n\n" for sent, reply in ECHOED)
    with played(parse(text).exchanges) as player:
        unit = opened(player)
        unit.request()
        assert unit.collect()["pressure"].value == pytest.approx(101373.2)
        unit.close()


def test_an_echo_without_a_reply_is_a_time_out():
    echo = parse("> *0100P3\\r\\n\n< *0100P3\\r\\n\n").exchanges
    with played(OPEN + echo, OPEN + SCAN) as player:
        unit = opened(player, timeout_s=SHORT_S, grace_s=0.01)
        unit.request()
        assert unit.ready(ENOUGH_S)
        assert unit.collect() == {}
        unit.request()
        time.sleep(SHORT_S)
        assert unit.ready(0.0)
        with pytest.raises(ReplyTimeout):
            unit.collect()
        unit.request()
        assert unit.collect()
        unit.close()


def test_another_question_does_not_get_the_reply_that_is_due_after_an_echo():
    echo = parse("> *0100P3\\r\\n\n< *0100P3\\r\\n\n").exchanges
    with played(OPEN + echo, OPEN + WIRE.dialogue("settings")) as player:
        unit = opened(player, grace_s=0.01)
        unit.request()
        assert unit.ready(ENOUGH_S)
        assert unit.collect() == {}
        assert unit.settings()["unit"] == "hPa"
        unit.close()


def test_a_reply_nobody_collected_does_not_answer_the_next_query():
    with played(OPEN + SCAN[:1], OPEN + WIRE.dialogue("identity")) as player:
        unit = opened(player)
        unit.request()
        assert unit.identity().serial == "123456"
        unit.close()


def test_a_continuous_stream_is_stopped_and_its_remains_are_skipped():
    stream = parse("< *00011013.1\n> *0100UN\\r\\n\n< 11\\r\\n*0001UN=2\\r\\n\n").exchanges
    tail = parse("> *0100SN\\r\\n\n< *00011013.222\\r\\n*0001SN=123456\\r\\n\n").exchanges
    with played(stream + tail + OPEN[2:] + SCAN) as player:
        unit = opened(player)
        unit.request()
        assert unit.collect()["pressure"].value == pytest.approx(101373.2)
        unit.close()


def test_a_stream_that_never_ends_is_a_protocol_error():
    endless = parse("> *0100UN\\r\\n\n> *0100SN\\r\\n\n< " + "*00011013.111\\r\\n" * 30).exchanges
    with played(endless) as player, pytest.raises(ProtocolError, match="answer to another request"):
        opened(player)


@pytest.mark.parametrize(
    ("value", "unit", "problem"),
    [
        ("*000114.696", "*0001UN=1", "its unit was hPa and is psi now"),
        ("*000114.696", "*0001UN=0", "set its unit"),
        ("*00011013.732", "*00011013.733", "answer to another request"),  # a late pressure, then the one asked for
        ("*0001UN=2", None, "number with a point"),
        ("*00021013.732", None, "no reply of unit 1"),
        ("*01001013.732", None, "no reply of unit 1"),
        ("*00011013.732\\r\\n*00011013.732", None, "nobody asked for"),
        ("*0001999999999.0", None, "beyond anything"),
    ],
)
def test_a_wrong_reply_never_becomes_a_pressure_and_the_next_request_begins_anew(value, unit, problem):
    text = f"> *0100P3\\r\\n\n< {value}\\r\\n\n" + (f"> *0100UN\\r\\n\n< {unit}\\r\\n\n" if unit else "")
    with played(OPEN + parse(text).exchanges, OPEN + SCAN) as player:
        unit = opened(player)
        unit.request()
        with pytest.raises(ProtocolError, match=problem):
            unit.collect()
        unit.request()
        assert unit.collect()["pressure"].value == pytest.approx(101373.2)
        assert unit.handshakes == 2
        unit.close()


def test_a_disconnect_while_a_reply_is_due_is_noticed_and_the_next_request_begins_anew():
    with played(OPEN + parse("> *0100P3\\r\\n").exchanges, OPEN + SCAN) as player:
        unit = opened(player)
        unit.request()
        assert unit.collect() == {}
        player.hang_up()
        with pytest.raises(LinkLost):
            unit.ready(ENOUGH_S)
        unit.request()
        assert unit.collect()
        unit.close()


def test_after_close_a_request_opens_it_again():
    with played(OPEN + SCAN[:1], OPEN + SCAN) as player:
        unit = opened(player)
        unit.request()
        unit.close()
        unit.request()
        assert unit.collect()
        unit.close()


def test_another_id_is_in_every_command():
    asked = parse("> *0700P3\\r\\n\n< *0007987.654\\r\\n\n> *0700UN\\r\\n\n< *0007UN=4\\r\\n\n").exchanges
    text = "".join(
        f"> *0700{name}\\r\\n\n< *0007{name}={value}\\r\\n\n"
        for name, value in (("UN", 4), ("SN", 9), ("UN", 4), ("PI", 100))
    )
    with played(parse(text).exchanges + asked) as player:
        unit = opened(player, unit_id=7)
        unit.request()
        assert unit.collect()["pressure"].value == pytest.approx(987654.0)
        unit.close()


def test_a_serial_port_is_set_to_the_speed_asked_for():
    controller, port = os.openpty()
    with pytest.raises(ReplyTimeout):
        Digiquartz.open(f"ASRL{os.ttyname(port)}::INSTR", timeout_s=0.1, baud_rate=115200)
    assert termios.tcgetattr(port)[5] == termios.B115200
    os.close(controller)
    os.close(port)


def test_a_closed_port_names_the_address_and_the_remedy():
    address = closed_address()
    with pytest.raises(LinkLost, match=f"digiquartz at {address}: handshake failed, check its power.*refused"):
        Digiquartz.open(address)


def test_a_wrong_id_is_met_with_silence():
    silence = parse("> *0200UN\\r\\n\n> *0200SN\\r\\n\n").exchanges
    with played(silence) as player, pytest.raises(ReplyTimeout, match="handshake failed"):
        opened(player, unit_id=2, timeout_s=SHORT_S)


@pytest.mark.parametrize("options", [{"inputs": ["humidity"]}, {"unit_id": 0}, {"unit_id": 99}])
def test_what_it_cannot_do_is_refused_before_anything_is_sent(options):
    with pytest.raises(ValueError, match="not"):
        Digiquartz.open("TCPIP::127.0.0.1::1::SOCKET", **options)

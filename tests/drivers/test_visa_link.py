import contextlib
import os
import pickle
import socket
import threading
import time
import tty

import pytest
from transcript import parse
from transcript_player import bytewise, closed_address, played

from drivers.errors import CommandRefused, InstrumentError, LinkLost, ProtocolError, ReplyTimeout
from drivers.link import JOURNAL, VisaLink

SHORT_S = 0.2


def linked(address, ending=b"\n", timeout_s=2.0):
    return VisaLink(address, read_termination=ending, write_termination=b"\n", timeout_s=timeout_s)


def test_an_error_shows_request_and_reply():
    assert str(ProtocolError("tpg366", request=b"PR1\r", reply=b"?")) == "tpg366: sent b'PR1\\r', got b'?'"
    assert str(CommandRefused("why", request=b"a")) == "why: sent b'a'"
    assert str(InstrumentError("only this")) == "only this"


@pytest.mark.parametrize("kind", [LinkLost, ReplyTimeout, ProtocolError, CommandRefused])
def test_an_error_survives_pickling_with_its_evidence(kind):
    error = pickle.loads(pickle.dumps(kind("why", request=b"a", reply=b"b")))  # noqa: S301 made here
    assert (str(error), error.request, error.reply) == ("why: sent b'a', got b'b'", b"a", b"b")


def test_link_errors_are_the_standard_library_s_too():
    assert issubclass(LinkLost, ConnectionError)
    assert issubclass(ReplyTimeout, TimeoutError)


def test_messages_are_cut_at_the_terminator_and_nowhere_else():
    dialogue = parse("> a\\n\n< 1\\r2\\r\\n\n> b\\n\n< 3\\r\\n\n").exchanges
    with played(dialogue, chunking=bytewise) as player:
        link = linked(player.address, b"\r\n")
        assert [link.query(b"a"), link.query(b"b")] == [b"1\r2", b"3"]
        link.close()


def test_a_binary_block_is_read_by_length():
    with played(parse("> b\\n\n< \\x0a\\x00\\x0a\\xff\n< ok\\n").exchanges) as player:
        link = linked(player.address)
        link.send(b"b")
        assert link.read_bytes(4) == b"\n\x00\n\xff"
        assert link.receive() == b"ok"
        link.close()


def test_drain_discards_what_has_come_and_keeps_the_time_out():
    dialogue = parse("< 1\\n2\\n3\n> b\\n\n< ok\\n").exchanges
    with played(dialogue) as player:
        link = linked(player.address)
        link.drain(SHORT_S)
        assert link.query(b"b") == b"ok"
        link.close()


def test_a_closed_port_is_found_by_the_first_exchange():
    link = linked(closed_address())
    with pytest.raises(LinkLost, match="refused"):
        link.query(b"*IDN?")
    assert not link.is_ready


def test_a_missing_serial_port_is_found_when_opening():
    with pytest.raises(LinkLost, match=r"/dev/ttyNONE.*check its power"):
        linked("ASRL/dev/ttyNONE::INSTR")


def test_after_a_time_out_the_link_is_closed_until_it_is_reopened():
    with played(parse("> a\\n").exchanges, parse("> b\\n\n< 2\\n").exchanges, late=b"1\n") as player:
        link = linked(player.address, timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout, match=r"0\.2 s: sent b'a\\n'"):
            link.query(b"a")
        with pytest.raises(LinkLost, match="reconnect"):
            link.send(b"b")
        link.reopen()
        assert link.query(b"b") == b"2"
        link.close()


def test_an_interrupted_exchange_closes_the_link(monkeypatch):
    with played(parse("> a\\n").exchanges) as player:
        link = linked(player.address)
        link.send(b"a")
        monkeypatch.setattr(link, "_input", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            link.receive()
        assert not link.is_ready


def _interrupted(_wait_s):
    raise KeyboardInterrupt


def test_a_second_request_before_the_reply_is_an_error_and_not_a_mix_up():
    with played(parse("> a\\n").exchanges) as player:
        link = linked(player.address)
        link.send(b"a")
        assert not link.is_ready
        with pytest.raises(ProtocolError, match=r"never fetched.*sent b'a\\n'"):
            link.query(b"b")
        with pytest.raises(LinkLost, match="reconnect"):
            link.receive()


def test_closing_twice_is_harmless():
    with played(()) as player:
        link = linked(player.address)
        link.close()
        link.close()


def test_a_late_reply_on_a_serial_line_is_flushed_when_reopening():
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    try:
        link = linked(f"ASRL{os.ttyname(theirs)}::INSTR", timeout_s=SHORT_S)
        with pytest.raises(ReplyTimeout):
            link.query(b"a")
        os.write(ours, b"late\n")
        link.reopen()
        link.send(b"b")
        os.write(ours, b"now\n")
        assert link.receive() == b"now"
        link.close()
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("ask", [lambda link: link.query(b"b"), lambda link: link.send_raw(b"\x05")])
def test_bytes_that_nobody_asked_for_are_never_taken_for_an_answer(ask):
    with played(parse("> a\\n\n< 1\\n1\\n").exchanges) as player:
        link = linked(player.address)
        assert link.query(b"a") == b"1"
        with pytest.raises(ProtocolError, match="nobody asked for"):
            ask(link)
        assert not link.is_ready


def test_a_reply_is_read_up_to_the_whole_of_its_terminator():
    with played(parse("> a\\n\n< OFF;FF\n> b\\n\n< FFF;FF\n").exchanges, chunking=bytewise) as player:
        link = linked(player.address, b";FF")
        assert [link.query(b"a"), link.query(b"b")] == [b"OFF", b"FFF"]
        link.close()


def test_the_other_side_s_end_is_noticed_at_once():
    with played(parse("> a\\n").exchanges) as player:
        link = linked(player.address, timeout_s=30.0)
        link.send(b"a")
        player.hang_up()
        begun_s = time.monotonic()
        with pytest.raises(LinkLost, match="closed"):
            link.receive()
        assert time.monotonic() - begun_s < 5.0
    assert not link.is_ready


def test_waiting_tells_whether_a_reply_has_begun():
    with played(parse("> a\\n\n< 1\\n").exchanges) as player:
        link = linked(player.address)
        assert not link.waiting()
        link.send(b"a")
        assert link.waiting(2.0)
        assert link.receive() == b"1"
        link.close()


def test_a_journal_hears_every_byte_in_its_order():
    heard = []

    class Journal:
        def sent(self, address, data):
            heard.append((">", address, data))

        def received(self, address, data):
            heard.append(("<", address, data))

    token = JOURNAL.set(Journal())
    try:
        with played(parse("> a\\n\n< 1\\n\n> \\x05\n< \\x00\\x01").exchanges) as player:
            link = linked(player.address)
            link.query(b"a")
            link.send_raw(b"\x05")
            link.read_bytes(2)
            link.close()
    finally:
        JOURNAL.reset(token)
    assert heard == [
        (sign, player.address, data) for sign, data in zip("><><", (b"a\n", b"1\n", b"\x05", b"\0\1"), strict=True)
    ]


def trickling(client):
    """Bytes without end, each well within the time-out."""
    with client, contextlib.suppress(OSError):
        client.recv(100)
        for _ in range(40):
            client.sendall(b"x\n")
            time.sleep(SHORT_S / 4)


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (lambda link: link.query(b"?"), ReplyTimeout),
        (lambda link: (link.send(b"?"), link.read_bytes(1000)), ReplyTimeout),
        (lambda link: (link.send_raw(b"?"), link.drain(SHORT_S / 2)), ProtocolError),
    ],
)
def test_bytes_that_trickle_in_do_not_put_the_time_out_off(ask, kind):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=lambda: trickling(listener.accept()[0]), daemon=True)
        server.start()
        link = linked(f"TCPIP::127.0.0.1::{listener.getsockname()[1]}::SOCKET", b"\r\n", timeout_s=SHORT_S)
        begun_s = time.monotonic()
        with pytest.raises(kind):
            ask(link)
        assert time.monotonic() - begun_s < 3.0 * SHORT_S
        server.join()


def test_a_serial_port_that_is_pulled_out_is_a_lost_link():
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    link = linked(f"ASRL{os.ttyname(theirs)}::INSTR")
    os.close(ours)
    os.close(theirs)
    with pytest.raises(LinkLost):
        link.query(b"?")

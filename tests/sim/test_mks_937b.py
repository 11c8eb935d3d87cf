import math
from itertools import groupby
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.mks_937b import LONGEST_FRAME, MKS937B

WIRE = load("mks_937b")
TORR_PA = 101325.0 / 760
STATUS = {"ok": 0, "wait": 0, "underrange": 1, "overrange": 2, "atm": 2, "misconnected": 3, "off": 4, "no_gauge": 5}
PIRANI_END_PA = 450 * TORR_PA
TYPES = {1: "CC", 2: "PR", 3: "HC", 4: "CM"}
ALL = b"@253ACK1.20E-7 7.60E+2 1.00E-6 2.50E+0 NOGAUGE NOGAUGE;FF"


@pytest.fixture
def vacuum():
    pressures_torr = {1: 1.2e-7, 2: 760.0, 3: 1e-6, 4: 2.5}
    return SimpleNamespace(
        gauges={channel: (0, torr * TORR_PA) for channel, torr in pressures_torr.items()},
        now_s=0.0,
    )


@pytest.fixture
def mks(vacuum):
    return MKS937B(lambda channel: vacuum.gauges[channel], TYPES, now_s=lambda: vacuum.now_s)


def asked(mks, command):
    reply = mks.receive(f"@253{command};FF".encode()).decode()
    assert reply.startswith("@253")
    assert reply.endswith(";FF")
    return reply[4:-3].removeprefix("ACK")


class World:
    """The transcript's gauges; one that shows WAIT has been switched on a moment ago."""

    def __init__(self, conditions):
        self.conditions = conditions
        self.now_s = 0.0

    def gauge(self, channel):
        status = self.conditions.get(f"gauge_{channel}_status", "ok")
        pressure_pa = float(self.conditions.get(f"gauge_{channel}_pa", "0"))
        return STATUS[status], PIRANI_END_PA if status == "atm" else pressure_pa

    def change(self, conditions, mks):
        self.conditions = conditions
        self.now_s += 60.0
        asked(mks, f"U!{conditions['unit']}")
        for channel in range(1, 7):
            if conditions.get(f"gauge_{channel}_status") == "wait":
                mks.receive(f"@253CP{channel}!OFF;FF@253CP{channel}!ON;FF".encode())


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(size):
    start = WIRE.conditions
    world = World(start)
    types = {channel: start[f"module_{(channel + 1) // 2}_type"] for channel in range(1, 7)}
    mks = MKS937B(
        world.gauge, types, address=int(start["unit_address"]), serial=start["serial"], now_s=lambda: world.now_s
    )
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        world.change(conditions, mks)
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [mks.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("PR1?", "1.20E-7"),
        ("PR2?", "7.60E+2"),
        ("PR6?", "NOGAUGE"),
        ("PRZ?", "1.20E-7 7.60E+2 1.00E-6 2.50E+0 NOGAUGE NOGAUGE"),
        ("MT?", "CC,HC,NC"),
        ("U?", "TORR"),
        ("U!PASCAL", "PASCAL"),
        ("U!mbar", "MBAR"),
        ("SN?", "9370123456"),
        ("FV?", "1.10"),
        ("MD?", "937B"),
        ("AD?", "253"),
        ("T1?", "G"),
        ("CP1?", "ON"),
        ("CP1!ON", "ON"),
        ("SP1!2.00E+0", "2.00E+0"),
        ("SH1!2.10E+0", "2.10E+0"),
        ("SD1!ABOVE", "ABOVE"),
        ("SD12?", "BELOW"),
        ("EN1!SET", "SET"),
        ("SS1?", "CLEAR"),
        ("pr1?", "1.20E-7"),
    ],
)
@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_command_however_it_is_cut(mks, command, reply, size):
    sent = f"@253{command};FF".encode()
    replies = [mks.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
    assert b"".join(replies) == f"@253ACK{reply};FF".encode()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("T2?", 152),
        ("T4?", 152),
        ("T5?", 152),
        ("XX?", 160),
        ("PR?", 160),
        ("PR0?", 160),
        ("PR7?", 160),
        ("SP13?", 160),
        ("PR1!5", 160),
        ("PRZ!5", 160),
        ("PR1", 160),
        ("PR1?1", 160),
        ("U1?", 160),
        ("", 160),
        ("U!PSI", 169),
        ("U!", 169),
        ("CP1!MAYBE", 169),
        ("SP1!-1", 169),
        ("SP1!NAN", 169),
        ("SP1!1E99", 169),
        ("SD1!UP", 169),
        ("EN1!ON", 169),
        ("CP4!OFF", 150),
        ("CP5?", 150),
    ],
)
def test_what_it_refuses_it_refuses_by_number(mks, command, code):
    assert asked(mks, command) == f"NAK{code}"
    assert mks.receive(b"@253PRZ?;FF") == ALL


def test_two_commands_in_one_write_and_what_some_clients_send_behind(mks):
    reply = b"@253ACKTORR;FF@253ACK1.20E-7;FF"
    assert mks.receive(b"@253U?;FF@253PR1?;FF") == reply
    assert mks.receive(b"@253U?;FF\r\n@253PR1?;FF\r") == reply
    assert mks.receive(b"@253SN@253U?;FF?;FF@253PR1?;FF") == reply


def test_other_addresses_are_met_by_silence_and_all_are_answered_under_its_own(mks):
    assert mks.receive(b"@001PR1?;FF@000PR1?;FF@PR1?;FFPR1?;FF@25PR1?;FF") == b""
    assert mks.receive(b"@254PR1?;FF") == b"@253ACK1.20E-7;FF"
    assert MKS937B(lambda _: (0, 1.0), {}, address=3).receive(b"@254AD?;FF@003U?;FF") == b"@003ACK003;FF@003ACKTORR;FF"


@pytest.mark.parametrize(
    ("unit", "value", "above"),
    [
        ("TORR", "7.60E+2", ">1.1E+3"),
        ("MBAR", "1.01E+3", ">1.5E+3"),
        ("PASCAL", "1.01E+5", ">1.5E+5"),
        ("MICRON", "7.60E+5", ">1.1E+6"),
    ],
)
def test_every_pressure_is_shown_in_the_chosen_unit(mks, vacuum, unit, value, above):
    assert asked(mks, f"U!{unit}") == unit
    assert asked(mks, "PR2?") == value
    vacuum.gauges[4] = 2, 1100.0 * TORR_PA
    assert asked(mks, "PR4?") == above


@pytest.mark.parametrize(
    ("channel", "gauge", "word", "ion"),
    [
        (1, (1, 1e-11 * TORR_PA), "LO<E-11", "G"),
        (1, (1, 5e-10 * TORR_PA), "LO<E-09", "G"),
        (1, (2, 1e-2 * TORR_PA), ">1.0E-2", "P"),
        (1, (3, 0.0), "MISCONN", "N"),
        (1, (4, 0.0), "OFF", "O"),
        (1, (5, 0.0), "NOGAUGE", "N"),
        (1, (6, 0.0), "MISCONN", "N"),
        (1, (0, math.nan), "MISCONN", "N"),
        (1, (1, 0.0), "LO<E-11", "G"),
        (2, (2, 500.0 * TORR_PA), "ATM", "NAK152"),
        (2, (2, 1100.0 * TORR_PA), ">1.1E+3", "NAK152"),
        (2, (1, 5e-4 * TORR_PA), "LO<E-03", "NAK152"),
    ],
)
def test_words_stand_for_what_is_no_pressure(mks, vacuum, channel, gauge, word, ion):
    vacuum.gauges[channel] = gauge
    assert asked(mks, f"PR{channel}?") == word
    assert asked(mks, "PRZ?").split(" ")[channel - 1] == word
    assert asked(mks, f"T{channel}?") == ion


def test_a_gauge_switched_on_lets_one_wait(mks, vacuum):
    assert asked(mks, "CP1!OFF") == "OFF"
    assert [asked(mks, command) for command in ("PR1?", "T1?", "CP1?")] == ["OFF", "O", "OFF"]
    vacuum.now_s = 10.0
    assert asked(mks, "CP1!ON") == "ON"
    assert [asked(mks, command) for command in ("PR1?", "T1?", "CP1?")] == ["WAIT", "W", "ON"]
    vacuum.now_s = 13.0
    assert [asked(mks, command) for command in ("PR1?", "T1?")] == ["1.20E-7", "G"]


def test_without_a_clock_it_measures_at_once():
    mks = MKS937B(lambda _: (0, TORR_PA), TYPES)
    assert [asked(mks, command) for command in ("CP1!OFF", "CP1!ON", "PR1?")] == ["OFF", "ON", "1.00E+0"]


@pytest.mark.parametrize(
    ("direction", "states"), [("BELOW", ["CLEAR", "SET", "SET", "CLEAR"]), ("ABOVE", ["SET", "CLEAR", "CLEAR", "SET"])]
)
def test_a_relay_follows_its_gauge_with_hysteresis(mks, vacuum, direction, states):
    """Relays 3 and 4 watch channel 2."""
    for command in (f"SD3!{direction}", "SP3!1.00E+0", "EN3!ENABLE"):
        asked(mks, command)
    hysteresis_torr = 1.1 if direction == "BELOW" else 0.9
    assert asked(mks, "SH3?") == f"{hysteresis_torr:.2f}E+0".replace("0.90E+0", "9.00E-1")
    found = []
    for torr in (2.0, 0.5, 1.0 + (hysteresis_torr - 1.0) / 2, 2.0):
        vacuum.gauges[2] = 0, torr * TORR_PA
        found.append(asked(mks, "SS3?"))
    assert found == states
    vacuum.gauges[2] = 3, 0.0
    assert asked(mks, "SS3?") == "CLEAR"
    assert asked(mks, "EN3!SET") == "SET"
    assert asked(mks, "SS3?") == "SET"


def test_refusing_it_knows_no_command(mks):
    mks.refusing = True
    assert [asked(mks, command) for command in ("PR1?", "SN?", "U!PASCAL")] == ["NAK160"] * 3
    assert mks.receive(b"@001PR1?;FF") == b""
    mks.refusing = False
    assert mks.receive(b"@253PRZ?;FF") == ALL


def test_failing_it_finds_no_gauge_connected_as_it_should_be(mks):
    mks.failing = True
    assert asked(mks, "PRZ?") == "MISCONN MISCONN MISCONN MISCONN NOGAUGE NOGAUGE"
    assert asked(mks, "PR1?") == "MISCONN"
    assert asked(mks, "T1?") == "N"
    mks.failing = False
    assert mks.receive(b"@253PRZ?;FF") == ALL


@given(
    st.lists(
        st.binary()
        | st.sampled_from([b"@253", b";FF", b"PR", b"SP1!", b"\xc2\xb2", b"9" * 400, b"?"])
        | st.text("@253PRSUZT19?!.E+-;F").map(str.encode)
    )
)
def test_no_bytes_make_it_raise_or_fill_its_memory(pieces):
    mks = MKS937B(lambda channel: (channel % 6, 10.0**-channel), TYPES)
    for piece in pieces:
        mks.receive(piece)
        assert len(mks._partial) <= LONGEST_FRAME
    assert mks.receive(b"@253SN?;FF").endswith(b"@253ACK9370123456;FF")

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.pfeiffer_tc400 import MEASURED, SETTINGS, TC400

WIRE = load("pfeiffer_tc400")
ON, OFF = "111111", "000000"


class Pump:
    def __init__(self, share=0.0, *, told=False):
        self.share, self.told, self.orders = share, told, []

    def set_running(self, on):
        self.told = on
        self.orders.append(on)

    def running(self):
        return self.told

    def speed(self):
        return self.share


def telegram(number, data="=?", address=1, action=None):
    action = action or ("00" if data == "=?" else "10")
    text = f"{address:03d}{action}{number:03d}{len(data):02d}{data}"
    return f"{text}{sum(text.encode()) % 256:03d}\r".encode()


def asked(drive, number):
    """The data of the answer, whose frame must be right."""
    reply = drive.receive(telegram(number))
    data = reply[10:-4].decode()
    assert reply == telegram(number, data, drive.address, "10")
    return data


def told(drive, number, data):
    reply = drive.receive(telegram(number, data, drive.address))
    answer = reply[10:-4].decode()
    assert reply == telegram(number, answer, drive.address, "10")
    return answer


@pytest.fixture
def pump():
    return Pump()


@pytest.fixture
def drive(pump):
    return TC400(pump)


def from_transcript():
    world = WIRE.conditions
    nominal_hz = float(world["nominal_speed_hz"])
    pump = Pump(float(world["speed_hz"]) / nominal_hz, told=world["pumping_station"] == "1")
    return TC400(pump, address=int(world["unit_address"]), nominal_hz=nominal_hz, firmware=world["firmware"])


@pytest.mark.parametrize("size", [1, 3, 100000])
def test_the_transcript_however_it_is_cut(size):
    """Its currents, powers and temperatures are this drive's own at the speed it states."""
    drive = from_transcript()
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        drive.failing = conditions["error"] != "000000"
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [drive.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_manual_s_dialogue_however_it_is_cut(size):
    pump = Pump(share=0.86)
    drive = TC400(pump)
    sent = b"0010030902=?107\r0011001006111111015\r0011002306111111019\r"
    reply = b"".join(drive.receive(sent[i : i + size]) for i in range(0, len(sent), size))
    assert reply == b"0011030906000860034\r0011001006111111015\r0011002306111111019\r"
    assert pump.told


def test_the_manual_s_refusal():
    assert telegram(23, "NO_DEF", action="10") == b"0011002306NO_DEF184\r"


@pytest.mark.parametrize(
    "line",
    [
        b"0010030902=?108\r",  # checksum
        b"0010030903=?108\r",  # length
        b"0020030902=?108\r",  # another's address
        b"0010130902=?108\r",  # the digit between action and parameter is 0
        b"0012030902=?109\r",  # neither reading nor writing
        b"\r",
        b"hello\r",
        b"0010030902=?107",  # not ended
    ],
)
def test_what_is_not_a_telegram_for_it_is_silent(drive, line):
    assert drive.receive(line) == b""


def test_noise_above_ascii_and_a_line_feed_do_not_disturb_a_telegram(drive):
    assert drive.receive(b"\xff\xff00100\xff30902=?107\r\n\xff0010030902=?107\r") == telegram(309, OFF, action="10") * 2


def test_it_answers_under_its_own_address_only(pump):
    drive = TC400(pump, address=42)
    assert drive.receive(telegram(309)) == b""
    assert drive.receive(telegram(309, address=42)) == telegram(309, OFF, 42, "10")


@pytest.mark.parametrize("address", [0, 901, 999])
def test_all_and_groups_are_obeyed_without_answer(drive, pump, address):
    assert drive.receive(telegram(10, ON, address)) == b""
    assert pump.told
    assert drive.receive(telegram(309, address=address)) == b""
    assert drive.receive(telegram(999, address=address)) == b""


@pytest.mark.parametrize(
    ("number", "data", "answer"),
    [
        (999, ON, "NO_DEF"),
        (309, "000100", "_LOGIC"),
        (349, "TC 110", "_LOGIC"),
        (10, "111110", "_RANGE"),
        (10, "1", "_RANGE"),
        (26, "002", "_RANGE"),
        (25, "999", "_RANGE"),
        (707, "001999", "_RANGE"),
        (707, "010001", "_RANGE"),
        (707, "  6500", "_RANGE"),
        (9, "hello!", "_RANGE"),
        (9, ON, ON),
        (707, "005000", "005000"),
        (12, ON, ON),
        (30, "002", "002"),
    ],
)
def test_a_write_is_echoed_or_refused_with_a_word(drive, number, data, answer):
    assert told(drive, number, data) == answer


def test_what_cannot_be_read_says_so(drive):
    assert asked(drive, 999) == "NO_DEF"
    assert asked(drive, 9) == "_LOGIC"  # write only
    assert drive.receive(telegram(309, "12", action="00")) == telegram(309, "_LOGIC", action="10")


@pytest.mark.parametrize("number", [*SETTINGS, *MEASURED])
def test_every_parameter_of_the_table_is_answered(drive, number):
    data = asked(drive, number)
    assert len(data) == (3 if number in {25, 26, 30} else 6)
    assert data not in {"NO_DEF", "_RANGE", "_LOGIC"}


@pytest.mark.parametrize(
    ("number", "at_rest", "spinning_up", "at_speed"),
    [
        (302, OFF, OFF, ON),
        (303, OFF, OFF, OFF),
        (306, OFF, OFF, ON),
        (307, OFF, ON, OFF),
        (308, "001000", "001000", "001000"),
        (309, "000000", "000500", "001000"),
        (398, "000000", "030000", "060000"),
        (399, "060000", "060000", "060000"),
        (313, "004800", "004800", "004800"),
        (315, "001000", "001000", "001000"),
        (349, "TC 400", "TC 400", "TC 400"),
        (740, "000000", "000000", "000000"),
    ],
)
def test_what_it_reports_follows_the_pump(number, at_rest, spinning_up, at_speed):
    shown = [asked(TC400(Pump(share, told=share > 0)), number) for share in (0.0, 0.5, 1.0)]
    assert shown == [at_rest, spinning_up, at_speed]


@pytest.mark.parametrize("number", [310, 316])
def test_current_and_power_rise_while_it_spins_up_and_fall_once_it_runs(number):
    off, slow, fast, there = (
        int(asked(TC400(Pump(share, told=on)), number))
        for share, on in ((0.0, False), (0.1, True), (0.6, True), (1.0, True))
    )
    assert off < there < slow < fast


def test_it_gets_warmer_with_speed():
    for number in (326, 330, 342, 346):
        cold, warm = (int(asked(TC400(Pump(share, told=True)), number)) for share in (0.0, 1.0))
        assert 15 < cold < warm < 60


def test_the_switch_point_is_at_80_percent():
    assert [asked(TC400(Pump(share)), 302) for share in (0.79, 0.80)] == [OFF, ON]


def test_a_standby_speed_is_asked_for_only_in_its_mode(drive, pump):
    pump.share = pump.told = 0.7
    told(drive, 707, "006500")
    assert (asked(drive, 308), asked(drive, 306)) == ("001000", OFF)
    told(drive, 26, "001")
    assert (asked(drive, 308), asked(drive, 306), asked(drive, 307)) == ("000650", ON, OFF)


def test_the_motor_turns_only_with_pumping_station_and_motor_both_on(drive, pump):
    states = []
    for number, data in ((23, OFF), (10, ON), (23, ON), (10, OFF), (10, ON), (23, OFF)):
        told(drive, number, data)
        states.append(pump.told)
    assert states == [False, False, True, False, True, False]
    assert (asked(drive, 10), asked(drive, 23)) == (ON, OFF)


def test_only_a_command_moves_the_pump():
    pump = Pump(1.0, told=True)
    drive = TC400(pump)
    assert asked(drive, 10) == ON
    told(drive, 9, ON)
    told(drive, 10, "nobody")
    assert pump.orders == []


def test_refusing_it_says_logic_to_everything_and_obeys_nothing(drive, pump):
    drive.refusing = True
    assert {asked(drive, 309), asked(drive, 999), told(drive, 10, ON), told(drive, 12, ON)} == {"_LOGIC"}
    assert drive.receive(telegram(10, ON, 0)) == b""
    assert pump.orders == []
    drive.refusing = False
    assert asked(drive, 309) == OFF


def test_failing_the_motor_is_off_and_must_be_switched_on_again_afterwards(drive, pump):
    told(drive, 10, ON)
    drive.failing = True
    assert (asked(drive, 303), asked(drive, 10), pump.told) == ("Err001", OFF, False)
    assert told(drive, 10, ON) == ON
    assert (asked(drive, 10), pump.told) == (OFF, False)
    drive.failing = False
    assert (asked(drive, 303), asked(drive, 10), pump.told) == (OFF, OFF, False)
    told(drive, 10, ON)
    assert pump.told


@pytest.mark.parametrize(
    ("gauge_pa", "data"),
    [(1e5, "100023"), (0.1234, "123417"), (9.99996e3, "100022"), (0.0, "000000"), (float("nan"), "000000")],
)
def test_a_gauge_s_pressure_is_mantissa_and_exponent(pump, gauge_pa, data):
    assert asked(TC400(pump, gauge_pa=lambda: gauge_pa), 740) == data


def test_where_no_rotation_is_sensed_the_speed_is_0():
    assert asked(TC400(Pump(float("nan"), told=True)), 309) == OFF


def test_a_sender_that_never_ends_a_telegram_does_not_fill_the_memory(drive):
    for _ in range(100):
        assert drive.receive(b"0010030902=?" * 1000) == b""
    assert len(drive._partial) < 1000
    assert drive.receive(b"\r0010030902=?107\r") == telegram(309, OFF, action="10")


TELEGRAMS = st.builds(
    telegram, st.integers(0, 999), st.text("0123456789=?_ \t", max_size=9), st.sampled_from([0, 1, 2, 901])
)
CUT = st.tuples(TELEGRAMS, st.integers(0, 20), st.binary(max_size=3)).map(lambda cut: cut[0][: cut[1]] + cut[2])


@given(st.lists(st.one_of(st.binary(), TELEGRAMS, CUT)).map(b"".join))
def test_no_bytes_make_it_raise(data):
    drive = TC400(Pump(1.0))
    drive.receive(data)
    assert drive.receive(b"\r0010030902=?107\r").endswith(telegram(309, "001000", action="10"))

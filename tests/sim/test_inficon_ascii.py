import pytest
from helium import Inlet, asked
from hypothesis import given
from hypothesis import strategies as st

from bench.sim.instruments.inficon_lds3000 import LDS3000


@pytest.fixture
def inlet():
    return Inlet()


@pytest.fixture
def unit(inlet):
    """Measuring."""
    unit = LDS3000(inlet)
    assert asked(unit, "*STArt") == "ok"
    return unit


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("*READ:MBAR*L/S?", "1.23E-7"),
        ("*READ?", "1.23E-7"),
        ("*READ:PA*M3/S?", "1.23E-8"),
        ("*READ:TORR*L/S?", "9.23E-8"),
        ("*READ:ATM*CC/S?", "1.21E-7"),
        ("*MEAS:P1:MBAR?", "2.50E-02"),
        ("*STATus?", "READY"),
        ("*STAT?", "READY"),
        ("*STATus:ERRor?", "NO ERROR/WARNING"),
        ("*STAT:ERR?", "NO ERROR/WARNING"),
        ("*STATus:CAL?", "IDLE"),
        ("*status:trigger?", "OFF,OFF,OFF,OFF"),
        ("*STAT:TRIG?", "OFF,OFF,OFF,OFF"),
        ("*STATus:ZERO?", "OFF"),
        ("*CONFig:CALleak:INT?", "2.00E-7"),
        ("*CONF:CAL:EXTV?", "2.00E-7"),
        ("*CONF:MASS?", "4"),
        ("*IDN:DEVice?", "MSB"),
        ("*IDN:DEV?", "MSB"),
        ("*IDN:VERsion?", "V1.00"),
        ("*IDN:SER?", "90000012345"),
        ("*ZERO:ON", "ok"),
        ("*ZERO:OFF", "ok"),
        ("*STA", "ok"),
        ("*STOp", "ok"),
        ("*STO", "ok"),
        ("*CLS", "ok"),
        ("*CAL:INT", "ok"),
        ("*CAL:EXT", "ok"),
        ("*CAL:STOP", "ok"),
        ("*CONFig:CALleak:INT 2.0E-7", "ok"),
        ("*CONFig:CALleak:EXTVac 3e-6", "ok"),
        ("*CONFig:MASS 4", "ok"),
    ],
)
def test_what_the_manual_lists_in_long_and_short_words_and_any_case(unit, line, reply):
    assert asked(unit, line) == reply
    asked(unit, "*STOP")
    asked(unit, "*START")
    assert asked(unit, line.lower()) == reply


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("READ?", "E01"),
        ("?", "E01"),
        (" *READ?", "E02"),
        ("* READ?", "E02"),
        ("*READ ?", "E02"),
        ("*READ? ", "E02"),
        ("*READ :PA*M3/S?", "E02"),
        ("*CONF:MASS  4", "E02"),
        ("*CONF:MASS 4 ", "E02"),
        ("*", "E02"),
        ("*FOO?", "E03"),
        ("*STATU?", "E03"),
        ("*STARTS", "E03"),
        ("*:READ?", "E03"),
        ("*READ??", "E03"),
        ("*READ:PPM?", "E04"),
        ("*STAT:ERRO?", "E04"),
        ("*CAL", "E04"),
        ("*IDN?", "E04"),
        ("*STAT:?", "E04"),
        ("*MEAS:P1:BAR?", "E05"),
        ("*MEAS:P1?", "E05"),
        ("*CONF:CAL:FOO 1", "E05"),
        ("*MEAS:P1:MBAR:X?", "E05"),
        ("*CONF:MASS", "E07"),
        ("*CONF:MASS 5", "E07"),
        ("*CONF:MASS four", "E07"),
        ("*CONF:MASS? 4", "E07"),
        ("*START 1", "E07"),
        ("*CONF:CAL:INT 0", "E07"),
        ("*CONF:CAL:INT -1E-7", "E07"),
        ("*CONF:CAL:INT 2,0E-7", "E07"),
        ("*CONF:CAL:INT nan", "E07"),
        ("*CONF:CAL:INT 1E99", "E07"),
        ("*CAL:CLOSED", "E10"),
        ("*STArt?", "E11"),
        ("*CLS?", "E11"),
        ("*CAL:INT?", "E11"),
        ("*READ", "E12"),
        ("*READ 1", "E12"),
        ("*STATus", "E12"),
        ("*CAL:DYN", "E13"),
        ("*" + "A" * 200, "E09"),
    ],
)
def test_what_is_refused_has_its_code(unit, line, code):
    assert asked(unit, line) == code
    assert asked(unit, "*READ?") == "1.23E-7"


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_commands_may_come_in_pieces_or_together_with_cr_or_cr_lf(inlet, size):
    unit = LDS3000(inlet)
    sent = b"*STArt\r\n*READ:MBAR*L/S?\r\r*STAT:ERR?\r*FOO\r"
    replies = [unit.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
    assert b"".join(replies) == b"ok\r1.23E-7\rNO ERROR/WARNING\rE03\r"


@pytest.mark.parametrize("key", [b"\x1b", b"\x03", b"\x18"])
def test_esc_and_its_like_forget_what_was_begun(unit, key):
    assert unit.receive(b"*STO" + key + b"*STAT?\r" + b"*STOP") == b"READY\r"
    assert unit.receive(key) == b""
    assert unit.receive(b"*STAT?\r") == b"READY\r"


def test_a_line_that_never_ends_does_not_fill_the_memory_and_is_a_buffer_overflow(unit):
    for _ in range(100):
        assert unit.receive(b"*READ?" * 1000) == b""
    assert len(unit._wire._partial) < 1000
    assert unit.receive(b"\r*READ?\r") == b"E09\r1.23E-7\r"


FRAGMENTS = ["*", ":", "?", " ", "\r", "\n", "\x1b", "READ", "MBAR*L/S", "STAT", "CAL", "INT", "CONF", "MASS", "4"]
FRAGMENTS += ["1E-7", "EXTV", "ZERO", "ON", "STA", "CLS"]


@given(st.one_of(st.binary(), st.lists(st.sampled_from(FRAGMENTS)).map("".join).map(str.encode)))
def test_no_bytes_make_it_raise(data):
    unit = LDS3000(Inlet())
    unit.receive(data)
    assert unit.receive(b"\x1b*IDN:DEV?\r") == b"MSB\r"

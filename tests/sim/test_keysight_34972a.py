import math
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.keysight_34972a import Keysight34972A

WIRE = load("keysight_34972a")
NO_ERROR = b'+0,"No error"\n'
EXCHANGES = WIRE.exchanges


class Sensors:
    def __init__(self, conditions):
        self.conditions = conditions

    def __call__(self, channel):
        value = self.conditions.get(f"channel_{channel}_k", "overload")
        return math.nan if value == "overload" else float(value)


@pytest.fixture
def daq():
    """Channel 101 at 101 K and so on; nothing is connected to 120."""
    return Keysight34972A(lambda channel: math.nan if channel == 120 else float(channel))


def asked(daq, *messages):
    """The last reply; the messages before must not have gone wrong."""
    *before, last = messages
    for message in before:
        assert daq.receive(f"{message}\n".encode()) == b""
    reply = daq.receive(f"{last}\n".encode()).decode().removesuffix("\n")
    assert daq.receive(b"SYST:ERR?\n") == NO_ERROR
    return reply


@pytest.mark.parametrize("size", [1, 7, 100000])
def test_the_transcript_however_it_is_cut(size):
    sensors = Sensors(WIRE.conditions)
    daq = Keysight34972A(sensors, serial=WIRE.conditions["serial"])
    for conditions, group in groupby(EXCHANGES, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        sensors.conditions = conditions
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [daq.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


def test_read_leaves_nothing_in_memory(daq):
    """34970A user's guide, "Using the READ? Command": readings are not stored in reading memory when using READ?."""
    asked(daq, "CONF:TEMP RTD,85,(@101:103)", "READ?")
    assert asked(daq, "DATA:POIN?") == "+0"
    assert asked(daq, "INIT", "DATA:POIN?") == "+3"


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("*IDN?", "Agilent Technologies,34972A,MY49018071,1.16-1.12-02-02"),
        ("*opc?", "1"),
        ("SYSTem:CTYPe? 100", "HEWLETT-PACKARD,34901A,0,2.3"),
        ("syst:ctyp? 200", "HEWLETT-PACKARD,0,0,0"),
        (":SYSTEM:ERROR:NEXT?", '+0,"No error"'),
        ("ROUTe:SCAN?", "#13(@)"),
        ("TRIGger:SOURce?", "IMM"),
        ("TRIG:COUN?", "+1.00000000E+00"),
        ("FORMat:READing:TIME:TYPE?", "REL"),
        ("FORM:READ:ALAR?", "0"),
        ("UNIT:TEMP? (@101,103:104)", "C,C,C"),
        ("SENSe:TEMPerature:NPLCycles? (@101)", "+1.00000000E+00"),
        ("TEMP:TRAN:TC:RJUN:TYPE? (@101)", "INT"),
        ("STATus:OPERation:CONDition?", "+0"),
        ("DATA:POINts?", "+0"),
    ],
)
def test_long_and_short_forms_after_power_up(daq, message, reply):
    assert asked(daq, message) == reply


@pytest.mark.parametrize(
    ("setting", "query", "reply"),
    [
        ("SENS:TEMP:NPLC 10,(@101)", "SENS:TEMP:NPLC? (@101,102)", "+1.00000000E+01,+1.00000000E+00"),
        ("SENS:TEMP:TRAN:TC:RJUN:TYPE EXTERNAL,(@101)", "SENS:TEMP:TRAN:TC:RJUN:TYPE? (@101)", "EXT"),
        ("SENS:TEMP:TRAN:TC:CHEC ON,(@101)", "SENS:TEMP:TRAN:TC:CHEC? (@101)", "1"),
        ("SENS:TEMP:TRAN:RTD:RES 1000,(@101)", "SENS:TEMP:TRAN:RTD:RES:REF? (@101)", "+1.00000000E+03"),
        ("UNIT:TEMP f,(@101:103)", "UNIT:TEMP? (@103:104)", "F,C"),
        ("TRIG:SOUR TIMER", "TRIG:SOUR?", "TIM"),
        ("TRIG:COUN INF", "TRIG:COUN?", "+9.90000200E+37"),
        ("TRIG:TIM 0.5", "TRIG:TIM?", "+5.00000000E-01"),
        ("FORM:READ:CHAN ON", "FORM:READ:CHAN?", "1"),
        ("ROUT:SCAN (@103,101:102,102)", "ROUT:SCAN?", "#214(@101,102,103)"),
        ("CONF:TEMP TC,K,(@108:101)", "SENS:TEMP:TRAN:TC:TYPE? (@101,109)", "K,J"),
        ("CONF:TEMP RTD,DEF,1,DEF,(@101)", "TEMP:TRAN:TYPE? (@101)", "RTD"),
        ("CONFIGURE:TEMPERATURE TCOUPLE,T,(@101)", "TEMP:TRAN:TYPE? (@101)", "TC"),
        ("*ESE 32;*SRE 32;*WAI", "*ESE?;*SRE?;*STB?", "+32;+32;+0"),
    ],
)
def test_a_setting_is_kept(daq, setting, query, reply):
    assert asked(daq, setting, query) == reply


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("FOO", -113),
        ("FOO?", -113),
        ("READ", -113),
        ("TRIG:SOUR TIM;TRIG:COUN 3", -113),
        ("SYST:CTYP?", -109),
        ("SYST:CTYP? 400", -222),
        ("CONF:TEMP TC,K", -109),
        ("CONF:TEMP TC,X,(@101)", -224),
        ("CONF:TEMP TC,K,(@121)", -222),
        ("ROUT:SCAN (@101:999999999)", -222),
        ("ROUT:SCAN (@10x)", -102),
        ("ROUT:SCAN 101", -102),
        ("READ?", -221),
        ("FETC?", -230),
        ("UNIT:TEMP K", -221),
        ("TRIG:SOUR BANANA", -224),
        ("TRIG:COUN 0", -222),
        ("*IDN? 1", -108),
        ("*TRG", -211),
    ],
)
def test_what_is_refused_is_silent_and_says_why_in_the_queue(daq, message, code):
    assert daq.receive(f"{message}\n".encode()) == b""
    assert daq.receive(b"SYST:ERR?\n").startswith(f"{code:+d},".encode())


def test_the_twenty_first_error_turns_the_twentieth_into_overflow(daq):
    daq.receive(b"FOO\n" * 21)
    codes = [int(daq.receive(b"SYST:ERR?\n").split(b",")[0]) for _ in range(21)]
    assert codes == [-113] * 19 + [-350, 0]


def test_replies_of_one_message_are_joined_and_its_headers_go_on_below_the_last(daq):
    assert asked(daq, "TRIG:SOUR TIM;TIM 2;:TRIG:SOUR?;*OPC?;TIM?") == "TIM;1;+2.00000000E+00"


@pytest.mark.parametrize(
    ("unit", "reading"), [("C", "-1.72150000E+02"), ("F", "-2.77870000E+02"), ("K", "+1.01000000E+02")]
)
def test_a_temperature_is_shown_in_the_channel_s_unit(daq, unit, reading):
    assert asked(daq, "CONF:TEMP RTD,85,(@101)", f"UNIT:TEMP {unit}", "READ?") == reading


def test_an_open_sensor_is_overload_in_any_unit(daq):
    assert asked(daq, "CONF:TEMP TC,K,(@120)", "UNIT:TEMP K,(@120)", "READ?") == "+9.90000000E+37"


def test_a_channel_that_is_not_configured_for_temperature_measures_volts(daq):
    assert asked(daq, "ROUT:SCAN (@101)", "FORM:READ:UNIT ON", "READ?") == "+0.00000000E+00 VDC"
    assert asked(daq, "CONF:TEMP RTD,85,(@101)", "CONF:VOLT:DC 10,(@101)", "READ?") == "+0.00000000E+00"


def test_fields_follow_the_reading_in_the_manual_s_order_until_conf_turns_them_off(daq):
    fields = [f"FORM:READ:{name} ON" for name in ("UNIT", "TIME", "CHAN", "ALAR")]
    told = asked(daq, "CONF:TEMP RTD,85,(@101:102)", "UNIT:TEMP K", *fields, "READ?")
    assert told == "+1.01000000E+02 K,000000000.000,101,0,+1.02000000E+02 K,000000000.020,102,0"
    assert asked(daq, "CONF:TEMP RTD,85,(@101)", "UNIT:TEMP K", "READ?") == "+1.01000000E+02"


def test_measure_configures_and_reads_at_once(daq):
    assert asked(daq, "TRIG:SOUR BUS", "MEAS:TEMP? TC,K,(@119:120)") == "-1.54150000E+02,+9.90000000E+37"
    assert asked(daq, "TRIG:SOUR?") == "IMM"


def test_measure_knows_voltages_too(daq):
    assert asked(daq, "FORM:READ:UNIT ON", "MEAS:VOLT:DC? 10,(@111:112)") == "+0.00000000E+00,+0.00000000E+00"


def test_the_status_byte_tells_of_the_events_that_are_enabled(daq):
    assert daq.receive(b"*ESE 32;*SRE 32\nFOO\n*STB?\n*RST\n*STB?\n") == b"+96\n+96\n"
    assert daq.receive(b"*ESR?;*STB?\n") == b"+32;+0\n"


def test_a_stored_scan_is_fetched_as_often_as_wanted_and_drained_once(daq):
    asked(daq, "CONF:TEMP RTD,85,(@101:103)", "UNIT:TEMP K", "TRIG:COUN 2", "INIT", "*OPC?")
    assert asked(daq, "FETC?") == asked(daq, "FETC?")
    assert asked(daq, "R? 2") == "#231+1.01000000E+02,+1.02000000E+02"
    assert asked(daq, "DATA:POIN?") == "+4"
    assert len(asked(daq, "R?")) == 4 * 16 - 1 + 4
    assert asked(daq, "R?") == "#10"


def test_an_endless_scan_goes_on_until_abort(daq):
    asked(daq, "CONF:TEMP RTD,85,(@101:102)", "TRIG:SOUR TIM", "TRIG:COUN INF", "INIT", "STAT:OPER:COND?")
    assert [asked(daq, "DATA:POIN?") for _ in range(2)] == ["+2", "+4"]
    assert asked(daq, "STAT:OPER:COND?") == "+16"
    assert asked(daq, "ABOR", "STAT:OPER:COND?") == "+0"


def test_on_the_bus_source_each_trigger_makes_one_sweep(daq):
    asked(daq, "CONF:TEMP RTD,85,(@101:102)", "TRIG:SOUR BUS", "TRIG:COUN 2", "INIT", "*TRG", "STAT:OPER:COND?")
    assert asked(daq, "DATA:POIN?") == "+2"
    assert asked(daq, "*TRG", "STAT:OPER:COND?") == "+0"


def test_a_new_scan_list_ends_a_scan(daq):
    asked(daq, "CONF:TEMP RTD,85,(@101)", "TRIG:SOUR BUS", "INIT", "ROUT:SCAN (@)", "*OPC?")
    assert daq.receive(b"*TRG\nSYST:ERR?\n") == b'-211,"Trigger ignored"\n'


def test_reset_forgets_everything(daq):
    asked(daq, "CONF:TEMP RTD,85,(@101)", "INIT", "abor;*rst;*cls", "ROUT:SCAN?")
    assert asked(daq, "DATA:POIN?") == "+0"


FRAGMENTS = [
    "*IDN",
    "?",
    ";",
    ":",
    " ",
    ",",
    "\n",
    "CONF",
    "TEMP",
    "RTD",
    "85",
    "(@",
    "101",
    ":103",
    ")",
    "READ",
    "UNIT",
    "K",
]


@given(st.one_of(st.binary(), st.lists(st.sampled_from(FRAGMENTS)).map("".join).map(str.encode)))
def test_no_bytes_make_it_raise(data):
    daq = Keysight34972A(lambda _channel: 300.0)
    daq.receive(data)
    assert daq.receive(b"\n*OPC?\n").endswith(b"1\n")


def test_refusing_it_is_silent_to_everything_but_questions_for_the_error(daq):
    daq.refusing = True
    assert daq.receive(b"*IDN?\nCONF:TEMP RTD,85,(@101);READ?\n") == b""
    assert [daq.receive(b"SYST:ERR?\n") for _ in range(4)] == [b'-200,"Execution error"\n'] * 3 + [NO_ERROR]
    daq.refusing = False
    assert asked(daq, "ROUT:SCAN?") == "#13(@)"


@pytest.mark.parametrize("configuration", ["CONF:TEMP RTD,85,(@101:102)", "CONF:VOLT:DC 10,(@101:102)"])
def test_failing_every_channel_is_in_overload(daq, configuration):
    daq.failing = True
    assert asked(daq, configuration, "READ?") == "+9.90000000E+37,+9.90000000E+37"
    daq.failing = False
    assert asked(daq, "UNIT:TEMP K,(@101:102)", "READ?") != "+9.90000000E+37,+9.90000000E+37"


def test_half_a_command_is_forgotten_with_its_client(daq):
    assert daq.receive(b"*ID") == b""
    daq.hung_up()
    assert daq.receive(b"*IDN?\n") != b""

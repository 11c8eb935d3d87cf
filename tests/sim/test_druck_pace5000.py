from dataclasses import dataclass
from functools import partialmethod
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transcript import load

from bench.sim.instruments.druck_pace5000 import PA_PER, PACE5000

WIRE = load("druck_pace5000")
PLACE = {"pressure_pa": "pressure", "pressure_rate_pa_s": "rate", "source_pressure_pa": "source"}
PLACE["barometer_pa"] = "room"


@dataclass
class Line:
    """Pneumatics that do nothing by themselves."""

    pressure: float = 101325.0
    rate: float = 0.0
    source: float = 150000.0
    room: float = 101325.0
    effort: float = 0.0
    time: float = 0.0
    target: tuple[float, float | None] | None = None
    control: bool = False
    vent: bool = False

    line_pressure_pa = partialmethod(getattr, "pressure")
    line_rate_pa_s = partialmethod(getattr, "rate")
    source_pressure_pa = partialmethod(getattr, "source")
    barometer_pa = partialmethod(getattr, "room")
    effort_percent = partialmethod(getattr, "effort")
    set_control = partialmethod(setattr, "control")
    controlling = partialmethod(getattr, "control")
    set_vent = partialmethod(setattr, "vent")
    now_s = partialmethod(getattr, "time")

    def set_target(self, pressure_pa, rate_pa_s):
        self.target = (pressure_pa, rate_pa_s)

    def venting(self):
        return self.vent and self.pressure != self.room


def arrange(pace, line, conditions):
    for name, place in PLACE.items():
        setattr(line, place, float(conditions.get(name, getattr(line, place))))
    pace.unit = conditions["unit"]
    if conditions["in_limits"] == "1":  # somebody has been watching for as long as it takes
        pace.receive(b":SENS:PRES:INL?\n")
        line.time += 2.0


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def pace(line):
    return PACE5000(line, full_scale_pa=2e5)


@pytest.mark.parametrize("size", [1, 7, 100000])
def test_the_transcript_however_it_is_cut(line, size):
    pace = PACE5000(line, full_scale_pa=float(WIRE.conditions["full_scale_pa"]))
    for conditions, group in groupby(WIRE.exchanges, key=lambda exchange: exchange.conditions):
        exchanges = list(group)
        arrange(pace, line, conditions)
        sent = b"".join(exchange.sent for exchange in exchanges)
        replies = [pace.receive(sent[i : i + size]) for i in range(0, len(sent), size)]
        assert b"".join(replies) == b"".join(exchange.reply for exchange in exchanges)


@pytest.mark.parametrize("exchange", WIRE.exchanges, ids=lambda exchange: exchange.sent.decode().strip())
def test_each_line_of_the_transcript_may_end_with_cr_lf_or_both(line, exchange):
    replies = []
    for end in (b"\n", b"\r", b"\r\n"):
        pace = PACE5000(line)
        replies.append(pace.receive(exchange.sent.replace(b"\n", end)))
    assert replies[0] == replies[1] == replies[2]


@pytest.mark.parametrize(
    ("request_", "echo"),
    [
        (":SENSE:PRESSURE?", ":SENS:PRES "),
        ("sens1?", ":SENS:PRES "),
        (":SOUR?", ":SOUR:PRES:LEV:IMM:AMPL "),
        (":SOUR:PRES:AMPL?", ":SOUR:PRES:LEV:IMM:AMPL "),
        (":SOURce:PRESsure:LEVel:IMMediate:AMPLitude:VENT?", ":SOUR:PRES:LEV:IMM:AMPL:VENT 0"),
        (":SOUR:VENT?", ":SOUR:PRES:LEV:IMM:AMPL:VENT 0"),
        (":SOUR:PRES:COMP?", ":SOUR:PRES:COMP 1500.0000000"),
        (":SOUR:PRES:COMP2?", ":SOUR:PRES:COMP2 78.9000000"),
        (":source:pressure:slew:overshoot?", ":SOUR:PRES:SLEW:OVER 1"),
        (":OUTPut1:ISOLation?", ":OUTP:ISOL:STAT 1"),
        (":INSTrument:SENSe4:FULL?", ":INST:SENS4:FULL 1150.0000000"),
        (":INST:LIM1?", ':INST:LIM "2.00bara", 2000.0000000, 0.0'),
        (":INST:CAT:ALL?", ':INST:CAT:ALL "2.00bara", "BAROMETER"'),
        (":SYST:COMM:SER:BAUD?", ":SYST:COMM:SER:BAUD 9600"),
        (":SYST:COMM:SER:TYPE:PAR?", ":SYST:COMM:SER:TYPE:PAR NONE"),
        (":SYSTEM:COMMUNICATE:SERIAL:CONTROL?", ":SYST:COMM:SER:CONT NONE"),
        (":SYSTEM:ERROR?", ':SYST:ERR 0,"No error"'),
        (":STAT:OPER:PRES:COND?", ":STAT:OPER:PRES:COND 0"),
        ("*stb?", "*STB 0"),
    ],
)
def test_long_and_short_forms_are_answered_with_the_short_full_path(pace, request_, echo):
    assert pace.receive(f"{request_}\n".encode()).decode().startswith(echo)


@pytest.mark.parametrize(
    ("line_", "code"),
    [
        (":SENS:FOO?", -113),
        (":SOUR2:PRES?", -114),
        (":SOUR:PRES:COMP3?", -114),
        (":SOUR:PRES", -109),
        (":SOUR:PRES 1,2", -108),
        (":SOUR:PRES nan", -104),
        (":SOUR:PRES 1e999", -222),
        (":SOUR:PRES -1", -222),
        (":SOUR:PRES:SLEW:MODE FAST", -104),
        (':SOUR:PRES:RANG "9.00bara"', -222),
        (":OUTP maybe", -104),
        (":UNIT:PRES FURLONG", 211),
        (":SENS:PRES 5", 201),
        (":LOC?", 202),
        (":SENS:PRES? 1", -108),
        ("!", -102),
    ],
)
def test_what_is_refused_is_silent_and_says_why_in_the_queue(pace, line_, code):
    assert pace.receive(f"{line_}\n".encode()) == b""
    assert pace.receive(b":SYST:ERR?\n").startswith(f":SYST:ERR {code},".encode())
    assert pace.receive(b":SYST:ERR?\n") == b':SYST:ERR 0,"No error"\n'


def test_the_sixth_error_turns_the_fifth_into_overflow_and_cls_empties_the_queue(pace):
    pace.receive(b":FOO\n" * 6)
    codes = [int(pace.receive(b":SYST:ERR?\n").split(b" ")[1].split(b",")[0]) for _ in range(6)]
    assert codes == [-113, -113, -113, -113, -350, 0]
    pace.receive(b":FOO\n*CLS\n")
    assert pace.receive(b":SYST:ERR?;*ESR?\n") == b':SYST:ERR 0,"No error";*ESR 0\n'


def test_a_setting_out_of_range_does_not_stop_the_rest_of_its_message_but_a_syntax_error_does(pace):
    assert pace.receive(b":SOUR:PRES -1;:OUTP?\n") == b":OUTP:STAT 0\n"
    assert pace.receive(b":OUTP?;:FOO;:OUTP?\n") == b":OUTP:STAT 0\n"


def test_a_header_without_colon_goes_on_below_the_last_one_or_starts_at_the_root(pace):
    assert pace.receive(b":SOUR:PRES:SLEW:MODE?;OVER?;*IDN?;MODE?;OUTP?\n").count(b";") == 4


@pytest.mark.parametrize("unit", PA_PER)
def test_the_unit_affects_every_number_also_the_rate(pace, line, unit):
    line.pressure, line.rate = 98066.5, 980.665
    pace.receive(f":UNIT:PRES {unit}\n".encode())
    pressure, rate = (float(pace.receive(b":SENS:PRES%s?\n" % tail).split()[-1]) for tail in (b"", b":SLEW"))
    assert pressure * PA_PER[unit] == pytest.approx(98066.5, abs=1e-7 * PA_PER[unit])
    assert rate * PA_PER[unit] == pytest.approx(980.665, abs=1e-7 * PA_PER[unit])


def test_a_target_goes_to_the_valves_in_pascals_with_its_rate_only_in_linear_mode(pace, line):
    pace.receive(b":UNIT:PRES KPA;:SOUR:PRES 120;:SOUR:PRES:SLEW 0.5\n")
    assert line.target == (120000.0, None)
    pace.receive(b":SOUR:PRES:SLEW:MODE LINEAR\n")
    assert line.target == (120000.0, 500.0)
    pace.receive(b":OUTP ON\n")
    assert line.control


def test_in_limits_needs_the_whole_dwell_inside_the_band(pace, line):
    pace.receive(b":SOUR:PRES 1013.25;:SOUR:PRES:INL 0.02;:SOUR:PRES:INL:TIME 10\n")
    seen = []
    for line.time, line.pressure in (
        (0, 101325),
        (9.9, 101364),
        (10, 101364),
        (11, 101366),
        (12, 101325),
        (22, 101325),
    ):
        seen.append(pace.receive(b":SENS:PRES:INL?\n")[-2:-1])
    assert seen == [b"0", b"0", b"1", b"0", b"0", b"1"]


def test_a_new_setpoint_starts_the_dwell_again(pace, line):
    pace.receive(b":SOUR:PRES 1013.25;:SENS:PRES:INL?\n")
    line.time = 5.0
    assert pace.receive(b":SENS:PRES:INL?\n").endswith(b" 1\n")
    assert pace.receive(b":SOUR:PRES 1013.25;:SENS:PRES:INL?\n").endswith(b" 0\n")


def test_a_vent_ends_control_and_stays_completed_until_vent_0(pace, line):
    line.pressure = 150000.0
    pace.receive(b":OUTP 1;:SOUR:PRES:LEV:IMM:AMPL:VENT 1\n")
    assert (line.control, line.vent) == (False, True)
    assert pace.receive(b":SOUR:VENT?\n").endswith(b"VENT 1\n")
    assert pace.receive(b":OUTP 1;:SYST:ERR?\n") == b':SYST:ERR -221,"Settings conflict"\n'
    line.pressure = line.room
    assert pace.receive(b":SOUR:VENT?\n").endswith(b"VENT 2\n")
    line.pressure = 150000.0
    assert pace.receive(b":SOUR:VENT?;:STAT:OPER:PRES:COND?\n").endswith(b"VENT 2;:STAT:OPER:PRES:COND 1\n")
    assert pace.receive(b":SOUR:VENT 0;:SOUR:VENT?\n").endswith(b"VENT 0\n")
    pace.receive(b":SOUR:VENT 1;:SOUR:VENT 0\n")
    assert not line.vent


def test_an_event_is_kept_until_it_is_read_and_raises_the_summary_it_is_enabled_for(pace, line):
    pace.receive(b":SOUR:PRES 1013.25;:STAT:OPER:PRES:ENAB 511;:STAT:OPER:ENAB 1024;:SENS:PRES:INL?\n")
    line.time = 2.0
    assert pace.receive(b":STAT:OPER:PRES:COND?\n") == b":STAT:OPER:PRES:COND 4\n"
    line.pressure = 0.0
    assert pace.receive(b"*STB?;:STAT:OPER?\n") == b"*STB 128;:STAT:OPER:EVEN 1024\n"
    assert pace.receive(b":STAT:OPER:PRES?\n" * 2) == b":STAT:OPER:PRES:EVEN 4\n:STAT:OPER:PRES:EVEN 0\n"


def test_the_terminator_of_replies_is_a_setting(line):
    assert PACE5000(line, terminator="\r").receive(b":OUTP?\n") == b":OUTP:STAT 0\r"


FRAGMENTS = [
    ":",
    ";",
    "?",
    " ",
    ",",
    "\n",
    '"',
    "*IDN",
    "SOUR",
    "PRES",
    "SLEW",
    "MODE",
    "OUTP",
    "VENT",
    "1",
    "-1e9",
    "(",
]


@given(st.one_of(st.binary(), st.lists(st.sampled_from(FRAGMENTS)).map("".join).map(str.encode)))
def test_no_bytes_make_it_raise(data):
    pace = PACE5000(Line())
    pace.receive(data)
    assert pace.receive(b"\n:OUTP?\n").endswith(b"\n")


def test_refusing_it_is_silent_to_everything_but_questions_for_the_error(pace):
    pace.refusing = True
    assert pace.receive(b"*IDN?\n:SENS:PRES?;:OUTP 1\n") == b""
    assert pace.receive(b":SYST:ERR?;*ESR?\n") == b':SYST:ERR -200,"Execution error";*ESR 16\n'
    pace.refusing = False
    assert pace.receive(b"*CLS;:OUTP?\n") == b":OUTP:STAT 0\n"


@pytest.mark.parametrize("query", ["SENS:PRES?", "SENS:PRES:INL?", "SENS:PRES:SLEW?", "SENS:PRES:BAR?", "SOUR:COMP1?"])
def test_failing_it_has_no_reading_to_tell_but_its_settings(pace, query):
    pace.failing = True
    assert pace.receive(f":{query}\n".encode()) == b""
    assert (
        pace.receive(b":SYST:ERR?;:SOUR:PRES?\n") == b':SYST:ERR -200,"Execution error";:SOUR:PRES:LEV:IMM:AMPL 0.0\n'
    )
    pace.failing = False
    assert pace.receive(f":{query}\n".encode()) != b""


def test_failing_it_is_never_in_limits(pace, line):
    pace.receive(b":SOUR:PRES 1013.25;:SENS:PRES:INL?\n")
    line.time = 5.0
    pace.failing = True
    assert pace.receive(b":STAT:OPER:PRES:COND?\n") == b":STAT:OPER:PRES:COND 0\n"


def test_a_sensor_that_delivers_nothing_is_not_told_as_a_number(pace, line):
    line.pressure = float("nan")
    assert pace.receive(b":SENS:PRES?\n:STAT:OPER:PRES:COND?\n") == b":STAT:OPER:PRES:COND 0\n"


def test_building_one_does_not_touch_the_line():
    line = Line(control=True, vent=True)
    PACE5000(line)
    assert (line.control, line.vent, line.target) == (True, True, None)


def test_half_a_command_is_forgotten_with_its_client(pace):
    assert pace.receive(b"*ID") == b""
    pace.hung_up()
    assert pace.receive(b"*IDN?\n") != b""

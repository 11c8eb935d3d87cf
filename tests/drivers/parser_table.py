"""Every parser of every driver, with literal good replies of the datasheets and transcripts."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import zip_longest
from typing import Any

from drivers import aimtti_cpx400dp as cpx
from drivers import alicat_mc as alicat
from drivers import druck_pace5000 as pace
from drivers import inficon_lds3000 as lds
from drivers import keysight_34972a as keysight
from drivers import mks_937b as mks
from drivers import paroscientific_digiquartz as quartz
from drivers import pfeiffer_tc400 as tc
from drivers import pfeiffer_tpg366 as tpg
from drivers import srs_rga200_currents as rga_currents
from drivers import srs_rga200_replies as rga
from drivers.measured import Identity

TORR_PA = 101325.0 / 760.0
MKS_SCAN = b"@253ACK1.00E-6 7.60E+2 ATM LO<E-11 NOGAUGE >1.1E+3"
TPG_SCAN = b"0,+1.2345E+01,0,+2.3456E+01,1,+2.0000E-09,2,+1.0000E+01,5,+2.0000E-02,5,+2.0000E-02"
OUTPUT = b"V1 20.000\r\n20.000V\r\n2.000A\r\n1\r\n1"
ALICAT_INFO = b"ALICAT SCIENTIFIC\nwww.alicat.com\nModel Number MC-500SCCM-D\nSerial Number 123456"


def all_of_it(reply: bytes) -> bytes:
    return reply


def behind_noise(reply: bytes) -> bytes:
    """What an adapter puts in front of a telegram is skipped."""
    return reply.lstrip(tc.NOISE)


def none_of_it(_: bytes) -> bytes:
    """A binary block."""
    return b""


@dataclass(frozen=True)
class Parser:
    """parse: the parser but for the reply. replies: good ones.

    guarded: so many bytes in front (all: -1) are such that one stroke on them never leads to another value.
    nan: it documents NaN for a number that is none. most: no number in what it returns is larger. ascii_part: what of
    a reply must be ASCII for it to be accepted.
    """

    parse: partial[Any]
    replies: tuple[bytes, ...]
    guarded: int = 0
    nan: bool = False
    most: float = math.inf
    ascii_part: Callable[[bytes], bytes] = all_of_it
    of: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        function = self.of or self.parse.func
        return f"{function.__module__.removeprefix('drivers.')}.{function.__name__}"


def five_lines(reply: bytes) -> bytes:
    """The link reads no more than it has questions."""
    return b"\r\n".join(reply.split(b"\r\n")[:5])


def output(reply: bytes) -> cpx.Reading:
    lines = five_lines(reply).split(b"\r\n")
    return cpx.parse_output(1, dict(zip_longest(cpx.questions(1), lines, fillvalue=b"")))


def alicat_identity(reply: bytes) -> Identity:
    """Printable lines: parse_info lets nothing else through."""
    printable = bytes(byte if byte == 0x0A or 0x20 <= byte < 0x7F else ord("?") for byte in reply)
    return alicat.parse_identity(printable.decode("ascii").split("\n"), "10v20.0-R24")


PARSERS = (
    Parser(partial(cpx.parse_reading, b"V1O?", "V"), (b"20.000V", b"0.001V", b"-0.002V", b"59.99V"), most=70.0),
    Parser(partial(cpx.parse_reading, b"I1O?", "A"), (b"2.000A",), most=25.0),
    Parser(partial(cpx.parse_setting, b"V1?"), (b"V1 24.000", b"V1 0.000"), guarded=3, most=100.0),
    Parser(partial(cpx.parse_setting, b"OCP1?"), (b"CP1 5.000",), guarded=4, most=100.0),
    Parser(partial(cpx.parse_number, b"EER?"), (b"0", b"103")),
    Parser(partial(cpx.parse_switch, b"OP1?"), (b"0", b"1")),
    Parser(
        partial(cpx.parse_identity),
        (b"THURLBY THANDAR,CPX400DP,279730,1.00-1.00", b"THURLBY THANDAR, CPX400DP, 279730, 1.00 - 1.00"),
    ),
    Parser(partial(output), (OUTPUT,), ascii_part=five_lines, of=cpx.parse_output, most=999),
    Parser(
        partial(alicat.parse_frame, "A"),
        (b"A +014.62 +021.90 +119.37 +120.00 +120.00     N2", b"A +014.62 +021.90 +000.93 +000.94 +000.00     N2 MOV"),
        most=1e6,
    ),
    Parser(partial(alicat.parse_setpoint, "A"), (b"A +120.00 +120.00 12 SCCM",), most=1e6),
    Parser(partial(alicat.parse_full_scale, "A"), (b"A +500.00 12 SCCM",)),
    Parser(partial(alicat.parse_register, "A", 122), (b"A   122 = 37", b"A   122 = 36"), guarded=9),
    Parser(partial(alicat.parse_firmware, "A"), (b"A   10v20.0-R24 Jan  9 2025,15:04:07",)),
    Parser(partial(alicat.parse_info, "A", 4), (b"A  M04 Model Number MC-500SCCM-D",)),
    Parser(partial(alicat_identity), (ALICAT_INFO,), of=alicat.parse_identity, ascii_part=none_of_it),
    Parser(partial(pace.parse_text, b":OUTP:MODE?"), (b":OUTP:MODE ACT",)),
    Parser(partial(pace.parse_number, b":SOUR:PRES:COMP1?"), (b":SOUR:PRES:COMP 1474.4753582",), guarded=16),
    Parser(partial(pace.parse_number, b":SENS:PRES:SLEW?"), (b":SENS:PRES:SLEW -0.0154574",), guarded=16),
    Parser(partial(pace.parse_number, b":OUTP:STAT 1;:OUTP:STAT?"), (b":OUTP:STAT 1", b":OUTP:STAT 0"), guarded=11),
    Parser(
        partial(pace.parse_in_limits),
        (b":SENS:PRES:INL 800.0058594, 1", b":SENS:PRES:INL 1013.2500000, 0"),
        guarded=15,
    ),
    Parser(partial(pace.parse_in_limits), (b"800.0058594,1",)),
    Parser(
        partial(pace.parse_identity),
        (b"*IDN GE Druck,Pace5000 User Interface,3213201,02.00.07", b"GE Druck,PACE,1,2"),
    ),
    Parser(
        partial(pace.parse_error),
        (b':SYST:ERR 0,"No error"', b':SYST:ERR -350,"Queue overflow;Error queue overflow"'),
        guarded=10,
    ),
    Parser(partial(pace.parse_pascal_per_unit), (b":UNIT:PRES HPA", b":UNIT:PRES KPA"), guarded=11),
    Parser(partial(lds.parse_text, b"*START", pattern="ok"), (b"ok", b"E10")),
    Parser(partial(lds.parse_value, "leak_rate"), (b"1.23E-8", b"E08"), nan=True, most=1e3),
    Parser(partial(lds.parse_value, "inlet_pressure"), (b"2.50E-02", b"E08"), nan=True, most=2e5),
    Parser(partial(lds.parse_state), (b"READY", b"STANDBY", b"EMISSION OFF")),
    Parser(partial(lds.parse_error_number), (b"NO ERROR/WARNING", b"540")),
    Parser(partial(lds.parse_calibration_state), (b"IDLE", b"INTCAL")),
    Parser(partial(lds.parse_switch), (b"ON", b"OFF")),
    Parser(partial(lds.parse_switches), (b"OFF,OFF,OFF,OFF", b"ON,OFF,OFF,OFF")),
    Parser(partial(lds.parse_device), (b"MSB",)),
    Parser(
        partial(keysight.parse_readings, count=3),
        (b"+2.95150000E+02,+2.96145000E+02,+2.26540000E+01", b"+2.95150000E+02,+9.90000000E+37,+2.26540000E+01"),
        nan=True,
    ),
    Parser(partial(keysight.parse_scan_list), (b"#214(@101,102,103)", b"#13(@)")),
    Parser(partial(keysight.parse_text, b"TRIG:SOUR?"), (b"IMM", b"K,K,K")),
    Parser(partial(keysight.parse_identity), (b"Agilent Technologies,34972A,MY49018071,1.16-1.12-02-02",)),
    Parser(partial(keysight.parse_error), (b'+0,"No error"', b'-113,"Undefined header"')),
    Parser(partial(mks.parse_data, b"@253FOO?"), (b"@253ACKTORR", b"@253NAK160")),
    Parser(partial(mks.parse_text, rb"[0-9A-Z,/ -]+", b"@253MT?"), (b"@253ACKCC,PR,CM",)),
    Parser(partial(mks.parse_unit, b"@253U?"), (b"@253ACKTORR", b"@253ACKPASCAL"), guarded=7),
    Parser(partial(mks.parse_serial, b"@253SN?"), (b"@253ACK0123456789",)),
    Parser(partial(mks.parse_scan, b"@253PRZ?", pascal_per_unit=TORR_PA), (MKS_SCAN,), guarded=7, most=1e8),
    Parser(partial(mks.parse_gauge, pascal_per_unit=TORR_PA), tuple(MKS_SCAN[7:].split())),
    Parser(partial(quartz.parse_payload, 1, b"MN"), (b"*0001MN=6000-16B-IS",)),
    Parser(partial(quartz.parse_word, 1, "SN"), (b"*0001SN=123456",), guarded=7),
    Parser(partial(quartz.parse_count, 1, "PI"), (b"*0001PI=666",), guarded=8),
    Parser(partial(quartz.parse_unit, 1), (b"*0001UN=2",), guarded=8),
    Parser(partial(quartz.parse_pressure_pa, 1, 100.0), (b"*00011013.732", b"*0001-0.012"), most=4e8),
    Parser(partial(quartz.parse_temperature_k, 1), (b"*000122.345",), most=423.15),
    Parser(
        partial(tc.parse_data, b"0010030902=?107"),
        (b"0011030906000860034", b"0011030906NO_DEF191"),
        guarded=-1,
        ascii_part=behind_noise,
    ),
    Parser(
        partial(tc.parse_text, tc.MODEL, b"0010034902=?111"), (b"0011034906TC 400067",), -1, ascii_part=behind_noise
    ),
    Parser(
        partial(tc.parse_quantity, tc.QUANTITIES["speed"], b"0010030902=?107"),
        (b"0011030906000860034", b"\xff0011030906000860034"),
        guarded=-1,
        ascii_part=behind_noise,
        most=999_999,
    ),
    Parser(
        partial(tc.parse_switch, b"0010001002=?096"),
        (b"0011001006111111015", b"0011001006000000009"),
        guarded=-1,
        ascii_part=behind_noise,
    ),
    Parser(
        partial(tc.parse_error_code, b"0010030302=?101"),
        (b"0011030306000000014", b"0011030306Err001168"),
        guarded=-1,
        ascii_part=behind_noise,
    ),
    Parser(partial(tpg.parse_scan, pascal_per_unit=100.0), (TPG_SCAN,)),
    Parser(partial(tpg.parse_unit), (b"4", b"5")),
    Parser(partial(tpg.parse_pascal_per_unit), (b"4", b"0")),
    Parser(partial(tpg.parse_text, b"TID"), (b"PKR,TPR/PCR,IKR,CMR/APR,noSENSOR,noSENSOR",)),
    Parser(partial(tpg.parse_types), (b"PKR,TPR/PCR,IKR,CMR/APR,noSENSOR,noSENSOR",)),
    Parser(partial(tpg.parse_identity), (b"TPG366,PTG28770,44990000,010400,010100",)),
    Parser(partial(tpg.parse_error_word), (b"0000", b"0001")),
    Parser(
        partial(rga_currents.parse_currents, b"HS1", count=2),
        (b"\x98\x3a\x00\x00\x9a\x72\x00\x00",),
        ascii_part=none_of_it,
        most=1e-7,
    ),
    Parser(partial(rga.parse_identity), (b"SRSRGA200VER0.51SN19045",)),
    Parser(partial(rga.parse_integer, b"EE?", allowed=range(25, 106)), (b"70",), most=105),
    Parser(partial(rga.parse_byte, b"ER?"), (b"0", b"32"), most=255),
    Parser(partial(rga.parse_decimal, b"FL?"), (b"1.01", b"0.00"), most=1e3),
    Parser(partial(rga.parse_sensitivity, b"SP?"), (b"0.1000",), most=1.0),
)

"""Pfeiffer TPG 366 six-gauge controller (manual BG 5511 BEN).

An exchange has three phases: mnemonic, then ACK or NAK, then ENQ fetches the data, or the ERROR word after a NAK. A
unit just switched on sends a measurement every second until it hears the first byte.
"""

import math
import re
from collections.abc import Sequence
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, VisaLink
from drivers.measured import Identity, Measured, Status

NAME: Final = "tpg366"
ETX: Final = b"\x03"  # clears the input buffer
ENQ: Final = b"\x05"
ACK: Final = b"\x06"
NAK: Final = b"\x15"
LINES_BEFORE_ACK: Final = 20
INPUTS: Final = ("1", "2", "3", "4", "5", "6")

UNITS: Final = ("mbar", "Torr", "Pa", "micron", "hPa", "V")  # the reply to UNI is the index
PASCAL: Final = {"mbar": 100.0, "Torr": 101325.0 / 760.0, "Pa": 1.0, "micron": 101.325 / 760.0, "hPa": 100.0}
GAUGE: Final = r"\s*[0-6]\s*,\s*[+-]?\d{1,9}(?:\.\d{0,9})?(?:[eE][+-]?\d{1,2})?\s*"  # status, value
IN_RANGE: Final = {"0": Status.GOOD, "1": Status.UNDERRANGE, "2": Status.OVERRANGE}
"""The rest is without a value: 3 sensor error, 4 sensor off, 5 no sensor, 6 identification error."""
ERROR_WORD: Final = ("controller error", "no hardware", "inadmissible parameter", "syntax error")


def parse_scan(reply: bytes, pascal_per_unit: float) -> dict[str, Measured]:
    """All gauges by number from "1"; pressures in Pa."""
    if not re.fullmatch(rf"{GAUGE}(?:,{GAUGE}){{5}}", parse_text(b"PRX", reply), re.ASCII):
        raise ProtocolError(NAME, request=b"PRX", reply=reply)
    fields = reply.decode("ascii").split(",")
    pairs = zip(fields[::2], fields[1::2], strict=True)
    return {
        str(i): _gauge(status.strip(), float(value) * pascal_per_unit) for i, (status, value) in enumerate(pairs, 1)
    }


def parse_unit(reply: bytes) -> str:
    text = reply.strip()
    if text not in {b"0", b"1", b"2", b"3", b"4", b"5"}:
        raise ProtocolError(NAME, request=b"UNI", reply=reply)
    return UNITS[int(text)]


def parse_pascal_per_unit(reply: bytes) -> float:
    unit = parse_unit(reply)
    if unit not in PASCAL:
        problem = f"{NAME}: it shows {unit}, not a pressure; set one of {', '.join(PASCAL)} at the instrument"
        raise ProtocolError(problem, request=b"UNI", reply=reply)
    return PASCAL[unit]


def parse_text(request: bytes, reply: bytes) -> str:
    try:
        return reply.decode("ascii")
    except UnicodeDecodeError as error:
        raise ProtocolError(NAME, request=request, reply=reply) from error


def parse_types(reply: bytes) -> str:
    """Words of the sensors, by channel."""
    text = parse_text(b"TID", reply)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9/]*(?:,[A-Za-z][A-Za-z0-9/]*){5}", text, re.ASCII):
        raise ProtocolError(f"{NAME}: six types of sensors expected", request=b"TID", reply=reply)
    return text


def parse_identity(reply: bytes) -> Identity:
    """Type, part number, serial, firmware, hardware."""
    fields = [field.strip() for field in parse_text(b"AYT", reply).split(",")]
    if len(fields) != 5 or not fields[0].startswith("TPG"):
        raise ProtocolError(f"{NAME}: another instrument", request=b"AYT", reply=reply)
    return Identity("Pfeiffer Vacuum", fields[0], serial=fields[2], firmware=fields[3])


def parse_error_word(reply: bytes) -> str:
    """What the four digits of the ERROR word say."""
    digits = reply.strip()
    if len(digits) != len(ERROR_WORD) or digits.strip(b"01"):
        raise ProtocolError(f"{NAME}: ERROR word expected", request=ENQ, reply=reply)
    return ", ".join(text for digit, text in zip(digits, ERROR_WORD, strict=True) if digit == ord("1"))


def _gauge(status: str, pressure_pa: float) -> Measured:
    return Measured(pressure_pa, IN_RANGE[status]) if status in IN_RANGE else Measured(math.nan, Status.FAULT)


class TPG366(VisaInstrument):
    """Inputs "1" to "6"."""

    name = NAME
    _pascal_per_unit: float

    def __init__(self, link: Link, inputs: Sequence[str] = INPUTS, settle_s: float = 0.1) -> None:
        self._inputs = tuple(inputs)
        self._settle_s = settle_s
        super().__init__(link)

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0, settle_s: float = 0.1) -> Self:
        """No inputs: all six. `settle_s`: silence that ends the stream of a unit just switched on."""
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are 1 to 6, not {sorted(unknown)}")
        link = VisaLink(address, read_termination=b"\r\n", write_termination=b"\r", timeout_s=timeout_s)
        return cls(link, inputs or INPUTS, settle_s)

    def identity(self) -> Identity:
        with self._asking() as link:
            return parse_identity(exchange(link, b"AYT"))

    def settings(self) -> dict[str, str]:
        with self._asking() as link:
            unit = parse_unit(exchange(link, b"UNI"))
            return {"unit": unit, "gauge_types": parse_types(exchange(link, b"TID"))}

    def request(self) -> None:
        with self._asking() as link:
            link.send(b"PRX")

    def collect(self) -> dict[str, Measured]:
        with self._hearing() as link:
            gauges = parse_scan(answer(link, b"PRX"), self._pascal_per_unit)
        return {name: gauges[name] for name in self._inputs}

    def _shake_hands(self) -> None:
        self._link.send_raw(ETX, interrupting=True)
        self._link.drain(self._settle_s)
        parse_identity(exchange(self._link, b"AYT", lines_before=LINES_BEFORE_ACK))
        self._pascal_per_unit = parse_pascal_per_unit(exchange(self._link, b"UNI"))


def exchange(link: Link, mnemonic: bytes, lines_before: int = 0) -> bytes:
    link.send(mnemonic)
    return answer(link, mnemonic, lines_before)


def answer(link: Link, mnemonic: bytes, lines_before: int = 0) -> bytes:
    """What a mnemonic brings that was sent. lines_before: of a stream's remains, in front of ACK or NAK. Later they say
    that it is out of step, or has been switched off and on, its unit of pressure perhaps another one.
    """
    heard = link.receive()
    while heard not in {ACK, NAK} and lines_before > 0:
        heard, lines_before = link.receive(), lines_before - 1
    if heard not in {ACK, NAK}:
        raise ProtocolError(f"{NAME}: neither ACK nor NAK", request=mnemonic, reply=heard)
    link.send_raw(ENQ)
    reply = link.receive()
    if heard == NAK:
        raise CommandRefused(f"{NAME}: {parse_error_word(reply)}", request=mnemonic, reply=reply)
    return reply

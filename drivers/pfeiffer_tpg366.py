"""Pfeiffer TPG 366 six-gauge controller (manual BG 5511 BEN).

An exchange has three phases: mnemonic, then ACK or NAK, then ENQ fetches the data, or the ERROR word after a NAK. A
unit just switched on sends a measurement every second until it hears the first byte.
"""

import math
from collections.abc import Sequence
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.link import Link, VisaLink, handshake
from drivers.measured import Identity, Measured, Status

NAME: Final = "tpg366"
ETX: Final = b"\x03"  # clears the input buffer
ENQ: Final = b"\x05"
ACK: Final = b"\x06"
NAK: Final = b"\x15"
INPUTS: Final = ("1", "2", "3", "4", "5", "6")
LINES_BEFORE_ACK: Final = 20

UNITS: Final = ("mbar", "Torr", "Pa", "micron", "hPa", "V")  # the reply to UNI is the index
PASCAL: Final = {"mbar": 100.0, "Torr": 101325.0 / 760.0, "Pa": 1.0, "micron": 101.325 / 760.0, "hPa": 100.0}
IN_RANGE: Final = {"0": Status.GOOD, "1": Status.UNDERRANGE, "2": Status.OVERRANGE}
NO_VALUE: Final = {"3", "4", "5", "6"}  # sensor error, sensor off, no sensor, identification error
ERROR_WORD: Final = ("controller error", "no hardware", "inadmissible parameter", "syntax error")


def parse_scan(reply: bytes, pascal_per_unit: float) -> dict[str, Measured]:
    """All gauges by number from "1"; pressures in Pa."""
    fields = [field.strip() for field in reply.decode("ascii", errors="replace").split(",")]
    pairs = list(zip(fields[::2], fields[1::2], strict=False))
    if len(fields) != 2 * len(INPUTS) or any(status not in IN_RANGE.keys() | NO_VALUE for status, _ in pairs):
        raise ProtocolError(NAME, request=b"PRX", reply=reply)
    try:
        return {str(i): _gauge(status, float(value) * pascal_per_unit) for i, (status, value) in enumerate(pairs, 1)}
    except ValueError as error:
        raise ProtocolError(NAME, request=b"PRX", reply=reply) from error


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


def parse_identity(reply: bytes) -> Identity:
    """Type, part number, serial, firmware, hardware."""
    fields = [field.strip() for field in reply.decode("ascii", errors="replace").split(",")]
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


class TPG366:
    """Inputs "1" to "6". A query reopens a closed link first; a scan leaves that to its caller."""

    def __init__(self, link: Link, inputs: Sequence[str] = INPUTS, settle_s: float = 0.1) -> None:
        self._link = link
        self._inputs = tuple(inputs)
        self._settle_s = settle_s
        self._pascal_per_unit = self._shake_hands()

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0, settle_s: float = 0.1) -> Self:
        """No inputs: all six. `settle_s`: silence that ends the stream of a unit just switched on."""
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are 1 to 6, not {sorted(unknown)}")
        link = VisaLink(address, read_termination=b"\r\n", write_termination=b"\r", timeout_s=timeout_s)
        return cls(link, inputs or INPUTS, settle_s)

    def identity(self) -> Identity:
        return parse_identity(self._ask(b"AYT"))

    def settings(self) -> dict[str, str]:
        return {"unit": parse_unit(self._ask(b"UNI")), "gauge_types": self._ask(b"TID").decode("ascii")}

    def request(self) -> None:
        self._link.send(b"PRX")

    def collect(self) -> dict[str, Measured]:
        gauges = parse_scan(self._answer(b"PRX"), self._pascal_per_unit)
        return {name: gauges[name] for name in self._inputs}

    def reconnect(self) -> None:
        self._link.reopen()
        self._pascal_per_unit = self._shake_hands()

    def close(self) -> None:
        self._link.close()

    def _shake_hands(self) -> float:
        with handshake(self._link, NAME):
            self._link.send_raw(ETX)
            self._link.drain(self._settle_s)
            parse_identity(self._exchange(b"AYT"))
            return parse_pascal_per_unit(self._exchange(b"UNI"))

    def _ask(self, mnemonic: bytes) -> bytes:
        """After a failure, or a scan that nobody collected, start afresh."""
        if not self._link.is_ready:
            self.reconnect()
        return self._exchange(mnemonic)

    def _exchange(self, mnemonic: bytes) -> bytes:
        self._link.send(mnemonic)
        return self._answer(mnemonic)

    def _answer(self, mnemonic: bytes) -> bytes:
        acknowledged = self._acknowledged(mnemonic)
        self._link.send_raw(ENQ)
        reply = self._link.receive()
        if not acknowledged:
            raise CommandRefused(f"{NAME}: {parse_error_word(reply)}", request=mnemonic, reply=reply)
        return reply

    def _acknowledged(self, mnemonic: bytes) -> bool:
        """True for ACK, False for NAK. Other lines are remains of the stream and are skipped."""
        for _ in range(LINES_BEFORE_ACK):
            line = self._link.receive()
            if line in {ACK, NAK}:
                return line == ACK
        raise ProtocolError(f"{NAME}: neither ACK nor NAK", request=mnemonic, reply=line)

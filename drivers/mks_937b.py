"""MKS 937B and 946 gauge controllers.

A frame is @, address, ACK or NAK, data, ;FF. Pressures come without their unit, which anybody may change at the panel:
it is asked after every scan, and must be the one that was found before it. In two exchanges, since two wires carry one
frame at a time (RS-485).
"""

import math
import re
from collections.abc import Sequence
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, SerialLine, VisaLink
from drivers.measured import Identity, Measured, Status

NAME: Final = "937b"
INPUTS: Final = ("1", "2", "3", "4", "5", "6")
ADDRESSES: Final = range(1, 254)  # 254 is everybody
PASCAL: Final = {"TORR": 101325.0 / 760.0, "MBAR": 100.0, "PASCAL": 1.0, "MICRON": 101.325 / 760.0}
NUMBER: Final = re.compile(rb"-?\d\.\d{1,3}E[+-]\d{1,2}")
BELOW: Final = re.compile(rb"LO<(E-\d{1,2})")
ABOVE: Final = re.compile(rb">(\d\.\d{1,3}E[+-]\d{1,2})")
ATMOSPHERE: Final = b"ATM"  # [K] the end of the range of a Pirani gauge
WORD: Final = re.compile(rb"[A-Z][A-Z_]+")
"""OFF, WAIT, NOGAUGE, MISCONN; other words than these and ATM may exist [K]: none of them is a pressure."""
REFUSALS: Final = {  # 150 and 169 are known to exist, not what they mean [K]
    152: "not an ion gauge",
    160: "invalid command",
}
MOST_PA: Final = 1e8  # no gauge for these controllers reads as much


def parse_data(request: bytes, reply: bytes) -> bytes:
    """The data of an answer from the address that was asked; CommandRefused for a NAK. Without ;FF, both."""
    match = re.fullmatch(rb"%b(?:ACK([ -:<-~]+)|NAK(\d{3}))" % request[:4], reply)
    if match is None:
        raise ProtocolError(f"{NAME}: unexpected reply", request=request, reply=reply)
    if match[2]:
        meaning = REFUSALS.get(int(match[2]), "refused")
        raise CommandRefused(f"{NAME}: {int(match[2])} {meaning}", request=request, reply=reply)
    return match[1]


def parse_text(pattern: bytes, request: bytes, reply: bytes) -> str:
    data = parse_data(request, reply)
    if not re.fullmatch(pattern, data):
        raise ProtocolError(f"{NAME}: unexpected data", request=request, reply=reply)
    return data.decode("ascii")


def parse_unit(request: bytes, reply: bytes) -> str:
    """Some firmware writes it in small letters."""
    names = b"|".join(unit.encode("ascii") for unit in PASCAL)
    return parse_text(b"(?i:%b)" % names, request, reply).upper()


def parse_serial(request: bytes, reply: bytes) -> str:
    return parse_text(rb"[0-9A-Z]*\d{4}[0-9A-Z]*", request, reply)


def parse_scan(request: bytes, reply: bytes, pascal_per_unit: float) -> dict[str, Measured]:
    """All six by number; pressures in Pa."""
    fields = parse_data(request, reply).split()
    if len(fields) != len(INPUTS):
        raise ProtocolError(f"{NAME}: six values expected", request=request, reply=reply)
    found = [parse_gauge(field, pascal_per_unit) for field in fields]
    if not all(gauge and not abs(gauge.value) > MOST_PA for gauge in found):  # NaN is not
        raise ProtocolError(f"{NAME}: unexpected value", request=request, reply=reply)
    return {name: gauge for name, gauge in zip(INPUTS, found, strict=True) if gauge}


def parse_gauge(field: bytes, pascal_per_unit: float) -> Measured | None:
    """None for what is neither a number nor a word."""
    if NUMBER.fullmatch(field):
        return Measured(float(field) * pascal_per_unit, Status.GOOD)
    if match := BELOW.fullmatch(field):
        return Measured(float(b"1" + match[1]) * pascal_per_unit, Status.UNDERRANGE)
    if match := ABOVE.fullmatch(field):
        return Measured(float(match[1]) * pascal_per_unit, Status.OVERRANGE)
    if field == ATMOSPHERE:
        return Measured(101325.0, Status.OVERRANGE)
    return Measured(math.nan, Status.FAULT) if WORD.fullmatch(field) else None


SETTLE_S: Final = 0.05  # it answers within 20 ms


class MKS937B(VisaInstrument):
    """Inputs "1" to "6"."""

    name = NAME
    _unit: str

    def __init__(self, link: Link, inputs: Sequence[str] = INPUTS, unit_address: int = 253) -> None:
        self._inputs = tuple(inputs)
        self._head = b"@%03d" % unit_address
        super().__init__(link)

    @classmethod
    def open(
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        timeout_s: float = 2.0,
        unit_address: int = 253,
        baud_rate: int = 9600,
    ) -> Self:
        """No inputs: all six. `unit_address` 1 to 253."""
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are 1 to 6, not {sorted(unknown)}")
        if unit_address not in ADDRESSES:
            raise ValueError(f"{NAME}: unit_address is 1 to 253, not {unit_address}")
        line = SerialLine(baud_rate)
        link = VisaLink(address, read_termination=b";FF", write_termination=b";FF", timeout_s=timeout_s, line=line)
        return cls(link, inputs or INPUTS, unit_address)

    def identity(self) -> Identity:
        """A 946 cannot be told from a 937B, nor one firmware from another."""
        with self._asking():
            return Identity("MKS", "937B", serial=self._serial(), firmware="")

    def settings(self) -> dict[str, str]:
        request = self._frame(b"MT?")
        with self._asking() as link:
            return {
                "unit": self._unit_now(),
                "gauge_types": parse_text(rb"[0-9A-Z,/ -]+", request, link.query(request)),
            }

    def request(self) -> None:
        with self._asking() as link:
            link.send(self._frame(b"PRZ?"))

    def collect(self) -> dict[str, Measured]:
        with self._hearing() as link:
            gauges = parse_scan(self._frame(b"PRZ?"), link.receive(), PASCAL[self._unit])
            if (unit := self._unit_now()) != self._unit:
                problem = f"{NAME}: its unit was {self._unit} and is {unit}"
                raise ProtocolError(problem, request=self._frame(b"U?"), reply=unit.encode("ascii"))
        return {name: gauges[name] for name in self._inputs}

    def _shake_hands(self) -> None:
        """A late answer is of the same shape as the one that is waited for: it must have passed first."""
        self._link.drain(SETTLE_S)
        self._serial()
        self._unit = self._unit_now()

    def _frame(self, command: bytes) -> bytes:
        return self._head + command

    def _serial(self) -> str:
        request = self._frame(b"SN?")
        return parse_serial(request, self._link.query(request))

    def _unit_now(self) -> str:
        request = self._frame(b"U?")
        return parse_unit(request, self._link.query(request))

"""Pfeiffer TC 400 turbo drive (Pfeiffer Vacuum protocol for RS-485; TC 110 / TC 400 operating instructions).

A telegram: address, action, parameter, length, data, checksum. The line is half duplex: one telegram at a time. Every
answer names its address and its parameter, so that one that belongs to another question is known for what it is.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, SerialLine, VisaLink
from drivers.measured import Identity, Measured, Status

NAME: Final = "tc400"
ADDRESSES: Final = range(1, 256)
READ, WRITE = b"00", b"10"
NOISE: Final = bytes(range(0x80, 0x100))  # adapters put 0xFF in front of a telegram
TELEGRAM: Final = re.compile(rb"(\d{3})10(\d{3})(\d{2})([ -~]*)(\d{3})")
ON, OFF = b"111111", b"000000"
STRING: Final = rb"[ -~]{6}"
MODEL: Final = rb"TC ?\d{3} ?"
PUMPING_STATION, MOTOR, ERROR_CODE, FIRMWARE, NOMINAL_SPEED, ELECTRONICS = 10, 23, 303, 312, 315, 349
SETTINGS: Final = {
    "nominal_speed_hz": (NOMINAL_SPEED, rb"\d{6}"),
    "operating_mode": (25, rb"\d{3}"),
    "set_speed_mode": (26, rb"\d{3}"),
    "vent_mode": (30, rb"\d{3}"),
}
REFUSALS: Final = {
    b"NO_DEF": "it has no such parameter",
    b"_RANGE": "the value is out of range",
    b"_LOGIC": "not allowed for this parameter, or not now",
}
ICE_POINT_K: Final = 273.15


@dataclass(frozen=True, slots=True)
class Quantity:
    """Six digits: SI = digits * scale + offset."""

    parameter: int
    scale: float = 1.0
    offset: float = 0.0


QUANTITIES: Final = {
    "speed": Quantity(309),
    "current": Quantity(310, scale=0.01),
    "power": Quantity(316),
    "temperature_bearing": Quantity(342, offset=ICE_POINT_K),
    "temperature_motor": Quantity(346, offset=ICE_POINT_K),
}


def telegram(address: int, action: bytes, parameter: int, data: bytes) -> bytes:
    """Without its CR."""
    head = b"%03d%b%03d%02d%b" % (address, action, parameter, len(data), data)
    return b"%b%03d" % (head, sum(head) % 256)


def parse_data(request: bytes, reply: bytes) -> bytes:
    """The data of an answer to this request; CommandRefused when it is one of the three words."""
    text = reply.lstrip(NOISE)
    match = TELEGRAM.fullmatch(text)
    if match is None or int(match[3]) != len(match[4]) or int(match[5]) != sum(text[:-3]) % 256:
        raise ProtocolError(f"{NAME}: no telegram", request=request, reply=reply)
    if (match[1], match[2]) != (request[:3], request[5:8]):
        raise ProtocolError(f"{NAME}: answer to another request", request=request, reply=reply)
    if match[4] in REFUSALS:
        raise CommandRefused(f"{NAME}: {REFUSALS[match[4]]}", request=request, reply=reply)
    return match[4]


def parse_text(pattern: bytes, request: bytes, reply: bytes) -> str:
    data = parse_data(request, reply)
    if not re.fullmatch(pattern, data):
        raise ProtocolError(f"{NAME}: unexpected data", request=request, reply=reply)
    return data.decode("ascii")


def parse_quantity(quantity: Quantity, request: bytes, reply: bytes) -> float:
    return int(parse_text(rb"\d{6}", request, reply)) * quantity.scale + quantity.offset


def parse_switch(request: bytes, reply: bytes) -> bool:
    return parse_text(ON + b"|" + OFF, request, reply) == ON.decode("ascii")


def parse_error_code(request: bytes, reply: bytes) -> str:
    """Such as Err001 or Wrn007; empty when there is none."""
    code = parse_text(rb"0{6}|(?:Err|Wrn)\d{3}", request, reply)
    return "" if code == "000000" else code


def measured(values: Mapping[str, float], error: str) -> dict[str, Measured]:
    """An error is told by the speed, by all when the speed is not among them; a warning leaves values as good as ever.

    The rest is worth looking at just then: what heated up, what current flows.
    """
    struck = ({"speed"} & values.keys() or values.keys()) if error.startswith("Err") else set()
    fault = Measured(math.nan, Status.FAULT)
    return {name: fault if name in struck else Measured(value, Status.GOOD) for name, value in values.items()}


class TC400(VisaInstrument):
    """Inputs "speed" (Hz), "current" (A), "power" (W), "temperature_bearing" and "temperature_motor" (K).

    The error code is read at every scan, also when there are no inputs.
    """

    name = NAME

    def __init__(self, link: Link, inputs: Sequence[str] = (), unit_address: int = 1) -> None:
        self._quantities = {name: QUANTITIES[name] for name in inputs}
        self._unit_address = unit_address
        parameters = [*(quantity.parameter for quantity in self._quantities.values()), ERROR_CODE]
        self._requests = [self._reading(parameter) for parameter in parameters]
        super().__init__(link)

    @classmethod
    def open(
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        timeout_s: float = 2.0,
        unit_address: int = 1,
        baud_rate: int = 9600,
    ) -> Self:
        """`unit_address` 1 to 255: groups and all are never answered."""
        if unknown := set(inputs) - QUANTITIES.keys():
            raise ValueError(f"{NAME}: inputs are {', '.join(QUANTITIES)}, not {sorted(unknown)}")
        if unit_address not in ADDRESSES:
            raise ValueError(f"{NAME}: unit_address is 1 to 255, not {unit_address}")
        line = SerialLine(baud_rate)
        link = VisaLink(address, read_termination=b"\r", write_termination=b"\r", timeout_s=timeout_s, line=line)
        return cls(link, inputs, unit_address)

    def identity(self) -> Identity:
        """It does not tell its serial number."""
        with self._asking():
            model, firmware = self._text(ELECTRONICS, MODEL), self._text(FIRMWARE, STRING)
        return Identity("Pfeiffer Vacuum", model.strip(), serial="", firmware=firmware.strip())

    def settings(self) -> dict[str, str]:
        with self._asking():
            return {name: self._text(parameter, pattern) for name, (parameter, pattern) in SETTINGS.items()}

    def request(self) -> None:
        with self._asking() as link:
            link.send(self._requests[0])

    def collect(self) -> dict[str, Measured]:
        """The error code comes last: it covers what was read before it."""
        values = {}
        with self._hearing() as link:
            reply = link.receive()
            steps = zip(self._quantities.items(), pairwise(self._requests), strict=True)
            for (name, quantity), (request, following) in steps:
                values[name] = parse_quantity(quantity, request, reply)
                reply = link.query(following)
            return measured(values, parse_error_code(self._requests[-1], reply))

    def error_code(self) -> str:
        """Such as Err001, a failure, or Wrn007, a warning; empty when there is none."""
        request = self._reading(ERROR_CODE)
        with self._asking() as link:
            return parse_error_code(request, link.query(request))

    def set_running(self, on: bool) -> None:  # noqa: FBT001 a switch has two states
        """Accelerate, or coast. The pump turns only if motor and pumping station are on: the station comes last."""
        with self._asking():
            if on:
                self._write(MOTOR, ON)
            self._write(PUMPING_STATION, ON if on else OFF)

    def running(self) -> bool:
        """Whether it has been told to turn, as read back."""
        with self._asking():
            return all([self._switch(PUMPING_STATION), self._switch(MOTOR)])

    def _shake_hands(self) -> None:
        self._text(ELECTRONICS, MODEL)
        self._text(NOMINAL_SPEED, rb"\d{6}")
        self._text(FIRMWARE, STRING)

    def _reading(self, parameter: int) -> bytes:
        return telegram(self._unit_address, READ, parameter, b"=?")

    def _text(self, parameter: int, pattern: bytes) -> str:
        request = self._reading(parameter)
        return parse_text(pattern, request, self._link.query(request))

    def _switch(self, parameter: int) -> bool:
        request = self._reading(parameter)
        return parse_switch(request, self._link.query(request))

    def _write(self, parameter: int, data: bytes) -> None:
        """Answered with what was written; never tried twice, since it moves the hardware."""
        request = telegram(self._unit_address, WRITE, parameter, data)
        reply = self._link.query(request)
        if parse_data(request, reply) != data:
            raise CommandRefused(f"{NAME}: it took over something else", request=request, reply=reply)

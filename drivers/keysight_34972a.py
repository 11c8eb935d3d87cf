"""Keysight 34972A data logger with resistance thermometers (user guide; the same commands work on 34970A and DAQ970A).

A command is sent with its error check in one write, as two lines: a syntax error cannot swallow the check then.
"""

import math
import re
from collections.abc import Sequence
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, VisaLink
from drivers.measured import Identity, Measured, Status

NAME: Final = "34972a"
NUMBER: Final = rb"\s*[+-]?\d{1,9}\.?\d{0,12}(?:[eE](?:\+?\d{1,2}|-\d{1,3}))?\s*"
TRIGGERS: Final = b"IMM|TIM|BUS|EXT|ALAR[1-4]"
UNITS: Final = b"[CFK]"
OVERLOAD: Final = 9.9e37  # an open sensor reads as +-9.9E+37
CHANNEL_S: Final = 0.02  # the channels of a scan are read one after the other, 20 ms apart at 1 PLC
CHANNEL_TIMEOUT_S: Final = 0.15  # a scan of 20 channels wants a time-out of 5 s


def parse_readings(reply: bytes, count: int) -> tuple[float, ...]:
    """Readings in scan-list order; NaN for an open sensor."""
    texts = reply.split(b",")
    if len(texts) != count or not all(re.fullmatch(NUMBER, text) for text in texts):
        raise ProtocolError(f"{NAME}: {count} readings expected", request=b"READ?", reply=reply)
    readings = [float(text) for text in texts]
    return tuple(math.nan if abs(reading) >= OVERLOAD else reading for reading in readings)


def parse_scan_list(reply: bytes) -> tuple[str, ...]:
    """Channels in the order they are read, from a block such as #214(@101,102,103)."""
    match = re.fullmatch(rb"#(\d)(\d+)\(@([\d,]*)\)\s*", reply)
    if match is None:
        raise ProtocolError(NAME, request=b"ROUT:SCAN?", reply=reply)
    return tuple(channel.decode("ascii") for channel in match[3].split(b",") if channel)


def parse_text(request: bytes, reply: bytes, words: bytes = TRIGGERS) -> str:
    """One of the words, or a list of them."""
    if not re.fullmatch(rb"(?:%b)(?:,(?:%b))*" % (words, words), reply):
        raise ProtocolError(NAME, request=request, reply=reply)
    return reply.decode("ascii")


def parse_identity(reply: bytes) -> Identity:
    match = re.fullmatch(rb"([ -+\--~]+),((?:3497\d|DAQ97\d)A),([ -+\--~]+),([ -+\--~]+)", reply)
    if match is None:
        raise ProtocolError(f"{NAME}: another instrument", request=b"*IDN?", reply=reply)
    return Identity(*(field.decode("ascii").strip() for field in match.groups()))


def parse_error(reply: bytes) -> tuple[int, str]:
    match = re.fullmatch(rb'([+-]?\d{1,4})\s*,\s*"([ -~]*)"\s*', reply)
    if match is None:
        raise ProtocolError(NAME, request=b"SYST:ERR?", reply=reply)
    return int(match[1]), match[2].decode("ascii")


def measured(channels: Sequence[str], temperatures_k: Sequence[float]) -> dict[str, Measured]:
    """Dated as if the scan had just ended."""
    start_s = -CHANNEL_S * len(channels)
    return {
        channel: Measured(value, Status.FAULT if math.isnan(value) else Status.GOOD, start_s + CHANNEL_S * i)
        for i, (channel, value) in enumerate(zip(channels, temperatures_k, strict=True))
    }


class Keysight34972A(VisaInstrument):
    """Inputs are channel numbers such as "101", each a PT100. The scan is configured at the first request."""

    name = NAME

    def __init__(self, link: Link, inputs: Sequence[str], rtd_type: int = 85) -> None:
        self._list = f"(@{','.join(sorted(inputs))})"
        self._rtd_type = rtd_type
        self._channels: tuple[str, ...] = ()
        super().__init__(link)

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0, rtd_type: int = 85) -> Self:
        """`rtd_type` 85 is alpha = 0.00385 1/K, the European PT100; 91 is 0.00391."""
        if not inputs or not all(re.fullmatch(r"[1-5]\d\d", name) for name in inputs):
            raise ValueError(f"{NAME}: inputs are channel numbers such as 101, not {list(inputs)}")
        timeout_s += CHANNEL_TIMEOUT_S * len(inputs)
        link = VisaLink(address, read_termination=b"\n", write_termination=b"\n", timeout_s=timeout_s)
        return cls(link, inputs, rtd_type)

    def identity(self) -> Identity:
        with self._asking() as link:
            return parse_identity(link.query(b"*IDN?"))

    def settings(self) -> dict[str, str]:
        unit = f"UNIT:TEMP? {self._list}".encode("ascii")
        with self._asking() as link:
            return {
                "scan_list": ",".join(parse_scan_list(link.query(b"ROUT:SCAN?"))),
                "unit": parse_text(unit, link.query(unit), UNITS),
                "trigger_source": parse_text(b"TRIG:SOUR?", link.query(b"TRIG:SOUR?")),
            }

    def request(self) -> None:
        with self._asking() as link:
            if not self._channels:
                self._channels = self._configured(link)
            link.send(b"READ?")

    def collect(self) -> dict[str, Measured]:
        """Temperatures in K; the channels are dated 20 ms apart, as if the scan had ended with this call."""
        with self._hearing() as link:
            return measured(self._channels, parse_readings(link.receive(), len(self._channels)))

    def _shake_hands(self) -> None:
        """It may have been switched off: the scan must be configured again."""
        self._channels = ()
        parse_identity(self._link.query(b"*IDN?"))
        parse_text(b"TRIG:SOUR?", self._link.query(b"TRIG:SOUR?"))

    def _configured(self, link: Link) -> tuple[str, ...]:
        """The channels, in the order in which they will be read."""
        for command in self._configuration():
            order(link, command.encode("ascii"))
        channels = parse_scan_list(link.query(b"ROUT:SCAN?"))
        if f"(@{','.join(sorted(channels))})" != self._list:
            raise CommandRefused(f"{NAME}: scans {channels}, not {self._list}")
        return channels

    def _configuration(self) -> tuple[str, ...]:
        return (
            "*CLS",
            f"CONF:TEMP RTD,{self._rtd_type},{self._list}",
            f"UNIT:TEMP K,{self._list}",
            f"ROUT:SCAN {self._list}",
            "TRIG:SOUR IMM",
            "TRIG:COUN 1",
            *(f"FORM:READ:{extra} OFF" for extra in ("UNIT", "TIME", "CHAN", "ALAR")),
        )


def order(link: Link, command: bytes) -> None:
    """A command and its error check, two lines in one write; CommandRefused when the check finds an error."""
    reply = link.query(command + b"\nSYST:ERR?")
    if parse_error(reply)[0] != 0:
        raise CommandRefused(NAME, request=command, reply=reply)

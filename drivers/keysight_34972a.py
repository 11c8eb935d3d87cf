"""Keysight 34972A data logger with resistance thermometers (user guide; the same commands work on 34970A and DAQ970A).

A command is sent with its error check in one write, as two lines: a syntax error cannot swallow the check then.
"""

import math
import re
from collections.abc import Sequence
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.link import Link, VisaLink, handshake
from drivers.measured import Identity, Measured, Status

NAME: Final = "34972a"
OVERLOAD: Final = 9.9e37  # an open sensor reads as +-9.9E+37
CHANNEL_S: Final = 0.02  # the channels of a scan are read one after the other, 20 ms apart at 1 PLC
CHANNEL_TIMEOUT_S: Final = 0.15  # a scan of 20 channels wants a time-out of 5 s


def parse_readings(reply: bytes, count: int) -> tuple[float, ...]:
    """Readings in scan-list order; NaN for an open sensor."""
    try:
        readings = tuple(float(text) for text in reply.split(b","))
    except ValueError as error:
        raise ProtocolError(NAME, request=b"READ?", reply=reply) from error
    if len(readings) != count or not all(math.isfinite(reading) for reading in readings):
        raise ProtocolError(f"{NAME}: {count} readings expected", request=b"READ?", reply=reply)
    return tuple(math.nan if abs(reading) >= OVERLOAD else reading for reading in readings)


def parse_scan_list(reply: bytes) -> tuple[str, ...]:
    """Channels in the order they are read, from a block such as #214(@101,102,103)."""
    match = re.fullmatch(rb"#(\d)(\d+)\(@([\d,]*)\)\s*", reply)
    if match is None:
        raise ProtocolError(NAME, request=b"ROUT:SCAN?", reply=reply)
    return tuple(channel.decode("ascii") for channel in match[3].split(b",") if channel)


def parse_identity(reply: bytes) -> Identity:
    fields = [field.strip() for field in reply.decode("ascii", errors="replace").split(",")]
    if len(fields) != 4 or not re.match(r"3497\dA|DAQ97\dA", fields[1]):
        raise ProtocolError(f"{NAME}: another instrument", request=b"*IDN?", reply=reply)
    return Identity(*fields)


def parse_error(reply: bytes) -> tuple[int, str]:
    match = re.fullmatch(rb'([+-]?\d+)\s*,\s*"(.*)"\s*', reply)
    if match is None:
        raise ProtocolError(NAME, request=b"SYST:ERR?", reply=reply)
    return int(match[1]), match[2].decode("ascii", errors="replace")


def measured(channels: Sequence[str], temperatures_k: Sequence[float]) -> dict[str, Measured]:
    """Dated as if the scan had just ended."""
    start_s = -CHANNEL_S * len(channels)
    return {
        channel: Measured(value, Status.FAULT if math.isnan(value) else Status.GOOD, start_s + CHANNEL_S * i)
        for i, (channel, value) in enumerate(zip(channels, temperatures_k, strict=True))
    }


class Keysight34972A:
    """Inputs are channel numbers such as "101", each a PT100. A query reopens a closed link first; a scan does not."""

    def __init__(self, link: Link, inputs: Sequence[str], rtd_type: int = 85) -> None:
        self._link = link
        self._list = f"(@{','.join(sorted(inputs))})"
        self._rtd_type = rtd_type
        self._channels = self._shake_hands()

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0, rtd_type: int = 85) -> Self:
        """`rtd_type` 85 is alpha = 0.00385 1/K, the European PT100; 91 is 0.00391."""
        if not inputs or not all(re.fullmatch(r"[1-5]\d\d", name) for name in inputs):
            raise ValueError(f"{NAME}: inputs are channel numbers such as 101, not {list(inputs)}")
        timeout_s += CHANNEL_TIMEOUT_S * len(inputs)
        link = VisaLink(address, read_termination=b"\n", write_termination=b"\n", timeout_s=timeout_s)
        return cls(link, inputs, rtd_type)

    def identity(self) -> Identity:
        return parse_identity(self._ask("*IDN?"))

    def settings(self) -> dict[str, str]:
        return {
            "scan_list": ",".join(parse_scan_list(self._ask("ROUT:SCAN?"))),
            "unit": self._ask(f"UNIT:TEMP? {self._list}").decode("ascii"),
            "trigger_source": self._ask("TRIG:SOUR?").decode("ascii"),
        }

    def request(self) -> None:
        self._link.send(b"READ?")

    def collect(self) -> dict[str, Measured]:
        """Temperatures in K; the channels are dated 20 ms apart, as if the scan had ended with this call."""
        return measured(self._channels, parse_readings(self._link.receive(), len(self._channels)))

    def reconnect(self) -> None:
        """Configures the scan again: the instrument may have been switched off."""
        self._link.reopen()
        self._channels = self._shake_hands()

    def close(self) -> None:
        self._link.close()

    def _shake_hands(self) -> tuple[str, ...]:
        with handshake(self._link, NAME):
            parse_identity(self._link.query(b"*IDN?"))
            for command in self._configuration():
                self._order(command)
            channels = parse_scan_list(self._link.query(b"ROUT:SCAN?"))
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

    def _order(self, command: str) -> None:
        request = command.encode("ascii")
        reply = self._link.query(request + b"\nSYST:ERR?")
        if parse_error(reply)[0] != 0:
            raise CommandRefused(NAME, request=request, reply=reply)

    def _ask(self, query: str) -> bytes:
        """After a failure, or a scan that nobody collected, start afresh."""
        if not self._link.is_ready:
            self.reconnect()
        return self._link.query(query.encode("ascii"))

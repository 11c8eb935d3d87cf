"""Druck PACE5000 pressure controller (manual K0472).

Replies echo the request's header. Commands and rejected queries are answered with silence: a setting therefore travels
with its read-back in one message, and after a time-out the error queue tells whether the instrument had refused.
"""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, Self, TypeVar

from drivers.errors import CommandRefused, InstrumentError, ProtocolError, ReplyTimeout
from drivers.instrument import VisaInstrument
from drivers.link import Link, VisaLink
from drivers.measured import Identity, Measured, Status

T = TypeVar("T")

NAME: Final = "pace5000"
SCAN: Final = b":SENS:PRES:INL?"
SETTINGS: Final = {
    "unit": b":UNIT:PRES?",
    "control_mode": b":OUTP:MODE?",
    "in_limits_percent_fs": b":SOUR:PRES:INL?",
    "in_limits_dwell_s": b":SOUR:PRES:INL:TIME?",
}
ERROR_QUEUE_DEPTH: Final = 5
DIGITS: Final = 1e-3  # relative, that a value must keep
NUMBER: Final = r"[+-]?\d{1,12}(?:\.\d{0,12})?(?:[eE][+-]?\d{1,2})?"
PASCAL: Final = {  # user units (USER1..4) have no fixed size and are refused
    "PA": 1.0, "HPA": 100.0, "MBAR": 100.0, "KPA": 1e3, "MPA": 1e6, "BAR": 1e5, "ATM": 101325.0,
    "TORR": 101325.0 / 760.0, "PSI": 6894.757293168, "KG/M2": 9.80665,
}  # fmt: skip


def parse_text(request: bytes, reply: bytes) -> str:
    """What follows the echoed header; some firmware echoes none.

    The echo is the canonical short path: its last node is compared, to notice an answer to something else.
    """
    if not reply.isascii():
        raise ProtocolError(f"{NAME}: unexpected reply", request=request, reply=reply)
    text = reply.decode("ascii").strip()
    if not text.startswith((":", "*")):
        return text
    header, _, payload = text.partition(" ")
    echoed, asked = (path.rpartition(":")[2].rstrip("?12").upper() for path in (header, request.decode("ascii")))
    if not echoed.startswith(asked):
        raise ProtocolError(f"{NAME}: answer to another request", request=request, reply=reply)
    return payload.strip()


def parse_number(request: bytes, reply: bytes) -> float:
    return float(_match(NUMBER, request, reply)[0])


def parse_in_limits(reply: bytes) -> tuple[float, bool]:
    """Pressure in the instrument's unit, and whether it is within the in-limits band of the setpoint."""
    pressure, flag = _match(rf"({NUMBER})\s*,\s*([01])", SCAN, reply).groups()
    return float(pressure), flag == "1"


def parse_identity(reply: bytes) -> Identity:
    fields = _match(r"([^,]+),([^,]*pace[^,]*),([^,]+),([^,]+)", b"*IDN?", reply).groups()
    return Identity(*(field.strip() for field in fields))


def parse_error(reply: bytes) -> tuple[int, str]:
    code, text = _match(r'([+-]?\d{1,5})\s*,\s*"(.*)"', b":SYST:ERR?", reply).groups()
    return int(code), text


def parse_pascal_per_unit(reply: bytes) -> float:
    unit = parse_text(b":UNIT:PRES?", reply).upper()
    if unit not in PASCAL:
        raise ProtocolError(f"{NAME}: set its unit to one of {', '.join(PASCAL)}", request=b":UNIT:PRES?", reply=reply)
    return PASCAL[unit]


def same_value(written: str, read_back: str) -> bool:
    """The instrument computes in single precision and prints seven decimals."""
    try:
        return math.isclose(float(written), float(read_back), rel_tol=1e-6, abs_tol=1e-7)
    except ValueError:
        return written == read_back


def _match(pattern: str, request: bytes, reply: bytes) -> re.Match[str]:
    match = re.fullmatch(pattern, parse_text(request, reply), re.ASCII | re.IGNORECASE)
    if match is None:
        raise ProtocolError(f"{NAME}: unexpected reply", request=request, reply=reply)
    return match


class PACE5000(VisaInstrument):
    """Input "pressure"."""

    name = NAME
    hurry_s = 1.6  # one answer in twenty takes more than a second
    _pascal_per_unit: float

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0, termination: str = "\n") -> Self:
        """`termination` is a setting of the instrument, used both ways."""
        if unknown := set(inputs) - {"pressure"}:
            raise ValueError(f"{NAME}: its only input is 'pressure', not {sorted(unknown)}")
        ending = termination.encode("ascii")
        return cls(VisaLink(address, read_termination=ending, write_termination=ending, timeout_s=timeout_s))

    def identity(self) -> Identity:
        return self._ask(b"*IDN?", parse_identity)

    def settings(self) -> dict[str, str]:
        return {name: self._ask_text(request) for name, request in SETTINGS.items()}

    def request(self) -> None:
        with self._asking() as link:
            link.send(SCAN)

    def collect(self) -> dict[str, Measured]:
        with self._hearing() as link:
            pressure, _ = parse_in_limits(link.receive())
        return {"pressure": Measured(pressure * self._pascal_per_unit, Status.GOOD)}

    def pressure_pa(self) -> float:
        return self._ask(SCAN, parse_in_limits)[0] * self._pascal_per_unit

    def in_limits(self) -> bool:
        return self._ask(SCAN, parse_in_limits)[1]

    def source_pressure_pa(self) -> float:
        """Supply pressure; must exceed the setpoint before control is switched on."""
        return self._ask_number(b":SOUR:PRES:COMP1?") * self._pascal_per_unit

    def effort_percent(self) -> float:
        """Control effort, -100 to +100 %; 0 when off."""
        return self._ask_number(b":SOUR:PRES:EFF?")

    def set_pressure(self, pressure_pa: float) -> None:
        """Write the setpoint; CommandRefused if it does not read back."""
        self._set(b":SOUR:PRES:LEV:IMM:AMPL", self._in_its_unit(pressure_pa))

    def set_rate(self, rate_pa_s: float) -> None:
        """Ramp linearly at this rate, without overshoot."""
        self._set(b":SOUR:PRES:SLEW:MODE", "LIN")
        self._set(b":SOUR:PRES:SLEW", self._in_its_unit(rate_pa_s))
        self._set(b":SOUR:PRES:SLEW:OVER", "0")

    def set_control(self, on: bool) -> None:  # noqa: FBT001 a switch has two states
        self._set(b":OUTP:STAT", "1" if on else "0")

    def controlling(self) -> bool:
        return self._ask_number(b":OUTP:STAT?") != 0.0

    def errors(self) -> list[tuple[int, str]]:
        """Empty the error queue, oldest first."""
        with self._asking() as link:
            return queued_errors(link)

    def _shake_hands(self) -> None:
        parse_identity(self._link.query(b"*IDN?"))
        self._pascal_per_unit = parse_pascal_per_unit(self._link.query(b":UNIT:PRES?"))
        queued_errors(self._link)  # of an earlier session: they must not be blamed on this one

    def _ask(self, message: bytes, parse: Callable[[bytes], T]) -> T:
        with self._asking() as link:
            try:
                return parse(link.query(message))
            except ReplyTimeout as timeout:
                self._raise_refusal(message, timeout)
                raise

    def _ask_text(self, request: bytes) -> str:
        return self._ask(request, partial(parse_text, request))

    def _ask_number(self, request: bytes) -> float:
        return self._ask(request, partial(parse_number, request))

    def _raise_refusal(self, message: bytes, timeout: ReplyTimeout) -> None:
        try:
            with self._link.hurried(self.hurry_s):
                self._link.reopen()
                errors = queued_errors(self._link)
        except InstrumentError:
            return  # silent to this as well: dead, not unwilling
        if errors:
            raise CommandRefused(f"{NAME}: {errors}", request=message) from timeout
        self._link.close()  # it may have been switched off and on: shake hands before the next use

    def _in_its_unit(self, value: float) -> str:
        """With its seven decimals; CommandRefused for what they cannot tell from something else."""
        with self._asking():  # before the unit is used: reconnecting asks for it again
            text = f"{value / self._pascal_per_unit:.7f}"
        if not math.isclose(float(text) * self._pascal_per_unit, value, rel_tol=DIGITS):
            raise CommandRefused(f"{NAME}: {value:g} Pa (or Pa/s) has too few digits in its unit, set a finer one")
        return text

    def _set(self, header: bytes, value: str) -> None:
        """Write, and read back in the same message; never tried twice, since it may move the hardware."""
        message = b"%b %b;%b?" % (header, value.encode("ascii"), header)
        found = self._ask_text(message)
        if not same_value(value, found):
            raise CommandRefused(f"{NAME}: {self.errors()}", request=message, reply=found.encode("ascii"))


def queued_errors(link: Link) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    while len(found) <= ERROR_QUEUE_DEPTH and (error := parse_error(link.query(b":SYST:ERR?")))[0]:
        found.append(error)
    return found

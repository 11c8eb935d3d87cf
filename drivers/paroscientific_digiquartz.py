"""Paroscientific Digiquartz pressure transmitter (745, 6000, 1000, 9000; Programming and Operation Manual 8819-001).

A command is `*`, destination, source and two letters; a reply is `*`, the host's id 00, its own id and the payload. It
has no checksum, and on factory settings a pressure comes 1.36 s after it was asked for: nobody waits that long here.

Its unit is a setting of its own (in EEPROM, hence never written). It is asked after the values of every scan and must
be that of the handshake, or they are dropped; a pressure that came late or twice is noticed by the same question.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Self

from drivers.errors import ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, SerialLine, VisaLink
from drivers.measured import Identity, Measured, Status

NAME: Final = "digiquartz"
END: Final = b"\r\n"
GRACE_S: Final = 0.25
SETTLE_S: Final = 0.1  # silence after a continuous stream was stopped
LINES_BEFORE: Final = 20  # of a stream's remains, in front of the first answer
INPUTS: Final = ("pressure", "temperature")
QUESTIONS: Final = {"pressure": b"P3", "temperature": b"Q3", "unit": b"UN"}

PASCAL_PER_PSI: Final = 6894.757293168
UNITS: Final = {
    "1": ("psi", 1.0), "2": ("hPa", 68.94757), "3": ("bar", 0.06894757), "4": ("kPa", 6.894757),
    "5": ("MPa", 0.00689476), "6": ("inHg", 2.036021), "7": ("mmHg", 51.71493), "8": ("mH2O", 0.7030696),
}  # fmt: skip
"""Name and size of one psi, with the digits that the instrument multiplies by. 0 is a factor of the user's: refused."""
PRESSURE_PA: Final = (-2e5, 4e8)  # the largest transmitters end at 40 000 psi
TEMPERATURE_C: Final = (-80.0, 150.0)
ZERO_CELSIUS_K: Final = 273.15


@dataclass(frozen=True, slots=True)
class Unit:
    name: str
    pascal: float


def parse_payload(unit_id: int, request: bytes, reply: bytes) -> str:
    """What follows the header, which must be the host's id and this instrument's."""
    match = re.fullmatch(rb"\*00%02d([ -~]+)" % unit_id, reply)
    if match is None:
        raise ProtocolError(f"{NAME}: no reply of unit {unit_id} to the host", request=request, reply=reply)
    return match[1].decode("ascii")


def parse_word(unit_id: int, name: str, reply: bytes) -> str:
    """The value of a reply such as `SN=123456`."""
    found, equals, value = parse_payload(unit_id, name.encode("ascii"), reply).partition("=")
    if found != name or not equals or not value.strip():
        raise ProtocolError(f"{NAME}: answer to another request", request=name.encode("ascii"), reply=reply)
    return value.strip()


def parse_count(unit_id: int, name: str, reply: bytes) -> int:
    text = parse_word(unit_id, name, reply)
    if not re.fullmatch(r"[1-9]\d{0,6}", text, re.ASCII):
        raise ProtocolError(f"{NAME}: a whole number expected", request=name.encode("ascii"), reply=reply)
    return int(text)


def parse_unit(unit_id: int, reply: bytes) -> Unit:
    number = parse_word(unit_id, "UN", reply)
    if number not in UNITS:
        names = ", ".join(f"{number} {name}" for number, (name, _) in UNITS.items())
        raise ProtocolError(f"{NAME}: set its unit (UN) to one of {names}", request=b"UN", reply=reply)
    name, per_psi = UNITS[number]
    return Unit(name, PASCAL_PER_PSI / per_psi)


def parse_pressure_pa(unit_id: int, pascal: float, reply: bytes) -> float:
    return _within(PRESSURE_PA, pascal * _number(unit_id, b"P3", reply), b"P3", reply)


def parse_temperature_k(unit_id: int, reply: bytes) -> float:
    return _within(TEMPERATURE_C, _number(unit_id, b"Q3", reply), b"Q3", reply) + ZERO_CELSIUS_K


def _number(unit_id: int, request: bytes, reply: bytes) -> float:
    """Always with a point: a reply cut short can then lose decimals at most."""
    text = parse_payload(unit_id, request, reply).strip()
    if not re.fullmatch(r"[+-]?\d{1,9}\.\d{1,9}", text, re.ASCII):
        raise ProtocolError(f"{NAME}: a number with a point expected", request=request, reply=reply)
    return float(text)


def _within(limits: tuple[float, float], value: float, request: bytes, reply: bytes) -> float:
    if not limits[0] <= value <= limits[1]:
        raise ProtocolError(f"{NAME}: beyond anything it can measure", request=request, reply=reply)
    return value


class Digiquartz(VisaInstrument):
    """Inputs "pressure" and "temperature", one asked after the other. A scan may take longer than one `collect()`."""

    name = NAME
    _unit: Unit
    _integration_s: float

    def __init__(
        self,
        link: Link,
        inputs: Sequence[str] = ("pressure",),
        unit_id: int = 1,
        timeout_s: float = 2.0,
        grace_s: float = GRACE_S,
    ) -> None:
        self._inputs = tuple(name for name in INPUTS if name in inputs)
        self._unit_id = unit_id
        self._timeout_s = timeout_s
        self._grace_s = grace_s
        self._forget()
        super().__init__(link)

    @classmethod
    def open(
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        timeout_s: float = 2.0,
        unit_id: int = 1,
        baud_rate: int = 9600,
        grace_s: float = GRACE_S,
    ) -> Self:
        """No inputs: pressure. `grace_s`: how long `collect()` waits for a value that is not there yet."""
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are {', '.join(INPUTS)}, not {sorted(unknown)}")
        if not 1 <= unit_id <= 98:
            raise ValueError(f"{NAME}: unit_id is 1 to 98, not {unit_id}")
        line = SerialLine(baud_rate=baud_rate)
        link = VisaLink(address, read_termination=END, write_termination=END, timeout_s=timeout_s, line=line)
        return cls(link, inputs or ("pressure",), unit_id, timeout_s, grace_s)

    def identity(self) -> Identity:
        with self._asking() as link:
            model, serial, firmware = (self._word(link, name) for name in ("MN", "SN", "VR"))
        return Identity("Paroscientific", model, serial, firmware)

    def settings(self) -> dict[str, str]:
        """`integration_ms` and `resolution` decide how long a value takes, and its noise."""
        with self._asking() as link:
            return {
                "unit": parse_unit(self._unit_id, self._query(link, b"UN")).name,
                "integration_ms": str(parse_count(self._unit_id, "PI", self._query(link, b"PI"))),
                "resolution": str(parse_count(self._unit_id, "PR", self._query(link, b"PR"))),
            }

    def request(self) -> None:
        """Ask, unless an answer is still due."""
        if not self._awaited:
            with self._asking() as link:
                self._found.clear()
                self._send(link, (*self._inputs, "unit"))

    def ready(self, wait_s: float) -> bool:
        with self._hearing():
            return super().ready(wait_s) or self._overdue

    def collect(self) -> dict[str, Measured]:
        """All inputs, or nothing while a reply is due; ReplyTimeout once it has been due for longer than the time-out.

        A value is dated at the middle of its integration.
        """
        with self._hearing() as link:
            while self._awaited and (reply := self._heard(link)) is not None:
                self._take(self._awaited[0], reply)
                self._send(link, self._awaited[1:])
        if self._awaited:
            return {}
        now_s = time.monotonic()
        found = {name: Measured(value, Status.GOOD, at_s - now_s) for name, (value, at_s) in self._found.items()}
        self._found.clear()
        return found

    def close(self) -> None:
        self._forget()
        super().close()

    def _shake_hands(self) -> None:
        """Any valid command stops a continuous stream; what it had said before is skipped."""
        self._forget()
        self._link.send_raw(self._command(b"UN") + END, interrupting=True)
        self._link.drain(SETTLE_S)
        serial = b"*00%02dSN=" % self._unit_id
        reply = self._query(self._link, b"SN")
        for _ in range(LINES_BEFORE):
            if reply.startswith(serial):
                break
            reply = self._link.receive()
        parse_word(self._unit_id, "SN", reply)
        self._unit = parse_unit(self._unit_id, self._query(self._link, b"UN"))
        self._integration_s = parse_count(self._unit_id, "PI", self._query(self._link, b"PI")) / 1000.0

    @contextmanager
    def _asking(self) -> Iterator[Link]:
        """Another question than the one whose answer is due: that answer must not be taken for its own."""
        if self._awaited:
            self._forget()
            self.reconnect()
        with super()._asking() as link:
            yield link

    @contextmanager
    def _hearing(self) -> Iterator[Link]:
        try:
            with super()._hearing() as link:
                yield link
        except BaseException:
            self._forget()  # the link is closed: nothing is due any more
            raise

    def _forget(self) -> None:
        self._awaited: tuple[str, ...] = ()
        """Inputs without a value yet, then the unit; the first one has been asked for."""
        self._asked_s = 0.0  # on time.monotonic
        self._found: dict[str, tuple[float, float]] = {}
        """(value, when it was taken on time.monotonic) by input."""

    @property
    def _overdue(self) -> bool:
        """The link does not know when an echo was the last thing heard."""
        return bool(self._awaited) and time.monotonic() - self._asked_s > self._timeout_s

    def _send(self, link: Link, awaited: tuple[str, ...]) -> None:
        self._awaited = awaited
        if awaited:
            link.send(self._command(QUESTIONS[awaited[0]]))
            self._asked_s = time.monotonic()

    def _heard(self, link: Link) -> bytes | None:
        """The reply that is due, if it is there or comes within the grace; not the echo of a two-wire adapter."""
        echo = self._command(QUESTIONS[self._awaited[0]])
        while link.waiting(self._grace_s) or self._overdue:
            reply = link.receive()
            if reply != echo:
                return reply
        return None

    def _take(self, name: str, reply: bytes) -> None:
        if name == "unit":
            self._check_unit(reply)
            return
        value = (
            parse_pressure_pa(self._unit_id, self._unit.pascal, reply)
            if name == "pressure"
            else parse_temperature_k(self._unit_id, reply)
        )
        elapsed_s = time.monotonic() - self._asked_s
        self._found[name] = (value, self._asked_s + 0.5 * min(self._integration_s, elapsed_s))

    def _check_unit(self, reply: bytes) -> None:
        unit = parse_unit(self._unit_id, reply)
        if unit != self._unit:
            problem = f"{NAME}: its unit was {self._unit.name} and is {unit.name} now"
            raise ProtocolError(problem, request=b"UN", reply=reply)

    def _word(self, link: Link, name: str) -> str:
        return parse_word(self._unit_id, name, self._query(link, name.encode("ascii")))

    def _query(self, link: Link, word: bytes) -> bytes:
        command = self._command(word)
        reply = link.query(command)
        return link.receive() if reply == command else reply

    def _command(self, word: bytes) -> bytes:
        return b"*%02d00%b" % (self._unit_id, word)

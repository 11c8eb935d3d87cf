"""INFICON LDS3000 helium leak detector, ASCII protocol (interface description jins, p. 7-12, 24-48).

Replies are bare numbers and words, without echo or checksum. Hence questions for numbers and for words alternate, and a
dialogue ends with the error number, which has a shape of its own: a reply to the question before, doubled or late, is
never of the shape that is waited for. A digit garbled into another digit is what cannot be noticed.
"""

import math
import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, NoReturn, Self, TypeVar

from drivers.errors import CommandRefused, ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, SerialLine, VisaLink
from drivers.measured import Identity, Measured, Status

T = TypeVar("T")

NAME: Final = "lds3000"
BAUD_RATE: Final = 19200
INPUTS: Final = {"leak_rate": b"*READ:PA*M3/S?", "inlet_pressure": b"*MEAS:P1:MBAR?"}
STATE: Final = b"*STATUS?"
ERROR: Final = b"*STATUS:ERROR?"
DEVICE: Final = b"*IDN:DEVICE?"
SI_PER_UNIT: Final = {"leak_rate": 1.0, "inlet_pressure": 100.0}  # Pa m3/s of Pa m3/s, Pa of mbar
PLAUSIBLE: Final = {"leak_rate": (-1e3, 1e3), "inlet_pressure": (0.0, 2e5)}  # SI; far beyond what it can measure [K]
NUMBER: Final = r"[+-]?\d{1,4}(?:\.\d{0,6})?[eE][+-]?\d{1,2}"  # the exponent tells it from an error number
NO_DATA: Final = "E08"
REFUSALS: Final = {
    "E01": "no * in front", "E02": "illegal blank", "E03": "word 1 illegal", "E04": "word 2 illegal",
    "E05": "word 3 illegal", "E06": "control by RS-232 not enabled", "E07": "wrong argument", NO_DATA: "no data",
    "E09": "buffer overflow", "E10": "currently invalid", "E11": "no query allowed", "E12": "only query allowed",
    "E13": "not implemented",
}  # fmt: skip


class State(Enum):
    STANDBY = "standby"
    ERROR = "error"
    CALIBRATING = "calibrating"
    RUN_UP = "run-up"
    MEASURING = "measuring"
    EMISSION_OFF = "emission off"
    UNKNOWN = "unknown"


class CalibrationState(Enum):
    IDLE = "IDLE"
    INTERNAL = "INTCAL"
    EXTERNAL = "EXTCAL"
    DYNAMIC = "DYNCAL"
    CLOSE_TEST_LEAK = "CLOSE"
    FAILED = "FAIL"


STATE_WORDS: Final = (  # in this order; the words themselves are not in the manual [K]
    ("NOT", State.UNKNOWN),
    ("STANDBY", State.STANDBY),
    ("EMISSION", State.EMISSION_OFF),
    ("ERR", State.ERROR),
    ("CAL", State.CALIBRATING),
    ("RUN", State.RUN_UP),
    ("READY", State.MEASURING),
    ("MEAS", State.MEASURING),
)
WORDS_OF_OTHERS: Final = {"OK", "ON", "OFF", "NO ERROR/WARNING", "MSB", *(state.value for state in CalibrationState)}


def parse_text(request: bytes, reply: bytes, pattern: str) -> str:
    """CommandRefused, with its meaning, for an error code."""
    text = reply.decode("ascii", "replace")  # what is replaced fits no pattern
    if re.fullmatch(r"E\d\d", text, re.ASCII):
        raise CommandRefused(f"{NAME}: {REFUSALS.get(text, 'unknown error code')}", request=request, reply=reply)
    if not reply.isascii() or not re.fullmatch(pattern, text, re.ASCII | re.IGNORECASE):
        _reject(request, reply)
    return text


def parse_value(name: str, reply: bytes) -> float:
    """Pa m3/s or Pa; NaN when it has no data."""
    if reply == NO_DATA.encode("ascii"):
        return math.nan
    value = float(parse_text(INPUTS[name], reply, NUMBER)) * SI_PER_UNIT[name]
    lowest, highest = PLAUSIBLE[name]
    if not lowest <= value <= highest:
        _reject(INPUTS[name], reply, "implausible")
    return value


def parse_state(reply: bytes) -> State:
    word = parse_text(STATE, reply, r"[A-Z][A-Z0-9 _/()-]{0,39}").upper()
    if word in WORDS_OF_OTHERS:
        _reject(STATE, reply, "answer to another question")
    return next((state for part, state in STATE_WORDS if part in word), State.UNKNOWN)


def parse_error_number(reply: bytes) -> int:
    """Of errors and warnings; 0 for none."""
    text = parse_text(ERROR, reply, r"NO ERROR/WARNING|\d{3}")
    return int(text) if text.isdigit() else 0


def parse_calibration_state(reply: bytes) -> CalibrationState:
    words = "|".join(state.value for state in CalibrationState)
    return CalibrationState(parse_text(b"*STATUS:CAL?", reply, words).upper())


def parse_switch(reply: bytes) -> bool:
    return parse_text(b"*STATUS:ZERO?", reply, "ON|OFF").upper() == "ON"


def parse_switches(reply: bytes) -> tuple[bool, ...]:
    text = parse_text(b"*STATUS:TRIGGER?", reply, "(?:ON|OFF)(?:,(?:ON|OFF)){3}")
    return tuple(word == "ON" for word in text.upper().split(","))


def parse_device(reply: bytes) -> str:
    """The ASCII protocol is the mass spectrometer box's."""
    return parse_text(DEVICE, reply, r"(?:MSB|LDS)[ -~]{0,40}").strip()


def measured(name: str, value: float, state: State, error_number: int) -> Measured:
    """A leak rate is one while it measures; the inlet pressure has a gauge of its own, which needs no emission."""
    stands = name == "inlet_pressure" or state is State.MEASURING
    if error_number or state is State.ERROR or not stands or math.isnan(value):
        return Measured(math.nan, Status.FAULT)
    return Measured(value, Status.GOOD)


def _reject(request: bytes, reply: bytes, why: str = "unexpected reply") -> NoReturn:
    raise ProtocolError(f"{NAME}: {why}", request=request, reply=reply)


class LDS3000(VisaInstrument):
    """Inputs "leak_rate" in Pa m3/s and "inlet_pressure" in Pa. Sample no faster than ten times a second (p. 8)."""

    name = NAME
    hurry_s = 1.6  # it may take 1.5 s to answer (p. 8)

    def __init__(self, link: Link, inputs: Sequence[str] = tuple(INPUTS)) -> None:
        self._inputs = [name for name in INPUTS if name in inputs]
        super().__init__(link)

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0) -> Self:
        """No inputs: both. It answers within 1.5 s (p. 8)."""
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are {', '.join(INPUTS)}, not {sorted(unknown)}")
        line = SerialLine(baud_rate=BAUD_RATE)
        link = VisaLink(address, read_termination=b"\r", write_termination=b"\r", timeout_s=timeout_s, line=line)
        return cls(link, inputs or tuple(INPUTS))

    def identity(self) -> Identity:
        with self._asking() as link:
            device = parse_device(link.query(DEVICE))
            version, serial = (
                parse_text(request, link.query(request), r"[ -~]{1,40}").strip()
                for request in (b"*IDN:VERSION?", b"*IDN:SERIAL?")
            )
            parse_error_number(link.query(ERROR))
        return Identity("INFICON", device, serial, version)

    def settings(self) -> dict[str, str]:
        """None: only commands that set gas mass and test leaks are documented, and every question names its unit."""
        return {}

    def request(self) -> None:
        with self._asking() as link:
            link.send(INPUTS[self._inputs[0]])

    def collect(self) -> dict[str, Measured]:
        """FAULT without data, with an error or warning; a leak rate also unless it measures."""
        first, *second = self._inputs
        with self._hearing() as link:
            values = {first: parse_value(first, link.receive())}
            state = parse_state(link.query(STATE))
            values |= {name: parse_value(name, link.query(INPUTS[name])) for name in second}
            error_number = parse_error_number(link.query(ERROR))
        return {name: measured(name, value, state, error_number) for name, value in values.items()}

    def state(self) -> State:
        return self._ask(STATE, parse_state)

    def error_number(self) -> int:
        """Of an error or a warning; 0 for none."""
        with self._asking() as link:
            parse_state(link.query(STATE))
            return parse_error_number(link.query(ERROR))

    def calibration_state(self) -> CalibrationState:
        return self._ask(b"*STATUS:CAL?", parse_calibration_state)

    def trigger_states(self) -> tuple[bool, ...]:
        """Of the four triggers."""
        return self._ask(b"*STATUS:TRIGGER?", parse_switches)

    def zeroed(self) -> bool:
        return self._ask(b"*STATUS:ZERO?", parse_switch)

    def set_measuring(self, on: bool) -> None:  # noqa: FBT001 a switch has two states
        """Measure, or go to standby; CommandRefused if it stays as it was."""
        unmoved = State.STANDBY if on else State.MEASURING
        self._order(b"*START" if on else b"*STOP", STATE, parse_state, lambda state: state is not unmoved)

    def measuring(self) -> bool:
        return self.state() is State.MEASURING

    def zero(self, on: bool) -> None:  # noqa: FBT001 a switch has two states
        """Subtract what is the background now, or nothing any more."""
        command = b"*ZERO:ON" if on else b"*ZERO:OFF"
        self._order(command, b"*STATUS:ZERO?", parse_switch, lambda found: found is on)

    def clear_errors(self) -> None:
        """CommandRefused if an error stays."""
        with self._asking() as link:
            _command(link, b"*CLS")
            parse_state(link.query(STATE))
            if number := parse_error_number(link.query(ERROR)):
                raise CommandRefused(f"{NAME}: error {number} stays", request=b"*CLS")

    def _shake_hands(self) -> None:
        parse_device(self._link.query(DEVICE))
        parse_error_number(self._link.query(ERROR))

    def _ask(self, request: bytes, parse: Callable[[bytes], T]) -> T:
        with self._asking() as link:
            answer = parse(link.query(request))
            parse_error_number(link.query(ERROR))
        return answer

    def _order(self, command: bytes, query: bytes, parse: Callable[[bytes], T], obeyed: Callable[[T], bool]) -> None:
        """A command, once, and its read-back; each waits for its reply, as the manual wants it."""
        with self._asking() as link:
            _command(link, command)
            found = link.query(query)
            answer = parse(found)
            parse_error_number(link.query(ERROR))
        if not obeyed(answer):
            raise CommandRefused(f"{NAME}: it did not obey", request=command, reply=found)


def _command(link: Link, command: bytes) -> None:
    parse_text(command, link.query(command), "ok")

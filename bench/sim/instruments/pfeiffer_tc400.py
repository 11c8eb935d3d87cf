"""A Pfeiffer TC 400 turbo drive on the far side of the wire (Pfeiffer Vacuum protocol; TC 400 instructions)."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

TELEGRAM = re.compile(r"(\d{3})([01])0(\d{3})(\d{2})(.*)(\d{3})", re.ASCII)  # address, action, parameter, length, data
ASK, NO_DEF, RANGE, LOGIC = "=?", "NO_DEF", "_RANGE", "_LOGIC"
LONGEST_TELEGRAM = 128  # 112 with 99 characters of data; a sender that never ends one must not fill the memory
NOISE = bytes(range(0x80, 0x100))  # adapters put 0xFF before a telegram
BROADCAST, GROUPS = 0, range(900, 1000)  # obeyed, never answered

FAILURE, NO_ERROR = "Err001", "000000"
SUPPLY_V, SUPPLY_W = 48.0, 10.0  # [K] of the electronics
SPIN_UP_W, FULL_TORQUE_UP_TO = 280.0, 0.3  # [K] constant torque up to this share of nominal speed, then constant power
FRICTION_W = 40.0  # [K] at nominal speed
AMBIENT_C = 22.0
WARMTH = {326: 8.0, 330: 3.0, 342: 10.0, 346: 16.0}  # [K] K above ambient at nominal speed
SWITCH_POINT, ATTAINED = 0.8, 0.98  # [K] shares of nominal speed and of the speed asked for


class TurboPump(Protocol):
    """The pump that the drive turns."""

    def set_running(self, on: bool) -> None: ...  # noqa: FBT001 - the state itself is the message

    def running(self) -> bool:
        """What it has been told."""

    def speed(self) -> float:
        """Share of nominal speed, 0 to 1."""


class RefusedError(Exception):
    """The word to answer with."""


@dataclass(frozen=True, slots=True)
class DataType:
    pattern: str
    read: Callable[[str], Any]
    show: Callable[[Any], str]

    def value(self, data: str) -> Any:  # noqa: ANN401 - bool, int, float or str, as the type says
        if not re.fullmatch(self.pattern, data, re.ASCII):
            raise RefusedError(RANGE)
        return self.read(data)


def digits(value: float, count: int = 6) -> str:
    return f"{min(max(round(value), 0), 10**count - 1):0{count}d}"


def mantissa_and_exponent(value: float) -> str:
    """`100023` is 1000: four digits of thousandths, then the power of ten plus 20."""
    if not 1e-20 <= value < 1e80:
        return "000000"
    mantissa, power = f"{value:.3e}".split("e")
    return f"{mantissa.replace('.', '')}{int(power) + 20:02d}"


BOOLEAN = DataType("0{6}|1{6}", lambda data: data == "111111", lambda on: "111111" if on else "000000")  # type 0
UNSIGNED = DataType(r"\d{6}", int, digits)  # type 1
REAL = DataType(r"\d{6}", lambda data: int(data) / 100, lambda value: digits(value * 100))  # type 2
STRING = DataType(".{6}", str, lambda text: f"{text:6.6}")  # type 4
SHORT = DataType(r"\d{3}", int, partial(digits, count=3))  # type 7
EXPONENTIAL = DataType(r"\d{6}", str, mantissa_and_exponent)  # type 10

PUMPING_STATION, MOTOR, SET_MODE, SET_PERCENT, ACKNOWLEDGE = 10, 23, 26, 707, 9
SETTINGS: dict[int, tuple[DataType, float, float, float]] = {  # default, lowest, highest [K]
    PUMPING_STATION: (BOOLEAN, 0, 0, 1),
    12: (BOOLEAN, 0, 0, 1),  # EnableVent
    MOTOR: (BOOLEAN, 1, 0, 1),
    25: (SHORT, 0, 0, 3),  # OpModeBKP
    SET_MODE: (SHORT, 0, 0, 1),
    30: (SHORT, 0, 0, 2),  # VentMode
    SET_PERCENT: (REAL, 65, 20, 100),
}


class TC400:
    """The plant knows nominal speed only: SpdSetMode and SpdSval change the speed asked for, not the one reached.

    A failure stops the motor when the next bytes arrive and switches PumpgStatn off; once it has ended, a client must
    switch it on again. gauge_pa: of a gauge at the drive's accessory port, None without one.
    """

    single_client = True  # one RS-485 line
    response_s = 0.02

    def __init__(
        self,
        port: TurboPump,
        *,
        address: int = 1,
        nominal_hz: float = 1000.0,
        operating_h: int = 1234,
        firmware: str = "010500",
        gauge_pa: Callable[[], float] | None = None,
    ) -> None:
        self.port, self.address, self.nominal_hz = port, address, nominal_hz
        self.operating_h, self.firmware = operating_h, firmware
        self._gauge_pa = gauge_pa
        self.settings = {number: default for number, (_, default, _, _) in SETTINGS.items()}
        self.settings[PUMPING_STATION] = port.running()
        self.refusing = self.failing = False
        self._partial = b""

    def receive(self, data: bytes) -> bytes:
        if self.failing:
            self._stop()
        *telegrams, rest = (self._partial + data.translate(None, NOISE)).split(b"\r")
        self._partial = rest[:LONGEST_TELEGRAM]
        return b"".join([self._telegram(telegram.decode("ascii").strip("\n")) for telegram in telegrams])

    def _telegram(self, telegram: str) -> bytes:
        """Bad checksum, bad length, another's address: not a word."""
        match = TELEGRAM.fullmatch(telegram)
        if match is None or int(match[4]) != len(match[5]) or int(match[6]) != checksum(telegram[:-3]):
            return b""
        address, number = int(match[1]), int(match[3])
        if address not in {self.address, BROADCAST, *GROUPS}:
            return b""
        answer = self._answer(number, match[5], writing=match[2] == "1")
        return framed(f"{self.address:03d}10{number:03d}", answer) if address == self.address else b""

    def _answer(self, number: int, data: str, *, writing: bool) -> str:
        if self.refusing:
            return LOGIC
        try:
            return self._write(number, data) if writing else self._read(number, data)
        except RefusedError as refused:
            return str(refused)

    def _read(self, number: int, data: str) -> str:
        if number in SETTINGS:
            kind, value = SETTINGS[number][0], self.settings[number]
        elif number in MEASURED:
            kind, value = MEASURED[number][0], MEASURED[number][1](self)
        else:
            raise RefusedError(LOGIC if number == ACKNOWLEDGE else NO_DEF)
        if data != ASK:
            raise RefusedError(LOGIC)
        return kind.show(value)

    def _write(self, number: int, data: str) -> str:
        """Answers with what was written."""
        if number == ACKNOWLEDGE:
            BOOLEAN.value(data)  # an error lasts as long as its cause
        elif number in SETTINGS:
            kind, _, lowest, highest = SETTINGS[number]
            value = kind.value(data)
            if not lowest <= value <= highest:
                raise RefusedError(RANGE)
            self._set(number, value)
        else:
            raise RefusedError(LOGIC if number in MEASURED else NO_DEF)
        return data

    def _set(self, number: int, value: float) -> None:
        self.settings[number] = value
        if self.failing:
            self._stop()  # the error comes back at once
        elif number in {PUMPING_STATION, MOTOR}:
            # The real drive turns its motor only if the whole pumping station (010) and the motor (023) are both on.
            self.port.set_running(bool(self.settings[PUMPING_STATION] and self.settings[MOTOR]))

    def _stop(self) -> None:
        self.settings[PUMPING_STATION] = 0
        if self.port.running():
            self.port.set_running(False)

    def speed(self) -> float:
        """Share of nominal speed; where no rotation is sensed, 0."""
        speed = self.port.speed()
        return max(speed, 0.0) if math.isfinite(speed) else 0.0

    def speed_set(self) -> float:
        """Share of nominal speed."""
        return self.settings[SET_PERCENT] / 100 if self.settings[SET_MODE] else 1.0

    def attained(self) -> bool:
        return self.speed() >= ATTAINED * self.speed_set()

    def accelerating(self) -> bool:
        return self.port.running() and not self.attained()

    def power_w(self) -> float:
        """A coasting rotor costs nothing."""
        speed = self.speed()
        spin_up_w = SPIN_UP_W * min(speed / FULL_TORQUE_UP_TO, 1.0) if self.accelerating() else 0.0
        return SUPPLY_W + (spin_up_w + FRICTION_W * speed**2 if self.port.running() else 0.0)

    def gauge_hpa(self) -> float:
        return self._gauge_pa() / 100 if self._gauge_pa else 0.0


def checksum(text: str) -> int:
    return sum(text.encode("ascii")) % 256


def framed(header: str, data: str) -> bytes:
    text = f"{header}{len(data):02d}{data}"
    return f"{text}{checksum(text):03d}\r".encode("ascii")


def temperature(number: int) -> tuple[DataType, Callable[[TC400], Any]]:
    return UNSIGNED, lambda drive: AMBIENT_C + WARMTH[number] * drive.speed()


MEASURED: dict[int, tuple[DataType, Callable[[TC400], Any]]] = {
    302: (BOOLEAN, lambda drive: drive.speed() >= SWITCH_POINT),
    303: (STRING, lambda drive: FAILURE if drive.failing else NO_ERROR),
    304: (BOOLEAN, lambda _: False),
    305: (BOOLEAN, lambda _: False),
    306: (BOOLEAN, TC400.attained),
    307: (BOOLEAN, TC400.accelerating),
    308: (UNSIGNED, lambda drive: drive.speed_set() * drive.nominal_hz),
    309: (UNSIGNED, lambda drive: drive.speed() * drive.nominal_hz),
    310: (REAL, lambda drive: drive.power_w() / SUPPLY_V),
    311: (UNSIGNED, lambda drive: drive.operating_h),
    312: (STRING, lambda drive: drive.firmware),
    313: (REAL, lambda _: SUPPLY_V),
    315: (UNSIGNED, lambda drive: drive.nominal_hz),
    316: (UNSIGNED, TC400.power_w),
    349: (STRING, lambda _: "TC 400"),
    398: (UNSIGNED, lambda drive: drive.speed() * drive.nominal_hz * 60),
    399: (UNSIGNED, lambda drive: drive.nominal_hz * 60),
    740: (EXPONENTIAL, TC400.gauge_hpa),
} | {number: temperature(number) for number in WARMTH}

"""A Pfeiffer TPG 366 on the far side of the wire (BG 5511 BEN): mnemonic, ACK or NAK, then ENQ for the answer."""

import math
import re
from collections.abc import Callable, Mapping
from functools import partial

ETX, ENQ, ACK, NAK = b"\x03", b"\x05", b"\x06\r\n", b"\x15\r\n"
TOKEN = re.compile(rb"([\x03\x05\r\n])")  # CR ends a message; the LF of a CR LF then ends an empty one
LONGEST_MESSAGE = 256  # a sender that never ends its message must not fill the memory
CHANNELS = range(1, 7)
PA_PER = (100.0, 101325.0 / 760, 1.0, 101325.0 / 760e3, 100.0)  # UNI 0 mbar, 1 Torr, 2 Pa, 3 micron, 4 hPa
VOLT = 5  # UNI; what a sensor delivers
LOGARITHMIC = {"TPR/PCR": (5.5, 1.0), "PKR": (6.8, 0.6), "IKR": (10.5, 1.0), "PBR": (7.75, 0.75)}
"""Volts at 1 mbar and volts per decade; the others are linear, 10 V at full scale of the largest [K]."""
LINEAR_V_PER_PA = 10.0 / 110000.0  # [K]
SENSOR_ERROR, SENSOR_OFF, NO_SENSOR = 3, 4, 5
NO_SENSOR_VALUE = 2e-2  # in whatever unit; also of a sensor in error [K]
SWITCHABLE = {"PKR", "IKR", "IKR9", "IKR11", "PBR", "IMR"}  # cold and hot cathode gauges
SYNTAX_ERROR, INADMISSIBLE, CONTROLLER_ERROR = 1, 10, 1000  # digits of the ERROR word; 100 no hardware
LINES_PER_IDLE = (10.0, 1.0, 1.0 / 60.0)  # COM 0: 100 ms, 1: 1 s, 2: 1 min [K]


class RefusedError(Exception):
    """The digit to set in the ERROR word."""


class TPG366:
    """gauge: channel -> status digit and pressure in Pa, NaN from a sensor that delivers nothing.

    sensors: channel -> TID word, an absent one has no sensor. refusing: NAK and a controller error, whatever is asked.
    """

    single_client = True  # its TCP port takes one connection
    response_s = 0.1  # of the two round trips of a PRX at the 5 Hz it may be polled with [K]

    def __init__(
        self,
        gauge: Callable[[int], tuple[int, float]],
        sensors: Mapping[int, str],
        *,
        serial: str = "44990000",
        unit: int = 4,
    ) -> None:
        self._gauge, self._sensors = gauge, sensors
        self._type_plate = f"TPG366,PTG28770,{serial},010400,010100"
        self._unit = unit
        self.refusing = self.failing = False
        self._off: set[int] = set()
        self._error_word = 0
        self._partial = b""
        self._answer: Callable[[], str] = self._all_pressures  # what ENQ asks for
        self._awake = False
        self._lines_per_idle = self._lines_due = 0.0
        self._mnemonics = self._asking() | {"UNI": self._set_unit, "SEN": self._switch, "COM": self._stream}

    def _asking(self) -> dict[str, Callable[..., Callable[[], str]]]:
        """Mnemonics that set nothing."""
        _, _, _, firmware, hardware = self._type_plate.split(",")
        answers: dict[str, Callable[[], str]] = {
            "AYT": lambda: self._type_plate,
            "PNR": lambda: firmware,
            "HDW": lambda: hardware,
            "PRX": self._all_pressures,
            "TID": self._sensor_types,
            "ERR": self._take_error_word,
        }
        answers |= {f"PR{channel}": partial(self._pressure, channel) for channel in CHANNELS}
        return {mnemonic: partial(fixed, answer) for mnemonic, answer in answers.items()}

    @property
    def streaming(self) -> bool:
        """Lines are due although nobody asked: since power-up, or since COM, until the next byte arrives."""
        return not self._awake or self._lines_per_idle > 0

    def power_up_stream(self) -> bytes:
        return f"{self._all_pressures()}\r\n".encode("ascii")

    def idle(self) -> bytes:
        """To be called once a second: the lines streamed in that second."""
        if not self.streaming:
            return b""
        self._lines_due += self._lines_per_idle if self._awake else 1.0
        lines, self._lines_due = divmod(self._lines_due + 1e-9, 1.0)  # 60 sixtieths make a whole line
        return self.power_up_stream() * int(lines)

    def receive(self, data: bytes) -> bytes:
        *tokens, rest = TOKEN.split(self._partial + data)
        replies = [self._message(text, end) for text, end in zip(tokens[::2], tokens[1::2], strict=True)]
        self._partial = rest[:LONGEST_MESSAGE]
        if rest:
            self._end_stream()
        return b"".join(replies)

    def hung_up(self) -> None:
        self._partial = b""

    def _end_stream(self) -> None:
        self._awake, self._lines_per_idle, self._lines_due = True, 0.0, 0.0

    def _message(self, text: bytes, end: bytes) -> bytes:
        """ETX and ENQ act at once and drop what was not yet ended."""
        if text or end != b"\n":  # the LF of COM's own CR LF must not end the stream that it began
            self._end_stream()
        if end == ENQ:
            return f"{self._answer()}\r\n".encode("ascii")
        message = text.strip()
        return self._execute(message) if message and end != ETX else b""

    def _execute(self, message: bytes) -> bytes:
        mnemonic, *params = (word.strip() for word in message.decode("ascii", "replace").upper().split(","))
        act = partial(refused, CONTROLLER_ERROR) if self.refusing else self._mnemonics.get(mnemonic, UNKNOWN)
        try:
            self._answer = act(*params)
        except RefusedError as error:
            self._refuse(error.args[0])
            return NAK
        return ACK

    def _refuse(self, digit: int) -> None:
        if not self._error_word // digit % 10:
            self._error_word += digit
        self._answer = self._take_error_word

    def _take_error_word(self) -> str:
        word, self._error_word = self._error_word, 0
        return f"{word:04d}"

    def _pressure(self, channel: int) -> str:
        status, pressure_pa = self._gauge(channel) if channel in self._sensors else (NO_SENSOR, 0.0)
        if status == NO_SENSOR:
            return f"{NO_SENSOR},{NO_SENSOR_VALUE:+.4E}"
        if self.failing or math.isnan(pressure_pa):
            return f"{SENSOR_ERROR},{NO_SENSOR_VALUE:+.4E}"
        return f"{SENSOR_OFF if channel in self._off else status},{self._shown(channel, pressure_pa):+.4E}"

    def _shown(self, channel: int, pressure_pa: float) -> float:
        if self._unit == VOLT:
            return volts(self._sensors[channel], pressure_pa)
        return pressure_pa / PA_PER[self._unit]

    def _all_pressures(self) -> str:
        return ",".join([self._pressure(channel) for channel in CHANNELS])

    def _sensor_types(self) -> str:
        return ",".join([self._sensors.get(channel, "noSENSOR") for channel in CHANNELS])

    def _set_unit(self, *params: str) -> Callable[[], str]:
        if params:
            self._unit = chosen(params, 1, VOLT + 1)[0]
        return lambda: str(self._unit)

    def _switch(self, *params: str) -> Callable[[], str]:
        """Per channel 0 leave, 1 off, 2 on; a sensor that cannot be switched stays as it is."""
        for channel, state in zip(CHANNELS, chosen(params, 6, 3) if params else [0] * 6, strict=True):
            if self._sensors.get(channel) in SWITCHABLE:
                self._off = self._off - {channel} if state == 2 else self._off | {channel} if state else self._off
        return self._switches

    def _switches(self) -> str:
        states = {channel: "1" if channel in self._off else "2" for channel in CHANNELS}
        return ",".join([states[channel] if self._sensors.get(channel) in SWITCHABLE else "0" for channel in CHANNELS])

    def _stream(self, *params: str) -> Callable[[], str]:
        self._lines_per_idle = LINES_PER_IDLE[chosen(params, 1, len(LINES_PER_IDLE))[0]]
        return self._all_pressures


def volts(sensor: str, pressure_pa: float) -> float:
    if sensor not in LOGARITHMIC:
        return pressure_pa * LINEAR_V_PER_PA
    at_1_mbar, per_decade = LOGARITHMIC[sensor]
    return min(max(at_1_mbar + per_decade * math.log10(max(pressure_pa / 100, 1e-12)), 0.0), 10.5)


def fixed(answer: Callable[[], str], *params: str) -> Callable[[], str]:
    """A mnemonic that only asks takes no parameters."""
    if params:
        raise RefusedError(INADMISSIBLE)
    return answer


def refused(digit: int, *_params: str) -> Callable[[], str]:
    raise RefusedError(digit)


UNKNOWN = partial(refused, SYNTAX_ERROR)


def chosen(params: tuple[str, ...], count: int, options: int) -> list[int]:
    """Exactly count digits, each below options."""
    if len(params) != count or any(param not in map(str, range(options)) for param in params):
        raise RefusedError(INADMISSIBLE)
    return [int(param) for param in params]

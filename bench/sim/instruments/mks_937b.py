"""An MKS 937B (or 946) gauge controller on the far side of the wire: `@253PR1?;FF` -> `@253ACK7.60E+2;FF`."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

END = b";FF"
COMMAND = re.compile(r"([A-Z]+?)(\d{0,2})([?!])(.*)")
LONGEST_FRAME = 64  # a sender that never ends its frame must not fill the memory
BROADCAST = 254  # answered under the own address
CHANNELS, RELAYS = range(1, 7), range(1, 13)  # a module has two channels, a channel two relays that watch it
MODEL, FIRMWARE = "937B", "1.10"
TORR_PA = 101325.0 / 760
PA_PER = {"TORR": TORR_PA, "MBAR": 100.0, "PASCAL": 1.0, "MICRON": TORR_PA / 1e3}
WRONG_GAUGE, NOT_ION_GAUGE, INVALID_COMMAND, INVALID_PARAMETER = 150, 152, 160, 169  # the first and the last [K]
OK, UNDERRANGE, OVERRANGE, SENSOR_ERROR, OFF, NO_SENSOR = range(6)  # what gauges say
WORDS = {SENSOR_ERROR: "MISCONN", OFF: "OFF", NO_SENSOR: "NOGAUGE"}  # [K] but for OFF
PIRANIS, PIRANI_ATM_PA = {"PR", "CP"}, 1.05e5  # those whose range ends below show ATM when it is exceeded [K]
ION_GAUGES = {"CC", "HC"}  # cold and hot cathode
UNSWITCHABLE = {"CM"}  # capacitance manometers have no power of their own to be switched [K]
ION_STATUS = {OK: "G", UNDERRANGE: "G", OVERRANGE: "P", SENSOR_ERROR: "N", OFF: "O", NO_SENSOR: "N"}  # [K]
WAIT_S = {"CC": 3.0, "HC": 10.0}  # from high voltage or emission on until the first reading [K]
NO_MODULE = "NC"
HYSTERESIS = {"BELOW": 1.1, "ABOVE": 0.9}  # SH follows SP by so much [K]
FACTORY_SETPOINT_PA = TORR_PA * 1e-3  # [K]


class RefusedError(Exception):
    """The code behind NAK."""


@dataclass(slots=True)
class Relay:
    """Closed below or above its set point, and until the pressure has passed the hysteresis point."""

    channel: int
    setpoint_pa: float = FACTORY_SETPOINT_PA
    hysteresis_pa: float = FACTORY_SETPOINT_PA * HYSTERESIS["BELOW"]
    direction: str = "BELOW"
    enable: str = "CLEAR"
    closed: bool = False

    def follow(self, status: int, pressure_pa: float) -> bool:
        """A gauge that does not measure opens it."""
        if self.enable != "ENABLE" or status > OVERRANGE or not math.isfinite(pressure_pa):
            self.closed = self.enable == "SET"
            return self.closed
        limit_pa = self.hysteresis_pa if self.closed else self.setpoint_pa
        self.closed = pressure_pa < limit_pa if self.direction == "BELOW" else pressure_pa > limit_pa
        return self.closed


class MKS937B:
    """gauge: channel -> status digit (0 ok, 1 under-, 2 over-range at the end of the range, 3 sensor error, 4 off, 5 no
    sensor) and pressure in Pa. types: channel -> CC, HC, PR, CP or CM. unit is kept without power. now_s: simulated
    time, for the WAIT of an ion gauge just switched on; without it there is no wait.
    """

    single_client = True
    response_s = 0.02

    def __init__(
        self,
        gauge: Callable[[int], tuple[int, float]],
        types: Mapping[int, str],
        *,
        address: int = 253,
        serial: str = "9370123456",
        unit: str = "TORR",
        now_s: Callable[[], float] | None = None,
    ) -> None:
        self.refusing = self.failing = False
        self._gauge, self._types = gauge, types
        self._address, self._serial, self._unit = address, serial, unit
        self._now_s = now_s
        self._off: set[int] = set()
        self._on_since_s: dict[int, float] = {}
        self._relays = {number: Relay((number + 1) // 2) for number in RELAYS}
        self._partial = b""
        self._plain: dict[str, Callable[[str | None], str]] = {
            "PRZ": asking(lambda: " ".join([self._pressure(channel) for channel in CHANNELS])),
            "MT": asking(lambda: ",".join([self._module(channel) for channel in CHANNELS[::2]])),
            "SN": asking(lambda: self._serial),
            "MD": asking(lambda: MODEL),
            "FV": asking(lambda: FIRMWARE),
            "AD": asking(lambda: f"{self._address:03d}"),
            "U": self._units,
        }
        self._channels: dict[str, Callable[[int, str | None], str]] = {
            "PR": lambda channel, value: asking(partial(self._pressure, channel))(value),
            "T": lambda channel, value: asking(partial(self._ion_status, channel))(value),
            "CP": self._power,
        }
        self._relay_commands: dict[str, Callable[[Relay, str | None], str]] = {
            "SP": self._setpoint,
            "SH": self._hysteresis,
            "SD": self._direction,
            "EN": enable,
            "SS": lambda relay, value: asking(partial(self._relay_state, relay))(value),
        }

    def receive(self, data: bytes) -> bytes:
        *frames, rest = (self._partial + data).split(END)
        self._partial = rest[-LONGEST_FRAME:]
        return b"".join([self._frame(frame) for frame in frames])

    def _frame(self, frame: bytes) -> bytes:
        """The last `@` begins it: what precedes is noise, or the CR LF that some clients send."""
        _, begun, text = frame.decode("ascii", "replace").rpartition("@")
        if not begun or text[:3] not in {f"{self._address:03d}", f"{BROADCAST}"}:
            return b""
        try:
            answer = f"ACK{self._execute(text[3:].upper())}"
        except RefusedError as refused:
            answer = f"NAK{refused.args[0]}"
        return f"@{self._address:03d}{answer};FF".encode("ascii")

    def _execute(self, text: str) -> str:
        parsed = COMMAND.fullmatch(text)
        if parsed is None or self.refusing or (parsed[3] == "?" and parsed[4]):
            raise RefusedError(INVALID_COMMAND)
        name, number = parsed[1], int(parsed[2] or "0")
        value = parsed[4].strip() if parsed[3] == "!" else None
        if name in self._channels and number in CHANNELS:
            return self._channels[name](number, value)
        if name in self._relay_commands and number in RELAYS:
            return self._relay_commands[name](self._relays[number], value)
        if name not in self._plain or parsed[2]:
            raise RefusedError(INVALID_COMMAND)
        return self._plain[name](value)

    def _module(self, first: int) -> str:
        return self._types.get(first) or self._types.get(first + 1) or NO_MODULE

    # -- gauges --------------------------------------------------------------------------------------------------
    def _read(self, channel: int) -> tuple[int, float]:
        if channel not in self._types:
            return NO_SENSOR, 0.0
        status, pressure_pa = self._gauge(channel)
        if self.failing or (status <= OVERRANGE and not math.isfinite(pressure_pa)):
            return SENSOR_ERROR, 0.0
        return (OFF if channel in self._off else status), pressure_pa

    def _waiting(self, channel: int) -> bool:
        if self._now_s is None or channel not in self._on_since_s:
            return False
        return self._now_s() - self._on_since_s[channel] < WAIT_S.get(self._types[channel], 0.0)

    def _pressure(self, channel: int) -> str:
        status, pressure_pa = self._read(channel)
        if status > OVERRANGE:
            return WORDS.get(status, WORDS[SENSOR_ERROR])
        if self._waiting(channel):
            return "WAIT"
        value = pressure_pa / PA_PER[self._unit]
        if status == UNDERRANGE:
            return f"LO<E{exponent_above(value):+03d}"
        if status == OVERRANGE:
            atmosphere = self._types[channel] in PIRANIS and pressure_pa < PIRANI_ATM_PA
            return "ATM" if atmosphere else f">{scientific(value, 1)}"
        return scientific(value, 2)

    def _ion_status(self, channel: int) -> str:
        if self._types.get(channel) not in ION_GAUGES:
            raise RefusedError(NOT_ION_GAUGE)
        status, _ = self._read(channel)
        return "W" if status <= OVERRANGE and self._waiting(channel) else ION_STATUS.get(status, "N")

    def _power(self, channel: int, value: str | None) -> str:
        kind = self._types.get(channel)
        if kind is None or kind in UNSWITCHABLE:
            raise RefusedError(WRONG_GAUGE)
        if value is not None:
            if one_of(value, "ON", "OFF") == "OFF":
                self._off.add(channel)
            elif channel in self._off:
                self._off.remove(channel)
                self._on_since_s[channel] = self._now_s() if self._now_s else 0.0
        return "OFF" if channel in self._off else "ON"

    def _units(self, value: str | None) -> str:
        if value is not None:
            self._unit = one_of(value, *PA_PER)
        return self._unit

    # -- relays --------------------------------------------------------------------------------------------------
    def _setpoint(self, relay: Relay, value: str | None) -> str:
        if value is not None:
            relay.setpoint_pa = positive(value) * PA_PER[self._unit]
            relay.hysteresis_pa = relay.setpoint_pa * HYSTERESIS[relay.direction]
        return scientific(relay.setpoint_pa / PA_PER[self._unit], 2)

    def _hysteresis(self, relay: Relay, value: str | None) -> str:
        if value is not None:
            relay.hysteresis_pa = positive(value) * PA_PER[self._unit]
        return scientific(relay.hysteresis_pa / PA_PER[self._unit], 2)

    def _direction(self, relay: Relay, value: str | None) -> str:
        if value is not None:
            relay.direction = one_of(value, *HYSTERESIS)
            relay.hysteresis_pa = relay.setpoint_pa * HYSTERESIS[relay.direction]
        return relay.direction

    def _relay_state(self, relay: Relay) -> str:
        return "SET" if relay.follow(*self._read(relay.channel)) else "CLEAR"


def enable(relay: Relay, value: str | None) -> str:
    if value is not None:
        relay.enable = one_of(value, "SET", "CLEAR", "ENABLE")
    return relay.enable


def asking(answer: Callable[[], str]) -> Callable[[str | None], str]:
    """A command that sets nothing."""

    def handle(value: str | None) -> str:
        if value is not None:
            raise RefusedError(INVALID_COMMAND)
        return answer()

    return handle


def one_of(value: str, *words: str) -> str:
    if value not in words:
        raise RefusedError(INVALID_PARAMETER)
    return value


def positive(value: str) -> float:
    """Of a set point; what no gauge could ever show is refused."""
    if re.fullmatch(r"\d{1,6}(\.\d{1,6})?(E[+-]?\d{1,2})?", value) is None or not 1e-15 < float(value) < 1e10:
        raise RefusedError(INVALID_PARAMETER)
    return float(value)


def scientific(value: float, decimals: int) -> str:
    """7.60E+2: no zero leads the exponent."""
    mantissa, exponent = f"{value:.{decimals}E}".split("E")
    return f"{mantissa}E{int(exponent):+d}"


def exponent_above(value: float) -> int:
    """Of the lowest power of ten that is not below the value; 1e-11 when it is none."""
    return math.ceil(math.log10(value) - 1e-6) if value > 0 else -11

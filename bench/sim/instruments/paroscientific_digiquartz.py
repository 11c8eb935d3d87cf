"""A Paroscientific Digiquartz on the far side of the wire (manual 8819-001): `*ddssCMD`, answered or met by silence."""

import math
import re
from collections.abc import Callable
from functools import partial

LINE_END = re.compile(rb"[\r\n]+")
COMMAND = re.compile(r"(\d\d)(\d\d)([A-Z][A-Z0-9])(?:=([0-9.]+))?")
LONGEST_LINE = 128  # a sender that never ends its line must not fill the memory
EVERYONE, HOST = "99", "00"
PA_PER_PSI = 6894.757
MODEL, FIRMWARE = "6000-16B-IS", "R5.20"
# UN: what one psi is, and the decimals of a P3 reading [K] (1013.732 hPa was seen on a real unit, others resolve alike)
UNITS = (
    (1.0, 5),  # 0: user's, times UF
    (1.0, 5),  # 1: psi
    (68.94757, 3),  # 2: hPa
    (0.06894757, 6),  # 3: bar
    (6.894757, 4),  # 4: kPa
    (0.00689476, 7),  # 5: MPa
    (2.036021, 4),  # 6: inHg
    (51.71493, 3),  # 7: mmHg
    (0.7030696, 5),  # 8: mH2O
)
USER_UNIT = 0
HIGH_RESOLUTION_DECIMALS = 2  # that P7 adds [K]
MS_PER_RESOLUTION = 666 / 238  # factory PI over factory PR: each follows the other
LONGEST_INTEGRATION_MS, HIGHEST_RESOLUTION = 20000, 16383  # [K]
MEASURED = {"P1", "Q1", "P3", "P4", "P7", "Q3"}
OVERHEAD_S = 0.028  # 1.36 s were seen with PI and TI of 666 ms
BAUD_RATES = ("300", "600", "1200", "2400", "4800", "9600", "19200", "38400", "57600", "115200")  # [K]
# Periods of the crystals, us: at vacuum and 0 degC, and what a Pa and a K add [K]
PRESSURE_PERIOD = (28.0, 2.0e-5)
TEMPERATURE_PERIOD = (5.8, 2.5e-4)
DEAD = {"P": "-9999.999", "Q": "-999.999", "period": "0.000000"}
"""What is read of a crystal that has stopped: its period counts 0, which the polynomial takes far below zero [K]."""


class Digiquartz:
    """pressure_pa, temperature_k: what its crystals feel, NaN of one that does not swing.

    unit (UN) and integration_ms (PI) are kept without power. echo: behind a two-wire RS-485 adapter, which hears its
    own commands. A real unit has no way to say no: refusing is silence.
    """

    single_client = True

    def __init__(
        self,
        pressure_pa: Callable[[], float],
        temperature_k: Callable[[], float],
        *,
        address: int = 1,
        serial: str = "123456",
        unit: int = 2,
        integration_ms: int = 666,
        echo: bool = False,
    ) -> None:
        self.refusing = self.failing = False
        self._pressure_pa, self._temperature_k = pressure_pa, temperature_k
        self._address, self._echo = f"{address:02d}", echo
        self._plate = {"MN": MODEL, "SN": serial, "VR": FIRMWARE}
        self._unit, self._user_factor = unit, 1.0
        self._integration_ms, self._resolution = integration_ms, round(integration_ms / MS_PER_RESOLUTION)
        self._partial = b""
        self._asker = HOST
        self._streamed: Callable[[], str] | None = None
        self._held: str | None = None
        self._may_write = self._measured = False
        self._queries = self._measuring() | self._telling()
        self._writes: dict[str, Callable[[str], bool]] = {
            "UN": self._set_unit,
            "UF": self._set_user_factor,
            "PI": self._set_integration,
            "PR": self._set_resolution,
        }

    def _measuring(self) -> dict[str, Callable[[], str | None]]:
        """Commands that are answered by a bare number, if by anything."""
        return {
            "P1": lambda: self._period(PRESSURE_PERIOD, self._pressure_pa()),
            "Q1": lambda: self._period(TEMPERATURE_PERIOD, self._temperature_k() - 273.15),
            "P3": self._pressure,
            "P4": lambda: self._stream(self._pressure),
            "P5": self._hold,
            "P7": lambda: self._stream(lambda: self._pressure(HIGH_RESOLUTION_DECIMALS)),
            "DB": lambda: self._held,
            "DS": lambda: self._held,
            "Q3": self._temperature,
        }

    def _telling(self) -> dict[str, Callable[[], str | None]]:
        """Commands that are answered by their name and a value."""
        values: dict[str, Callable[[], object]] = {
            "UN": lambda: self._unit,
            "UF": lambda: self._user_factor,
            "PI": lambda: self._integration_ms,
            "TI": lambda: self._integration_ms,
            "PR": lambda: self._resolution,
            "TR": lambda: 4 * self._resolution,
            "OI": lambda: 1,  # pressure and temperature are integrated one after the other
        }
        values |= {name: partial(str, text) for name, text in self._plate.items()}
        return {name: partial(named, name, value) for name, value in values.items()}

    @property
    def response_s(self) -> float:
        """Of the last answer. A reading: pressure, then temperature, seen 1.36 s after P3 on factory settings."""
        return 2 * self._integration_ms / 1000 * self._measured + OVERHEAD_S

    @property
    def streaming(self) -> bool:
        return self._streamed is not None

    def idle(self) -> bytes:
        """To be called once a second: the line of a continuous measurement."""
        return self._reply(self._streamed()) if self._streamed and not self.refusing else b""

    def receive(self, data: bytes) -> bytes:
        *lines, rest = LINE_END.split(self._partial + data)
        self._partial = rest[-LONGEST_LINE:]
        return b"".join([self._line(line) for line in lines if line])

    def _line(self, line: bytes) -> bytes:
        """Commands may stand in one line, as a write behind its EW does; what precedes the first `*` is noise."""
        _, *commands = line.decode("ascii", "replace").upper().split("*")
        heard = line + b"\r\n" if self._echo else b""
        return heard + b"".join([self._command(command.strip()) for command in commands])

    def _command(self, text: str) -> bytes:
        parsed = COMMAND.fullmatch(text)
        if parsed is None or self.refusing or parsed[1] not in {self._address, EVERYONE}:
            return b""
        name, value = parsed[3], parsed[4]
        may_write, self._may_write = self._may_write, False
        if parsed[1] == EVERYONE and is_loop_command(name, value):
            self._streamed = None
            return f"*{text}\r\n".encode("ascii")
        if name == "EW" and value is None:
            self._streamed, self._may_write = None, True
            return b""
        if value is not None and not (may_write and name in self._writes and self._writes[name](value)):
            return b""
        return self._answered(name, parsed[2])

    def _answered(self, name: str, source: str) -> bytes:
        query = self._queries.get(name)
        if query is None:
            return b""
        self._asker, self._streamed = source, None  # any valid command ends a continuous measurement
        self._measured = name in MEASURED
        answer = query()
        return b"" if answer is None else self._reply(answer)

    def _reply(self, payload: str) -> bytes:
        """To whoever asked, ids swapped."""
        return f"*{self._asker}{self._address}{payload}\r\n".encode("ascii")

    # -- measuring -----------------------------------------------------------------------------------------------
    def _pressure(self, more_decimals: int = 0) -> str:
        pressure_pa = self._pressure_pa()
        if self.failing or not math.isfinite(pressure_pa):
            return DEAD["P"]
        per_psi, decimals = UNITS[self._unit]
        factor = self._user_factor if self._unit == USER_UNIT else 1.0
        return f"{pressure_pa / PA_PER_PSI * per_psi * factor:.{decimals + more_decimals}f}"

    def _temperature(self) -> str:
        temperature_k = self._temperature_k()
        if self.failing or not math.isfinite(temperature_k):
            return DEAD["Q"]
        return f"{temperature_k - 273.15:.3f}"

    def _period(self, line: tuple[float, float], felt: float) -> str:
        if self.failing or not math.isfinite(felt):
            return DEAD["period"]
        return f"{line[0] + line[1] * felt:.6f}"

    def _stream(self, measure: Callable[[], str]) -> None:
        self._streamed = measure

    def _hold(self) -> None:
        self._held = self._pressure()

    # -- writing: False leaves everything as it was ----------------------------------------------------------------
    def _set_unit(self, value: str) -> bool:
        if (unit := whole(value)) is None or unit >= len(UNITS):
            return False
        self._unit = unit
        return True

    def _set_user_factor(self, value: str) -> bool:
        try:
            factor = float(value)
        except ValueError:
            return False
        if factor > 0 and math.isfinite(factor):
            self._user_factor = factor
        return factor == self._user_factor

    def _set_integration(self, value: str) -> bool:
        if not (ms := whole(value)) or ms > LONGEST_INTEGRATION_MS:
            return False
        self._integration_ms, self._resolution = ms, max(1, round(ms / MS_PER_RESOLUTION))
        return True

    def _set_resolution(self, value: str) -> bool:
        if not (resolution := whole(value)) or resolution > HIGHEST_RESOLUTION:
            return False
        self._resolution, self._integration_ms = resolution, round(resolution * MS_PER_RESOLUTION)
        return True


def is_loop_command(name: str, value: str | None) -> bool:
    """What every unit of a loop obeys and passes on until it is back at the host. The wire itself has no baud rate."""
    return (name == "ID" and value is None) or (name == "BR" and value in BAUD_RATES)


def named(name: str, value: Callable[[], object]) -> str:
    return f"{name}={value()}"


def whole(value: str) -> int | None:
    return int(value) if len(value) <= len("16383") and value.isascii() and value.isdigit() else None

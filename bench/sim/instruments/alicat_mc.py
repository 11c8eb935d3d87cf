"""An Alicat MC mass flow controller on the far side of the wire (Serial Primer Rev 2): unit id, command, CR."""

import math
import re
from collections.abc import Callable
from typing import Protocol

from bench.sim.instruments.alicat_gases import GASES, PA_PER_PSI, ccm_per_sccm, kg_s_per_sccm
from bench.sim.instruments.alicat_texts import WORDS, info, layout

LONGEST_COMMAND = 256  # a sender that never ends its command must not fill the memory
REFUSED = "?"
FAILED = ("MOV", "VOV", "TMF")  # of a flow sensor that stands at its end, with a totaliser that missed flow [K]
FLOW_LIMIT = 1.28  # of full scale: where readings stand still [K]
SETPOINT_LIMIT = 1.0  # of full scale [K]
LEGACY_FULL_SCALE, LEGACY_MOST = 64000, 65535
PRESSURE_RANGE_PSIA, TEMPERATURE_RANGE_C = (0.0, 160.0), (-10.0, 60.0)  # [K]
GAS_REGISTER, GAS_BITS, CONTROL_REGISTER = 46, 0x1FF, 122
MASS, VOLUME = 37, 36  # controlled variables; 34, 38 and 39 are pressures, for which this one has no loop: refused [K]
FLOW_UNIT = {MASS: "12 SCCM", VOLUME: "12 CCM"}


class FlowLine(Protocol):
    """The gas line through the controller. NaN: a sensor delivers nothing."""

    def flow_kg_s(self) -> float:
        """What really flows."""

    def set_flow(self, kg_s: float) -> None:
        """The valve is opened until the sensor shows so much; 0 closes it."""

    def pressure_pa(self) -> float:
        """Absolute, at the instrument."""

    def temperature_k(self) -> float: ...


class RefusedError(Exception):
    """Answered with a question mark."""


class AlicatMC:
    """full_scale_sccm at 25 C and 14.6959 psia; gas: the number selected at power-on."""

    single_client = True  # a serial line
    response_s = 0.1

    def __init__(
        self,
        port: FlowLine,
        *,
        full_scale_sccm: float = 500.0,
        unit_id: str = "A",
        gas: int = 8,
        serial: str = "123456",
        firmware: str = "10v20.0-R24",
        firmware_date: str = "Jan  9 2025,15:04:07",
    ) -> None:
        self.port, self.full_scale_sccm, self.unit_id, self.gas = port, full_scale_sccm, unit_id, gas
        self.serial, self.firmware, self.firmware_date = serial, firmware, firmware_date
        self.refusing = self.failing = False
        self.raised: tuple[str, ...] = ()  # status words of what is not simulated, set from outside
        self.setpoint, self.control_point = 0.0, MASS  # setpoint in SCCM or CCM
        self.held = self.locked = False
        self._zero_sccm = 0.0  # what the last tare took for no flow
        self._partial = b""
        self._commands = [(form, act) for form, act, since in COMMANDS if since <= version(firmware)]

    def receive(self, data: bytes) -> bytes:
        *lines, rest = (self._partial + data).split(b"\r")
        self._partial = rest[:LONGEST_COMMAND]
        return b"".join([self._answer(line.decode("ascii", "replace").strip().upper()) for line in lines])

    def _answer(self, line: str) -> bytes:
        """Another unit's command, or none, is not answered."""
        if not line.startswith(self.unit_id):
            return b""
        try:
            return f"{self._execute(line[1:])}\r".encode("ascii")
        except RefusedError:
            return f"{REFUSED}\r".encode("ascii")

    def _execute(self, command: str) -> str:
        for form, act in self._commands:
            if not self.refusing and (match := form.fullmatch(command)):
                return act(self, *[group for group in match.groups() if group])
        raise RefusedError

    def frame(self) -> str:
        low, high = -FLOW_LIMIT * self.full_scale_sccm, FLOW_LIMIT * self.full_scale_sccm
        pressure, pov = shown(self.port.pressure_pa() / PA_PER_PSI, *PRESSURE_RANGE_PSIA, "POV")
        temperature, tov = shown(self.port.temperature_k() - 273.15, *TEMPERATURE_RANGE_C, "TOV")
        mass, mov = shown(high if self.failing else self.flow_sccm(), low, high, "MOV")
        volume, vov = shown(high if self.failing else self.flow_ccm(), low, high, "VOV")
        words = {pov, tov, mov, vov, "HLD" * self.held, "LCK" * self.locked}
        words |= {*self.raised, *(FAILED if self.failing else ())}
        fields = " ".join(map(signed, (pressure, temperature, volume, mass, self.setpoint)))
        return " ".join(
            [self.unit_id, fields, f"{GASES[self.gas].short:>6}", *(word for word in WORDS if word in words)]
        )

    def flow_sccm(self) -> float:
        return self.port.flow_kg_s() / kg_s_per_sccm(self.gas) - self._zero_sccm

    def flow_ccm(self) -> float:
        mass = self.flow_sccm()
        return mass * self.ccm_per_sccm() if mass else 0.0

    def ccm_per_sccm(self) -> float:
        return ccm_per_sccm(self.port.pressure_pa(), self.port.temperature_k())

    def wanted_sccm(self) -> float:
        if self.control_point == MASS:
            return self.setpoint
        ratio = self.ccm_per_sccm()
        return self.setpoint / ratio if ratio > 0.0 else 0.0

    def driven(self) -> str:
        self._drive()
        return self.frame()

    def _drive(self) -> None:
        """The loop brings the reading, not the flow, to the setpoint; a held valve stays where it is."""
        if not self.held:
            wanted = self.wanted_sccm() + self._zero_sccm if self.setpoint > 0.0 else 0.0
            self.port.set_flow(wanted * kg_s_per_sccm(self.gas) if wanted > 0.0 else 0.0)

    def _ask_for(self, setpoint: float) -> None:
        if not 0.0 <= setpoint <= SETPOINT_LIMIT * self.full_scale_sccm:
            raise RefusedError
        self.setpoint = setpoint
        self._drive()

    def set_setpoint(self, text: str) -> str:
        self._ask_for(float(text))
        return self.frame()

    def set_legacy(self, digits: str) -> str:
        """An integer alone is a setpoint, 64000 for full scale: whoever meant something else opens the valve."""
        if int(digits) > LEGACY_MOST:
            raise RefusedError
        self.setpoint = int(digits) / LEGACY_FULL_SCALE * self.full_scale_sccm
        return self.driven()

    def loop_setpoint(self, text: str = "", unit: str = "12") -> str:
        """Current and requested: the same without a ramp."""
        if unit not in {"0", "12"}:
            raise RefusedError
        if text:
            self._ask_for(float(text))
        return f"{self.unit_id} {signed(self.setpoint)} {signed(self.setpoint)} {FLOW_UNIT[self.control_point]}"

    def set_gas(self, number: str) -> str:
        self._select(int(number))
        return self.frame()

    def _select(self, gas: int) -> None:
        if gas not in GASES:
            raise RefusedError
        self.gas = gas
        if self.setpoint > 0.0:
            self._drive()

    def active_gas(self, number: str = "") -> str:
        if number:
            self._select(int(number))
        return f"{self.unit_id} {self.gas} {GASES[self.gas].short} {GASES[self.gas].name}"

    def read_register(self, number: str) -> str:
        values = {GAS_REGISTER: self.gas, CONTROL_REGISTER: self.control_point}
        if int(number) not in values:
            raise RefusedError
        return f"{self.unit_id}   {int(number):03d} = {values[int(number)]}"

    def write_register(self, number: str, value: str) -> str:
        if int(number) == GAS_REGISTER:
            self._select(int(value) & GAS_BITS)
        elif int(number) == CONTROL_REGISTER and int(value) in FLOW_UNIT:
            self.control_point = int(value)
            self._drive()
        else:
            raise RefusedError
        return self.read_register(number)

    def tare_flow(self) -> str:
        """What flows at this moment is called zero from now on."""
        reading = self.flow_sccm()
        self._zero_sccm += 0.0 if math.isnan(reading) else reading
        return self.driven() if self.setpoint > 0.0 else self.frame()

    def hold(self, kg_s: float | None) -> str:
        """kg_s None: the valve as it stands."""
        self.held = True
        if kg_s is not None:
            self.port.set_flow(kg_s)
        return self.frame()

    def cancel(self) -> str:
        self.held = False
        return self.driven()

    def lock(self, on: bool) -> str:  # noqa: FBT001 - the state itself is the message
        self.locked = on
        return self.frame()

    def info(self) -> str:
        model = f"MC-{self.full_scale_sccm:g}SCCM-D"
        return "\r".join(info(self.unit_id, model=model, serial=self.serial, firmware=self.firmware))

    def layout(self) -> str:
        """An empty line ends it."""
        return "\r".join([*layout(self.unit_id), ""])

    def full_scale(self, statistic: str) -> str:
        answers = {
            2: f"{signed(PRESSURE_RANGE_PSIA[1])} 10 PSIA",
            4: f"{signed(self.full_scale_sccm)} {FLOW_UNIT[VOLUME]}",
            5: f"{signed(self.full_scale_sccm)} {FLOW_UNIT[MASS]}",
        }
        if int(statistic) not in answers:
            raise RefusedError
        return f"{self.unit_id} {answers[int(statistic)]}"


def signed(value: float) -> str:
    text = f"{value:+07.2f}"
    return "+000.00" if text == "-000.00" else text


def shown(value: float, low: float, high: float, word: str) -> tuple[float, str]:
    """A reading stands still at the ends of its range and raises a status word; one that is missing is zero."""
    if math.isnan(value):
        return 0.0, "ADC"
    return min(max(value, low), high), "" if low <= value <= high else word


def version(firmware: str) -> tuple[int, int]:
    """`10v05` -> (10, 5)."""
    match = re.match(r"(\d{1,3})v(\d{1,3})", firmware)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def command(
    form: str, act: Callable[..., str], since: tuple[int, int] = (0, 0)
) -> tuple[re.Pattern[str], Callable[..., str], tuple[int, int]]:
    return re.compile(form, re.ASCII), act, since


NUMBER, DIGITS = r"([+-]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9}))", r"(\d{1,5})"
COMMANDS = (
    command("", AlicatMC.frame),
    command(f"S *{NUMBER}", AlicatMC.set_setpoint),
    command(rf"LS(?: +{NUMBER}(?: +{DIGITS})?)?", AlicatMC.loop_setpoint, (9, 0)),
    command(DIGITS, AlicatMC.set_legacy),
    command(rf"(?:\$\$)?G *{DIGITS}", AlicatMC.set_gas),
    command(f"GS(?: +{DIGITS}(?: +[01])?)?", AlicatMC.active_gas, (10, 5)),  # 1: keep it without power [K]
    command(rf"(?:\$\$)?R{DIGITS}", AlicatMC.read_register),
    command(rf"(?:\$\$)?W{DIGITS} *= *{DIGITS}", AlicatMC.write_register),
    command(r"(?:\$\$)?V", AlicatMC.tare_flow),
    # A pressure is tared with the line open to the room; its sensor is exact here: nothing is left to take off.
    command(r"(?:\$\$)?PC?", AlicatMC.frame),
    command(r"HP|\$\$H", lambda unit: unit.hold(None)),
    command("HC", lambda unit: unit.hold(0.0)),
    command(r"(?:\$\$)?C", AlicatMC.cancel),
    command(r"(?:\$\$)?L", lambda unit: unit.lock(True)),
    command(r"(?:\$\$)?U", lambda unit: unit.lock(False)),
    command("VE", lambda unit: f"{unit.unit_id}   {unit.firmware} {unit.firmware_date}"),
    command(r"\?\?M\*", AlicatMC.info),
    command(r"\?\?D\*", AlicatMC.layout),
    command(f"FPF *{DIGITS}", AlicatMC.full_scale),
)

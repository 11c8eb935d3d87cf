"""An INFICON LDS3000 leak detector on the far side of the wire: its ASCII protocol (interface description, p. 7-48)."""

import math
import re
from functools import partial
from typing import Protocol

from bench.sim.instruments import inficon_ascii
from bench.sim.instruments.inficon_ascii import ARGUMENT, DISABLED, INVALID_NOW, NO_DATA, Command, RefusedError

NUMBER = re.compile(r"[+-]?\d{1,12}(\.\d{0,12})?(E[+-]?\d{1,2})?", re.ASCII)

PER_PA_M3_S = {"MBAR*L/S": 10.0, "PA*M3/S": 1.0, "TORR*L/S": 1e3 * 760 / 101325, "ATM*CC/S": 1e6 / 101325}
HELIUM, MASSES = "4", ("2", "3", "4")
HIGHEST_INLET_PA = 1500.0  # above it the cathode is switched off [K]
FAILURE, PRESSURE_TOO_HIGH, NO_ERROR = "540", "520", "NO ERROR/WARNING"  # error numbers [K]
STANDBY, ERROR, CALIBRATING, RUN_UP, MEASURING = "STANDBY", "ERROR", "CAL", "RUN-UP", "READY"  # words [K]
IDLE, INTERNAL, EXTERNAL, CLOSE, FAIL = "IDLE", "INTCAL", "EXTCAL", "CLOSE", "FAIL"
CALIBRATION_S = 30.0  # each measurement of a test leak, and of the background after it [K]
FACTORS = 0.01, 100.0  # what a calibration may come to [K]
INTERNAL_UNIT = "MBAR*L/S"  # of the internal test leak, whatever unit is shown


class HeliumInlet(Protocol):
    """What reaches the detector's inlet."""

    def helium_pa_m3_s(self) -> float:
        """Helium throughput."""

    def inlet_pa(self) -> float: ...
    def now_s(self) -> float: ...


class LDS3000:
    """sensitivity: what an uncalibrated unit shows of the true leak rate. Zero outlives standby, but no loss of power.

    NaN of the inlet is answered with E08, as is the leak rate whenever nothing is measured.
    """

    single_client = True
    response_s = 0.1

    def __init__(  # noqa: PLR0913 - what is printed on a type plate or kept without power
        self,
        port: HeliumInlet,
        *,
        serial: str = "90000012345",
        version: str = "V1.00",
        unit: str = "MBAR*L/S",
        run_up_s: float = 0.0,
        smallest_pa_m3_s: float = 5e-13,  # 5e-12 mbar l/s [K]
        test_leak_pa_m3_s: float = 2e-8,
        sensitivity: float = 1.0,
        factor: float = 1.0,
        triggers_pa_m3_s: tuple[float, float, float, float] = (1e-6, 1e-6, 1e-6, 1e-6),
    ) -> None:
        self.port, self.serial, self.version, self.unit = port, serial, version, unit
        self.smallest_pa_m3_s, self.test_leak_pa_m3_s = smallest_pa_m3_s, test_leak_pa_m3_s
        self.sensitivity, self.factor, self.triggers_pa_m3_s = sensitivity, factor, triggers_pa_m3_s
        self.stated_pa_m3_s = {"INT": test_leak_pa_m3_s, "EXT": test_leak_pa_m3_s}
        self.refusing = self.failing = False
        self.mass, self.calibration, self.zero = HELIUM, IDLE, False
        self._ready_s = port.now_s() + run_up_s
        self._started = False
        self._background_pa_m3_s = 0.0  # as seen at the moment of ZERO:ON
        self._until_s = 0.0  # the end of what a calibration is measuring
        self._open_pa_m3_s: float | None = None  # with the external test leak open, until it is reported closed
        self._wire = inficon_ascii.Interpreter(self, GRAMMAR)

    def receive(self, data: bytes) -> bytes:
        return self._wire.receive(data)

    def before(self) -> None:
        """Each command finds the unit where time has brought it."""
        if self.refusing:
            raise RefusedError(DISABLED)
        self._go_on_calibrating()

    def error(self) -> str:
        if self.failing:
            return FAILURE
        return PRESSURE_TOO_HIGH if self.port.inlet_pa() > HIGHEST_INLET_PA else NO_ERROR

    def state(self) -> str:
        if self.error() != NO_ERROR:
            return ERROR
        if self.port.now_s() < self._ready_s:
            return RUN_UP
        if self.calibration in {INTERNAL, EXTERNAL, CLOSE}:
            return CALIBRATING
        return MEASURING if self._started else STANDBY

    def need(self, *states: str) -> None:
        if self.state() not in states:
            raise RefusedError(INVALID_NOW)

    def start(self) -> None:
        self.need(STANDBY, MEASURING)
        self._started = True

    def stop(self) -> None:
        self.stop_calibrating()
        self._started = False

    def _seen_pa_m3_s(self, helium_pa_m3_s: float) -> float:
        """Uncalibrated; hydrogen and helium 3 never reach this inlet."""
        return helium_pa_m3_s * self.sensitivity if self.mass == HELIUM else 0.0

    def _signal_pa_m3_s(self) -> float:
        """Uncalibrated, background and all."""
        signal_pa_m3_s = self._seen_pa_m3_s(self.port.helium_pa_m3_s())
        if not math.isfinite(signal_pa_m3_s):
            raise RefusedError(NO_DATA)
        return signal_pa_m3_s

    def leak_pa_m3_s(self) -> float:
        if self.state() != MEASURING:
            raise RefusedError(NO_DATA)
        net_pa_m3_s = self._signal_pa_m3_s() - self._background_pa_m3_s * self.zero
        return max(self.factor * net_pa_m3_s, self.smallest_pa_m3_s)

    def leak_in(self, unit: str) -> str:
        return exponential(self.leak_pa_m3_s() * PER_PA_M3_S[unit])

    def inlet_mbar(self) -> str:
        inlet_pa = self.port.inlet_pa()
        if not math.isfinite(inlet_pa):
            raise RefusedError(NO_DATA)
        return f"{max(inlet_pa, 0.0) / 100:.2E}"

    def triggers(self) -> str:
        """A trigger is on above its level; nothing measured, nothing exceeded."""
        try:
            leak_pa_m3_s = self.leak_pa_m3_s()
        except RefusedError:
            leak_pa_m3_s = 0.0
        return ",".join([on_off(leak_pa_m3_s > level) for level in self.triggers_pa_m3_s])

    def zero_on(self) -> None:
        self.need(MEASURING)
        self._background_pa_m3_s = self._signal_pa_m3_s()
        self.zero = True

    def zero_off(self) -> None:
        self.zero = False

    def clear(self) -> None:
        """An error lasts as long as its cause; a failed calibration is forgotten."""
        if self.calibration == FAIL:
            self.calibration = IDLE

    def calibrate(self, how: str) -> None:
        self.need(MEASURING)
        self._measure_for_calibration(how, None)

    def report_closed(self) -> None:
        if self.calibration != CLOSE:
            raise RefusedError(INVALID_NOW)
        self._measure_for_calibration(EXTERNAL, self._open_pa_m3_s)

    def stop_calibrating(self) -> None:
        if self.calibration in {INTERNAL, EXTERNAL, CLOSE}:
            self.calibration = IDLE

    def _measure_for_calibration(self, how: str, open_pa_m3_s: float | None) -> None:
        self.calibration, self._open_pa_m3_s = how, open_pa_m3_s
        self._until_s = self.port.now_s() + CALIBRATION_S

    def _go_on_calibrating(self) -> None:
        """INTCAL ends by itself; EXTCAL waits at CLOSE for the test leak to be closed, then measures the background."""
        if self.state() == ERROR:
            self.calibration = FAIL if self.calibration in {INTERNAL, EXTERNAL, CLOSE} else self.calibration
        if self.calibration not in {INTERNAL, EXTERNAL} or self.port.now_s() < self._until_s:
            return
        seen_pa_m3_s = self._seen_pa_m3_s(self.port.helium_pa_m3_s())
        if self.calibration == INTERNAL:
            self._conclude("INT", self._seen_pa_m3_s(self.test_leak_pa_m3_s))
        elif self._open_pa_m3_s is None:
            self.calibration, self._open_pa_m3_s = CLOSE, seen_pa_m3_s
        else:
            self._conclude("EXT", self._open_pa_m3_s - seen_pa_m3_s)

    def _conclude(self, leak: str, signal_pa_m3_s: float) -> None:
        factor = self.stated_pa_m3_s[leak] / signal_pa_m3_s if signal_pa_m3_s > 0 else math.inf
        self.calibration = FAIL
        if FACTORS[0] <= factor <= FACTORS[1]:
            self.factor, self.calibration = factor, IDLE

    def stated(self, leak: str) -> str:
        return exponential(self.stated_pa_m3_s[leak] * PER_PA_M3_S[self._unit_of(leak)])

    def state_leak(self, leak: str, param: str) -> None:
        value = float(param) if NUMBER.fullmatch(param) else 0.0
        if not 1e-15 <= value <= 1e3:  # [K]
            raise RefusedError(ARGUMENT)
        self.stated_pa_m3_s[leak] = value / PER_PA_M3_S[self._unit_of(leak)]

    def _unit_of(self, leak: str) -> str:
        return INTERNAL_UNIT if leak == "INT" else self.unit

    def set_mass(self, param: str) -> None:
        if param not in MASSES:
            raise RefusedError(ARGUMENT)
        self.mass = param


def on_off(on: bool) -> str:  # noqa: FBT001 - the state itself is the message
    return "ON" if on else "OFF"


def exponential(value: float) -> str:
    """`1.23E-7`: no leading zero in the exponent of a leak rate."""
    mantissa, exponent = f"{value:.2E}".split("E")
    return f"{mantissa}E{int(exponent):+d}"


COMMANDS: tuple[Command[LDS3000], ...] = (
    Command("READ", lambda unit: unit.leak_in(unit.unit)),
    *(Command(f"READ:{name}", partial(LDS3000.leak_in, unit=name)) for name in PER_PA_M3_S),
    Command("MEAS:P1:MBAR", LDS3000.inlet_mbar),
    Command("STATus", LDS3000.state),
    Command("STATus:ERRor", LDS3000.error),
    Command("STATus:CAL", lambda unit: unit.calibration),
    Command("STATus:TRIGger", LDS3000.triggers),
    Command("STATus:ZERO", lambda unit: on_off(unit.zero)),
    Command("ZERO:ON", act=LDS3000.zero_on),
    Command("ZERO:OFF", act=LDS3000.zero_off),
    Command("STArt", act=LDS3000.start),
    Command("STOp", act=LDS3000.stop),
    Command("CLS", act=LDS3000.clear),
    Command("CAL:INT", act=partial(LDS3000.calibrate, how=INTERNAL)),
    Command("CAL:EXT", act=partial(LDS3000.calibrate, how=EXTERNAL)),
    Command("CAL:DYN"),  # [K] its state DYNCAL is documented, how it goes is not
    Command("CAL:CLOSED", act=LDS3000.report_closed),
    Command("CAL:STOP", act=LDS3000.stop_calibrating),
    Command(
        "CONFig:CALleak:INT", lambda unit: unit.stated("INT"), write=lambda unit, text: unit.state_leak("INT", text)
    ),
    Command(
        "CONFig:CALleak:EXTVac", lambda unit: unit.stated("EXT"), write=lambda unit, text: unit.state_leak("EXT", text)
    ),
    Command("CONFig:MASS", lambda unit: unit.mass, write=LDS3000.set_mass),
    Command("IDN:DEVice", lambda _: "MSB"),
    Command("IDN:VERsion", lambda unit: unit.version),
    Command("IDN:SERial", lambda unit: unit.serial),
)
GRAMMAR = inficon_ascii.grammar(COMMANDS)

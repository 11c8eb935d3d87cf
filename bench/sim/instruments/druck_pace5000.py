"""A Druck PACE5000 on the far side of the wire (manual K0472). Replies echo their header; a refused query is silent."""

import math
from typing import Protocol

from bench.sim.instruments import scpi
from bench.sim.instruments.scpi import Call, Command, boolean, choice, real

PA_PER = {"ATM": 101325.0, "BAR": 1e5, "MBAR": 100.0, "PA": 1.0, "HPA": 100.0, "KPA": 1e3, "MPA": 1e6}
PA_PER |= {"TORR": 101325.0 / 760, "KG/M2": 9.80665, "PSI": 6894.757293168}
PA_PER |= dict.fromkeys(("USER1", "USER2", "USER3", "USER4"), 1.0)  # as delivered, until someone defines them
QUERY_ONLY, NO_QUERY = scpi.ScpiError(201, "Query only"), scpi.ScpiError(202, "No query allowed")
UNIT_NOT_MATCHED = scpi.ScpiError(211, "Unit not matched")
OVERFLOW = scpi.ScpiError(-350, "Queue overflow;Error queue overflow")
VENT_COMPLETE, IN_LIMITS = 1, 4  # bits of the pressure status register
PRESSURE_SUMMARY = 1024  # bit 10 of the operation status register
BAROMETER = ('"BAROMETER"', 115000.0, 75000.0)  # range, upper and lower full scale in Pa
SENSE, SOURCE = "SENSe<1>:[PRESsure]", "SOURce<1>:[PRESsure]"
AMPLITUDE = f"{SOURCE}:[LEVel]:[IMMediate]:[AMPLitude]"
MODE = f"{SOURCE}:SLEW:MODE"
BAND = f"{SOURCE}:INLimits"  # % of full scale
DWELL = f"{BAND}:TIME"  # s
FILTER = f"{SENSE}:FILTer:LPASs"
SERIAL = "SYSTem:COMMunicate:SERial"
BAUD_RATES = ("2400", "4800", "9600", "19200", "38400", "57600", "115200")  # [K]
SUMMARY_MASK, PRESSURE_MASK = "STATus:OPERation:ENABle", "STATus:OPERation:PRESsure:ENABle"
WORD, BYTE = real(0, 32767, "{:.0f}"), real(0, 255, "{:.0f}")
SETTINGS: dict[str, tuple[str, scpi.Reader]] = {  # what is only kept and told again: default, values
    BAND: ("0.0100000", real(0, 100, "{:.7f}")),
    DWELL: ("2", real(2, 999, "{:.0f}")),
    f"{SOURCE}:SLEW:OVERshoot": ("1", boolean),
    "OUTPut<1>:MODE": ("ACT", choice("ACTive", "PASSive", "GAUGe")),
    "OUTPut<1>:ISOLation:[STATe]": ("1", boolean),
    f"{FILTER}:BAND": ("0.0100000", real(0, 100, "{:.7f}")),
    f"{FILTER}:FREQuency": ("1.0000000", real(0, 20, "{:.7f}")),
    f"{FILTER}:[STATe]": ("0", boolean),
    SUMMARY_MASK: ("0", WORD),
    PRESSURE_MASK: ("0", WORD),
    f"{SERIAL}:BAUD": ("9600", choice(*BAUD_RATES, error=scpi.OUT_OF_RANGE)),  # the wire itself has no baud rate
    f"{SERIAL}:TYPE:PARity": ("NONE", choice("NONE", "ODD", "EVEN")),  # [K] the words
    f"{SERIAL}:CONTrol": ("NONE", choice("NONE", "XON", "RTS")),  # [K] the words
    "*ESE": ("0", BYTE),
    "*SRE": ("0", BYTE),
}


class PressureSource(Protocol):
    """The pneumatics between the instrument's supply ports and its outlet: what its sensors see, what its valves do.

    NaN: a sensor delivers nothing.
    """

    def line_pressure_pa(self) -> float: ...
    def line_rate_pa_s(self) -> float: ...
    def source_pressure_pa(self) -> float:
        """At the positive supply port."""

    def barometer_pa(self) -> float: ...
    def effort_percent(self) -> float:
        """-100 (vacuum valve wide open) to 100 (supply valve)."""

    def set_target(self, pressure_pa: float, rate_pa_s: float | None) -> None:
        """rate_pa_s None: as fast as the valves can."""

    def set_control(self, on: bool) -> None: ...  # noqa: FBT001 - the state itself is the message
    def controlling(self) -> bool: ...
    def set_vent(self, on: bool) -> None: ...  # noqa: FBT001 - see set_control

    def venting(self) -> bool:
        """True until the line has reached the room's pressure, or the vent is called off."""

    def now_s(self) -> float:
        """Simulated time, for the in-limits dwell."""


class PACE5000:
    """vacuum_pa: at the negative supply port; terminator: of replies, commands may end with CR, LF or CRLF.

    failing: the sensors deliver nothing. There is no word for that among the replies: whatever needs a reading cannot
    be executed, which is silence and -200 in the queue, and nothing is ever in limits [K].
    """

    single_client = True  # [K]
    response_s = 0.093  # median of a query at 9600 Bd

    def __init__(
        self,
        port: PressureSource,
        *,
        serial: str = "3213201",
        firmware: str = "02.00.07",
        unit: str = "HPA",
        full_scale_pa: float = 2e5,
        vacuum_pa: float = 7890.0,
        terminator: str = "\n",
    ) -> None:
        self.port, self.serial, self.firmware, self.unit = port, serial, firmware, unit
        self.full_scale_pa, self.vacuum_pa = full_scale_pa, vacuum_pa
        self.target_pa, self.rate_pa_s = 0.0, full_scale_pa / 100
        self.range = f'"{full_scale_pa / 1e5:.2f}bara"'
        self.settings = {header: default for header, (default, _) in SETTINGS.items()} | {MODE: "MAX"}
        self.errors = scpi.ErrorQueue(5, OVERFLOW)
        self.refusing = self.failing = False
        self._inside_since_s: float | None = None
        self._vent = self._condition = self._events = 0
        self._wire = scpi.Interpreter(self, GRAMMAR, self.errors, echo=True, end=terminator)

    def receive(self, data: bytes) -> bytes:
        return self._wire.receive(data)

    def hung_up(self) -> None:
        self._wire.hung_up()

    def sensed(self, reading: float) -> str:
        """Pressure or rate as a sensor delivers it, in Pa or Pa/s."""
        if self.failing or math.isnan(reading):
            raise scpi.RejectedError(scpi.EXECUTION)
        return self.shown(reading)

    def shown(self, pressure_pa: float) -> str:
        """Also of rates: the unit affects every number."""
        return decimal(pressure_pa / PA_PER[self.unit])

    def asked_pa(self, call: Call, low_pa: float, high_pa: float) -> float:
        value_pa = float(real(-1e30, 1e30, "{!r}")(call.params[0])) * PA_PER[self.unit]
        if not low_pa <= value_pa <= high_pa * (1 + 1e-9):  # full scale may arrive rounded to the digits of its unit
            raise scpi.RejectedError(scpi.OUT_OF_RANGE)
        return value_pa

    def set_unit(self, call: Call) -> None:
        self.unit = choice(*PA_PER, error=UNIT_NOT_MATCHED)(call.params[0])

    def set_range(self, call: Call) -> None:
        """Strings are case-sensitive; one control range is fitted."""
        if call.params[0] != self.range:
            raise scpi.RejectedError(scpi.OUT_OF_RANGE if call.params[0].startswith('"') else scpi.DATA_TYPE)

    def set_pressure(self, call: Call) -> None:
        self.target_pa = self.asked_pa(call, 0.0, self.full_scale_pa)
        self._inside_since_s = None
        self._drive()

    def set_rate(self, call: Call) -> None:
        self.rate_pa_s = self.asked_pa(call, 0.0, self.full_scale_pa)
        self._drive()

    def set_mode(self, call: Call) -> None:
        self.settings[MODE] = choice("LINear", "MAXimum")(call.params[0])
        self._drive()

    def _drive(self) -> None:
        if self.vent_state() != 1:
            self.port.set_target(self.target_pa, self.rate_pa_s if self.settings[MODE] == "LIN" else None)

    def set_output(self, call: Call) -> None:
        on = boolean(call.params[0]) == "1"
        if on and self.vent_state() == 1:
            raise scpi.RejectedError(scpi.CONFLICT)
        if on:
            self._drive()
        self.port.set_control(on)

    def set_vent(self, call: Call) -> None:
        """Venting ends control; 0 calls it off, or forgets that it was completed."""
        on = boolean(call.params[0]) == "1"
        if on:
            self.port.set_control(False)
        if on or self.vent_state() == 1:
            self.port.set_vent(on)
        self._vent = int(on)

    def vent_state(self) -> int:
        """0 idle, 1 in progress, 2 completed, which is kept until VENT 0."""
        if self._vent == 1 and not self.port.venting():
            self.port.set_vent(False)
            self._vent = 2
        return self._vent

    def output(self) -> str:
        """A vent, however the port brings it about, is not control."""
        return "1" if self.vent_state() != 1 and self.port.controlling() else "0"

    def in_limits(self) -> int:
        """1 once seen inside the band around the setpoint for the whole dwell; the first look starts the dwell."""
        band_pa = float(self.settings[BAND]) / 100 * self.full_scale_pa
        if self.failing or not abs(self.port.line_pressure_pa() - self.target_pa) <= band_pa:
            self._inside_since_s = None
            return 0
        if self._inside_since_s is None:
            self._inside_since_s = self.port.now_s()
        return int(self.port.now_s() - self._inside_since_s >= float(self.settings[DWELL]))

    def condition(self) -> int:
        condition = VENT_COMPLETE * (self.vent_state() == 2) | IN_LIMITS * self.in_limits()
        self._events |= condition & ~self._condition
        self._condition = condition
        return condition

    def take_events(self) -> int:
        self.condition()
        events, self._events = self._events, 0
        return events

    def operation(self) -> int:
        self.condition()
        return PRESSURE_SUMMARY if self._events & int(self.settings[PRESSURE_MASK]) else 0

    def status_byte(self) -> int:
        operation = self.operation() & int(self.settings[SUMMARY_MASK])
        standard = self.errors.events & int(self.settings["*ESE"])
        return 4 * bool(self.errors) | 32 * bool(standard) | 128 * bool(operation)

    def clear(self) -> None:
        self.errors.clear()
        self._events = 0

    def limits(self, sensor: int) -> tuple[str, float, float]:
        """Range, upper and lower full scale of 1 control sensor, 2 and 3 supply sensors, 4 barometer."""
        return BAROMETER if sensor == 4 else (self.range, self.full_scale_pa, 0.0)

    def limits_shown(self, call: Call) -> str:
        name, upper_pa, lower_pa = self.limits(call.suffixes[0])
        return f"{name}, {self.shown(upper_pa)}, {self.shown(lower_pa)}"

    def source(self, call: Call) -> str:
        return self.sensed(self.port.source_pressure_pa() if call.suffixes[-1] == 1 else self.vacuum_pa)

    def next_error(self) -> str:
        error = self.errors.take()
        return f'{error.code},"{error.text}"'


def decimal(value: float) -> str:
    """Seven decimals, but a plain 0.0."""
    text = f"{value:.7f}"
    return text if float(text) else "0.0"


COMMANDS: tuple[Command[PACE5000], ...] = (
    Command("*IDN", lambda pace, _: f"GE Druck,Pace5000 User Interface,{pace.serial},{pace.firmware}"),
    Command("*CLS", write=lambda pace, _: pace.clear(), write_counts=(0, 0)),
    Command("*ESR", lambda pace, _: str(pace.errors.take_events())),
    Command("*STB", lambda pace, _: str(pace.status_byte())),
    Command(SENSE, lambda pace, _: pace.sensed(pace.port.line_pressure_pa())),
    Command(f"{SENSE}:INLimits", lambda pace, _: f"{pace.sensed(pace.port.line_pressure_pa())}, {pace.in_limits()}"),
    Command(f"{SENSE}:SLEW", lambda pace, _: pace.sensed(pace.port.line_rate_pa_s())),
    Command(f"{SENSE}:BARometer", lambda pace, _: pace.sensed(pace.port.barometer_pa())),
    Command(f"{SENSE}:RANGe", lambda pace, _: pace.range, PACE5000.set_range),
    # A volume is estimated while control effort is spent on a step; this unit never finishes an estimate.
    Command(f"{SENSE}:CORRection:VOLume", lambda _, __: "0.0"),
    Command(AMPLITUDE, lambda pace, _: pace.shown(pace.target_pa), PACE5000.set_pressure),
    Command(f"{AMPLITUDE}:VENT", lambda pace, _: str(pace.vent_state()), PACE5000.set_vent),
    Command(f"{SOURCE}:SLEW", lambda pace, _: pace.shown(pace.rate_pa_s), PACE5000.set_rate),
    Command(MODE, lambda pace, _: pace.settings[MODE], PACE5000.set_mode),
    Command(f"{SOURCE}:EFFort", lambda pace, _: decimal(pace.port.effort_percent())),
    Command(f"{SOURCE}:COMPensate<2>", PACE5000.source),
    Command(f"{SOURCE}:RANGe", lambda pace, _: pace.range, PACE5000.set_range),
    Command("OUTPut<1>:[STATe]", lambda pace, _: pace.output(), PACE5000.set_output),
    Command("UNIT:[PRESsure]", lambda pace, _: pace.unit, PACE5000.set_unit),
    Command("INSTrument:SN", lambda pace, _: pace.serial),
    Command("INSTrument:VERSion<5>", lambda pace, _: f'"{pace.firmware}"'),
    Command("INSTrument:CATalog:[ALL]", lambda pace, _: f'{pace.range}, "BAROMETER"'),
    Command("INSTrument:LIMits<4>", PACE5000.limits_shown),
    Command("INSTrument:SENSe<4>:[FULLscale]", lambda pace, call: pace.shown(pace.limits(call.suffixes[0])[1])),
    Command("STATus:OPERation:PRESsure:CONDition", lambda pace, _: str(pace.condition())),
    Command("STATus:OPERation:PRESsure:[EVENt]", lambda pace, _: str(pace.take_events())),
    Command("STATus:OPERation:CONDition", lambda pace, _: str(pace.operation())),
    Command("STATus:OPERation:[EVENt]", lambda pace, _: str(pace.operation())),
    Command("SYSTem:ERRor", lambda pace, _: pace.next_error()),
    *(Command(header, write=lambda _, __: None, write_counts=(0, 0)) for header in ("LOCal", "GTL")),
    *(scpi.stored(header, read) for header, (_, read) in SETTINGS.items()),
)
GRAMMAR = scpi.Grammar(COMMANDS, {"?": NO_QUERY, "": QUERY_ONLY}, from_root=True)

"""A Keysight 34972A with a 34901A multiplexer in slot 100 on the far side of the wire (user's guide, ch. 4 and 5)."""

import math
import re
from collections.abc import Callable, Sequence
from functools import partial

from bench.sim.instruments import scpi
from bench.sim.instruments.scpi import Call, Command, RejectedError, ScpiError, boolean, choice, real

CHANNELS = range(101, 121)  # of the 34901A; 121 and 122 measure current only
SLOTS = {"100": "HEWLETT-PACKARD,34901A,0,2.3", "200": "HEWLETT-PACKARD,0,0,0", "300": "HEWLETT-PACKARD,0,0,0"}
SLOT = choice(*SLOTS, error=scpi.OUT_OF_RANGE)
CAPACITY = 50000  # readings
OVERLOAD = 9.9e37
ENDLESS = dict.fromkeys(("INF", "INFINITY"), "+9.90000200E+37")  # as a count of scans
SECONDS_PER_CHANNEL = 0.02  # at 1 power line cycle
SCANNING = 16  # bit 4 of the operation status register
MASKS = ("*ESE", "*SRE")
STANDARD_SUMMARY, SERVICE = 32, 64  # bits of the status byte
BYTE = real(0, 255, "{:.0f}")
RANGE = re.compile(r"\s*(\d{1,9})\s*(?::\s*(\d{1,9})\s*)?", re.ASCII)

TRIGGER_IGNORED, INIT_IGNORED = ScpiError(-211, "Trigger ignored"), ScpiError(-213, "Init ignored")
DEADLOCK, ILLEGAL = ScpiError(-214, "Trigger deadlock"), ScpiError(-224, "Illegal parameter value")
STALE, OVERFLOW = ScpiError(-230, "Data stale"), ScpiError(-350, "Error queue overflow")
WAITING = {"BUS", "EXT"}  # for a trigger from outside

Values = dict[str, tuple[str, scpi.Reader]]  # header -> default, values
NUMBER, TEMPERATURE, UNIT = "{:+.8E}", "[SENSe]:TEMPerature", "UNIT:TEMPerature"
TRANSDUCERS = f"{TEMPERATURE}:TRANsducer"
TRANSDUCER = choice("TCouple", "RTD", "FRTD", "THERmistor", error=ILLEGAL)
RESISTOR = choice("85", "91", error=ILLEGAL)
TYPES: Values = {
    f"{TRANSDUCERS}:TCouple:TYPE": ("J", choice("B", "E", "J", "K", "N", "R", "S", "T", error=ILLEGAL)),
    f"{TRANSDUCERS}:RTD:TYPE": ("85", RESISTOR),
    f"{TRANSDUCERS}:FRTD:TYPE": ("85", RESISTOR),
    f"{TRANSDUCERS}:THERmistor:TYPE": ("5000", choice("2252", "5000", "10000", error=ILLEGAL)),
}
TYPE_OF = dict(zip(("TC", "RTD", "FRTD", "THER"), TYPES, strict=True))
OF_CHANNEL: Values = TYPES | {
    UNIT: ("C", choice("C", "F", "K", error=ILLEGAL)),
    f"{TRANSDUCERS}:TYPE": ("TC", TRANSDUCER),
    f"{TRANSDUCERS}:TCouple:CHECk": ("0", boolean),
    f"{TRANSDUCERS}:TCouple:RJUNction": ("+0.00000000E+00", real(-20, 80, NUMBER)),
    f"{TRANSDUCERS}:TCouple:RJUNction:TYPE": ("INT", choice("INTernal", "EXTernal", "FIXed", error=ILLEGAL)),
    f"{TRANSDUCERS}:RTD:RESistance:[REFerence]": ("+1.00000000E+02", real(49, 2100, NUMBER)),
    f"{TEMPERATURE}:NPLCycles": ("+1.00000000E+00", real(0.02, 200, NUMBER)),
    "ROUTe:CHANnel:DELay": ("+0.00000000E+00", real(0, 60, NUMBER)),
    "ROUTe:CHANnel:DELay:AUTO": ("1", boolean),
}
SOURCE, COUNT, TIMER = "TRIGger:SOURce", "TRIGger:COUNt", "TRIGger:TIMer"
FIELDS = [f"FORMat:READing:{name}" for name in ("UNIT", "TIME", "CHANnel", "ALARm")]
SHOWN = {"C": (1.0, -273.15), "F": (1.8, -459.67), "K": (1.0, 0.0)}  # factor and offset to kelvin
Reading = tuple[float, str, float, int]  # value, unit, seconds since the scan began, channel
OF_UNIT: Values = {
    SOURCE: ("IMM", choice("BUS", "IMMediate", "EXTernal", "TIMer", error=ILLEGAL)),
    COUNT: ("+1.00000000E+00", lambda text: ENDLESS.get(text.upper()) or real(1, CAPACITY, NUMBER)(text)),
    TIMER: ("+1.00000000E+01", real(0, 359999, NUMBER)),
    f"{FIELDS[1]}:TYPE": ("REL", choice("RELative", error=ILLEGAL)),  # this unit has no calendar
    **dict.fromkeys(FIELDS, ("0", boolean)),
}


class Keysight34972A:
    """temperature_k: NaN is an open sensor. A scan is taken at once; an endless one goes on whenever somebody looks.

    failing: every channel reads overload.
    """

    response_s = SECONDS_PER_CHANNEL

    def __init__(self, temperature_k: Callable[[int], float], *, serial: str = "MY49018071") -> None:
        self._temperature_k, self.serial = temperature_k, serial
        self.errors = scpi.ErrorQueue(20, OVERFLOW)
        self.masks = dict.fromkeys(MASKS, 0)
        self.refusing = self.failing = False
        self._wire = scpi.Interpreter(self, GRAMMAR, self.errors)
        self.reset()

    def receive(self, data: bytes) -> bytes:
        return self._wire.receive(data)

    def hung_up(self) -> None:
        self._wire.hung_up()

    def reset(self) -> None:
        """Channels measure DC volts until configured otherwise."""
        self.channels = {number: defaults(OF_CHANNEL) for number in CHANNELS}
        self.settings = defaults(OF_UNIT)
        self.scan: list[int] = []
        self._thermometers: set[int] = set()
        self.memory: list[Reading] = []
        self.left, self._taken = 0, 0  # sweeps

    def abort(self) -> None:
        self.left = 0

    def named(self, params: Sequence[str]) -> list[int]:
        """The channels of a list; where it is left out, those of the scan list."""
        if not params and not self.scan:
            raise RejectedError(scpi.CONFLICT)
        return channels_in(params[0]) if params else self.scan

    def configure(self, scan: list[int], settings: dict[str, str]) -> None:
        """Redefines the scan list, forgets what its channels were set to and turns all reading fields off."""
        self.scan, self.left = scan, 0
        self.channels |= {number: defaults(OF_CHANNEL) | settings for number in scan}
        self._thermometers = self._thermometers | set(scan) if settings else self._thermometers - set(scan)
        self.settings |= dict.fromkeys(FIELDS, "0")

    def configure_temperature(self, call: Call) -> None:
        transducer, kind = (word.upper() for word in call.params[:2])
        short = TRANSDUCER("TC" if transducer == "DEF" else transducer)
        default, read = TYPES[TYPE_OF[short]]
        kind = default if kind == "DEF" else read(kind)
        self.configure(channels_in(call.params[-1]), {f"{TRANSDUCERS}:TYPE": short, TYPE_OF[short]: kind})

    def configure_voltage(self, call: Call) -> None:
        self.configure(channels_in(call.params[-1]), {})

    def measure(self, call: Call, configure: Callable[["Keysight34972A", Call], None]) -> str:
        configure(self, call)
        self.settings |= {SOURCE: "IMM", COUNT: "+1.00000000E+00"}
        return self.read()

    def set_scan(self, call: Call) -> None:
        self.scan, self.left = channels_in(call.params[0]), 0

    def _sweep(self, index: int) -> list[Reading]:
        begin_s = index * float(self.settings[TIMER]) if self.settings[SOURCE] == "TIM" else 0.0
        return [self._reading(number, begin_s + i * SECONDS_PER_CHANNEL) for i, number in enumerate(self.scan)]

    def _reading(self, number: int, time_s: float) -> Reading:
        if number not in self._thermometers:
            return OVERLOAD if self.failing else 0.0, "VDC", time_s, number  # a resistor without current
        kelvin, unit = self._temperature_k(number), self.channels[number][UNIT]
        factor, offset = SHOWN[unit]
        overload = self.failing or math.isnan(kelvin)
        return OVERLOAD if overload else factor * kelvin + offset, unit, time_s, number

    def read(self) -> str:
        """Straight to the output: READ? leaves nothing in memory (user's guide, "Using the READ? Command")."""
        if self.settings[SOURCE] in WAITING or float(self.settings[COUNT]) > CAPACITY:
            raise RejectedError(DEADLOCK)  # a real unit would never answer
        self.initiate()
        readings, self.memory = self.memory, []
        return self.told(readings)

    def initiate(self) -> None:
        if self.left:
            raise RejectedError(INIT_IGNORED)
        if not self.scan:
            raise RejectedError(scpi.CONFLICT)
        self.memory = []
        self.left, self._taken = round(float(self.settings[COUNT])), 0
        if self.left <= CAPACITY and self.settings[SOURCE] not in WAITING:
            self._take(self.left)

    def trigger(self) -> None:
        if self.settings[SOURCE] != "BUS" or not self.left:
            raise RejectedError(TRIGGER_IGNORED)
        self._take(1)

    def _take(self, sweeps: int) -> None:
        first = max(0, sweeps - CAPACITY // len(self.scan))  # of more than fits only the newest stay
        self.memory += [reading for i in range(first, sweeps) for reading in self._sweep(self._taken + i)]
        del self.memory[:-CAPACITY]
        self._taken += sweeps
        self.left -= sweeps

    def look(self) -> list[Reading]:
        if self.left > CAPACITY and self.settings[SOURCE] not in WAITING:
            self._take(1)
        return self.memory

    def fetch(self) -> str:
        if not self.look():
            raise RejectedError(STALE)
        return self.told(self.memory)

    def drain(self, call: Call) -> str:
        most = int(real(1, CAPACITY, "{:.0f}")(call.params[0])) if call.params else CAPACITY
        taken, self.memory = self.look()[:most], self.memory[most:]
        return block(self.told(taken))

    def told(self, readings: list[Reading]) -> str:
        unit, time, channel, alarm = (self.settings[field] == "1" for field in FIELDS)
        if not (unit or time or channel or alarm):
            return ",".join([f"{value:+.8E}" for value, *_ in readings])
        return ",".join(
            f"{value:+.8E}" + f" {name}" * unit + f",{time_s:013.3f}" * time + f",{number}" * channel + ",0" * alarm
            for value, name, time_s, number in readings
        )

    def status_byte(self) -> int:
        byte = STANDARD_SUMMARY * bool(self.errors.events & self.masks["*ESE"])
        return byte | SERVICE * bool(byte & self.masks["*SRE"])

    def next_error(self) -> str:
        error = self.errors.take()
        return f'{error.code:+d},"{error.text}"'


def defaults(table: Values) -> dict[str, str]:
    return {header: default for header, (default, _) in table.items()}


def block(text: str) -> str:
    """Definite-length block."""
    return f"#{len(str(len(text)))}{len(text)}{text}"


def channels_in(text: str) -> list[int]:
    """`(@101:103,105)` -> 101, 102, 103, 105; a scan goes upwards whatever the order of the list."""
    if not (text.startswith("(@") and text.endswith(")")):
        raise RejectedError(scpi.SYNTAX)
    matches = [RANGE.fullmatch(part) for part in text[2:-1].split(",")] if text[2:-1].strip() else []
    ends = [(int(match[1]), int(match[2] or match[1])) for match in matches if match]
    if len(ends) < len(matches):
        raise RejectedError(scpi.SYNTAX)
    if any(end not in CHANNELS for pair in ends for end in pair):
        raise RejectedError(scpi.OUT_OF_RANGE)
    return sorted({number for pair in ends for number in range(min(pair), max(pair) + 1)})


def of_channel(header: str, read: scpi.Reader) -> Command[Keysight34972A]:
    def write(unit: Keysight34972A, call: Call) -> None:
        answer = read(call.params[0])
        for number in unit.named(call.params[1:]):
            unit.channels[number][header] = answer

    def query(unit: Keysight34972A, call: Call) -> str:
        return ",".join([unit.channels[number][header] for number in unit.named(call.params)])

    return Command(header, query, write, (0, 1), (1, 2))


def of_mask(name: str) -> Command[Keysight34972A]:
    def write(unit: Keysight34972A, call: Call) -> None:
        unit.masks[name] = int(BYTE(call.params[0]))

    return Command(name, lambda unit, _: f"{unit.masks[name]:+d}", write)


NONE = (0, 0)
MEASURES = (
    ("MEASure:TEMPerature", Keysight34972A.configure_temperature, (3, 5)),
    ("MEASure:VOLTage:[DC]", Keysight34972A.configure_voltage, (1, 3)),
)
COMMANDS: tuple[Command[Keysight34972A], ...] = (
    Command("*IDN", lambda daq, _: f"Agilent Technologies,34972A,{daq.serial},1.16-1.12-02-02"),
    Command("*RST", write=lambda daq, _: daq.reset(), write_counts=NONE),
    Command("*CLS", write=lambda daq, _: daq.errors.clear(), write_counts=NONE),
    Command("*OPC", lambda _, __: "1", lambda _, __: None, write_counts=NONE),
    Command("*ESR", lambda daq, _: f"{daq.errors.take_events():+d}"),
    Command("*STB", lambda daq, _: f"{daq.status_byte():+d}"),
    Command("*WAI", write=lambda _, __: None, write_counts=NONE),
    *(of_mask(name) for name in MASKS),
    Command("*TRG", write=lambda daq, _: daq.trigger(), write_counts=NONE),
    Command("SYSTem:ERRor:[NEXT]", lambda daq, _: daq.next_error()),
    Command("SYSTem:VERSion", lambda _, __: "1994.0"),
    Command("SYSTem:CTYPe", lambda _, call: SLOTS[SLOT(call.params[0])], query_counts=(1, 1)),
    Command("INSTrument:DMM:[STATe]", lambda _, __: "1"),
    Command("CONFigure:TEMPerature", write=Keysight34972A.configure_temperature, write_counts=(3, 5)),
    Command("CONFigure:VOLTage:[DC]", write=Keysight34972A.configure_voltage, write_counts=(1, 3)),
    *(Command(header, partial(Keysight34972A.measure, configure=act), query_counts=n) for header, act, n in MEASURES),
    Command("ROUTe:SCAN", lambda daq, _: block(f"(@{','.join(map(str, daq.scan))})"), Keysight34972A.set_scan),
    Command("ROUTe:SCAN:SIZE", lambda daq, _: f"{len(daq.scan):+d}"),
    Command("READ", lambda daq, _: daq.read()),
    Command("INITiate:[IMMediate]", write=lambda daq, _: daq.initiate(), write_counts=NONE),
    Command("ABORt", write=lambda daq, _: daq.abort(), write_counts=NONE),
    Command("FETCh", lambda daq, _: daq.fetch()),
    Command("R", Keysight34972A.drain, query_counts=(0, 1)),
    Command("DATA:POINts", lambda daq, _: f"{len(daq.look()):+d}"),
    Command("STATus:OPERation:CONDition", lambda daq, _: f"{SCANNING * bool(daq.left):+d}"),
    *(of_channel(header, read) for header, (_, read) in OF_CHANNEL.items()),
    *(scpi.stored(header, read) for header, (_, read) in OF_UNIT.items()),
)
GRAMMAR = scpi.Grammar(COMMANDS)

"""Alicat MC mass flow controller (Serial Primer Rev 2, DOC-MANUAL-MPL).

The polled frame names the gas, but not its units. `ALS` names the one of flow and setpoint: it is asked after every
frame, and tells an answer to another question by its shape, too. `A` followed by digits would be a setpoint in 1/64000
of full scale: nothing here sends a digit next to the id. Pressure and temperature are taken as PSIA and degrees C.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from drivers.errors import CommandRefused, ProtocolError
from drivers.instrument import VisaInstrument
from drivers.link import Link, SerialLine, VisaLink
from drivers.measured import Identity, Measured, Status

NAME: Final = "alicat_mc"
INPUTS: Final = ("flow", "setpoint", "pressure", "temperature")
SETTLE_S: Final = 0.1  # answers come within 100 ms
INFO_LINES: Final = 10
MASS_FLOW: Final = 37  # register 122 is what is controlled; 36 is volumetric flow, 34, 38, 39 are pressures
NUMBER: Final = r"[+-]?\d{1,6}\.\d{1,6}"
UNIT: Final = r"\d{1,3} +([!-~]+)"

PASCAL_PER_PSI: Final = 6894.757293168
ZERO_CELSIUS_K: Final = 273.15
STANDARD_MOL_M3: Final = 14.6959 * PASCAL_PER_PSI / (8.314462618 * 298.15)
"""Of an ideal gas at 25 degrees C and 14.6959 PSIA; real CO2 is 0.5 % denser, the others by less than 0.1 %."""
STANDARD_M3_S: Final = {"SCCM": 1e-6 / 60.0, "SLPM": 1e-3 / 60.0}
KG_MOL: Final = {
    "Air": 28.9655e-3, "Ar": 39.948e-3, "CH4": 16.0425e-3, "CO": 28.0101e-3, "CO2": 44.0095e-3, "H2": 2.01588e-3,
    "He": 4.002602e-3, "N2": 28.0134e-3, "O2": 31.9988e-3,
}  # fmt: skip
"""Numbers 0, 1, 2, 3, 4, 6, 7, 8 and 11 of its gas table."""

FLOW_OVER: Final = {"flow": Status.OVERRANGE}
ALL_FAULT: Final = dict.fromkeys(INPUTS, Status.FAULT)
WORDS: Final[Mapping[str, Mapping[str, Status]]] = {
    "HLD": {}, "LCK": {}, "EXH": {},  # valve held, panel locked, exhausting: what it reads is right
    "MOV": FLOW_OVER, "VOV": FLOW_OVER, "OVR": FLOW_OVER, "TMF": FLOW_OVER,
    "POV": {"pressure": Status.OVERRANGE, "flow": Status.FAULT},  # the flow is computed from both
    "TOV": {"temperature": Status.OVERRANGE, "flow": Status.FAULT},
    "OPL": {"pressure": Status.OVERRANGE},
    "GTA": {"flow": Status.FAULT},
    "ADC": ALL_FAULT, "COM": ALL_FAULT,
}  # fmt: skip
"""What a status word says of each input. The manual lists the words only: TMF, OVR, GTA and EXH are read cautiously."""
FLOW_LIMIT: Final = 1.5  # of full scale; it reads to 1.28 times that
MOST_PSIA: Final = 3000.0
MOST_C: Final = 200.0


@dataclass(frozen=True, slots=True)
class Frame:
    """Flow and setpoint in the unit that the instrument is set to. widths: of the numbers, as they are printed."""

    pressure_psia: float
    temperature_c: float
    flow: float
    setpoint: float
    gas: str
    words: tuple[str, ...]
    widths: tuple[int, ...]

    def is_laid_out_like(self, other: "Frame") -> bool:
        """Real ones pad all numbers to one width: a lost digit shows then."""
        padded = len(set(self.widths)) == 1
        return len(self.widths) == len(other.widths) and (not padded or self.widths == other.widths)


@dataclass(frozen=True, slots=True)
class FullScale:
    value: float
    unit: str
    decimals: int


def parse_frame(unit_id: str, reply: bytes) -> Frame:
    """Of a controller, with a totaliser or without."""
    numbers, gas, words = _match(rf"((?: +{NUMBER}){{5,6}}) +([\w-]+)((?: +[A-Z]{{3}})*) *", unit_id, b"", reply)
    texts = numbers.split()
    pressure, temperature, _, flow, setpoint, *_ = (float(text) for text in texts)
    possible = abs(pressure) < MOST_PSIA and abs(temperature) < MOST_C
    if not possible or not all(word in WORDS for word in words.split()):
        raise ProtocolError(f"{NAME}: no such state", request=unit_id.encode("ascii"), reply=reply)
    return Frame(pressure, temperature, flow, setpoint, gas, tuple(words.split()), tuple(map(len, texts)))


def parse_setpoint(unit_id: str, reply: bytes) -> tuple[float, str]:
    """The one requested (the current one is on its way there while it ramps), and its unit."""
    _, requested, unit = _match(rf" +({NUMBER}) +({NUMBER}) +{UNIT} *", unit_id, b"LS", reply)
    return float(requested), unit


def parse_full_scale(unit_id: str, reply: bytes) -> FullScale:
    value, unit = _match(rf" +({NUMBER}) +{UNIT} *", unit_id, b"FPF 5", reply)
    if unit not in STANDARD_M3_S or float(value) <= 0.0:
        raise ProtocolError(f"{NAME}: set its unit of flow to one of {', '.join(STANDARD_M3_S)}", reply=reply)
    return FullScale(float(value), unit, len(value.partition(".")[2]))


def parse_register(unit_id: str, register: int, reply: bytes) -> int:
    (value,) = _match(rf" +0*{register} = (\d{{1,9}}) *", unit_id, b"R%d" % register, reply)
    return int(value)


def parse_firmware(unit_id: str, reply: bytes) -> str:
    (version,) = _match(r" +(\d+v[!-~]+)(?: [ -~]*)?", unit_id, b"VE", reply)
    return version


def parse_info(unit_id: str, number: int, reply: bytes) -> str:
    """The text of one line of the table that `??M*` lists."""
    (text,) = _match(rf" +M{number:02d} ([ -~]*)", unit_id, b"??M*", reply)
    return text.strip()


def parse_identity(info: Sequence[str], firmware: str) -> Identity:
    texts = "\n".join(info)
    model, serial = (re.search(rf"^{what} Number +(\S+)$", texts, re.MULTILINE) for what in ("Model", "Serial"))
    if model is None or not texts.lower().startswith("alicat"):
        raise ProtocolError(f"{NAME}: another instrument", request=b"??M*", reply=texts.encode("ascii"))
    return Identity(info[0], model[1], serial[1] if serial else "", firmware)


def kg_s_per_unit(unit: str, gas: str) -> float:
    if gas not in KG_MOL:
        raise ProtocolError(f"{NAME}: its gas is {gas}, set one of {', '.join(KG_MOL)}")
    return STANDARD_M3_S[unit] * STANDARD_MOL_M3 * KG_MOL[gas]


def worst(name: str, words: Sequence[str]) -> Status:
    """What the status words say of an input."""
    found = {WORDS[word].get(name, Status.GOOD) for word in words}
    return next((status for status in (Status.FAULT, Status.OVERRANGE) if status in found), Status.GOOD)


def _match(pattern: str, unit_id: str, command: bytes, reply: bytes) -> tuple[str, ...]:
    """CommandRefused for `?`, which some units put behind their id."""
    request = unit_id.encode("ascii") + command
    text = reply.decode("ascii", "replace")  # what is not ASCII matches no pattern
    if re.fullmatch(rf"(?:{unit_id} *)?\? *", text):
        raise CommandRefused(f"{NAME}: refused", request=request, reply=reply)
    match = re.fullmatch(unit_id + pattern, text, re.ASCII)
    if match is None:
        raise ProtocolError(f"{NAME}: unexpected reply", request=request, reply=reply)
    return match.groups()


class AlicatMC(VisaInstrument):
    """Inputs "flow" and "setpoint" (kg/s), "pressure" (Pa, absolute) and "temperature" (K)."""

    name = NAME
    _full_scale: FullScale
    _first: Frame
    _kg_s: float

    def __init__(self, link: Link, inputs: Sequence[str] = INPUTS, unit_id: str = "A") -> None:
        self._inputs = tuple(inputs)
        self._unit_id = unit_id
        super().__init__(link)

    @classmethod
    def open(
        cls,
        address: str,
        *,
        inputs: Sequence[str] = (),
        timeout_s: float = 2.0,
        unit_id: str = "A",
        baud_rate: int = 19200,
    ) -> Self:
        """No inputs: all four."""
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are {', '.join(INPUTS)}, not {sorted(unknown)}")
        if not re.fullmatch("[A-Z]", unit_id):
            raise ValueError(f"{NAME}: unit_id is a letter from A to Z, not {unit_id!r}")
        line = SerialLine(baud_rate=baud_rate)
        link = VisaLink(address, read_termination=b"\r", write_termination=b"\r", timeout_s=timeout_s, line=line)
        return cls(link, inputs or INPUTS, unit_id)

    def identity(self) -> Identity:
        with self._asking() as link:
            return self._identify(link)

    def settings(self) -> dict[str, str]:
        """`hold` is HLD while the valve is held: it does not follow the setpoint then."""
        with self._asking() as link:
            control_point = self._control_point(link)
            full_scale = parse_full_scale(self._unit_id, self._query(link, b"FPF 5"))
            frame, _ = self._look(link, self._query(link, b""))
        return {
            "unit": full_scale.unit,
            "full_scale": f"{full_scale.value:g}",
            "gas": frame.gas,
            "control_point": str(control_point),
            "hold": "HLD" if "HLD" in frame.words else "",
        }

    def request(self) -> None:
        with self._asking() as link:
            link.send(self._command(b""))

    def collect(self) -> dict[str, Measured]:
        with self._hearing() as link:
            frame, _ = self._look(link, link.receive())
        return {name: self._measured(name, frame) for name in self._inputs}

    def set_flow(self, flow_kg_s: float) -> None:
        """Write the setpoint, to the last digit shown; CommandRefused if it does not read back or the valve is held.

        ValueError outside of its range. Gas and unit are looked at before: they decide what the number means.
        """
        with self._asking() as link:
            self._look(link, self._query(link, b""))
            text = self._in_its_unit(flow_kg_s)
            message = self._command(b"S " + text.encode("ascii"))
            reply = link.query(message)
            frame = self._checked(reply)
            if "HLD" in frame.words or abs(frame.setpoint - float(text)) > 1.5 * 10.0**-self._full_scale.decimals:
                raise CommandRefused(f"{NAME}: it does not follow the setpoint", request=message, reply=reply)

    def flow_setpoint_kg_s(self) -> float:
        """The one requested; the one in force follows it at the ramp rate set."""
        with self._asking() as link:
            _, requested = self._look(link, self._query(link, b""))
        return requested * self._kg_s

    def close_valve(self) -> None:
        """Setpoint 0, at which the valve closes."""
        self.set_flow(0.0)

    def _shake_hands(self) -> None:
        """Nothing is sent before a late answer has passed; a lone CR least of all, it might end half a command."""
        self._link.drain(SETTLE_S)
        self._identify(self._link)
        self._control_point(self._link)
        self._full_scale = parse_full_scale(self._unit_id, self._query(self._link, b"FPF 5"))
        self._requested(self._link)
        self._first = parse_frame(self._unit_id, self._query(self._link, b""))
        self._kg_s = kg_s_per_unit(self._full_scale.unit, self._first.gas)

    def _identify(self, link: Link) -> Identity:
        link.send(self._command(b"??M*"))
        info = [parse_info(self._unit_id, number, link.receive()) for number in range(INFO_LINES)]
        return parse_identity(info, parse_firmware(self._unit_id, self._query(link, b"VE")))

    def _control_point(self, link: Link) -> int:
        reply = self._query(link, b"R122")
        found = parse_register(self._unit_id, 122, reply)
        if found != MASS_FLOW:
            raise ProtocolError(f"{NAME}: it does not control mass flow, set register 122 to {MASS_FLOW}", reply=reply)
        return found

    def _look(self, link: Link, reply: bytes) -> tuple[Frame, float]:
        """A frame, and the setpoint requested, both in the unit of the handshake."""
        return self._checked(reply), self._requested(link)

    def _checked(self, reply: bytes) -> Frame:
        """A frame that means what the one of the handshake meant."""
        frame = parse_frame(self._unit_id, reply)
        if frame.gas != self._first.gas:
            raise ProtocolError(f"{NAME}: its gas was {self._first.gas} and is {frame.gas} now", reply=reply)
        if not self._first.is_laid_out_like(frame):
            raise ProtocolError(f"{NAME}: another layout than before", reply=reply)
        if abs(frame.flow) > FLOW_LIMIT * self._full_scale.value:
            raise ProtocolError(f"{NAME}: beyond anything it can measure", reply=reply)
        return frame

    def _requested(self, link: Link) -> float:
        reply = self._query(link, b"LS")
        requested, unit = parse_setpoint(self._unit_id, reply)
        if unit != self._full_scale.unit:
            raise ProtocolError(f"{NAME}: its unit was {self._full_scale.unit} and is {unit} now", reply=reply)
        return requested

    def _measured(self, name: str, frame: Frame) -> Measured:
        value = {
            "flow": frame.flow * self._kg_s,
            "setpoint": frame.setpoint * self._kg_s,
            "pressure": frame.pressure_psia * PASCAL_PER_PSI,
            "temperature": frame.temperature_c + ZERO_CELSIUS_K,
        }[name]
        status = worst(name, frame.words)
        return Measured(math.nan if status is Status.FAULT else value, status)

    def _in_its_unit(self, flow_kg_s: float) -> str:
        value = flow_kg_s / self._kg_s
        if not 0.0 <= value <= self._full_scale.value * (1.0 + 1e-9):
            raise ValueError(f"{NAME}: flow is 0 to {self._full_scale.value * self._kg_s:g} kg/s, not {flow_kg_s:g}")
        return f"{value:.{self._full_scale.decimals}f}"

    def _query(self, link: Link, command: bytes) -> bytes:
        return link.query(self._command(command))

    def _command(self, command: bytes) -> bytes:
        return self._unit_id.encode("ascii") + command

"""An Aim-TTi CPX400DP dual power supply on the far side of the wire (manual Iss. 14). A setter is never answered."""

import re
from collections.abc import Callable
from functools import partial
from typing import Protocol

from bench.sim.instruments.aimtti_output import BOTH_TRIPS, SETTINGS, Output

LONGEST_LINE = 4096  # a sender that never ends its line must not fill the memory
LINE_END = re.compile(rb"[\r\n]")  # the empty line inside a CR LF says nothing
UNIT = re.compile(r"(\*?[A-Z]+)(\d{1,3})?([A-Z]*)(\??)(?:\s+(\S+))?", re.ASCII)
NUMBER = re.compile(r"[+-]?(?:\d{1,9}\.?\d{0,9}|\.\d{1,9})(?:E[+-]?\d{1,2})?", re.ASCII)
OUT_OF_RANGE, NO_SUCH_OUTPUT = 100, 103  # execution errors
UNTERMINATED = 3  # query error: something is to be read that nobody understood [K]
OPERATION_COMPLETE, QUERY_ERROR, EXECUTION_ERROR, COMMAND_ERROR, POWER_ON = 1, 4, 16, 32, 128  # *ESR?
STANDARD_SUMMARY, SERVICE = 32, 64  # *STB?; bits 0 and 1 are the outputs' limit events
ALWAYS_ANSWERED = {"EER?", "QER?", "*ESR?", "*STB?"}


class Loads(Protocol):
    """What is wired to outputs 1 and 2."""

    def resistance_ohm(self, output: int) -> float:
        """math.inf where nothing is connected."""

    def set_power(self, output: int, watts: float) -> None:
        """Called whenever the power delivered changes."""


class UnknownError(Exception):
    """A command error: not answered."""


class ExecutionError(Exception):
    """Well said, but it cannot be done: the number for EER?."""


class CPX400DP:
    """Settings and trips are forgotten with the power; it starts with its outputs off."""

    response_s = 0.02

    def __init__(self, port: Loads, *, serial: str = "279730", firmware: str = "1.00-1.00") -> None:
        self.port = port
        self.identity = f"THURLBY THANDAR,CPX400DP,{serial},{firmware}"
        self.refusing = self._failing = False
        self.outputs = {1: Output(), 2: Output()}
        self.masks = {"LSE1": 0, "LSE2": 0, "*ESE": 0, "*SRE": 0}
        self.execution_error = self.query_error = 0
        self.events = POWER_ON
        self._told_w = {1: 0.0, 2: 0.0}
        self._partial = b""

    @property
    def failing(self) -> bool:
        """Both protections of both outputs have tripped, and trip again whatever is done."""
        return self._failing

    @failing.setter
    def failing(self, failing: bool) -> None:
        self._failing = failing
        self.update()

    def receive(self, data: bytes) -> bytes:
        """Every query has its own line, also of several in one message."""
        *lines, rest = LINE_END.split(self._partial + data)
        self._partial = rest[:LONGEST_LINE]
        units = [unit.strip() for line in lines for unit in line.decode("ascii", "replace").upper().split(";")]
        replies = [self._answer(unit) for unit in units if unit]
        return b"".join([f"{reply}\r\n".encode("ascii") for reply in replies if reply is not None])

    def hung_up(self) -> None:
        self._partial = b""

    def update(self) -> None:
        """Loads change with their temperature: what they get is found anew before and after every command."""
        for number, output in self.outputs.items():
            if self._failing:
                output.trip(BOTH_TRIPS)
            else:
                output.feed(self.port.resistance_ohm(number))
            watts = output.volts * output.amperes
            if watts != self._told_w[number]:
                self._told_w[number] = watts
                self.port.set_power(number, watts)

    def _answer(self, unit: str) -> str | None:
        self.update()
        try:
            reply = self._execute(unit)
        except UnknownError:
            self.events |= COMMAND_ERROR
            if "?" in unit:
                self.query_error = UNTERMINATED
                self.events |= QUERY_ERROR
            return None
        except ExecutionError as error:
            self.execution_error = error.args[0]
            self.events |= EXECUTION_ERROR
            return None
        self.update()
        return reply

    def _execute(self, unit: str) -> str | None:
        """Refusing, it still tells why: its error registers are read as ever."""
        if self.refusing and unit not in ALWAYS_ANSWERED:
            raise ExecutionError(OUT_OF_RANGE)
        if not (match := UNIT.fullmatch(unit)):
            raise UnknownError
        head, number, tail, query, value = match.groups()
        command = f"{head}{'#' if number else ''}{tail}{query}"
        params = [numeric(value)] if value else []
        act, wanted = COMMANDS.get(command, (None, 0))
        if act is None or len(params) != wanted:
            raise UnknownError
        if number and int(number) not in self.outputs:
            raise ExecutionError(NO_SUCH_OUTPUT)
        return act(self, *([int(number)] if number else []), *params)

    def set(self, number: int, value: float, *, name: str) -> None:
        setting = SETTINGS[name]
        self.outputs[number].settings[name] = round(within(value, setting.low, setting.high), setting.digits)

    def setting(self, number: int, *, name: str) -> str:
        setting = SETTINGS[name]
        return f"{setting.answer}{number} {self.outputs[number].settings[name]:.{setting.digits}f}"

    def set_mask(self, value: float, *, name: str) -> None:
        self.masks[name] = round(within(value, 0, 255))

    def switch(self, number: int, value: float) -> None:
        if value not in {0, 1}:
            raise ExecutionError(OUT_OF_RANGE)
        self.outputs[number].switch(value == 1)

    def switch_all(self, value: float) -> None:
        for number in self.outputs:
            self.switch(number, value)

    def reset_trips(self) -> None:
        for output in self.outputs.values():
            output.tripped = False

    def reset(self) -> None:
        for output in self.outputs.values():
            output.reset()

    def clear(self) -> None:
        self.execution_error = self.query_error = self.events = 0
        for output in self.outputs.values():
            output.events = 0

    def complete(self) -> None:
        self.events |= OPERATION_COMPLETE

    def take(self, register: str) -> str:
        """Reading clears."""
        value: int = getattr(self, register)
        setattr(self, register, 0)
        return str(value)

    def status_byte(self) -> str:
        limits = [bool(output.events & self.masks[f"LSE{number}"]) for number, output in self.outputs.items()]
        byte = limits[0] | 2 * limits[1] | STANDARD_SUMMARY * bool(self.events & self.masks["*ESE"])
        return str(byte | SERVICE * bool(byte & self.masks["*SRE"]))


def numeric(text: str) -> float:
    if not NUMBER.fullmatch(text):
        raise UnknownError
    return float(text)


def within(value: float, low: float, high: float) -> float:
    if not low <= value <= high:
        raise ExecutionError(OUT_OF_RANGE)
    return value


def nothing(_unit: CPX400DP) -> None:
    """All operations are sequential, the panel is nobody's."""


Act = Callable[..., str | None]
COMMANDS: dict[str, tuple[Act, int]] = {  # # stands for the output; what follows is the number of parameters
    "*IDN?": (lambda unit: unit.identity, 0),
    "*RST": (CPX400DP.reset, 0),
    "*CLS": (CPX400DP.clear, 0),
    "*OPC?": (lambda _: "1", 0),
    "*OPC": (CPX400DP.complete, 0),
    "*TST?": (lambda _: "0", 0),
    "*WAI": (nothing, 0),
    "*ESR?": (lambda unit: unit.take("events"), 0),
    "*STB?": (CPX400DP.status_byte, 0),
    "EER?": (lambda unit: unit.take("execution_error"), 0),
    "QER?": (lambda unit: unit.take("query_error"), 0),
    "LOCAL": (nothing, 0),
    "V#O?": (lambda unit, number: f"{unit.outputs[number].volts:.3f}V", 0),
    "I#O?": (lambda unit, number: f"{unit.outputs[number].amperes:.3f}A", 0),
    "OP#?": (lambda unit, number: str(int(unit.outputs[number].on)), 0),
    "OP#": (CPX400DP.switch, 1),
    "OPALL": (CPX400DP.switch_all, 1),
    "TRIPRST": (CPX400DP.reset_trips, 0),
    "LSR#?": (lambda unit, number: str(unit.outputs[number].take_events()), 0),
    "LSE#?": (lambda unit, number: str(unit.masks[f"LSE{number}"]), 0),
    "LSE#": (lambda unit, number, value: unit.set_mask(value, name=f"LSE{number}"), 1),
    **{f"{name}#?": (partial(CPX400DP.setting, name=name), 0) for name in SETTINGS},
    **{f"{name}#": (partial(CPX400DP.set, name=name), 1) for name in SETTINGS},
    **{f"{name}?": (lambda unit, name=name: str(unit.masks[name]), 0) for name in ("*ESE", "*SRE")},
    **{name: (partial(CPX400DP.set_mask, name=name), 1) for name in ("*ESE", "*SRE")},
}

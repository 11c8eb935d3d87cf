"""Aim-TTi CPX400DP dual power supply (instruction manual Iss. 14).

A setter is never answered, nor is a query that is refused: whatever is said ends with EER?, in the same write as a line
of its own. Readings do not name their output: the set voltage, asked in front of them, does.
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

NAME: Final = "cpx400dp"
OUTPUTS: Final = (1, 2)
INPUTS: Final = tuple(f"{quantity}_{output}" for output in OUTPUTS for quantity in ("voltage", "current", "power"))
SETTINGS: Final = {"ovp_1_v": b"OVP1?", "ocp_1_a": b"OCP1?", "ovp_2_v": b"OVP2?", "ocp_2_a": b"OCP2?"}
CHECK: Final = b"EER?"
REFUSAL: Final = re.compile(rb"[1-9]\d\d")  # of EER?, where the answer to a query is due
EXECUTION_ERRORS: Final = {100: "out of range", 103: "no such output"}
TRIPS: Final = 4 | 8  # of LSR?: over-voltage, over-current; constant voltage, current and power are no errors [K]
MOST: Final = {"V": 70.0, "A": 25.0}  # above what the protections can be set to
RESOLUTION: Final = 1e-3  # V or A, of what is set


@dataclass(frozen=True, slots=True)
class Reading:
    """Of one output."""

    voltage_v: float
    current_a: float
    tripped: bool
    on: bool


def parse_reading(request: bytes, unit: str, reply: bytes) -> float:
    """V or A, from 20.000V or 2.000A."""
    match = re.fullmatch(rb"(-?\d{1,2}\.\d{2,3})%b" % unit.encode("ascii"), reply)
    if match is None or abs(float(match[1])) > MOST[unit]:
        raise ProtocolError(f"{NAME}: a reading in {unit} expected", request=request, reply=reply)
    return float(match[1])


def parse_setting(request: bytes, reply: bytes) -> float:
    """V or A, from V1 24.000, VP1 63.00, I1 2.000 or CP1 5.000: the header, of OVP and OCP without its O."""
    header = request.removeprefix(b"O").removesuffix(b"?")
    match = re.fullmatch(rb"%b (\d{1,2}\.\d{2,3})" % header, reply)
    if match is None:
        raise ProtocolError(f"{NAME}: unexpected reply", request=request, reply=reply)
    return float(match[1])


def parse_number(request: bytes, reply: bytes) -> int:
    """Of a register or a switch."""
    if not re.fullmatch(rb"\d{1,3}", reply):
        raise ProtocolError(f"{NAME}: a whole number expected", request=request, reply=reply)
    return int(reply)


def parse_switch(request: bytes, reply: bytes) -> bool:
    if reply not in {b"0", b"1"}:
        raise ProtocolError(f"{NAME}: 0 or 1 expected", request=request, reply=reply)
    return reply == b"1"


def parse_identity(reply: bytes) -> Identity:
    match = re.fullmatch(rb"(THURLBY THANDAR) *, *(CPX400DP\w*) *, *([ -+\--~]+), *([ -+\--~]+)", reply)
    if match is None:
        raise ProtocolError(f"{NAME}: another instrument", request=b"*IDN?", reply=reply)
    return Identity(*(field.decode("ascii").strip() for field in match.groups()))


def parse_output(output: int, replies: Mapping[bytes, bytes]) -> Reading:
    set_v, voltage, current, limits, switch = questions(output)
    parse_setting(set_v, replies[set_v])
    return Reading(
        parse_reading(voltage, "V", replies[voltage]),
        parse_reading(current, "A", replies[current]),
        tripped=bool(parse_number(limits, replies[limits]) & TRIPS),
        on=parse_switch(switch, replies[switch]),
    )


def questions(output: int) -> tuple[bytes, ...]:
    """What is asked of an output at every scan; reading LSR clears it."""
    return tuple(b"%b%d%b?" % (head, output, tail) for head, tail in (
        (b"V", b""), (b"V", b"O"), (b"I", b"O"), (b"LSR", b""), (b"OP", b""),
    ))  # fmt: skip


def state_questions(output: int) -> tuple[bytes, bytes]:
    return b"V%d?" % output, b"OP%d?" % output


def switched(output: int, replies: Mapping[bytes, bytes]) -> bool:
    set_v, switch = state_questions(output)
    parse_setting(set_v, replies[set_v])
    return parse_switch(switch, replies[switch])


def measured(reading: Reading, output: int, *, fault: bool) -> dict[str, Measured]:
    """V, A and W."""
    volts, amperes = reading.voltage_v, reading.current_a
    values = {"voltage": volts, "current": amperes, "power": volts * amperes}
    return {
        f"{name}_{output}": Measured(math.nan, Status.FAULT) if fault else Measured(value, Status.GOOD)
        for name, value in values.items()
    }


class CPX400DP(VisaInstrument):
    """Inputs "voltage_1" (V), "current_1" (A), "power_1" (W) and the same of output 2.

    A trip is a fault of all inputs of its output. LSR? tells it once, and not if its answer is lost: an output that
    was switched on here and is off all the same has tripped, too.
    """

    name = NAME

    def __init__(self, link: Link, inputs: Sequence[str] = ()) -> None:
        self._inputs = tuple(inputs)
        self._outputs = tuple(output for output in OUTPUTS if any(name.endswith(f"_{output}") for name in inputs))
        self._scan = tuple(question for output in self._outputs for question in questions(output))
        self._switched_on: set[int] = set()
        super().__init__(link)

    @classmethod
    def open(cls, address: str, *, inputs: Sequence[str] = (), timeout_s: float = 2.0, baud_rate: int = 9600) -> Self:
        if unknown := set(inputs) - set(INPUTS):
            raise ValueError(f"{NAME}: inputs are {', '.join(INPUTS)}, not {sorted(unknown)}")
        line = SerialLine(baud_rate)
        link = VisaLink(address, read_termination=b"\r\n", write_termination=b"\n", timeout_s=timeout_s, line=line)
        return cls(link, inputs)

    def identity(self) -> Identity:
        with self._asking() as link:
            return parse_identity(link.query(b"*IDN?"))

    def settings(self) -> dict[str, str]:
        """What trips the outputs; what they are set to is anybody's to change."""
        replies = self._ask(*SETTINGS.values())
        return {name: f"{parse_setting(request, replies[request]):g}" for name, request in SETTINGS.items()}

    def request(self) -> None:
        with self._asking() as link:
            send(link, *self._scan)

    def collect(self) -> dict[str, Measured]:
        found: dict[str, Measured] = {}
        with self._hearing() as link:
            replies = answers(link, *self._scan)
            for output in self._outputs:
                reading = parse_output(output, replies)
                fault = reading.tripped or (output in self._switched_on and not reading.on)
                found |= measured(reading, output, fault=fault)
        return {name: found[name] for name in self._inputs}

    def set_output(self, output: int, voltage_v: float, current_limit_a: float) -> None:
        """The limit first: no voltage without it."""
        self._set(b"I%d" % checked(output), current_limit_a)
        self._set(b"V%d" % output, voltage_v)

    def switch(self, output: int, on: bool) -> None:  # noqa: FBT001 a switch has two states
        """CommandRefused if it stays as it was: a tripped output does, until `reset_trips()`."""
        command = b"OP%d %d" % (checked(output), on)
        with self._asking() as link:
            self._switched_on = self._switched_on | {output} if on else self._switched_on - {output}
            if switched(output, exchange(link, command, *state_questions(output))) is not on:
                raise CommandRefused(f"{NAME}: output {output} does not switch", request=command)

    def output_on(self, output: int) -> bool:
        with self._asking() as link:
            return switched(output, exchange(link, *state_questions(checked(output))))

    def reset_trips(self) -> None:
        """Outputs stay off."""
        self._ask(b"TRIPRST")

    def errors(self) -> list[tuple[int, str]]:
        """Empty the registers of execution and query errors; a refusal that was raised is no longer there."""
        with self._asking() as link:
            link.send(b"EER?\nQER?")
            execution, query = (parse_number(request, link.receive()) for request in (CHECK, b"QER?"))
        found = [(execution, execution_error(execution)), (query, "query error")]
        return [(number, text) for number, text in found if number]

    def _shake_hands(self) -> None:
        """The error register, which an earlier session may have left behind, must not be blamed on this one."""
        parse_identity(self._link.query(b"*IDN?"))
        parse_number(CHECK, self._link.query(CHECK))
        parse_setting(b"V1?", exchange(self._link, b"V1?")[b"V1?"])

    def _ask(self, *commands: bytes) -> dict[bytes, bytes]:
        with self._asking() as link:
            return exchange(link, *commands)

    def _set(self, header: bytes, value: float) -> None:
        """Write and read back; never tried twice, since it may move the hardware."""
        command, query = b"%b %.3f" % (header, value), header + b"?"
        with self._asking() as link:
            reply = exchange(link, command, query)[query]
            if not math.isclose(parse_setting(query, reply), value, abs_tol=RESOLUTION):
                raise CommandRefused(f"{NAME}: it took over something else", request=command, reply=reply)


def checked(output: int) -> int:
    if output not in OUTPUTS:
        raise ValueError(f"{NAME}: outputs are 1 and 2, not {output}")
    return output


def execution_error(number: int) -> str:
    return EXECUTION_ERRORS.get(number, "execution error")


def send(link: Link, *commands: bytes) -> None:
    """In one write with the error check."""
    link.send(b"\n".join((*commands, CHECK)))


def answers(link: Link, *commands: bytes) -> dict[bytes, bytes]:
    """Of the queries among the commands that were sent; CommandRefused when the error check finds an error.

    One that is refused altogether answers none of them: the number of the error is all that comes then.
    """
    replies: dict[bytes, bytes] = {}
    for query in (command for command in commands if command.endswith(b"?")):
        reply = link.receive()
        if not replies and REFUSAL.fullmatch(reply):
            raise refusal(commands, reply)
        replies[query] = reply
    error = link.receive()
    if parse_number(CHECK, error):
        raise refusal(commands, error)
    return replies


def exchange(link: Link, *commands: bytes) -> dict[bytes, bytes]:
    send(link, *commands)
    return answers(link, *commands)


def refusal(commands: Sequence[bytes], error: bytes) -> CommandRefused:
    reason = f"{NAME}: {int(error)} {execution_error(int(error))}"
    return CommandRefused(reason, request=b"; ".join(commands), reply=error)

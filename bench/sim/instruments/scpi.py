"""What SCPI instruments share: lines, header grammar, compound messages, values, errors (SCPI 1999, IEEE 488.2)."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Generic, NamedTuple, Protocol, TypeVar

LONGEST_LINE = 65536  # a sender that never ends its line must not fill the memory
LINE_END = re.compile(rb"[\r\n]")  # CR, LF and CRLF all end a line: the empty line inside a CRLF says nothing
UNIT = re.compile(r"""(?:"[^"]*"?|'[^']*'?|[^;"'])+""")  # `;` inside a string separates nothing
PARAMETER = re.compile(r"""(?:"[^"]*"?|'[^']*'?|\([^)]*\)?|[^,"'(])+""")  # nor does `,` inside a channel list
PROGRAM = re.compile(r"([*:]?[A-Z]\w*(?::[A-Z]\w*)*)(\?)?(?:\s+(.*))?", re.ASCII | re.IGNORECASE | re.DOTALL)
NODE = re.compile(r"(?:^|:)(\[)?([A-Z]+)([a-z]*)(<\d>)?\]?")
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?", re.ASCII | re.IGNORECASE)


class ScpiError(NamedTuple):
    code: int
    text: str


NO_ERROR = ScpiError(0, "No error")
SYNTAX = ScpiError(-102, "Syntax error")
DATA_TYPE = ScpiError(-104, "Data type error")
NOT_ALLOWED = ScpiError(-108, "Parameter not allowed")
MISSING = ScpiError(-109, "Missing parameter")
UNDEFINED_HEADER = ScpiError(-113, "Undefined header")
SUFFIX = ScpiError(-114, "Header suffix out of range")
EXECUTION = ScpiError(-200, "Execution error")
CONFLICT = ScpiError(-221, "Settings conflict")
OUT_OF_RANGE = ScpiError(-222, "Data out of range")
UNKNOWN = {"?": UNDEFINED_HEADER, "": UNDEFINED_HEADER}  # a query, a command that does not exist
TOLD_ALWAYS = (":SYST:ERR", "*ESR", "*STB")  # how a unit that refuses everything says so
EVENT_BIT = {1: 32, 2: 16, 3: 8, 4: 4}  # standard event register: command, execution, device, query error


class RejectedError(Exception):
    """The instrument refuses one program unit: the error goes into its queue, nothing onto the wire."""

    def __init__(self, error: ScpiError) -> None:
        super().__init__(*error)
        self.error = error


class ErrorQueue:
    """First in, first out. A full queue keeps its oldest errors and turns its newest into the overflow error."""

    def __init__(self, depth: int, overflow: ScpiError) -> None:
        self._errors: deque[ScpiError] = deque()
        self._depth = depth
        self._overflow = overflow
        self.events = 0  # the standard event register

    def __len__(self) -> int:
        return len(self._errors)

    def put(self, error: ScpiError) -> None:
        self.events |= EVENT_BIT.get(-error.code // 100, 8)
        if len(self._errors) < self._depth:
            self._errors.append(error)
        else:
            self._errors[-1] = self._overflow

    def take(self) -> ScpiError:
        return self._errors.popleft() if self._errors else NO_ERROR

    def take_events(self) -> int:
        events, self.events = self.events, 0
        return events

    def clear(self) -> None:
        self._errors.clear()
        self.events = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One program unit: parameters as sent, numeric suffixes in header order, header as an echoing unit says it."""

    params: tuple[str, ...]
    suffixes: tuple[int, ...]
    echo: str


T = TypeVar("T")
Handler = Callable[[T, Call], str | None]
Step = tuple[Handler[T], Call]


@dataclass(frozen=True, slots=True)
class Command(Generic[T]):
    """What `SOURce<2>:[PRESsure]:SLEW` does: capitals are the short form, [] an optional node, <2> a suffix up to 2.

    Counts are the least and the most parameters.
    """

    header: str
    query: Handler[T] | None = None
    write: Handler[T] | None = None
    query_counts: tuple[int, int] = (0, 0)
    write_counts: tuple[int, int] = (1, 1)

    def form(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.header) if self.header[0] == "*" else NODE.sub(node_form, self.header))

    def check_suffixes(self, suffixes: tuple[int, ...]) -> None:
        limits = map(int, re.findall(r"<(\d)>", self.header))
        if any(not 1 <= suffix <= limit for suffix, limit in zip(suffixes, limits, strict=True)):
            raise RejectedError(SUFFIX)

    def echo(self, suffixes: tuple[int, ...]) -> str:
        """The full path in short form; suffix 1 is not said."""
        said = iter("" if suffix == 1 else str(suffix) for suffix in suffixes)
        short = re.sub(r"<\d>", lambda _: next(said), re.sub(r"[\[\]a-z]", "", self.header))
        return short if short[0] == "*" else f":{short}"


def node_form(node: re.Match[str]) -> str:
    optional, short, rest, numbered = node.groups()
    name = f":{short}(?:{rest.upper()})?" + (r"(\d{0,3})" if numbered else "")
    return f"(?:{name})?" if optional else name


class Grammar(Generic[T]):
    """absent: errors for the missing half of a header; from_root: without colon after `;`, try the root too."""

    def __init__(
        self, commands: Iterable[Command[T]], absent: Mapping[str, ScpiError] = UNKNOWN, *, from_root: bool = False
    ) -> None:
        self._forms = [(command.form(), command) for command in commands]
        self._absent = absent
        self._roots = ("",) if from_root else ()

    def parse(self, line: bytes) -> tuple[Step[T], ...]:
        """Steps to run in order; what cannot be understood ends the message with a step that raises."""
        steps: list[Step[T]] = []
        path = ""
        try:
            for unit in filter(None, map(str.strip, UNIT.findall(line.decode("ascii", "replace")))):
                step, path = self._step(unit, path)
                steps.append(step)
        except RejectedError as rejected:
            steps.append((partial(refuse, rejected.error), Call((), (), "")))
        return tuple(steps)

    def _step(self, unit: str, path: str) -> tuple[Step[T], str]:
        if not (match := PROGRAM.fullmatch(unit)):
            raise RejectedError(SYNTAX)
        header, query, rest = match.groups(default="")
        readings = [header] if header[0] in "*:" else [f"{start}:{header}" for start in (path, *self._roots)]
        full, suffixes, command = self._find(readings)
        handler, counts = (command.query, command.query_counts) if query else (command.write, command.write_counts)
        if handler is None:
            raise RejectedError(self._absent[query])
        params = tuple(param.strip() for param in PARAMETER.findall(rest))
        if not counts[0] <= len(params) <= counts[1]:
            raise RejectedError(MISSING if len(params) < counts[0] else NOT_ALLOWED)
        below = path if full[0] == "*" else full.rpartition(":")[0]  # where a next header without colon starts
        return (handler, Call(params, suffixes, command.echo(suffixes))), below

    def _find(self, readings: list[str]) -> tuple[str, tuple[int, ...], Command[T]]:
        for header in readings:
            for form, command in self._forms:
                if match := form.fullmatch(header.upper()):
                    suffixes = tuple(int(digits or 1) for digits in match.groups())
                    command.check_suffixes(suffixes)
                    return header, suffixes, command
        raise RejectedError(UNDEFINED_HEADER)


class Refuser(Protocol):
    refusing: bool


R = TypeVar("R", bound=Refuser)


class Interpreter(Generic[R]):
    """Bytes in, bytes out: cuts lines, runs them on the unit, queues errors. A refused unit is not answered."""

    def __init__(
        self, unit: R, grammar: Grammar[R], errors: ErrorQueue, *, echo: bool = False, end: str = "\n"
    ) -> None:
        self._unit = unit
        self._parse = lru_cache(256)(grammar.parse)  # a bench sends the same few lines over and over
        self._errors = errors
        self._echo, self._end = echo, end
        self._partial = b""

    def receive(self, data: bytes) -> bytes:
        *lines, rest = LINE_END.split(self._partial + data)
        self._partial = rest[:LONGEST_LINE]
        return b"".join([self._answer(line) for line in lines if line])

    def hung_up(self) -> None:
        self._partial = b""

    def _answer(self, line: bytes) -> bytes:
        replies = [reply for step in self._parse(line) if (reply := self._run(*step)) is not None]
        return (";".join(replies) + self._end).encode("ascii") if replies else b""

    def _run(self, handler: Handler[R], call: Call) -> str | None:
        if self._unit.refusing and not call.echo.startswith(TOLD_ALWAYS):
            handler = partial(refuse, EXECUTION)
        try:
            reply = handler(self._unit, call)
        except RejectedError as rejected:
            self._errors.put(rejected.error)
            return None
        return f"{call.echo} {reply}" if self._echo and reply is not None else reply


def refuse(error: ScpiError, _unit: object, _call: Call) -> None:
    raise RejectedError(error)


Reader = Callable[[str], str]  # a parameter as sent -> as kept and answered; raises RejectedError


def real(low: float, high: float, form: str) -> Reader:
    def read(text: str) -> str:
        if not NUMBER.fullmatch(text):
            raise RejectedError(DATA_TYPE)
        if not low <= float(text) <= high:
            raise RejectedError(OUT_OF_RANGE)
        return form.format(float(text))

    return read


def choice(*options: str, error: ScpiError = DATA_TYPE) -> Reader:
    short = [option.rstrip("abcdefghijklmnopqrstuvwxyz") for option in options]
    answers = dict(zip(map(str.upper, options), short, strict=True)) | dict(zip(short, short, strict=True))

    def read(text: str) -> str:
        if (answer := answers.get(text.upper())) is None:
            raise RejectedError(error)
        return answer

    return read


def boolean(text: str) -> str:
    word = {"ON": "1", "OFF": "0"}.get(text.upper(), text)
    if word not in {"0", "1"}:
        raise RejectedError(OUT_OF_RANGE if NUMBER.fullmatch(word) else DATA_TYPE)
    return word


class Keeper(Protocol):
    settings: dict[str, str]


K = TypeVar("K", bound=Keeper)


def stored(header: str, read: Reader) -> Command[K]:
    def write(unit: K, call: Call) -> None:
        unit.settings[header] = read(call.params[0])

    return Command(header, lambda unit, _call: unit.settings[header], write)

"""INFICON's ASCII protocol: from `*WORD1[:WORD2[:WORD3]][?][ param]` to a unit's deed (LDS3000 interface, p. 7-8)."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

NO_STAR, BLANK, DISABLED, ARGUMENT, NO_DATA, TOO_LONG = "E01", "E02", "E06", "E07", "E08", "E09"
INVALID_NOW, NO_QUERY, QUERY_ONLY, NOT_IMPLEMENTED = "E10", "E11", "E12", "E13"
WORD = ("E03", "E04", "E05", "E05")  # by its place; no command has a fourth
LONGEST_LINE = 128  # [K]
CLEARING = re.compile(rb"[\x1b\x03\x18]")  # ESC, ^C, ^X forget the line that was begun


class RefusedError(Exception):
    """The error code to answer with."""


class Answering(Protocol):
    def before(self) -> None:
        """Called before each command; may refuse it."""


Unit = TypeVar("Unit", bound=Answering)


@dataclass(frozen=True, slots=True)
class Command(Generic[Unit]):
    """header: capitals are the short form; without query, act and write it is known but not implemented."""

    header: str
    query: Callable[[Unit], str] | None = None
    act: Callable[[Unit], None] | None = None
    write: Callable[[Unit, str], None] | None = None

    def ask(self, unit: Unit, param: str) -> str:
        if self.query is None:
            raise RefusedError(NO_QUERY)
        if param:
            raise RefusedError(ARGUMENT)
        return self.query(unit)

    def tell(self, unit: Unit, param: str) -> str:
        if self.act is None and self.write is None:
            raise RefusedError(QUERY_ONLY)
        if bool(param) == (self.write is None):
            raise RefusedError(ARGUMENT)
        if self.act:
            self.act(unit)
        if self.write:
            self.write(unit, param)
        return "ok"


Forms = tuple[frozenset[str], ...]  # of each word of a header
Grammar = Mapping[Forms, Command[Unit]]


class Interpreter(Generic[Unit]):
    def __init__(self, unit: Unit, grammar: Grammar[Unit]) -> None:
        self._unit, self._grammar = unit, grammar
        self._partial = b""

    def receive(self, data: bytes) -> bytes:
        *lines, rest = (self._partial + data).split(b"\r")
        replies = [self._line(uncleared(line).strip(b"\n")) for line in lines]
        self._partial = uncleared(rest)[: LONGEST_LINE + 2]  # enough to be too long
        return b"".join(replies)

    def _line(self, line: bytes) -> bytes:
        """A line end alone, or the LF after a CR, is no command."""
        if not line:
            return b""
        try:
            reply = self._execute(line.decode("ascii", "replace").upper())
        except RefusedError as refused:
            reply = str(refused)
        return f"{reply}\r".encode("ascii")

    def _execute(self, text: str) -> str:
        self._unit.before()
        if len(text) > LONGEST_LINE:
            raise RefusedError(TOO_LONG)
        header, asking, param = parts(text)
        command = found(self._grammar, header.split(":"))
        if command.query is None and command.act is None and command.write is None:
            raise RefusedError(NOT_IMPLEMENTED)
        return command.ask(self._unit, param) if asking else command.tell(self._unit, param)


def uncleared(line: bytes) -> bytes:
    return CLEARING.split(line)[-1]


def grammar(commands: Iterable[Command[Unit]]) -> Grammar[Unit]:
    return {tuple(map(word_forms, command.header.split(":"))): command for command in commands}


def word_forms(word: str) -> frozenset[str]:
    """`STATus` -> STATUS and STAT."""
    return frozenset({word.upper(), "".join(letter for letter in word if not letter.islower())})


def parts(text: str) -> tuple[str, bool, str]:
    """Header without its star, whether it asks, parameter; a blank is legal only before the parameter, and only one."""
    if not text.lstrip().startswith("*"):
        raise RefusedError(NO_STAR)
    head, blank, param = text.partition(" ")
    if head in {"", "*"} or (blank and not param) or " " in param or param.startswith((":", "?")):
        raise RefusedError(BLANK)
    return head.removeprefix("*").removesuffix("?"), head.endswith("?"), param


def found(table: Grammar[Unit], words: list[str]) -> Command[Unit]:
    """The error names the first word that is illegal, or that is missing."""
    candidates = list(table)
    for place, word in enumerate(words):
        candidates = [forms for forms in candidates if len(forms) > place and word in forms[place]]
        if not candidates:
            raise RefusedError(WORD[place])
    for forms in candidates:
        if len(forms) == len(words):
            return table[forms]
    raise RefusedError(WORD[len(words)])

"""Dialogues with instruments as text: read from a file, or recorded and written to one.

`# comment`; `> bytes` sent to the instrument; `< bytes` its reply, none when it stays silent (bytes as in Python, with
terminators); `@ key value` a condition of the world that holds from there on; `@ dialogue name` names what follows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

PRINTABLE_OR_ESCAPE = re.compile(r"(?:[ -\[\]-~]|\\[rnt\\]|\\x[0-9a-fA-F]{2})+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """`sent` is empty when the instrument speaks unasked, `reply` when it stays silent."""

    sent: bytes
    reply: bytes
    conditions: Mapping[str, str]
    dialogue: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """`conditions` are those of the start, before the first byte."""

    exchanges: tuple[Exchange, ...]
    conditions: Mapping[str, str]

    def dialogue(self, *names: str) -> tuple[Exchange, ...]:
        """The exchanges of these dialogues, in the order of the names."""
        found = {name: tuple(e for e in self.exchanges if e.dialogue == name) for name in names}
        if missing := [name for name, exchanges in found.items() if not exchanges]:
            raise KeyError(f"no dialogue {missing}")
        return tuple(exchange for name in names for exchange in found[name])


def parse(text: str, source: str = "transcript") -> Transcript:
    """ValueError names the source and the line of what cannot be read."""
    reader = _Reader()
    for number, line in enumerate(text.splitlines(), 1):
        try:
            reader.read(line)
        except ValueError as error:
            raise ValueError(f"{source}:{number}: {error}: {line!r}") from error
    return Transcript(tuple(reader.exchanges), reader.exchanges[0].conditions if reader.exchanges else reader.state)


class _Reader:
    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.state: Mapping[str, str] = MappingProxyType({})
        self.dialogue = ""
        self._reply_belongs_to_last = False

    def read(self, line: str) -> None:
        kind, _, content = line.partition(" ")
        if not line.strip() or kind.startswith("#"):
            return
        if kind == "@":
            self._condition(content)
        elif kind == ">":
            self._append(_unescaped(content), b"")
            self._reply_belongs_to_last = True
        elif kind == "<":
            self._reply(_unescaped(content))
        else:
            raise ValueError("a line starts with '#', '@', '>' or '<' and a blank")

    def _condition(self, content: str) -> None:
        key, _, value = content.partition(" ")
        if not key or not value.strip():
            raise ValueError("a condition is '@ key value'")
        self._reply_belongs_to_last = False
        if key == "dialogue":
            self.dialogue = value.strip()
        else:
            self.state = MappingProxyType({**self.state, key: value.strip()})

    def _reply(self, data: bytes) -> None:
        if not self._reply_belongs_to_last:
            self._append(b"", data)
            return
        last = self.exchanges[-1]
        self.exchanges[-1] = Exchange(last.sent, last.reply + data, last.conditions, last.dialogue)

    def _append(self, sent: bytes, reply: bytes) -> None:
        self.exchanges.append(Exchange(sent, reply, self.state, self.dialogue))


def _unescaped(content: str) -> bytes:
    if not PRINTABLE_OR_ESCAPE.fullmatch(content):
        raise ValueError("bytes are printable ASCII or one of \\r \\n \\t \\\\ \\xNN")
    return content.encode("ascii").decode("unicode_escape").encode("latin-1")


def line(kind: str, data: bytes) -> str:
    """One line of a transcript, kind ">" or "<"; parse() reads it back byte for byte."""
    return f"{kind} {''.join(map(_escaped, data))}"


def _escaped(byte: int) -> str:
    named = {0x0D: "\\r", 0x0A: "\\n", 0x09: "\\t", 0x5C: "\\\\"}
    return named.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}")

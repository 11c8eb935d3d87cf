"""Names in the syntax of NI-DAQmx: comma lists and ranges."""

import re
from collections.abc import Iterator
from typing import Final

from bench.sim.daq.errors import DriverError

_RANGE = re.compile(r"(?P<stem>.*?)(?P<first>\d+):(?:(?P=stem))?(?P<last>\d+)", re.IGNORECASE)
_DIGITS: Final = 9
_MANY: Final = 4096
"""Names in one range: no device has so many terminals of a kind."""
_LINE = re.compile(r"(?P<port>.*)/line(?P<number>\d+)", re.IGNORECASE)


def expand(names: str) -> Iterator[str]:
    """Single names of a comma list with ranges. "Mod1/ai2:0" counts down, as in the driver."""
    for name in (part.strip().removeprefix("/") for part in names.split(",") if part.strip()):
        if ":" not in name:
            yield name
            continue
        match = _RANGE.fullmatch(name)
        if match is None:
            raise DriverError(-200498, f"Range: {name}")
        first, last = _ends(match, name)
        step = 1 if last >= first else -1
        yield from (f"{match['stem']}{index}" for index in range(first, last + step, step))


def _ends(match: re.Match[str], name: str) -> tuple[int, int]:
    digits = match["first"], match["last"]
    if max(map(len, digits)) <= _DIGITS:
        first, last = map(int, digits)
        if abs(last - first) < _MANY:
            return first, last
    raise DriverError(-200605, f"Range: {name}")


def owner(terminal: str) -> str:
    """The device in front of the first slash."""
    return terminal.removeprefix("/").partition("/")[0]


def port_of(line: str) -> str:
    return line.rpartition("/")[0]


def line_number(line: str) -> int:
    """Within its port."""
    match = _LINE.fullmatch(line)
    assert match is not None
    return int(match["number"])


def ports(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Of some lines, in their order, each once."""
    return tuple(dict.fromkeys(map(port_of, lines)))


def assigned(name: str, terminals: tuple[str, ...]) -> list[str]:
    """Names of channels: the given one, numbered if there are several, else those of their terminals."""
    if not name:
        return list(terminals)
    return [name] if len(terminals) == 1 else [f"{name}{index}" for index in range(len(terminals))]

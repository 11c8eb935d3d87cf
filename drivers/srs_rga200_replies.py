"""ASCII replies of an SRS RGA200 (manual ch. 6), and what its error bytes say."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NoReturn

from drivers.errors import ProtocolError
from drivers.measured import Identity

NAME: Final = "rga200"
STATUS: Final = b"ER?"
AMPERE_PER_MILLIAMPERE: Final = 1e-3
COMMUNICATION: Final = 0
ERROR_BYTES: Final[dict[int, tuple[bytes, str, dict[int, str]]]] = {  # by bit of STATUS
    COMMUNICATION: (
        b"EC?",
        "communication",
        {0: "bad command", 1: "bad parameter", 2: "command too long", 6: "conflict of parameters"},
    ),
    1: (b"EF?", "filament", {5: "pressure too high", 6: "emission not reached", 7: "no filament"}),
    3: (b"EM?", "electron multiplier", {}),
    4: (b"EQ?", "mass filter", {}),
    5: (b"ED?", "electrometer", {}),
    6: (b"EP?", "24 V supply", {}),
}
ERROR_QUERIES: Final = {STATUS, *(query for query, _, _ in ERROR_BYTES.values())}


def parse_identity(reply: bytes) -> Identity:
    """Such as SRSRGA200VER0.51SN19045."""
    match = _match(r"SRS(RGA[123]00)VER(\d{1,2}\.\d{1,4})SN(\d{1,10})", b"ID?", reply)
    return Identity("Stanford Research Systems", match[1], serial=match[3], firmware=match[2])


def parse_integer(request: bytes, reply: bytes, allowed: Sequence[int]) -> int:
    value = int(_match(r"\d{1,4}", request, reply)[0])
    if value not in allowed:
        reject(request, reply)
    return value


def parse_byte(request: bytes, reply: bytes) -> int:
    """STATUS, or an error byte that it points to."""
    return parse_integer(request, reply, range(256))


def parse_decimal(request: bytes, reply: bytes) -> float:
    """The point tells it from STATUS."""
    return float(_match(r"\d{1,3}\.\d{1,6}", request, reply)[0])


def parse_sensitivity(request: bytes, reply: bytes) -> float:
    """A/Torr, of mA/Torr."""
    value = parse_decimal(request, reply) * AMPERE_PER_MILLIAMPERE
    if value <= 0.0:
        reject(request, reply)
    return value


def troubles(ask: Callable[[bytes], int]) -> str:
    """All that STATUS points to, in words where the manual has some; empty without an error.

    `ask` puts a question for an error byte. EC? clears what it tells.
    """
    return "; ".join(_trouble(bit, ask) for bit in set_bits(ask(STATUS)))


def set_bits(byte: int) -> list[int]:
    return [bit for bit in range(8) if byte >> bit & 1]


def reject(request: bytes, reply: bytes) -> NoReturn:
    raise ProtocolError(f"{NAME}: unexpected reply", request=request, reply=reply)


def _trouble(status_bit: int, ask: Callable[[bytes], int]) -> str:
    if status_bit not in ERROR_BYTES:
        return f"STATUS bit {status_bit}"
    query, part, words = ERROR_BYTES[status_bit]
    reasons = [words.get(bit, f"bit {bit}") for bit in set_bits(ask(query))]
    return f"{part}: {', '.join(reasons) or 'no reason given'}"


def _match(pattern: str, request: bytes, reply: bytes) -> re.Match[str]:
    match = re.fullmatch(pattern, reply.decode("ascii", "replace"), re.ASCII)  # what is replaced fits no pattern
    if match is None:
        reject(request, reply)
    return match

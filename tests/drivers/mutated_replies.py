"""Good replies with bytes flipped, put in, left out, said twice or over and over, or cut short."""

from collections.abc import Iterator, Sequence
from functools import partial

from hypothesis import strategies as st

LONGEST_STAMMER = 20 * 255  # digits: too many for a float, and for int()
STROKES = {
    "flip": lambda reply, at, n: reply[:at] + bytes([byte ^ n for byte in reply[at : at + 1]]) + reply[at + 1 :],
    "put in": lambda reply, at, n: reply[:at] + bytes([n]) + reply[at:],
    "leave out": lambda reply, at, _: reply[:at] + reply[at + 1 :],
    "say twice": lambda reply, at, n: reply[: at + n + 1] + reply[at:],
    "stammer": lambda reply, at, n: reply[:at] + reply[at : at + 1] * (LONGEST_STAMMER * n // 255) + reply[at + 1 :],
    "cut short": lambda reply, at, _: reply[:at],
}
"""What each does to a reply at a place; n, a byte, says how."""


SCRIPTS = st.binary(min_size=4, max_size=13)


def mutilated(replies: Sequence[bytes], script: bytes) -> bytes:
    """One of them after one to four strokes; the result may, rarely, be a good reply again.

    script: which reply, then stroke, place and n of each stroke: one draw instead of a dozen.
    """
    reply = replies[script[0] % len(replies)]
    for name, place, n in zip(*(script[first::3] for first in (1, 2, 3)), strict=False):
        reply = list(STROKES.values())[name % len(STROKES)](reply, place % (len(reply) + 1), n)
    return reply


def mutated(replies: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    return SCRIPTS.map(partial(mutilated, replies))


def one_stroke_away(reply: bytes, head: int) -> Iterator[bytes]:
    """Whatever one stroke can make of a reply, if it falls on its first bytes, so many."""
    struck, rest = reply[:head], reply[head:]
    strokes = [stroke for name, stroke in STROKES.items() if name != "stammer"]  # it says twice, at greater length
    found = {stroke(struck, at, n) for stroke in strokes for at in range(head) for n in range(256)}
    return (mutation + rest for mutation in found)

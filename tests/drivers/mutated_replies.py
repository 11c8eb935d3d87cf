"""Good replies with bytes flipped, put in, left out, said twice or over and over, or cut short."""

from collections.abc import Iterator

from hypothesis import strategies as st

BYTES = st.integers(0, 255)
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


@st.composite
def mutated(draw, replies):
    """One of them after one to four strokes; the result may, rarely, be a good reply again."""
    reply = draw(st.sampled_from(replies))
    for _ in range(draw(st.integers(1, 4))):
        stroke = STROKES[draw(st.sampled_from(sorted(STROKES)))]
        reply = stroke(reply, draw(st.integers(0, len(reply))), draw(BYTES))
    return reply


def one_stroke_away(reply: bytes, head: int) -> Iterator[bytes]:
    """Whatever one stroke can make of a reply, if it falls on its first bytes, so many."""
    struck, rest = reply[:head], reply[head:]
    strokes = [stroke for name, stroke in STROKES.items() if name != "stammer"]  # it says twice, at greater length
    found = {stroke(struck, at, n) for stroke in strokes for at in range(head) for n in range(256)}
    return (mutation + rest for mutation in found)

"""Good replies with bytes flipped, put in, or left out."""

from hypothesis import strategies as st

BYTES = st.integers(0, 255)


@st.composite
def mutated(draw, replies):
    """One of them after one to four such strokes; the result may, rarely, be a good reply again."""
    reply = bytearray(draw(st.sampled_from(replies)))
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(reply)))
        stroke = draw(st.sampled_from(["put in", "leave out", "flip"]))
        if stroke == "put in":
            reply.insert(place, draw(BYTES))
        elif place < len(reply):
            if stroke == "leave out":
                del reply[place]
            else:
                reply[place] ^= draw(st.integers(1, 255))
    return bytes(reply)

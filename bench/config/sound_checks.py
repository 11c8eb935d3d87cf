"""What single entries about sound cannot know: what is nowhere, or outside of its compartment."""

from collections.abc import Iterator
from itertools import chain

from bench.config.model import Bench


def sound_problems(bench: Bench) -> Iterator[str]:
    """One line for each; key: reason."""
    boxes = {compartment.name: compartment.box for compartment in bench.compartment}
    places = chain(
        ((f"microphone.{m.name}", m.compartment, m.position_m) for m in bench.microphone),
        ((f"leak.{leak.name}", leak.compartment, leak.position_m) for leak in bench.leak if leak.position_m),
        ((f"hatch.{h.name}", node, h.position_m) for h in bench.hatch if h.position_m for node in h.connects),
    )
    for key, compartment, position_m in places:
        box = boxes.get(compartment)
        if compartment not in boxes:
            yield f"{key}: compartment {compartment!r} is not in this file"
        elif box is None:
            yield f"{key}: compartment {compartment} has no box"
        elif position_m is not None and not box.contains(position_m):
            yield f"{key}.position_m: outside of the box of {compartment}"
    if len({m.instrument for m in bench.microphone}) > 1:
        yield "microphone: all must be on one instrument, or their delays mean nothing"

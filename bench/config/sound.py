"""What a bench file says of sound: where compartments, hatches, leaks and microphones are, and what is recorded when.

Positions are (x, y, z) in metres, one frame for the whole mock-up.
"""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, model_validator

if TYPE_CHECKING:
    from bench.config.model import Bench

Position = tuple[float, float, float]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Box(Entry):
    """What a compartment is for sound: six walls that reflect."""

    origin_m: Position
    """The corner with the smallest coordinates."""
    size_m: tuple[PositiveFloat, PositiveFloat, PositiveFloat]

    def contains(self, position_m: Position) -> bool:
        """Or on its surface."""
        sides = zip(position_m, self.origin_m, self.size_m, strict=True)
        return all(-1e-9 <= at - low <= length + 1e-9 for at, low, length in sides)


class Microphone(Entry):
    """An ultrasonic microphone. It is recorded in bursts; its features are channels of every scan.

    input: physical channel of a DAQ that measures sound pressure. sensitivity_v_pa and self_noise_db (re 20 uPa, in the
    band of [acoustics]): as the maker states them. max_level_db: what its channel is set to take.
    """

    name: str
    compartment: str
    instrument: str = "daq"
    input: str
    position_m: Position
    sensitivity_v_pa: PositiveFloat
    self_noise_db: float = 30.0
    max_level_db: PositiveFloat = 120.0


class Acoustics(Entry):
    """Bursts of all microphones together; without period_s only on request."""

    rate_hz: PositiveFloat = 200e3
    burst_s: float = Field(default=0.5, ge=0.02, le=60.0)
    """Long enough for features; short enough to be fetched as a whole."""
    period_s: PositiveFloat | None = None
    band_hz: tuple[PositiveFloat, PositiveFloat] = (30e3, 50e3)
    """In which the features are taken (science 2.11)."""

    @model_validator(mode="after")
    def band_within_what_is_sampled(self) -> Self:
        low, high = self.band_hz
        if not low < high <= 0.5 * self.rate_hz:
            raise ValueError(f"band_hz: from {low:g} to {high:g} is no band below half of rate_hz")
        return self


def sound_problems(bench: "Bench") -> Iterator[str]:
    """What is nowhere or outside of its compartment; key: reason."""
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

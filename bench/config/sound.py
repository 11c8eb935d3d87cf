"""What a bench file says of sound: where compartments, hatches, leaks and microphones are, and what is recorded when.

Positions are (x, y, z) in metres, one frame for the whole mock-up.
"""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, model_validator

Position = tuple[float, float, float]


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=80)]
"""Of anything on a bench. Files are called by it, so it leads to no other folder; nor can it say more than a name."""


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
    u_position_m: standard uncertainty each way.
    """

    name: Name
    compartment: str
    instrument: str = "daq"
    input: str
    position_m: Position
    sensitivity_v_pa: PositiveFloat
    self_noise_db: float = 30.0
    max_level_db: PositiveFloat = 120.0
    u_position_m: NonNegativeFloat = 1e-3
    u_sensitivity_db: NonNegativeFloat = 1.0


class LeakNoiseEntry(Entry):
    """A statement about the rig, not a measurement: what a leak of at_kg_s is heard with at 1 m, in dB re 20 uPa in
    30-50 kHz; mean-square pressure is proportional to the flow. u_level_db: by how much single leaks differ from that.
    """

    level_db: float = 32.0
    at_kg_s: PositiveFloat = 4.7e-7
    u_level_db: NonNegativeFloat = 3.0


class Acoustics(Entry):
    """Bursts of all microphones together; without period_s only on request."""

    rate_hz: PositiveFloat = 200e3
    burst_s: float = Field(default=0.5, ge=0.02, le=60.0)
    """Long enough for features; short enough to be fetched as a whole."""
    period_s: PositiveFloat | None = None
    band_hz: tuple[PositiveFloat, PositiveFloat] = (30e3, 50e3)
    """In which the features are taken (science 2.11)."""
    leak_noise: LeakNoiseEntry = LeakNoiseEntry()

    @model_validator(mode="after")
    def band_within_what_is_sampled(self) -> Self:
        low, high = self.band_hz
        if not low < high <= 0.5 * self.rate_hz:
            raise ValueError(f"band_hz: from {low:g} to {high:g} is no band below half of rate_hz")
        return self

"""What a rack file can say of the signal at an input: closed models in the unit of what the channel measures."""

import math
from typing import Annotated, Final, Literal, Self

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, model_validator

from bench.sim.daq.rack.entries import Closed

ON_LINES: Final = ("constant", "square", "file", "loopback")
"""What a digital line can have: it is high where the signal is above a half."""


class Applied(Closed):
    """terminal: one, a comma list or a range, such as Dev1/ai0:3 or Dev1/port0/line0."""

    terminal: str = Field(min_length=1)


class Noisy(Applied):
    """std: standard deviation of white noise on top. The same seed gives the same noise; terminals differ."""

    std: NonNegativeFloat = 0.0
    seed: NonNegativeInt = 0


class Constant(Noisy):
    kind: Literal["constant"]
    value: float


class Noise(Noisy):
    """Around offset."""

    kind: Literal["noise"]
    std: PositiveFloat
    offset: float = 0.0


class Periodic(Noisy):
    """offset +- amplitude; at time 0 of the service a fraction phase_rad / 2 pi of a period has passed."""

    amplitude: float = 1.0
    offset: float = 0.0
    frequency_hz: PositiveFloat | None = None
    period_s: PositiveFloat | None = None
    phase_rad: float = 0.0

    @model_validator(mode="after")
    def _of_one_period(self) -> Self:
        if (self.frequency_hz is None) == (self.period_s is None):
            raise ValueError("give frequency_hz or period_s")
        return self

    @property
    def hz(self) -> float:
        return self.frequency_hz or 1.0 / (self.period_s or math.inf)


class Sine(Periodic):
    kind: Literal["sine"]


class Ramp(Periodic):
    """It rises through a period, and begins anew."""

    kind: Literal["ramp"]


class Square(Periodic):
    """High in the first half of a period."""

    kind: Literal["square"]


class Recorded(Applied):
    """file: .npy, or .csv with a sample per line, beside the rack file; one column for all terminals, or one for each.

    A sample holds until the next.
    """

    kind: Literal["file"]
    file: str = Field(pattern=r"\.(csv|npy)$")
    rate_hz: PositiveFloat
    repeats: bool = True
    """Else the last sample stays."""


class Loopback(Applied):
    """source: as many outputs as terminals, or one for all of them. The input carries what they carry."""

    kind: Literal["loopback"]
    source: str = Field(min_length=1)


Signal = Annotated[Constant | Noise | Sine | Ramp | Square | Recorded | Loopback, Field(discriminator="kind")]

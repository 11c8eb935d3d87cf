"""What is thought of an element, a leak or a seal, before the search."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Prior:
    """Of one element: the chance that it is at work, and between which values."""

    chance: float
    least: float
    most: float

    def __post_init__(self) -> None:
        if not (0.0 < self.chance < 1.0 and 0.0 < self.least < self.most < np.inf):
            raise ValueError(f"no proper prior: {self}")

    @property
    def odds(self) -> float:
        return self.chance / (1.0 - self.chance)

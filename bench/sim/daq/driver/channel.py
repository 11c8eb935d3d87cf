"""Virtual channels: one analog terminal, or the digital lines that are read or written together."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bench.sim.daq.driver.process import Floats
from bench.sim.daq.rack.names import owner

Value = str | int | float | bool

AI: Final = 10100
AO: Final = 10102
DI: Final = 10151
DO: Final = 10153
CO: Final = 10132


@dataclass(frozen=True, slots=True)
class Scaling:
    """Value = gain x what is at the terminal + offset; the converter clips at the terminal's own range."""

    measurement: int
    """DAQmx constant: what is measured or generated."""
    unit: int
    low: float
    high: float
    """Of the converter, in the terminal's unit."""
    gain: float = 1.0
    offset: float = 0.0

    def value(self, terminal: Floats) -> Floats:
        return self.gain * np.clip(terminal, self.low, self.high) + self.offset

    def at_terminal(self, value: float) -> float:
        return (value - self.offset) / self.gain


@dataclass(slots=True)
class Channel:
    name: str
    kind: int
    terminals: tuple[str, ...]
    low: float = 0.0
    high: float = 0.0
    """Limits that the client gave, in the channel's unit."""
    scaling: Scaling | None = None
    kept: dict[str, Value] = field(default_factory=dict)
    """Properties by name, as they were set at creation or later."""

    @property
    def device(self) -> str:
        return owner(self.terminals[0])

    @property
    def resources(self) -> tuple[str, ...]:
        """What no two tasks may hold: the converter of a module, an output line or counter. Input lines are shared."""
        if self.kind == AI:
            return (f"{self.device}/ai engine",)
        return () if self.kind == DI else self.terminals

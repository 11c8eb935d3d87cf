"""Virtual channels: one analog terminal, or the digital lines that are read or written together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from bench.sim.daq.driver.process import Floats
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.names import owner

Value = str | int | float | bool
Kept = Value | tuple[float, ...]
Limits = tuple[float, float]

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
    ranges: tuple[Limits, ...] = ()
    """That the converter can be set to, in the terminal's unit; none: what the client asks for is told as it is."""

    def value(self, terminal: Floats) -> Floats:
        clipped: Floats = np.minimum(np.maximum(terminal, self.low), self.high)  # np.clip takes five times as long
        return clipped if self.gain == 1.0 and self.offset == 0.0 else self.gain * clipped + self.offset

    def at_terminal(self, value: float) -> float:
        return (value - self.offset) / self.gain

    def within(self, limits: Limits) -> "Scaling":
        """With the range that the converter takes for these limits, in the channel's unit."""
        if not self.ranges:
            return self
        low, high = smallest_range(self.ranges, (self.at_terminal(limits[0]), self.at_terminal(limits[1])))
        return replace(self, low=low, high=high)

    def told(self, limits: Limits) -> Limits:
        """Limits as they are read back, in the channel's unit: what the converter can take."""
        if not self.ranges:
            return limits
        return self.gain * self.low + self.offset, self.gain * self.high + self.offset


@dataclass(slots=True)
class Channel:
    name: str
    kind: int
    terminals: tuple[str, ...]
    low: float = 0.0
    high: float = 0.0
    """Limits that the client gave, in the channel's unit."""
    scaling: Scaling | None = None
    kept: dict[str, Kept] = field(default_factory=dict)
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

    @property
    def pulse_hz(self) -> float:
        """Of a counter's output; 0 if its time base comes from somewhere else."""
        if "CO_PULSE_FREQ" in self.kept:
            return _number(self.kept, "CO_PULSE_FREQ")
        if "CO_PULSE_LOW_TIME" in self.kept:
            return 1.0 / (_number(self.kept, "CO_PULSE_LOW_TIME") + _number(self.kept, "CO_PULSE_HIGH_TIME"))
        base_hz = _TIME_BASES_HZ.get(str(self.kept["CO_CTR_TIMEBASE_SRC"]).rpartition("/")[2].lower(), 0.0)
        return base_hz / (_number(self.kept, "CO_PULSE_LOW_TICKS") + _number(self.kept, "CO_PULSE_HIGH_TICKS"))

    @property
    def duty(self) -> float:
        """Part of a counter's period that is high."""
        for name in ("TIME", "TICKS"):
            if f"CO_PULSE_LOW_{name}" in self.kept:
                high = _number(self.kept, f"CO_PULSE_HIGH_{name}")
                return high / (high + _number(self.kept, f"CO_PULSE_LOW_{name}"))
        return _number(self.kept, "CO_PULSE_DUTY_CYC")


_TIME_BASES_HZ: Final = {
    "100khztimebase": 100e3,
    "10mhzrefclk": 10e6,
    "20mhztimebase": 20e6,
    "80mhztimebase": 80e6,
    "100mhztimebase": 100e6,
}


_HIGHEST: Final = {
    **dict.fromkeys(("CO_PULSE_FREQ", "CO_PULSE_LOW_TIME", "CO_PULSE_HIGH_TIME"), math.inf),
    **dict.fromkeys(("CO_PULSE_LOW_TICKS", "CO_PULSE_HIGH_TICKS"), math.inf),
    "CO_PULSE_DUTY_CYC": 1.0,
}


def check_pulse(name: str, value: Kept) -> None:
    """What says how long a pulse is must lie above 0 and below its highest value; other properties are free."""
    if name in _HIGHEST and not (isinstance(value, int | float) and 0.0 < value < _HIGHEST[name]):
        raise DriverError(-200077, f"Property: {name}\nRequested Value: {value}")


def _number(kept: Mapping[str, Kept], name: str) -> float:
    value = kept[name]
    assert not isinstance(value, tuple)
    return float(value)


def smallest_range(ranges: Sequence[Limits], wanted: Limits) -> Limits:
    """That holds both limits."""
    for low, high in sorted(ranges, key=lambda limits: limits[1] - limits[0]):
        if low <= wanted[0] and wanted[1] <= high:
            return low, high
    raise DriverError(-200077, f"Property: AI.Min, AI.Max\nRequested: {wanted[0]}, {wanted[1]}")

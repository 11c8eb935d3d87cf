"""What a driver hands out."""

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    GOOD = "good"
    UNDERRANGE = "underrange"
    OVERRANGE = "overrange"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Measured:
    """One value in SI units; NaN when the sensor is at FAULT, the end of the range when out of range.

    `offset_s` is when it was taken, relative to the call of `collect()`; 0 if no better is known than that this was
    between request and collection.
    """

    value: float
    status: Status
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Identity:
    manufacturer: str
    model: str
    serial: str
    firmware: str

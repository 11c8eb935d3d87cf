"""What every score is quoted with: an interval, how sure it is, and by which method."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Both ends belong to it; infinite where the data set no limit."""

    low: float
    high: float
    confidence: float
    method: str

    def covers(self, value: float) -> bool:
        return self.low <= value <= self.high


def tail(confidence: float, sides: int) -> float:
    """Probability left outside at each limit. ValueError unless 0 < confidence < 1 and sides is 1 or 2."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence {confidence} is not between 0 and 1")
    if sides not in {1, 2}:
        raise ValueError(f"an interval has 1 or 2 sides, not {sides}")
    return (1.0 - confidence) / sides

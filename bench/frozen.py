"""A reading that repeats itself is no news: a converter, a display or a driver has stopped, and says so by nothing."""

from dataclasses import dataclass


@dataclass(slots=True)
class Repeats:
    """Of one channel. most: so many equal readings in a row can still be chance (a noise class states it)."""

    most: int
    value: float = float("nan")
    count: int = 0
    since_s: float = 0.0

    def frozen(self, value: float, time_s: float) -> bool:
        """Whether this reading is one equal reading too many."""
        if value == self.value:
            self.count += 1
        else:
            self.value, self.count, self.since_s = value, 1, time_s
        return self.count > self.most

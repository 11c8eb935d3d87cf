"""Time is injected. One axis: seconds since the clock was made; UTC is read once at start and once at end."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds on the bench's time axis."""

    def sleep(self, duration_s: float) -> None:
        """Let duration_s of bench time pass."""

    def sleep_until(self, time_s: float) -> None:
        """Sleep to time_s exactly: adding many periods to a float would drift off the acquisition grid."""

    def utc(self) -> datetime:
        """Calendar time, for manifests and due dates only."""


class SimulatorClock(Protocol):
    """What a simulated rig needs of its clock."""

    def now(self) -> float: ...

    def advance_to(self, time_s: float) -> None:
        """Return once it is time_s: somebody waits for what is due then."""


class WallClock:
    """speed times the wall time since it was made: a real bench's at speed 1, a served rig's at that rig's speed."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._origin_s = time.monotonic()

    def now(self) -> float:
        return self.speed * (time.monotonic() - self._origin_s)

    def sleep(self, duration_s: float) -> None:
        time.sleep(max(0.0, duration_s / self.speed))

    def sleep_until(self, time_s: float) -> None:
        """Nobody can move this clock: the caller's thread stands still for what is left."""
        self.sleep(time_s - self.now())

    advance_to = sleep_until

    def utc(self) -> datetime:
        return datetime.now(UTC)


class VirtualClock:
    """Bench time that moves only when told: by the bench's sleep, or by a simulator that waits for something due."""

    def __init__(self) -> None:
        self._now_s = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        return self._now_s

    def sleep(self, duration_s: float) -> None:
        with self._lock:
            self._now_s += max(0.0, duration_s)

    def advance_to(self, time_s: float) -> None:
        """Move to time_s; a time already past is no error, the clock never goes back."""
        with self._lock:
            self._now_s = max(self._now_s, time_s)

    sleep_until = advance_to

    def utc(self) -> datetime:
        return datetime.now(UTC)

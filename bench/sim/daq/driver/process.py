"""What is wired to the terminals, and how time passes: all that the driver knows of the world."""

import asyncio
import math
from collections.abc import Mapping
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from bench.clock import SimulatorClock

Floats = NDArray[np.float64]
Levels = NDArray[np.bool_]

LOOK_S: Final = 0.005
"""How often, in wall time, somebody looks who waits for a clock that others move."""


class Process(Protocol):
    """What happens at the terminals. Asking twice changes nothing."""

    def analog(self, terminal: str, times_s: Floats, limits: tuple[float, float]) -> Floats:
        """Of an input, at past or present times in rising order: V, A, or deg C, by what is measured there.

        limits: within which the client expects them.
        """
        ...

    def digital(self, line: str, times_s: Floats, first: int | None) -> Levels:
        """Of an input line what is applied to it, of an output line what it really carries. first: number of the first
        sample in its task; None: the task drives the line, and reads it back.
        """
        ...

    def drive(self, terminal: str, value: float) -> None:
        """An output changes now: volts or amperes, or a level as 0 and 1."""
        ...

    def plan(self, name: str, due_s: float, levels: Mapping[str, bool]) -> None:
        """Lines will go there at due_s unless it is planned anew under the same name; inf: they will not."""
        ...


class Pace(Protocol):
    """Of one event loop. nudge() ends all waits at once: whoever waited looks again."""

    def now(self) -> float: ...

    async def until(self, time_s: float) -> None:
        """A client waits for what is due then. Returns at time_s, or before if nudged."""
        ...

    async def passes(self, time_s: float) -> None:
        """Nobody waits: returns once it is time_s (or before if nudged), however that comes about."""
        ...

    def nudge(self) -> None: ...


class _Nudged:
    def __init__(self) -> None:
        self._news = asyncio.Event()

    def nudge(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _sleep(self, wall_s: float) -> None:
        try:
            await asyncio.wait_for(self._news.wait(), None if wall_s == math.inf else max(0.0, wall_s))
        except TimeoutError:
            return


class MovedPace(_Nudged):
    """On a clock that jumps to what somebody waits for."""

    def __init__(self, clock: SimulatorClock) -> None:
        super().__init__()
        self._clock = clock
        self.now = clock.now

    async def until(self, time_s: float) -> None:
        if time_s == math.inf:
            await self._sleep(time_s)
        else:
            self._clock.advance_to(max(time_s, self.now()))
            self.nudge()

    async def passes(self, time_s: float) -> None:
        if self.now() < time_s:
            await self._sleep(LOOK_S)


class WallPace(_Nudged):
    """On a clock that runs by itself, speed times as fast as the wall's."""

    def __init__(self, clock: SimulatorClock, speed: float) -> None:
        super().__init__()
        self.now = clock.now
        self._speed = speed

    async def until(self, time_s: float) -> None:
        await self._sleep((time_s - self.now()) / self._speed)

    passes = until

"""What the driver tells a client that registered for it: so many samples there, the task done, a clock's edge."""

import math
from collections.abc import AsyncIterator
from typing import Final

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError

ACQUIRED: Final = 1
TRANSFERRED: Final = 2
SAMPLE_CLOCK: Final = 12487
SAMPLE_COMPLETE: Final = 12530
COUNTER_OUTPUT: Final = 12494
CHANGE_DETECTION: Final = 12511
EVERY_N: Final = "every N samples"
DONE: Final = "done"
SIGNAL: Final = "signal"


class Notices:
    """Registrations, one of each kind for a task."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def register(self, task: Task, kind: str, *, taken: int) -> object:
        """A token that says whether the registration still holds. taken: the refusal of a second one."""
        task.not_running(-200960)
        if kind in task.notices:
            raise DriverError(taken, f"Task Name: {task.name}")
        token = task.notices[kind] = object()
        return token

    def unregister(self, task: Task, kind: str) -> None:
        task.not_running(-200986)
        task.notices.pop(kind, None)
        self._driver.pace.nudge()

    def holds(self, task: Task, kind: str, token: object) -> bool:
        return task.notices.get(kind) is token

    async def samples(self, task: Task, kind: str, token: object, every: int) -> AsyncIterator[int]:
        """Each time `every` more samples per channel are there; yields the status, 0."""
        run = done = 0
        while self.holds(task, kind, token):
            if task.starts != run:
                run, done = task.starts, 0
            due_s = self._due_s(task, (done + 1) * every)
            if due_s <= self._driver.now():
                done += 1
                yield 0
            else:
                await self._driver.pace.passes(due_s)

    def _due_s(self, task: Task, samples: int) -> float:
        """When so many are there; inf: never."""
        clock = task.clock
        if clock is None or (clock.timing.total is not None and clock.timing.total < samples):
            return math.inf
        return clock.due_s(samples - 1)

    async def done(self, task: Task, token: object) -> AsyncIterator[int]:
        """Once per run: when a finite task is complete, or when an error has ended it; yields the status."""
        run = 0
        while self.holds(task, DONE, token):
            if task.running and task.starts != run and task.done(self._driver.now()):
                run = task.starts
                yield 0
            elif task.aborted is not None and task.starts != run:
                run = task.starts
                yield task.aborted
            else:
                await self._driver.pace.passes(self._end_s(task, run))

    def _end_s(self, task: Task, run: int) -> float:
        clock = task.clock
        if clock is None or clock.timing.total is None or task.starts == run:
            return math.inf
        return clock.due_s(clock.timing.total - 1)

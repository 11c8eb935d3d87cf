"""Reading of tasks. Lazy: a read asks the process for exactly the samples it hands out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq.driver.channel import AI, DI, DO, Channel
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.process import Floats, Levels
from bench.sim.daq.driver.task import CURRENT_POSITION, Task
from bench.sim.daq.errors import DriverError

ALL_AVAILABLE: Final = -1
NOT_YET_AVAILABLE: Final = -200284
LARGEST_REPLY: Final = 2**31
"""Bytes: no protobuf message has more."""
FIRST_SAMPLE: Final = 10424
MOST_RECENT: Final = 10428
OVERWRITE: Final = 10252


@dataclass(frozen=True, slots=True)
class Block:
    """What a read returns: `data` is channels x samples (analog) or channels x samples x lines (digital).

    first_s, period_s: time of the first sample, and from one to the next (0 on demand).
    """

    data: NDArray[np.float64] | NDArray[np.bool_]
    first_s: float
    period_s: float
    status: int = 0

    @property
    def samples(self) -> int:
        return int(self.data.shape[1])


async def read_analog(driver: Driver, task: Task, wanted: int, timeout_s: float, room: int | None) -> Block:
    """`room` samples per channel fit into the reader's array; as many are read at most if all available are wanted."""
    _expect(task, AI)
    times_s, _, status = await _times(driver, task, wanted, timeout_s, room)
    return Block(_values(driver, channels_to_read(task), times_s), *_when(task, times_s), status)


async def read_lines(driver: Driver, task: Task, wanted: int, timeout_s: float, room: int | None) -> Block:
    """An output task reads back what its lines really carry, as they are now."""
    _expect(task, DI, DO)
    times_s, first, status = await _times(driver, task, wanted, timeout_s, room)
    return Block(_levels(driver, task, times_s, first), *_when(task, times_s), status)


def channels_to_read(task: Task) -> list[Channel]:
    return task.find(str(task.kept.get(("Read", "CHANNELS_TO_READ"), "")))


def default_count(driver: Driver, task: Task) -> int:
    """How many samples "all" is: what waits (continuous), or all that are to come (finite)."""
    if task.timing is None or not task.is_input:
        return 1
    return task.available(driver.now()) if task.timing.total is None else task.timing.total - task.read_position


def _expect(task: Task, *kinds: int) -> None:
    if task.kind is None:
        raise DriverError(-200460, f"Task Name: {task.name}")
    if task.kind not in kinds:
        raise DriverError(-200525, f"Task Name: {task.name}")


def _when(task: Task, times_s: Floats) -> tuple[float, float]:
    first_s = float(times_s[0]) if times_s.size else 0.0
    return first_s, 1.0 / task.timing.rate_hz if task.timing else 0.0


async def _times(
    driver: Driver, task: Task, wanted: int, timeout_s: float, room: int | None
) -> tuple[Floats, int, int]:
    """When the samples were taken that the read gives, the number of the first, and the read's status."""
    if wanted < ALL_AVAILABLE:
        raise DriverError(-200077, f"Samples per channel: {wanted}\nTask Name: {task.name}")
    async with _started(driver, task):
        if task.clock is None or not task.is_input:
            count = max(wanted, 1)
            _fits(task, count, room)
            _affordable(task, count)
            first = task.taken
            task.taken += count
            return np.full(count, driver.now()), first, 0
        first, count, status = await _wait_for(driver, task, wanted, timeout_s, room)
        assert task.clock is not None
        _affordable(task, count)
        task.read_position = first + count
        return np.minimum(task.clock.times_s(first, count), driver.now()), first, status


@asynccontextmanager
async def _started(driver: Driver, task: Task) -> AsyncIterator[None]:
    """A read of a task that is not running starts it for the time of the read; a finite one until all is read."""
    if task.aborted is not None:
        raise DriverError(task.aborted, f"Task Name: {task.name}")
    driver.check_present(task)
    implicit = not task.running
    if implicit and not (task.kept.get(("Read", "AUTO_START"), True) or task.committed):
        raise DriverError(-200473, f"Task Name: {task.name}")
    if implicit:
        driver.start(task)
    try:
        yield
    finally:
        if implicit or task.lent:
            task.lent = task.running and _unfinished(task)
            if task.running and not task.lent:
                driver.stop(task)


def _unfinished(task: Task) -> bool:
    total = task.timing.total if task.timing else None
    return total is not None and 0 < task.read_position < total


async def _wait_for(
    driver: Driver, task: Task, wanted: int, timeout_s: float, room: int | None
) -> tuple[int, int, int]:
    """Let time pass until the samples are due, or the timeout; the first, how many there are then, and the status."""
    run, start_s = task.starts, driver.now()
    assert task.clock is not None
    first = _first(driver, task, start_s)
    count = _count(task, first, wanted, max(task.acquired(start_s) - first, 0), room)
    deadline_s = driver.deadline_s(timeout_s)
    while task.acquired(driver.now()) < first + count and driver.now() < deadline_s:
        await driver.wait(min(task.clock.due_s(first + count - 1), deadline_s))
        if task.clock is None or task.starts != run:
            raise DriverError(task.aborted or -88710, f"Task Name: {task.name}")
        driver.check_present(task)
    got = max(0, min(count, task.acquired(driver.now()) - first))
    return first, got, 0 if got == count else NOT_YET_AVAILABLE


def _first(driver: Driver, task: Task, now_s: float) -> int:
    """Number of the first sample to read. Samples that were overwritten before they were read are lost."""
    acquired = task.acquired(now_s)
    origin = {CURRENT_POSITION: task.read_position, FIRST_SAMPLE: 0, MOST_RECENT: acquired}[task.relative_to]
    first = origin + task.offset
    if first < 0:
        raise DriverError(-200277, f"Task Name: {task.name}")
    task.overrun = task.overrun or not driver.faults.overflow.isdisjoint(task.devices)
    oldest = acquired - task.input_buffer_size
    if task.overrun or (task.timing and task.timing.total is None and first < oldest):
        if task.kept.get(("Read", "OVERWRITE")) == OVERWRITE and not task.overrun:
            return oldest
        task.overrun = True
        raise DriverError(-200279, f"Task Name: {task.name}")
    return first


def _count(task: Task, first: int, wanted: int, waiting: int, room: int | None) -> int:
    """Samples per channel to read: past the end of a finite task a read is cut short."""
    total = task.timing.total if task.timing else None
    left = None if total is None else max(total - first, 0)
    if wanted == ALL_AVAILABLE:
        count = waiting if left is None else left
        return count if room is None else min(count, room)
    count = wanted if left is None else min(wanted, left)
    if wanted and not count:
        raise DriverError(-200278, f"Task Name: {task.name}")
    _fits(task, count, room)
    return count


def _fits(task: Task, count: int, room: int | None) -> None:
    if room is not None and count > room:
        raise DriverError(-200229, f"Task Name: {task.name}")


def _affordable(task: Task, count: int) -> None:
    """However large the client's array is: all samples are in one reply."""
    bytes_each = max(task.lines_per_channel, 1) if task.kind != AI else 8
    if count * len(channels_to_read(task)) * bytes_each > LARGEST_REPLY:
        raise DriverError(-50352, f"Samples per channel: {count}\nTask Name: {task.name}")


def _values(driver: Driver, channels: list[Channel], times_s: Floats) -> Floats:
    values = np.zeros((len(channels), len(times_s)))
    if times_s.size:
        for row, channel in zip(values, channels, strict=True):
            assert channel.scaling is not None
            limits = channel.scaling.at_terminal(channel.low), channel.scaling.at_terminal(channel.high)
            row[:] = channel.scaling.value(driver.process.analog(channel.terminals[0], times_s, limits))
    return values


def _levels(driver: Driver, task: Task, times_s: Floats, first: int) -> Levels:
    """Narrow channels are padded with low levels."""
    channels = channels_to_read(task)
    levels = np.zeros((len(channels), len(times_s), max(len(c.terminals) for c in channels)), dtype=np.bool_)
    if times_s.size:
        for row, channel in zip(levels, channels, strict=True):
            for place, line in enumerate(channel.terminals):
                row[:, place] = driver.process.digital(line, times_s, first if task.kind == DI else None)
    return levels

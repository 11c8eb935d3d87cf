"""Reading and writing of tasks. Lazy: a read asks the process for exactly the samples it hands out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq_driver import Driver
from bench.sim.daq_errors import DriverError
from bench.sim.daq_task import AI, DI, DO, Task

ALL_AVAILABLE: Final = -1
NOT_YET_AVAILABLE: Final = -200284
MODULE_RANGE_V: Final = 10.0  # the converter clips here, whatever smaller range was asked for


@dataclass(frozen=True, slots=True)
class Block:
    """What a read returns: `data` is channels x samples (analog) or channels x samples x lines (digital)."""

    data: NDArray[np.float64] | NDArray[np.bool_]
    status: int = 0

    @property
    def samples(self) -> int:
        return int(self.data.shape[1])


def read_analog(driver: Driver, task: Task, wanted: int, timeout_s: float, room: int) -> Block:
    """`room` samples per channel fit into the reader's array; as many are read at most if all available are wanted."""
    _expect(task, AI)
    with _started(driver, task):
        if task.clock is None:
            count = max(wanted, 1)
            return Block(_volts(driver, task, np.full(count, driver.clock.now())))
        count, status = _wait_for(driver, task, wanted, timeout_s, room)
        times_s = np.minimum(task.clock.times_s(task.read_position, count), driver.clock.now())
        task.read_position += count
        return Block(_volts(driver, task, times_s), status)


def read_lines(driver: Driver, task: Task, wanted: int) -> Block:
    """Lines as they are now; an output task reads back what its lines really carry."""
    _expect(task, DI, DO)
    width, read_line = task.lines_per_channel, driver.process.read_line
    with _started(driver, task):
        rows = [[read_line(line) for line in channel.terminals] for channel in task.channels]
    scan = np.array([row + [False] * (width - len(row)) for row in rows], dtype=np.bool_)
    return Block(np.repeat(scan[:, np.newaxis], max(wanted, 1), axis=1))


def write_lines(driver: Driver, task: Task, data: NDArray[np.bool_], *, auto_start: bool) -> int:
    """Drive `data` (channels x samples x lines), sample by sample. Without a sample clock all happen now."""
    driver.check_outputs(task)
    if not task.running:
        if not (auto_start or task.committed):
            raise DriverError(-200472, f"Task Name: {task.name}")
        driver.start(task)
    for sample in range(data.shape[1]):
        for channel, states in zip(task.channels, data[:, sample], strict=True):
            for line, state in zip(channel.terminals, states, strict=False):  # a narrow channel's row is padded
                driver.process.write_line(line, bool(state))
    return int(data.shape[1])


def _expect(task: Task, *kinds: int) -> None:
    if task.kind is None:
        raise DriverError(-200460, f"Task Name: {task.name}")
    if task.kind not in kinds:
        raise DriverError(-200525, f"Task Name: {task.name}")


@contextmanager
def _started(driver: Driver, task: Task) -> Iterator[None]:
    """A read of a task that is not running starts it for the time of the read."""
    implicit = not task.running
    if implicit:
        driver.start(task)
    try:
        yield
    finally:
        if implicit:
            driver.stop(task)


def _wait_for(driver: Driver, task: Task, wanted: int, timeout_s: float, room: int) -> tuple[int, int]:
    """Let time pass until the samples are due, or the timeout; how many there are then, and the status."""
    assert task.clock is not None
    start_s = driver.clock.now()
    waiting = task.available(start_s)
    if task.clock.timing.total is None and waiting > task.buffer_size:
        raise DriverError(-200279, f"Task Name: {task.name}")
    count = _count(task, wanted, waiting, room)
    if count > waiting:
        deadline_s = start_s + timeout_s if timeout_s >= 0 else inf
        due_s = task.clock.due_s(task.read_position + count - 1)
        driver.clock.advance_to(max(min(due_s, deadline_s), start_s))
    got = min(count, task.available(driver.clock.now()))
    return got, 0 if got == count else NOT_YET_AVAILABLE


def _count(task: Task, wanted: int, waiting: int, room: int) -> int:
    """Samples per channel to read: past the end of a finite task a read is cut short."""
    total = task.timing.total if task.timing else None
    left = None if total is None else total - task.read_position
    if wanted == ALL_AVAILABLE:
        return min(waiting if left is None else left, room)
    count = wanted if left is None else min(wanted, left)
    if wanted and not count:
        raise DriverError(-200278, f"Task Name: {task.name}")
    if count > room:
        raise DriverError(-200229, f"Task Name: {task.name}")
    return count


def _volts(driver: Driver, task: Task, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    if not times_s.size:
        return np.zeros((len(task.channels), 0))
    rows = [driver.process.analog(channel.terminals[0], times_s) for channel in task.channels]
    return np.clip(np.array(rows), -MODULE_RANGE_V, MODULE_RANGE_V)

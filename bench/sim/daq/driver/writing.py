"""Writing of tasks: at once, or into the buffer that a sample clock gives out."""

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq.driver.channel import AO, DO
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.process import Floats
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError


async def write(
    driver: Driver, task: Task, data: NDArray[np.float64] | NDArray[np.bool_], timeout_s: float, *, auto_start: bool
) -> int:
    """`data`: channels x samples (analog), or channels x samples x lines. Samples per channel that were written."""
    check_writable(driver, task)
    if len(data) != len(task.channels):
        raise DriverError(-200524, f"Task Name: {task.name}")
    values = _by_terminal(task, data)
    if task.timing is None:
        _write_now(driver, task, values, auto_start=auto_start)
    else:
        await _write_buffer(driver, task, values, timeout_s, auto_start=auto_start)
    return int(values.shape[1])


def check_writable(driver: Driver, task: Task, *kinds: int) -> None:
    """kinds: of channels that take what is to be written; all outputs unless said."""
    if task.kind not in (AO, DO):
        raise DriverError(-200459, f"Task Name: {task.name}")
    if kinds and task.kind not in kinds:
        raise DriverError(-200526, f"Task Name: {task.name}")
    if task.aborted is not None:
        raise DriverError(task.aborted, f"Task Name: {task.name}")
    driver.now()
    driver.check_present(task)
    driver.watchdogs.check(task.terminals)


def _by_terminal(task: Task, data: NDArray[np.float64] | NDArray[np.bool_]) -> Floats:
    """Terminals x samples, as they are given out: levels as 0 and 1, analog values in the terminal's unit."""
    rows: list[NDArray[np.float64] | NDArray[np.bool_]] = []
    for channel, samples in zip(task.channels, data, strict=True):
        if task.kind == AO:
            if samples.size and not (channel.low <= samples.min() and samples.max() <= channel.high):
                raise DriverError(-200561, f"Channel Name: {channel.name}\nTask Name: {task.name}")
            rows.append(samples)
        else:
            rows += list(samples.T[: len(channel.terminals)])  # a narrow channel's row is padded
    return np.array(rows, dtype=np.float64)


def _write_now(driver: Driver, task: Task, values: Floats, *, auto_start: bool) -> None:
    """Sample by sample. A task that was not running is started for the time of the write."""
    implicit = not task.running
    if implicit:
        if not (auto_start or task.committed):
            raise DriverError(-200472, f"Task Name: {task.name}")
        driver.start(task)
    for sample in values.T:
        for terminal, value in zip(task.terminals, sample.tolist(), strict=True):
            driver.drive(terminal, value)
    task.taken += values.shape[1]
    if implicit:
        driver.stop(task)


async def _write_buffer(driver: Driver, task: Task, values: Floats, timeout_s: float, *, auto_start: bool) -> None:
    """Written while it runs, the buffer's new contents are given out from now on."""
    driver.reserve(task)
    generation = driver.generation(task)
    left = values
    deadline_s = driver.deadline_s(timeout_s)
    while True:
        put = generation.put(left, task.clock, driver.now())
        left = left[:, put:]
        if task.clock:
            generation.begin(driver.outputs, task.clock, driver.now())
        if not left.size:
            break
        await _space(driver, task, left, values, deadline_s)
    if auto_start and not task.running:
        driver.start(task)


async def _space(driver: Driver, task: Task, left: Floats, values: Floats, deadline_s: float) -> None:
    """Wait until more of the buffer has been given out."""
    written = values.shape[1] - left.shape[1]
    if task.clock is None:
        raise DriverError(-200293, f"Task Name: {task.name}", samples=written)
    if driver.now() >= deadline_s:
        raise DriverError(-200292, f"Task Name: {task.name}", samples=written)
    assert task.generation is not None
    due_s = task.clock.due_s(task.generation.next_free(left.shape[1]))
    await driver.wait(min(due_s, deadline_s))
    try:
        check_writable(driver, task)
    except DriverError as error:
        error.samples = written
        raise

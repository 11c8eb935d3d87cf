"""The write calls of the service."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bench.sim.daq.driver import writing
from bench.sim.daq.driver.channel import AO, DO, Channel
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.process import Floats
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.words import TOO_WIDE_TO_WRITE, check_width, from_words, width

_BY_SCAN: Final = 1  # else by channel

Call = Callable[[Driver, Message], Awaitable[Fields]]


async def analog(driver: Driver, request: Message) -> Fields:
    _writable(driver, request, AO)
    return await _write(driver, request, _unpacked(driver, request, np.array(request.write_array, dtype=float), ()))


async def analog_scalar(driver: Driver, request: Message) -> Fields:
    _writable(driver, request, AO)
    return await _write(driver, request, np.array([[request.value]]))


async def codes(kind: DTypeLike, driver: Driver, request: Message) -> Fields:
    """WriteBinaryI16 and its like: codes of a converter of 16 bits."""
    task = _writable(driver, request, AO)
    found = _unpacked(driver, request, np.array(request.write_array).astype(kind), ())
    return await _write(driver, request, _from_codes(task, found))


async def raw(driver: Driver, request: Message) -> Fields:
    """Scan by scan; what the array holds beyond them is left."""
    task = _writable(driver, request, AO, DO)
    channels, samples = len(task.channels), request.num_samps
    size = 2 if task.kind == AO else width(_words(task, 4))
    if not 0 <= samples * channels * size <= len(request.write_array):
        raise DriverError(-200622, f"Requested: {samples}\nTask Name: {task.name}")
    kind = "<i2" if task.kind == AO else f"<u{size}"
    scans = np.frombuffer(request.write_array, dtype=kind, count=channels * samples).reshape(samples, channels).T
    data = _from_codes(task, scans) if task.kind == AO else from_words(task.channels, scans.astype(np.uint32))
    return await _write(driver, request, data)


async def lines(driver: Driver, request: Message) -> Fields:
    task = _writable(driver, request, DO)
    states = np.frombuffer(request.write_array, dtype=np.uint8).astype(np.bool_)
    return await _write(driver, request, _unpacked(driver, request, states, (task.lines_per_channel,)))


async def words(size: int, driver: Driver, request: Message) -> Fields:
    """WriteDigitalU8, U16, U32: the narrowest travels as bytes."""
    channels = _words(_writable(driver, request, DO), size)
    data = request.write_array
    flat = np.frombuffer(data, dtype=np.uint8) if isinstance(data, bytes) else np.array(data, dtype=np.uint32)
    found = _unpacked(driver, request, flat.astype(np.uint32), ())
    return await _write(driver, request, from_words(channels, found))


async def word_scalar(driver: Driver, request: Message) -> Fields:
    task = _writable(driver, request, DO)
    channels, value = _words(task, 4)[:1], np.array([[request.value]], dtype=np.uint32)
    return await _write(driver, request, from_words(channels, value))


def _writable(driver: Driver, request: Message, *kinds: int) -> Task:
    task = driver.task(request.task.name)
    writing.check_writable(driver, task, *kinds)
    return task


def _words(task: Task, size: int) -> list[Channel]:
    check_width(task.channels, size, TOO_WIDE_TO_WRITE)
    return task.channels


async def _write(driver: Driver, request: Message, data: NDArray[Any]) -> Fields:
    task = driver.task(request.task.name)
    written = await writing.write(driver, task, data, request.timeout, auto_start=request.auto_start)
    return {"samps_per_chan_written": written}


def _from_codes(task: Task, codes: NDArray[Any]) -> Floats:
    values = np.zeros(codes.shape)
    for row, channel, found in zip(values, task.channels, codes, strict=True):
        assert channel.scaling is not None
        row[:] = found * (channel.scaling.high / 32767.0)
    return values


def _unpacked(driver: Driver, request: Message, flat: NDArray[Any], tail: tuple[int, ...]) -> NDArray[Any]:
    """Channels x samples, and lines if `tail` has their number."""
    task = driver.task(request.task.name)
    shape = (len(task.channels), request.num_samps_per_chan)
    if flat.size != int(np.prod((*shape, *tail))):
        raise DriverError(-200463 if tail else -200524, f"Task Name: {task.name}")
    if enum(request, "data_layout") == _BY_SCAN:
        return flat.reshape(*shape[::-1], *tail).swapaxes(0, 1)
    return flat.reshape(*shape, *tail)


WRITES: Final[dict[str, Call]] = {
    "WriteAnalogF64": analog,
    "WriteAnalogScalarF64": analog_scalar,
    "WriteBinaryI16": partial(codes, np.int16),
    "WriteBinaryI32": partial(codes, np.int32),
    "WriteBinaryU16": partial(codes, np.uint16),
    "WriteBinaryU32": partial(codes, np.uint32),
    "WriteRaw": raw,
    "WriteDigitalLines": lines,
    "WriteDigitalU8": partial(words, 1),
    "WriteDigitalU16": partial(words, 2),
    "WriteDigitalU32": partial(words, 4),
    "WriteDigitalScalarU32": word_scalar,
}

"""The read calls of the service: arrays as the protocol lays them out."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bench.sim.daq.driver import reading
from bench.sim.daq.driver.channel import Channel
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.reading import Block
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.words import to_words

_BY_SCAN: Final = 1  # else by channel

Call = Callable[[Driver, Message], Awaitable[Fields]]


async def analog(driver: Driver, request: Message) -> Fields:
    """ReadAnalogF64."""
    block = await _analog(driver, request)
    return _read(block, _padded(block.data, request, request.array_size_in_samps))


async def analog_scalar(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    block = await reading.read_analog(driver, task, 1, request.timeout, 1)
    _complete(block, task)
    return {"value": float(block.data[0, 0])}


async def codes(kind: DTypeLike, driver: Driver, request: Message) -> Fields:
    """ReadBinaryI16 and its like: what the converter delivered, without scaling."""
    block = await _analog(driver, request)
    raw = _codes(reading.channels_to_read(driver.task(request.task.name)), block).astype(kind)
    return _read(block, _padded(raw, request, request.array_size_in_samps))


async def raw(driver: Driver, request: Message) -> Fields:
    """ReadRaw: codes or port bytes, scan by scan, in an array of just the reader's size."""
    task = driver.task(request.task.name)
    width = 2 if task.lines_per_channel == 0 else _bytes_of(task)
    room = request.array_size_in_bytes // (width * max(len(reading.channels_to_read(task)), 1))
    if task.lines_per_channel:
        block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, room)
        rows: NDArray[Any] = to_words(reading.channels_to_read(task), block.data.astype(np.bool_)).astype(f"<u{width}")
    else:
        block = await reading.read_analog(driver, task, request.num_samps_per_chan, request.timeout, room)
        rows = _codes(reading.channels_to_read(task), block).astype("<i2")
    data = rows.T.tobytes().ljust(request.array_size_in_bytes, b"\0")
    return {"status": block.status, "samps_read": block.samples, "read_array": data, "num_bytes_per_samp": width}


async def lines(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    channels = max(len(reading.channels_to_read(task)), 1)
    room = request.array_size_in_bytes // (channels * max(task.lines_per_channel, 1))
    block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, room)
    data = _padded(block.data, request, request.array_size_in_bytes)
    return {**_read(block, data.tobytes()), "num_bytes_per_samp": block.data.shape[2]}


async def words(kind: str, driver: Driver, request: Message) -> Fields:
    """ReadDigitalU8, U16, U32. The narrow ones travel as bytes or as numbers, as the protocol has it."""
    task = driver.task(request.task.name)
    room = request.array_size_in_samps // max(len(reading.channels_to_read(task)), 1)
    block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, room)
    found = to_words(reading.channels_to_read(task), block.data.astype(np.bool_)).astype(kind)
    data = _padded(found, request, request.array_size_in_samps)
    return _read(block, data.tobytes() if data.itemsize == 1 else data)


async def word_scalar(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    block = await reading.read_lines(driver, task, 1, request.timeout, 1)
    _complete(block, task)
    return {"value": int(to_words(reading.channels_to_read(task), block.data.astype(np.bool_))[0, 0])}


async def _analog(driver: Driver, request: Message) -> Block:
    task = driver.task(request.task.name)
    room = request.array_size_in_samps // max(len(reading.channels_to_read(task)), 1)
    return await reading.read_analog(driver, task, request.num_samps_per_chan, request.timeout, room)


def _codes(channels: list[Channel], block: Block) -> NDArray[np.int64]:
    """Of a converter of 16 bits, towards zero."""
    found = np.zeros(block.data.shape, dtype=np.int64)
    for row, values, channel in zip(found, block.data, channels, strict=True):
        assert channel.scaling is not None
        scaling = channel.scaling
        row[:] = np.trunc((values - scaling.offset) / scaling.gain * (32767.0 / scaling.high))
    return found


def _bytes_of(task: Task) -> int:
    """Of one sample of a digital channel."""
    return next(size for size in (1, 2, 4, 8) if 8 * size >= task.lines_per_channel)


def _complete(block: Block, task: Task) -> None:
    if block.status:
        raise DriverError(block.status, f"Task Name: {task.name}")


def _read(block: Block, data: NDArray[Any] | bytes) -> Fields:
    return {"status": block.status, "samps_per_chan_read": block.samples, "read_array": data}


def _padded(data: NDArray[Any], request: Message, size: int) -> NDArray[Any]:
    """Packed at the beginning of an array of the reader's size: the stride is what was read, not the array's width."""
    by_scan = enum(request, "fill_mode") == _BY_SCAN
    packed = (data.swapaxes(0, 1) if by_scan else data).ravel()
    return np.concatenate((packed, np.zeros(size - data.size, dtype=data.dtype)))


READS: Final[dict[str, Call]] = {
    "ReadAnalogF64": analog,
    "ReadAnalogScalarF64": analog_scalar,
    "ReadBinaryI16": partial(codes, np.int16),
    "ReadBinaryI32": partial(codes, np.int32),
    "ReadBinaryU16": partial(codes, np.uint16),
    "ReadBinaryU32": partial(codes, np.uint32),
    "ReadRaw": raw,
    "ReadDigitalLines": lines,
    "ReadDigitalU8": partial(words, "u1"),
    "ReadDigitalU16": partial(words, "<u2"),
    "ReadDigitalU32": partial(words, "<u4"),
    "ReadDigitalScalarU32": word_scalar,
}

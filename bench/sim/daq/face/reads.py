"""The read calls of the service: arrays as the protocol lays them out."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bench.sim.daq.driver import reading
from bench.sim.daq.driver.channel import DI, DO, Channel
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.reading import Block
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.words import TOO_WIDE_TO_READ, check_width, to_words, width

_BY_SCAN: Final = 1  # else by channel

Call = Callable[[Driver, Message], Awaitable[Fields]]


async def analog(driver: Driver, request: Message) -> Fields:
    """ReadAnalogF64."""
    block = await _analog(driver, request)
    return _read(block, _padded(block.data, request, request.array_size_in_samps))


async def analog_scalar(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    _single(task, reading.channels_to_read(task))
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
    channels = _digital(task, 4) if task.lines_per_channel else reading.channels_to_read(task)
    size = width(channels) if task.lines_per_channel else 2
    room = _room(channels, request.array_size_in_bytes // size, size)
    if task.lines_per_channel:
        block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, room)
        rows: NDArray[Any] = to_words(channels, block.data.astype(np.bool_)).astype(f"<u{size}")
    else:
        block = await reading.read_analog(driver, task, request.num_samps_per_chan, request.timeout, room)
        rows = _codes(channels, block).astype("<i2")
    data = rows.T.tobytes().ljust(request.array_size_in_bytes, b"\0")
    return {"status": block.status, "samps_read": block.samples, "read_array": data, "num_bytes_per_samp": size}


async def lines(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    each = max(task.lines_per_channel, 1)
    room = _room(reading.channels_to_read(task), request.array_size_in_bytes // each, each)
    block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, room)
    data = _padded(block.data, request, request.array_size_in_bytes)
    return {**_read(block, data.tobytes()), "num_bytes_per_samp": block.data.shape[2]}


async def words(kind: str, driver: Driver, request: Message) -> Fields:
    """ReadDigitalU8, U16, U32. The narrow ones travel as bytes or as numbers, as the protocol has it."""
    task = driver.task(request.task.name)
    channels = _digital(task, np.dtype(kind).itemsize)
    room = _room(channels, request.array_size_in_samps, np.dtype(kind).itemsize)
    block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, room)
    found = to_words(channels, block.data.astype(np.bool_)).astype(kind)
    data = _padded(found, request, request.array_size_in_samps)
    return _read(block, data.tobytes() if data.itemsize == 1 else data)


async def word_scalar(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    channels = _single(task, _digital(task, 4))
    block = await reading.read_lines(driver, task, 1, request.timeout, 1)
    _complete(block, task)
    return {"value": int(to_words(channels, block.data.astype(np.bool_))[0, 0])}


async def _analog(driver: Driver, request: Message) -> Block:
    task = driver.task(request.task.name)
    room = _room(reading.channels_to_read(task), request.array_size_in_samps, 8)
    return await reading.read_analog(driver, task, request.num_samps_per_chan, request.timeout, room)


def _codes(channels: list[Channel], block: Block) -> NDArray[np.int64]:
    """Of a converter of 16 bits, towards zero."""
    found = np.zeros(block.data.shape, dtype=np.int64)
    for row, values, channel in zip(found, block.data, channels, strict=True):
        assert channel.scaling is not None
        scaling = channel.scaling
        full = max(abs(scaling.low), abs(scaling.high))
        row[:] = np.trunc((values - scaling.offset) / scaling.gain * (32767.0 / full))
    return found


def _digital(task: Task, size: int) -> list[Channel]:
    """Channels that are read in words of so many bytes."""
    channels = reading.channels_to_read(task)
    if task.kind in (DI, DO):
        check_width(channels, size, TOO_WIDE_TO_READ)
        return channels
    raise DriverError(-200525 if task.kind else -200460, f"Task Name: {task.name}")


def _single(task: Task, channels: list[Channel]) -> list[Channel]:
    if len(channels) > 1:
        raise DriverError(-200523, f"Task Name: {task.name}")
    return channels


def _room(channels: list[Channel], items: int, size: int) -> int:
    """Samples per channel for which the reader has space, in an array of so many items of so many bytes."""
    if items * size > reading.LARGEST_REPLY:
        raise DriverError(-50352, f"Size: {items}")
    return items // max(len(channels), 1)


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

"""The read and write calls of the service: arrays as the protocol lays them out."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench.sim import daq_io, daq_ports
from bench.sim.daq_driver import Driver
from bench.sim.daq_errors import DriverError
from bench.sim.daq_messages import Fields, Message, enum

_BY_SCAN: Final = 1  # else by channel


def read_analog(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    room = request.array_size_in_samps // max(len(task.channels), 1)
    block = daq_io.read_analog(driver, task, request.num_samps_per_chan, request.timeout, room)
    return _read(block, _padded(block.data, request, request.array_size_in_samps))


def read_analog_scalar(driver: Driver, request: Message) -> Fields:
    block = daq_io.read_analog(driver, driver.task(request.task.name), 1, request.timeout, 1)
    if block.status:
        raise DriverError(block.status, f"Task Name: {request.task.name}")
    return {"value": float(block.data[0, 0])}


def read_lines(driver: Driver, request: Message) -> Fields:
    block = daq_io.read_lines(driver, driver.task(request.task.name), request.num_samps_per_chan)
    data = _padded(block.data, request, request.array_size_in_bytes)
    return {**_read(block, data.tobytes()), "num_bytes_per_samp": block.data.shape[2]}


def read_words(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    block = daq_io.read_lines(driver, task, request.num_samps_per_chan)
    words = daq_ports.to_words(task.channels, block.data.astype(np.bool_))
    return _read(block, _padded(words, request, request.array_size_in_samps))


def write_lines(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    states = np.frombuffer(request.write_array, dtype=np.bool_)
    data = _unpacked(driver, request, states, (task.lines_per_channel,))
    return {"samps_per_chan_written": daq_io.write_lines(driver, task, data, auto_start=request.auto_start)}


def write_words(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    words = _unpacked(driver, request, np.array(request.write_array, dtype=np.uint32), ())
    data = daq_ports.from_words(task.channels, words)
    return {"samps_per_chan_written": daq_io.write_lines(driver, task, data, auto_start=request.auto_start)}


def _read(block: daq_io.Block, data: NDArray[Any] | bytes) -> Fields:
    return {"status": block.status, "samps_per_chan_read": block.samples, "read_array": data}


def _padded(data: NDArray[Any], request: Message, size: int) -> NDArray[Any]:
    """Packed at the beginning of an array of the reader's size: the stride is what was read, not the array's width."""
    if data.size > size:
        raise DriverError(-200229, f"Task Name: {request.task.name}")
    by_scan = enum(request, "fill_mode") == _BY_SCAN
    packed = (data.swapaxes(0, 1) if by_scan else data).ravel()
    return np.concatenate((packed, np.zeros(size - data.size, dtype=data.dtype)))


def _unpacked(driver: Driver, request: Message, flat: NDArray[Any], tail: tuple[int, ...]) -> NDArray[Any]:
    """Channels x samples, and lines if `tail` has their number."""
    task = driver.task(request.task.name)
    driver.check_outputs(task)
    shape = (len(task.channels), request.num_samps_per_chan)
    if flat.size != int(np.prod((*shape, *tail))):
        raise DriverError(-200463, f"Task Name: {task.name}")
    if enum(request, "data_layout") == _BY_SCAN:
        return flat.reshape(*shape[::-1], *tail).swapaxes(0, 1)
    return flat.reshape(*shape, *tail)

"""The calls that carry waveforms: samples with their time and the names of what they are of."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq.driver import reading, writing
from bench.sim.daq.driver.channel import AO, DO, Channel
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.reading import Block
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.rack.names import expand

_TIMING: Final = 1
_NAMES: Final = 2
_1904_S: Final = 2_082_844_800
"""From the epoch of NI's time stamps to that of Unix."""
# Of other units the driver's own words are not known.
_UNITS: Final = {
    10348: "Volts",
    10342: "Amps",
    10143: "Deg C",
    10144: "Deg F",
    10325: "Kelvins",
    10145: "Deg R",
    10081: "Pascals",
}


async def read_analog(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    block = await reading.read_analog(driver, task, request.num_samps_per_chan, request.timeout, None)
    waveforms = [
        {"y_data": samples, **_about(driver, block, request, _analog_names(channel))}
        for samples, channel in zip(block.data, reading.channels_to_read(task), strict=True)
    ]
    return {"status": block.status, "waveforms": waveforms, "samps_per_chan_read": block.samples}


async def read_digital(driver: Driver, request: Message) -> Fields:
    """A column per line, in the order in which the client listed them; a port has its highest line first."""
    task = driver.task(request.task.name)
    block = await reading.read_lines(driver, task, request.num_samps_per_chan, request.timeout, None)
    waveforms = []
    for levels, channel in zip(block.data, reading.channels_to_read(task), strict=True):
        order = columns(channel)
        names = {"NI_ChannelName": channel.name, "NI_LineNames": ", ".join(channel.terminals[i] for i in order)}
        data = np.ascontiguousarray(levels[:, order]).astype(np.uint8).tobytes()
        waveforms.append({"signal_count": len(order), "y_data": data, **_about(driver, block, request, names)})
    return {"status": block.status, "waveforms": waveforms, "samps_per_chan_read": block.samples}


async def write_analog(driver: Driver, request: Message) -> Fields:
    task = _writable(driver, request, AO)
    rows = [np.array(waveform.y_data, dtype=np.float64) for waveform in request.waveforms]
    return await _write(driver, request, np.array(_equally_long(task, rows)))


async def write_digital(driver: Driver, request: Message) -> Fields:
    task = _writable(driver, request, DO)
    rows = []
    for waveform, channel in zip(request.waveforms, task.channels, strict=True):
        width = len(channel.terminals)
        if waveform.signal_count != width or len(waveform.y_data) % width:
            raise DriverError(-200463, f"Task Name: {task.name}")
        states = np.frombuffer(waveform.y_data, dtype=np.uint8).reshape(-1, width).astype(np.bool_)
        placed = np.zeros((len(states), task.lines_per_channel), dtype=np.bool_)
        placed[:, columns(channel)] = states
        rows.append(placed)
    return await _write(driver, request, np.array(_equally_long(task, rows)))


def columns(channel: Channel) -> list[int]:
    """Places of the channel's lines in the order of a waveform's columns."""
    order: list[int] = []
    for item in expand(str(channel.kept.get("LISTED", ""))):
        places = [i for i, line in enumerate(channel.terminals) if f"{line.lower()}/".startswith(f"{item.lower()}/")]
        order += [place for place in reversed(places) if place not in order]
    return order or list(range(len(channel.terminals)))


def _analog_names(channel: Channel) -> dict[str, str]:
    assert channel.scaling is not None
    unit = _UNITS.get(channel.scaling.unit)
    return {"NI_ChannelName": channel.name, **({"NI_UnitDescription": unit} if unit else {})}


def _about(driver: Driver, block: Block, request: Message, names: dict[str, str]) -> Fields:
    """What the client asked to know of the samples."""
    mode = enum(request, "waveform_attribute_mode")
    fields: Fields = {}
    if mode & _TIMING:
        fields |= {"t0": _stamp(driver.utc_s(block.first_s)), "dt": block.period_s}
    if mode & _NAMES:
        fields["attributes"] = {name: {"string_value": value} for name, value in names.items()}
    return fields


def _stamp(utc_s: float) -> dict[str, int]:
    seconds = int(utc_s // 1.0)
    return {"seconds": seconds + _1904_S, "fractional_seconds": min(int((utc_s - seconds) * 2.0**64), 2**64 - 1)}


def _writable(driver: Driver, request: Message, kind: int) -> Task:
    task = driver.task(request.task.name)
    writing.check_writable(driver, task, kind)
    if len(request.waveforms) != len(task.channels):
        raise DriverError(-200524, f"Task Name: {task.name}")
    return task


def _equally_long(task: Task, rows: list[NDArray[Any]]) -> list[NDArray[Any]]:
    if len({len(row) for row in rows}) > 1:
        raise DriverError(-200524, f"Task Name: {task.name}")
    return rows


async def _write(driver: Driver, request: Message, data: NDArray[Any]) -> Fields:
    task = driver.task(request.task.name)
    written = await writing.write(driver, task, data, request.timeout, auto_start=request.auto_start)
    return {"samps_per_chan_written": written}


WAVEFORMS: Final[dict[str, Callable[[Driver, Message], Awaitable[Fields]]]] = {
    "ReadAnalogWaveforms": read_analog,
    "ReadDigitalWaveforms": read_digital,
    "WriteAnalogWaveforms": write_analog,
    "WriteDigitalWaveforms": write_digital,
}

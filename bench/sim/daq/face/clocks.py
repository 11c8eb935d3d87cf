"""The calls that say when samples are taken and how many are kept."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bench.sim.daq.driver.channel import CO
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.timing import CONTINUOUS, FINITE, Timing
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum


def sample_clock(driver: Driver, request: Message) -> Fields:
    mode = mode_of(request)
    task = driver.task(request.task.name)
    edge = enum(request, "active_edge")
    task.set_timing(Timing(request.rate, mode, request.samps_per_chan, request.source, edge or 10280))
    driver.check_rate(task)
    return {}


def implicit(driver: Driver, request: Message) -> Fields:
    """Of a counter: so many pulses, or pulses without an end."""
    mode, task = mode_of(request), driver.task(request.task.name)
    if task.kind != CO:
        raise DriverError(-200077, f"Property: SampTimingType\nTask Name: {task.name}")
    task.set_timing(Timing(task.channels[0].pulse_hz or math.inf, mode, request.samps_per_chan))
    return {}


def input_buffer(driver: Driver, request: Message) -> Fields:
    driver.task(request.task.name).input_buffer = request.num_samps_per_chan
    return {}


def output_buffer(driver: Driver, request: Message) -> Fields:
    driver.task(request.task.name).output_buffer = request.num_samps_per_chan
    return {}


def mode_of(request: Message) -> int:
    mode = enum(request, "sample_mode")
    if mode not in (FINITE, CONTINUOUS):
        raise DriverError(-200077, f"Property: SampQuant.SampMode\nRequested Value: {mode}")
    return mode


def retimed(driver: Driver, name: str, **changes: object) -> None:
    """Change single properties of a task's timing; a task without one gets the driver's defaults."""
    task = driver.task(name)
    timing = task.timing or Timing(1000.0, CONTINUOUS, 1000)
    task.set_timing(replace(timing, **changes))  # type: ignore[arg-type]  # checked by whoever names the field


CLOCKS: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "CfgSampClkTiming": sample_clock,
    "CfgImplicitTiming": implicit,
    "CfgInputBuffer": input_buffer,
    "CfgOutputBuffer": output_buffer,
}

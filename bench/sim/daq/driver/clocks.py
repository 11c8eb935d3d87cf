"""Which clock a task gets, and how fast it may be."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bench.sim.daq.driver.channel import AI, AO, CO, DI, DO
from bench.sim.daq.driver.task import Task
from bench.sim.daq.driver.timing import FALLING, SampleClock, Timing
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.device import Rack

COUNTER_OUTPUT: Final = "internaloutput"


def clock_of(task: Task, tasks: Iterable[Task], now_s: float) -> SampleClock | None:
    """One whose source is a counter that stands still has not begun."""
    if task.timing is None:
        return None
    if task.timing.mode and task.timing.total is not None and task.timing.total < 1:
        raise DriverError(-200077, f"Property: SampQuant.SampPerChan\nRequested Value: {task.timing.total}")
    counter = counter_of(task.timing.source, tasks)
    if counter is None:
        waits = task.timing.source.lower().endswith(COUNTER_OUTPUT) or task.timing.rate_hz == math.inf
        return SampleClock(math.inf if waits else now_s, task.timing)
    return _by_pulses(counter, task.timing, now_s if counter.running else math.inf)


def _by_pulses(counter: Task, timing: Timing, since_s: float) -> SampleClock:
    """Each period ends with the high part of the pulse: the falling edge of sample k comes so much after the rising."""
    pulse_hz = counter.channels[0].pulse_hz
    if not pulse_hz:
        return SampleClock(math.inf, timing)
    late_s = counter.channels[0].duty / pulse_hz if timing.edge == FALLING else 0.0
    pulses = counter.timing.total if counter.timing else None
    return SampleClock(since_s + late_s, replace(timing, rate_hz=pulse_hz), pulses)


def counter_of(source: str, tasks: Iterable[Task]) -> Task | None:
    """The task whose counter's output is a clock's source, such as /Dev1/Ctr0InternalOutput."""
    device, _, terminal = source.lower().removeprefix("/").partition("/")
    if not terminal.endswith(COUNTER_OUTPUT):
        return None
    wanted = f"{device}/{terminal.removesuffix(COUNTER_OUTPUT)}"
    counters = (task for task in tasks if task.kind == CO)
    return next((task for task in counters if task.channels[0].terminals[0].lower() == wanted), None)


def release(counter: Task, tasks: Iterable[Task], now_s: float) -> Iterator[Task]:
    """The counter begins: tasks that waited for it as their clock begin too. Yields them."""
    for task in tasks:
        if task.clock and task.clock.started_s == math.inf and counter_of(task.clock.timing.source, (counter,)):
            task.clock = _by_pulses(counter, task.clock.timing, now_s)
            yield task


def hold(counter: Task, tasks: Iterable[Task], now_s: float) -> Iterator[Task]:
    """The counter stops: tasks that have it as their clock get no sample any more. Yields them."""
    for task in tasks:
        if task.clock and counter_of(task.clock.timing.source, (counter,)):
            task.clock = replace(task.clock, pulses=task.clock.ticks(now_s))
            yield task


def highest_rate_hz(rack: Rack, task: Task) -> float:
    """Of a sample clock for the task; an error where its devices have none."""
    rates = [_rate_of(rack, task, name) for name in task.devices]
    found = [rate_hz for rate_hz in rates if rate_hz is not None]
    if not found or len(found) < len(rates):
        raise DriverError(-200077, f"Property: SampTimingType\nTask Name: {task.name}")
    return min(found)


def check_rate(rack: Rack, task: Task) -> None:
    """Of a clock on board; what comes from outside is as fast as it is."""
    if task.timing and task.kind != CO and (not task.timing.source or "clock" in task.timing.source.lower()):
        highest_hz = highest_rate_hz(rack, task)
        rate_hz = task.timing.rate_hz
        if rate_hz > highest_hz:
            task.timing = None
            raise DriverError(-200077, f"Property: SampClk.Rate\nRequested: {rate_hz}\nMaximum: {highest_hz}")


def _rate_of(rack: Rack, task: Task, name: str) -> float | None:
    abilities = rack.device(name).abilities
    if task.kind == AI:
        channels = sum(channel.device == name for channel in task.channels)
        if channels > 1 and not abilities.simultaneous:
            together_hz = abilities.ai_multi_rate_hz or abilities.ai_rate_hz
            return together_hz and together_hz / channels
        return abilities.ai_rate_hz
    return {AO: abilities.ao_rate_hz, DI: abilities.di_rate_hz, DO: abilities.do_rate_hz}.get(task.kind or AI)

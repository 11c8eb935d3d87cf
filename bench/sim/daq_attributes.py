"""Attributes by kind and name. One that is not here is refused as -200197, never answered with a default."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.sim.daq_driver import Driver
from bench.sim.daq_errors import DriverError
from bench.sim.daq_io import MODULE_RANGE_V
from bench.sim.daq_messages import Fields, Message, attribute
from bench.sim.daq_model import Device
from bench.sim.daq_task import AI, Channel, Task
from bench.sim.daq_timing import CONTINUOUS, Timing

Value = str | int | float | bool

_VERSION: Final = {"MAJOR": 25, "MINOR": 3, "UPDATE": 0}
_MEASURES_VOLTAGE: Final = 10322
_ON_DEMAND: Final = 10390
_SAMPLE_CLOCK: Final = 10388


@dataclass(frozen=True, slots=True)
class Query:
    """A request for an attribute. `request` names the task, the channel or the device the attribute is of."""

    driver: Driver
    request: Message

    @property
    def task(self) -> Task:
        return self.driver.task(self.request.task.name)

    @property
    def channel(self) -> Channel:
        return self.task.channel(self.request.channel)

    @property
    def analog(self) -> Channel:
        if self.channel.kind != AI:
            raise DriverError(-200197, f"Channel Name: {self.channel.name}")
        return self.channel

    @property
    def device(self) -> Device:
        return self.driver.chassis.device(self.request.device_name)

    @property
    def is_chassis(self) -> bool:
        return self.device == self.driver.chassis.base

    @property
    def now_s(self) -> float:
        return self.driver.clock.now()


def _ports(lines: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(line.rpartition("/")[0] for line in lines))


def _names(query: Query) -> str:
    return ", ".join(channel.name for channel in query.task.channels)


def _default_count(query: Query) -> int:
    """How many samples "all" is: what waits (continuous), or all that are to come (finite)."""
    task = query.task
    if task.timing is None:
        return 1
    return task.available(query.now_s) if task.timing.total is None else task.timing.total - task.read_position


def _same_for_analog(value: Value) -> Callable[[Query], Value]:
    def getter(query: Query) -> Value:
        if query.channel.kind != AI:
            raise DriverError(-200197, f"Channel Name: {query.channel.name}")
        return value

    return getter


def _timing(query: Query) -> Timing:
    if query.task.timing is None:
        raise DriverError(-200197, f"Task Name: {query.task.name}")
    return query.task.timing


GETTERS: Final[dict[tuple[str, str], Callable[[Query], Value]]] = {
    ("SystemInfo", "NIDAQ_MAJOR_VERSION"): lambda _: _VERSION["MAJOR"],
    ("SystemInfo", "NIDAQ_MINOR_VERSION"): lambda _: _VERSION["MINOR"],
    ("SystemInfo", "NIDAQ_UPDATE_VERSION"): lambda _: _VERSION["UPDATE"],
    ("SystemInfo", "DEV_NAMES"): lambda q: ", ".join((q.driver.chassis.name, *q.driver.chassis.devices)),
    ("Device", "PRODUCT_TYPE"): lambda q: q.device.product_type,
    ("Device", "SERIAL_NUM"): lambda q: q.device.serial,
    ("Device", "AI_PHYSICAL_CHANS"): lambda q: ", ".join(q.device.ai),
    ("Device", "DI_LINES"): lambda q: ", ".join(q.device.di_lines),
    ("Device", "DO_LINES"): lambda q: ", ".join(q.device.do_lines),
    ("Device", "DI_PORTS"): lambda q: _ports(q.device.di_lines),
    ("Device", "DO_PORTS"): lambda q: _ports(q.device.do_lines),
    ("Device", "CHASSIS_MODULE_DEV_NAMES"): lambda q: ", ".join(q.driver.chassis.devices) if q.is_chassis else "",
    ("Device", "COMPACT_DAQ_CHASSIS_DEV_NAME"): lambda q: "" if q.is_chassis else q.driver.chassis.name,
    ("Task", "NAME"): lambda q: q.task.name,
    ("Task", "CHANNELS"): _names,
    ("Task", "NUM_CHANS"): lambda q: len(q.task.channels),
    ("Task", "DEVICES"): lambda q: ", ".join(q.task.devices),
    ("Task", "NUM_DEVICES"): lambda q: len(q.task.devices),
    ("Task", "COMPLETE"): lambda q: q.task.done(q.now_s),
    ("Chan", "CHAN_TYPE"): lambda q: q.channel.kind,
    ("Chan", "PHYSICAL_CHAN_NAME"): lambda q: ", ".join(q.channel.terminals),
    ("Chan", "AI_MEAS_TYPE"): _same_for_analog(_MEASURES_VOLTAGE),
    ("Chan", "AI_MIN"): lambda q: q.analog.low_v,
    ("Chan", "AI_MAX"): lambda q: q.analog.high_v,
    ("Chan", "AI_RNG_LOW"): _same_for_analog(-MODULE_RANGE_V),
    ("Chan", "AI_RNG_HIGH"): _same_for_analog(MODULE_RANGE_V),
    ("Timing", "SAMP_TIMING_TYPE"): lambda q: _SAMPLE_CLOCK if q.task.timing else _ON_DEMAND,
    ("Timing", "SAMP_CLK_RATE"): lambda q: _timing(q).rate_hz,
    ("Timing", "SAMP_QUANT_SAMP_MODE"): lambda q: _timing(q).mode,
    ("Timing", "SAMP_QUANT_SAMP_PER_CHAN"): lambda q: _timing(q).samples,
    ("Read", "CHANNELS_TO_READ"): _names,
    ("Read", "NUM_CHANS"): lambda q: len(q.task.channels),
    ("Read", "DIGITAL_LINES_BYTES_PER_CHAN"): lambda q: q.task.lines_per_channel,
    ("Read", "AVAIL_SAMP_PER_CHAN"): lambda q: q.task.available(q.now_s),
    ("Read", "TOTAL_SAMP_PER_CHAN_ACQUIRED"): lambda q: q.task.acquired(q.now_s),
    ("Read", "CURR_READ_POS"): lambda q: q.task.read_position,
    ("Read", "0x31e8"): _default_count,  # DAQmx_DefaultNumberOfSamplesToRead: private, yet asked by the client
    ("Write", "NUM_CHANS"): lambda q: len(q.task.channels),
    ("Write", "DIGITAL_LINES_BYTES_PER_CHAN"): lambda q: q.task.lines_per_channel,
    ("Buffer", "INPUT_BUF_SIZE"): lambda q: q.task.buffer_size,
}


def get(driver: Driver, kind: str, request: Message) -> Fields:
    name = attribute(request)
    if (kind, name) not in GETTERS:
        raise DriverError(-200197, f"Property: {kind} {name}")
    value = GETTERS[kind, name](Query(driver, request))
    return {"value": value, "value_raw": value}


def put(driver: Driver, kind: str, request: Message) -> Fields:
    """Only the size of the input buffer of a continuous task can be set so far."""
    name = attribute(request)
    task = driver.task(request.task.name) if (kind, name) == ("Buffer", "INPUT_BUF_SIZE") else None
    if task is None or task.timing is None or task.timing.mode != CONTINUOUS:
        raise DriverError(-200197, f"Property: {kind} {name}")
    task.buffer_override = int(request.value)
    return {}

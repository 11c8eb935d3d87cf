"""What a property is to the service: how it is read, set and reset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.sim.daq.driver.channel import Channel, Kept, Value, check_pulse
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.task import Task
from bench.sim.daq.driver.timing import Timing
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Message, attribute
from bench.sim.daq.rack.device import Device

Found = Value | Sequence[str | int | float] | dict[str, int]


@dataclass(frozen=True, slots=True)
class Query:
    """A request for a property. `request` names the task, the channel or the device that it is of."""

    driver: Driver
    request: Message

    @property
    def name(self) -> str:
        return attribute(self.request)

    @property
    def task(self) -> Task:
        return self.driver.task(self.request.task.name)

    @property
    def channels(self) -> list[Channel]:
        """All that are named; all of the task for an empty name."""
        return self.task.find(self.request.channel)

    @property
    def channel(self) -> Channel:
        """The first: what is asked of several is the same for all."""
        channels = self.channels
        if not channels:
            raise DriverError(-200478, f"Task Name: {self.task.name}")
        return channels[0]

    @property
    def device(self) -> Device:
        device = self.driver.rack.device(self.request.device_name)
        self.driver.faults.check_present(device.name)
        return device

    @property
    def timing(self) -> Timing:
        if self.task.timing is None:
            raise self.unsupported()
        return self.task.timing

    def unsupported(self, code: int = -200197) -> DriverError:
        """To be raised: not of this task, channel or device."""
        return DriverError(code, f"Property: {self.name}")


@dataclass(frozen=True, slots=True)
class Property:
    """put, reset: None where it can only be read."""

    get: Callable[[Query], Found]
    put: Callable[[Query, Any], None] | None = None
    reset: Callable[[Query], None] | None = None


def of_task(kind: str, name: str, default: Value, applies: Callable[[Task], bool] = lambda _: True) -> Property:
    """One that is kept as it was set, and changes nothing by itself. Not to be set while the task runs."""

    def get(query: Query) -> Value:
        if not applies(query.task):
            raise query.unsupported(-200452)
        return query.task.kept.get((kind, name), default)

    def put(query: Query, value: Value) -> None:
        get(query)
        query.task.not_running()
        query.task.kept[kind, name] = value

    def reset(query: Query) -> None:
        query.task.not_running()
        query.task.kept.pop((kind, name), None)

    return Property(get, put, reset)


def of_channel(name: str, kinds: tuple[int, ...], default: Kept | None = None) -> Property:
    """One that is kept as it was set at creation or later. Without a default: only of channels created with it."""

    def get(query: Query) -> Kept:
        channel = query.channel
        value = channel.kept.get(name, default)
        if channel.kind not in kinds or value is None:
            raise query.unsupported(-200452)
        return value

    def put(query: Query, value: Kept) -> None:
        get(query)
        check_pulse(name, value)
        query.task.not_running()
        for channel in query.channels:
            channel.kept.setdefault(f"created {name}", channel.kept.get(name, value if default is None else default))
            channel.kept[name] = value

    def reset(query: Query) -> None:
        for channel in query.channels:
            if (created := channel.kept.pop(f"created {name}", None)) is not None:
                channel.kept[name] = created

    return Property(get, put, reset)

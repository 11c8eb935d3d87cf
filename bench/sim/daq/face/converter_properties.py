"""Properties of the converter that serves the channels of a device in turn, asked for a task or one of its devices."""

import math
from typing import Final

from bench.sim.daq.driver.channel import AI, Value
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.property import Property, Query
from bench.sim.daq.rack.device import Device

_CHASSIS_TIMEBASE_HZ: Final = 80e6
_TIMEBASE_HZ: Final = 100e6
_SETTLING_S: Final = 10e-6
"""What the driver adds to the shortest interval between two channels while there is time for it."""


def _device(query: Query) -> Device:
    name = getattr(query.request, "device_names", "") or next(iter(query.task.devices), "")
    device = query.driver.rack.device(name)
    if query.task.kind != AI or device.name not in query.task.devices or not device.abilities.ai_multi_rate_hz:
        raise query.unsupported(-200452)
    return device


def _timebase_hz(device: Device) -> float:
    return _CHASSIS_TIMEBASE_HZ if device.chassis else _TIMEBASE_HZ


def _highest(query: Query) -> float:
    rate_hz = _device(query).abilities.ai_multi_rate_hz
    assert rate_hz is not None
    return rate_hz


def _rate(query: Query) -> float:
    device = _device(query)
    timebase_hz = _timebase_hz(device)
    usual_hz = timebase_hz / (int(timebase_hz * (1.0 / _highest(query) + _SETTLING_S)) + 1)
    return float(query.task.kept.get((device.name, "AI_CONV_RATE"), usual_hz))


def _put_rate(query: Query, value: float) -> None:
    query.task.not_running()
    if not 0.0 < value <= _highest(query):
        raise DriverError(-200077, f"Property: AIConv.Rate\nRequested: {value}\nMaximum: {_highest(query)}")
    query.task.kept[_device(query).name, "AI_CONV_RATE"] = value


def _reset(query: Query, name: str) -> None:
    query.task.not_running()
    query.task.kept.pop((_device(query).name, name), None)


def _edge(query: Query) -> Value:
    return query.task.kept.get((_device(query).name, "AI_CONV_ACTIVE_EDGE"), 10280)


def _put_edge(query: Query, value: int) -> None:
    query.task.not_running()
    query.task.kept[_device(query).name, "AI_CONV_ACTIVE_EDGE"] = value


_OF_A_DEVICE: Final = {
    "AI_CONV_MAX_RATE": Property(_highest),
    "AI_CONV_RATE": Property(_rate, _put_rate, lambda query: _reset(query, "AI_CONV_RATE")),
    "AI_CONV_TIMEBASE_DIV": Property(
        lambda query: round(_timebase_hz(_device(query)) / _rate(query)),
        lambda query, value: _put_rate(query, _timebase_hz(_device(query)) / value if value else math.inf),
        lambda query: _reset(query, "AI_CONV_RATE"),
    ),
    "AI_CONV_ACTIVE_EDGE": Property(_edge, _put_edge, lambda query: _reset(query, "AI_CONV_ACTIVE_EDGE")),
}
CONVERTER: Final[dict[tuple[str, str], Property]] = {
    (kind, name): found for kind in ("Timing", "TimingEx") for name, found in _OF_A_DEVICE.items()
}

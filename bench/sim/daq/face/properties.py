"""Properties by kind and name. One that is not here is refused as -200197, never answered with a default."""

from typing import Final

from bench.sim.daq.driver.channel import Kept
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.calibration import CAL_INFO
from bench.sim.daq.face.channel_properties import CHANNEL
from bench.sim.daq.face.converter_properties import CONVERTER
from bench.sim.daq.face.device_properties import DEVICE
from bench.sim.daq.face.export_properties import EXPORTS
from bench.sim.daq.face.messages import Fields, Message, attribute
from bench.sim.daq.face.property import Property, Query
from bench.sim.daq.face.recording import LOGGING
from bench.sim.daq.face.task_properties import TASK
from bench.sim.daq.face.timing_properties import TIMING
from bench.sim.daq.face.watchdog_properties import WATCHDOG

PROPERTIES: Final[dict[tuple[str, str], Property]] = {
    **DEVICE,
    **CAL_INFO,
    **TASK,
    **LOGGING,
    **CHANNEL,
    **TIMING,
    **CONVERTER,
    **EXPORTS,
    **WATCHDOG,
}

_OF_A_DEVICE: Final = "TimingEx"


def get(kind: str, driver: Driver, request: Message) -> Fields:
    value = _found(kind, request).get(Query(driver, request))
    return {"value": value, "value_raw": value}


def put(kind: str, driver: Driver, request: Message) -> Fields:
    found = _found(kind, request)
    if found.put is None:
        raise DriverError(-200599, f"Property: {kind} {attribute(request)}")
    found.put(Query(driver, request), stated(request))
    return {}


def reset(kind: str, driver: Driver, request: Message) -> Fields:
    found = _found(kind, request)
    if found.reset is None:
        raise DriverError(-200599, f"Property: {kind} {attribute(request)}")
    found.reset(Query(driver, request))
    return {}


def stated(request: Message) -> Kept:
    """The new value: numbers that may stand for an enumeration travel as a oneof."""
    oneof = "value_enum" if "value_enum" in request.DESCRIPTOR.oneofs_by_name else None
    value: Kept = getattr(request, (request.WhichOneof(oneof) if oneof else None) or "value")
    return value if isinstance(value, str | int | float | bool) else tuple(value)


def _found(kind: str, request: Message) -> Property:
    name = attribute(request)
    if kind == _OF_A_DEVICE and (kind, name) not in PROPERTIES and ("Timing", name) in PROPERTIES:
        raise DriverError(-201118, f"Property: {name}")
    if (kind, name) not in PROPERTIES:
        raise DriverError(-200197, f"Property: {kind} {name}")
    return PROPERTIES[kind, name]

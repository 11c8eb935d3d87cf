"""Calibration: calls and properties. Only of devices that can calibrate themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.memory import FACTORY_UTC_S, NOTE_LENGTH
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message
from bench.sim.daq.face.property import Property, Query
from bench.sim.daq.rack.device import Device

_WORKSHOP_DEG_C: Final = 23.0  # of a device that is not simulated; one that is tells 0
_MONTHS: Final = 24


def _calibrated(driver: Driver, name: str) -> Device:
    device = driver.rack.device(name)
    driver.faults.check_present(device.name)
    if not device.abilities.calibrates_itself:
        raise DriverError(-200197, f"Device Specified: {name}")
    return device


def calibrate(driver: Driver, request: Message) -> Fields:
    """SelfCal."""
    device = _calibrated(driver, request.device_name)
    driver.memory.calibrated_utc_s[device.name] = driver.utc_s(driver.now())
    return {}


def restore(driver: Driver, request: Message) -> Fields:
    """RestoreLastExtCalConst: what the device found out by itself is forgotten."""
    device = _calibrated(driver, request.device_name)
    driver.memory.calibrated_utc_s.pop(device.name, None)
    return {}


def supported(driver: Driver, request: Message) -> Fields:
    return {"cal_supported": driver.rack.device(request.device_name).abilities.calibrates_itself}


def external_date(driver: Driver, request: Message) -> Fields:
    _calibrated(driver, request.device_name)
    return _date(FACTORY_UTC_S)


def own_date(driver: Driver, request: Message) -> Fields:
    device = _calibrated(driver, request.device_name)
    return _date(driver.memory.calibrated_utc_s.get(device.name, FACTORY_UTC_S))


def _date(utc_s: float) -> Fields:
    date = datetime.fromtimestamp(utc_s, UTC)
    return {name: getattr(date, name) for name in ("year", "month", "day", "hour", "minute")}


def _temperature(query: Query) -> float:
    return 0.0 if _calibrated(query.driver, query.request.device_name).simulated else _WORKSHOP_DEG_C


def _note(query: Query) -> str:
    return query.driver.memory.notes.get(_calibrated(query.driver, query.request.device_name).name, "")


def _put_note(query: Query, value: str) -> None:
    device = _calibrated(query.driver, query.request.device_name)
    if len(value) > NOTE_LENGTH:
        raise DriverError(-200077, f"Property: Cal.UserDefinedInfo\nRequested Value: {value}")
    query.driver.memory.notes[device.name] = value


def _of_device(value: int) -> Property:
    return Property(lambda query: (_calibrated(query.driver, query.request.device_name), value)[1])


CALIBRATION: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "SelfCal": calibrate,
    "RestoreLastExtCalConst": restore,
    "DeviceSupportsCal": supported,
    "GetExtCalLastDateAndTime": external_date,
    "GetSelfCalLastDateAndTime": own_date,
}
CAL_INFO: Final[dict[tuple[str, str], Property]] = {
    ("CalInfo", "CAL_DEV_TEMP"): Property(_temperature),
    ("CalInfo", "EXT_CAL_LAST_TEMP"): Property(_temperature),
    ("CalInfo", "SELF_CAL_LAST_TEMP"): Property(_temperature),
    ("CalInfo", "EXT_CAL_RECOMMENDED_INTERVAL"): _of_device(_MONTHS),
    ("CalInfo", "SELF_CAL_SUPPORTED"): Property(
        lambda query: query.driver.rack.device(query.request.device_name).abilities.calibrates_itself
    ),
    ("CalInfo", "CAL_USER_DEFINED_INFO"): Property(_note, _put_note),
    ("CalInfo", "CAL_USER_DEFINED_INFO_MAX_SIZE"): _of_device(NOTE_LENGTH),
}

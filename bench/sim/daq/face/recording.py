"""Where the driver would log what it reads. The settings are told as they were set; a task that logs does not start."""

from collections.abc import Callable
from typing import Final

from bench.sim.daq.driver.channel import Value
from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.task import LOGGING_OFF
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.property import Property, of_task

_OPEN_OR_CREATE: Final = 15846


def configure(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    task.not_running()
    task.kept["Read", "LOGGING_FILE_PATH"] = request.file_path
    task.kept["Read", "LOGGING_MODE"] = enum(request, "logging_mode")
    task.kept["Read", "LOGGING_TDMS_GROUP_NAME"] = request.group_name
    task.kept["Read", "LOGGING_TDMS_OPERATION"] = enum(request, "operation")
    return {}


def start_new_file(driver: Driver, request: Message) -> Fields:
    if not request.file_path:
        raise DriverError(-200077, "Property: Logging.FilePath")
    driver.task(request.task.name).kept["Read", "LOGGING_FILE_PATH"] = request.file_path
    return {}


RECORDING: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "ConfigureLogging": configure,
    "StartNewFile": start_new_file,
}
_UNSET: Final[dict[str, Value]] = {
    "LOGGING_FILE_PATH": "",
    "LOGGING_MODE": LOGGING_OFF,
    "LOGGING_TDMS_GROUP_NAME": "",
    "LOGGING_TDMS_OPERATION": _OPEN_OR_CREATE,
    "LOGGING_FILE_WRITE_SIZE": 0,
    "LOGGING_FILE_PREALLOCATION_SIZE": 0,
    "LOGGING_SAMPS_PER_FILE": 0,
    "LOGGING_PAUSE": False,
}
LOGGING: Final[dict[tuple[str, str], Property]] = {
    ("Read", name): of_task("Read", name, value) for name, value in _UNSET.items()
}

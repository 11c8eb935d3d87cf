"""The calls of the NI-DAQmx gRPC service: message in, fields of the reply out. What is not in CALLS is UNIMPLEMENTED.

Channels, timing, reading, writing, waveforms, events and properties have files of their own.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.task import Task
from bench.sim.daq.errors import TEXTS, DriverError
from bench.sim.daq.face.calibration import CALIBRATION
from bench.sim.daq.face.channels import CHANNELS
from bench.sim.daq.face.clocks import CLOCKS
from bench.sim.daq.face.handshakes import HANDSHAKES
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.face.power_up import POWER_UP
from bench.sim.daq.face.reads import READS
from bench.sim.daq.face.recording import RECORDING
from bench.sim.daq.face.watchdogs import WATCHDOGS
from bench.sim.daq.face.waveforms import WAVEFORMS
from bench.sim.daq.face.writes import WRITES

Call = Callable[[Driver, Message], Fields | Awaitable[Fields]]


def create_task(driver: Driver, request: Message) -> Fields:
    task, is_new = driver.create(request.session_name, request.initialization_behavior)
    return {"task": {"name": task.name}, "new_session_initialized": is_new}


def save_task(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    driver.saved.save(task, request.save_as or task.name, overwrite=bool(request.options & _OVERWRITE))
    return {}


def load_task(driver: Driver, request: Message) -> Fields:
    driver.saved.find(request.session_name)
    task, is_new = driver.create(request.session_name, request.initialization_behavior)
    if is_new:
        driver.saved.fill(task, request.session_name)
    return {"task": {"name": task.name}, "new_session_initialized": is_new}


def delete_saved_task(driver: Driver, request: Message) -> Fields:
    driver.saved.delete(request.task_name)
    return {}


_OVERWRITE: Final = 1
_ACTIONS: Final[dict[int, Callable[[Driver, Task], None]]] = {
    0: Driver.start,
    1: Driver.stop,
    2: Driver.verify,
    3: Driver.commit,
    4: Driver.reserve,
    5: Driver.unreserve,
    6: Driver.unreserve,
}


def control(driver: Driver, request: Message) -> Fields:
    action = _ACTIONS.get(enum(request, "action"))
    if action is None:
        raise DriverError(-200077, f"Requested Value: {enum(request, 'action')}")
    action(driver, driver.task(request.task.name))
    return {}


def _on_task(action: Callable[[Driver, Task], None]) -> Call:
    def call(driver: Driver, request: Message) -> Fields:
        action(driver, driver.task(request.task.name))
        return {}

    return call


def is_done(driver: Driver, request: Message) -> Fields:
    task = driver.task(request.task.name)
    if task.aborted is not None:
        raise DriverError(task.aborted, f"Task Name: {task.name}")
    return {"is_task_done": task.done(driver.now())}


async def wait_until_done(driver: Driver, request: Message) -> Fields:
    await driver.wait_until_done(driver.task(request.task.name), request.time_to_wait)
    return {}


def reset_device(driver: Driver, request: Message) -> Fields:
    driver.reset(request.device_name)
    return {}


def self_test(driver: Driver, request: Message) -> Fields:
    """Whether the device is there; its circuits are in order."""
    driver.faults.check_present(driver.rack.device(request.device_name).name)
    return {}


def error_string(_: Driver, request: Message) -> Fields:
    """Empty for an unknown code, as from the driver."""
    return {"error_string": TEXTS.get(request.error_code, "")}


def nth_channel(driver: Driver, request: Message) -> Fields:
    """GetNthTaskChannel: the first has index 1."""
    channels = driver.task(request.task.name).channels
    if not 1 <= request.index <= len(channels):
        raise DriverError(-200606, f"Index: {request.index}")
    return {"buffer": channels[request.index - 1].name}


CALLS: Final[dict[str, Call]] = {
    "CreateTask": create_task,
    "ClearTask": _on_task(Driver.clear),
    "SaveTask": save_task,
    "LoadTask": load_task,
    "DeleteSavedTask": delete_saved_task,
    "StartTask": _on_task(Driver.start),
    "StopTask": _on_task(Driver.stop),
    "TaskControl": control,
    "IsTaskDone": is_done,
    "WaitUntilTaskDone": wait_until_done,
    "ResetDevice": reset_device,
    "SelfTestDevice": self_test,
    "GetErrorString": error_string,
    "GetNthTaskChannel": nth_channel,
    **CHANNELS,
    **CLOCKS,
    **HANDSHAKES,
    **RECORDING,
    **POWER_UP,
    **CALIBRATION,
    **READS,
    **WRITES,
    **WAVEFORMS,
    **WATCHDOGS,
}

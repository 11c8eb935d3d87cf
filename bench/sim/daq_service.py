"""The calls of the NI-DAQmx gRPC service: message in, fields of the reply out. What is not in CALLS is UNIMPLEMENTED.

Reading and writing are in daq_transfer.
"""

from collections.abc import Callable
from typing import Final

from bench.sim import daq_transfer
from bench.sim.daq_driver import Driver
from bench.sim.daq_errors import TEXTS, DriverError
from bench.sim.daq_io import MODULE_RANGE_V
from bench.sim.daq_messages import Fields, Message, enum
from bench.sim.daq_model import Terminals
from bench.sim.daq_task import AI, DI, DO, Channel, Task
from bench.sim.daq_timing import CONTINUOUS, FINITE, Timing

Call = Callable[[Driver, Message], Fields]

_ALL_LINES_IN_ONE: Final = 1


def create_task(driver: Driver, request: Message) -> Fields:
    task, is_new = driver.create(request.session_name, request.initialization_behavior)
    return {"task": {"name": task.name}, "new_session_initialized": is_new}


def create_voltage_input(driver: Driver, request: Message) -> Fields:
    terminals = driver.chassis.resolve(request.physical_channel, "ai")
    if not -MODULE_RANGE_V <= request.min_val < request.max_val <= MODULE_RANGE_V:
        raise DriverError(-200077, f"Property: AI.Min, AI.Max\nRequested: {request.min_val}, {request.max_val}")
    names = _assigned(request.name_to_assign_to_channel, terminals)
    limits = (request.min_val, request.max_val)
    channels = [Channel(name, AI, (terminal,), *limits) for name, terminal in zip(names, terminals, strict=True)]
    driver.task(request.task.name).add(channels)
    return {}


def _create_lines(driver: Driver, request: Message, kind: int, terminals: Terminals) -> Fields:
    lines = driver.chassis.resolve(request.lines, terminals)
    if enum(request, "line_grouping") == _ALL_LINES_IN_ONE:
        shown = request.lines if len(lines) == 1 or "line" not in request.lines else f"{lines[0]}..."
        channels = [Channel(request.name_to_assign_to_lines or shown, kind, lines)]
    else:
        names = _assigned(request.name_to_assign_to_lines, lines)
        channels = [Channel(name, kind, (line,)) for name, line in zip(names, lines, strict=True)]
    driver.task(request.task.name).add(channels)
    return {}


def _assigned(name: str, terminals: tuple[str, ...]) -> list[str]:
    """Names of the channels: the given one, numbered if there are several, else those of the terminals."""
    if not name:
        return list(terminals)
    return [name] if len(terminals) == 1 else [f"{name}{index}" for index in range(len(terminals))]


def configure_sample_clock(driver: Driver, request: Message) -> Fields:
    mode = enum(request, "sample_mode")
    if mode not in (FINITE, CONTINUOUS):
        raise DriverError(-200077, f"Property: SampQuant.SampMode\nRequested Value: {mode}")
    driver.task(request.task.name).set_timing(Timing(request.rate, mode, request.samps_per_chan))
    return {}


_ACTIONS: Final[dict[int, Callable[[Driver, Task], None]]] = {
    0: Driver.start,
    1: Driver.stop,
    2: lambda _, task: None if task.channels else _refuse(-200478, task),
    3: Driver.commit,
    4: Driver.commit,  # reserved and committed differ in hardware only
    5: Driver.unreserve,
    6: Driver.unreserve,
}


def _refuse(code: int, task: Task) -> None:
    raise DriverError(code, f"Task Name: {task.name}")


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
    return {"is_task_done": driver.task(request.task.name).done(driver.clock.now())}


def wait_until_done(driver: Driver, request: Message) -> Fields:
    driver.wait_until_done(driver.task(request.task.name), request.time_to_wait)
    return {}


def reset_device(driver: Driver, request: Message) -> Fields:
    driver.reset(request.device_name)
    return {}


def error_string(_: Driver, request: Message) -> Fields:
    return {"error_string": TEXTS.get(request.error_code, "")}


CALLS: Final[dict[str, Call]] = {
    "CreateTask": create_task,
    "ClearTask": _on_task(Driver.clear),
    "StartTask": _on_task(Driver.start),
    "StopTask": _on_task(Driver.stop),
    "TaskControl": control,
    "IsTaskDone": is_done,
    "WaitUntilTaskDone": wait_until_done,
    "ResetDevice": reset_device,
    "GetErrorString": error_string,
    "CreateAIVoltageChan": create_voltage_input,
    "CreateDIChan": lambda driver, request: _create_lines(driver, request, DI, "di_lines"),
    "CreateDOChan": lambda driver, request: _create_lines(driver, request, DO, "do_lines"),
    "CfgSampClkTiming": configure_sample_clock,
    "ReadAnalogF64": daq_transfer.read_analog,
    "ReadAnalogScalarF64": daq_transfer.read_analog_scalar,
    "ReadDigitalLines": daq_transfer.read_lines,
    "ReadDigitalU32": daq_transfer.read_words,
    "WriteDigitalLines": daq_transfer.write_lines,
    "WriteDigitalU32": daq_transfer.write_words,
}

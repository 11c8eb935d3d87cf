"""The calls about watchdog timers."""

from collections.abc import Callable
from typing import Final

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.watchdog import Watchdog
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.rack.names import expand

HIGH: Final = 10192
LOW: Final = 10214
TRISTATE: Final = 10310
NO_CHANGE: Final = 10160
_LEVELS: Final = {HIGH: True, LOW: False, TRISTATE: False}


def watchdog_of(driver: Driver, request: Message) -> Watchdog:
    task = driver.task(request.task.name)
    if task.watchdog is None:
        raise DriverError(-200635, f"Task Name: {task.name}")
    return task.watchdog


def create(driver: Driver, request: Message) -> Fields:
    task, is_new = driver.create_watchdog(
        request.device_name, request.session_name, request.timeout, request.initialization_behavior
    )
    return {"task": {"name": task.name}, "new_session_initialized": is_new}


def line_states(driver: Driver, request: Message) -> Fields:
    """CfgWatchdogDOExpirStates: a list of lines or ports for each state."""
    watchdog = watchdog_of(driver, request)
    driver.task(request.task.name).not_running()
    names = list(expand(request.channel_names))  # the client joins neighbours to a range
    if len(names) != len(request.expir_state_array):
        names = [name.strip() for name in request.channel_names.split(",")]
    if len(names) != len(request.expir_state_array):
        raise DriverError(-200077, f"Property: Watchdog.DO.ExpirState\nRequested: {len(request.expir_state_array)}")
    for name, state in zip(names, request.expir_state_array, strict=True):
        for line in driver.rack.resolve(name, "do_lines"):
            put_line_state(watchdog, line, state)
    return {}


def put_line_state(watchdog: Watchdog, line: str, state: int) -> None:
    if state not in (*_LEVELS, NO_CHANGE):
        raise DriverError(-200077, f"Property: Watchdog.DO.ExpirState\nRequested Value: {state}")
    watchdog.channels[line] = state
    watchdog.states.pop(line, None)
    if state in _LEVELS:
        watchdog.states[line] = _LEVELS[state]


def control(driver: Driver, request: Message) -> Fields:
    """Reset the timer (0) or clear the expiration (1)."""
    watchdog = watchdog_of(driver, request)
    action = {0: driver.kick, 1: driver.clear_expiration}.get(enum(request, "action"))
    if action is None:
        raise DriverError(-200077, f"Requested Value: {enum(request, 'action')}")
    action(watchdog)
    return {}


WATCHDOGS: Final[dict[str, Callable[[Driver, Message], Fields]]] = {
    "CreateWatchdogTimerTaskEx": create,
    "CfgWatchdogDOExpirStates": line_states,
    "ControlWatchdogTask": control,
}

"""The calls about watchdog timers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.watchdog import NO_CHANGE, Watchdog
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.messages import Fields, Message, enum
from bench.sim.daq.rack.device import Terminals
from bench.sim.daq.rack.names import expand

HIGH: Final = 10192
LOW: Final = 10214
TRISTATE: Final = 10310
_OUTPUT_KINDS: Final = (10322, 10134, NO_CHANGE)
_COUNTER_STATES: Final = (HIGH, LOW, NO_CHANGE)
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


def _states(terminals: Terminals, put: Callable[[Watchdog, str, int], None]) -> Callable[[Driver, Message], Fields]:
    """A list of terminals for each state."""

    def configure(driver: Driver, request: Message) -> Fields:
        watchdog = _settable(driver, request)
        for name, state in _each(request, request.expir_state_array):
            for terminal in driver.rack.resolve(name, terminals):
                put(watchdog, terminal, state)
        return {}

    return configure


def analog_states(driver: Driver, request: Message) -> Fields:
    watchdog = _settable(driver, request)
    both = zip(_each(request, request.expir_state_array), request.output_type_array, strict=True)
    for (name, value), kind in both:
        for terminal in driver.rack.resolve(name, "ao"):
            put_output(watchdog, terminal, kind, value)
    return {}


def _settable(driver: Driver, request: Message) -> Watchdog:
    watchdog = watchdog_of(driver, request)
    driver.task(request.task.name).not_running()
    return watchdog


def _each(request: Message, states: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    names = list(expand(request.channel_names))  # the client joins neighbours to a range
    if len(names) != len(states):
        names = [name.strip() for name in request.channel_names.split(",")]
    if len(names) != len(states):
        raise DriverError(-200077, f"Property: Watchdog.ExpirState\nRequested: {len(states)}")
    return zip(names, states, strict=True)


def put_line_state(watchdog: Watchdog, line: str, state: int) -> None:
    if state not in (*_LEVELS, NO_CHANGE):
        raise DriverError(-200077, f"Property: Watchdog.DO.ExpirState\nRequested Value: {state}")
    watchdog.channels[line] = state
    watchdog.states.pop(line, None)
    if state in _LEVELS:
        watchdog.states[line] = _LEVELS[state]


def put_output(watchdog: Watchdog, terminal: str, kind: int, value: float) -> None:
    if kind not in _OUTPUT_KINDS:
        raise DriverError(-200077, f"Property: Watchdog.AO.OutputType\nRequested Value: {kind}")
    watchdog.channels[terminal], watchdog.values[terminal] = kind, value


def put_counter_state(watchdog: Watchdog, counter: str, state: int) -> None:
    if state not in _COUNTER_STATES:
        raise DriverError(-200077, f"Property: Watchdog.CO.ExpirState\nRequested Value: {state}")
    put_line_state(watchdog, counter, state)


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
    "CfgWatchdogDOExpirStates": _states("do_lines", put_line_state),
    "CfgWatchdogAOExpirStates": analog_states,
    "CfgWatchdogCOExpirStates": _states("counters", put_counter_state),
    "ControlWatchdogTask": control,
}

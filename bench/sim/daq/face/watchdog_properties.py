"""Properties of watchdog tasks."""

from collections.abc import Callable
from typing import Final

from bench.sim.daq.driver.channel import Value
from bench.sim.daq.driver.watchdog import NO_CHANGE, Watchdog
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.property import Property, Query
from bench.sim.daq.face.watchdogs import TRISTATE, put_counter_state, put_line_state, put_output, watchdog_of
from bench.sim.daq.rack.device import Terminals

_DEFAULT_TIMEOUT_S: Final = 10.0


def _watchdog(query: Query) -> Watchdog:
    return watchdog_of(query.driver, query.request)


def _expired(query: Query) -> bool:
    watchdog, task = _watchdog(query), query.task
    if not task.reserved:
        raise DriverError(-200983, f"Property: Watchdog.HasExpired\nTask Name: {task.name}")
    query.driver.now()
    return watchdog.expired


def _put_timeout(query: Query, value: Value) -> None:
    query.task.not_running()
    _watchdog(query).wait(float(value))


def _terminal(query: Query, kind: Terminals) -> str:
    """The line, output or counter, which the watchdog has a state for."""
    found = query.driver.rack.resolve(query.request.lines, kind)[0]
    if found not in _watchdog(query).channels:
        raise query.unsupported(-200452)
    return found


def _state(kind: Terminals, put_state: Callable[[Watchdog, str, int], None], usual: int) -> Property:
    def get(query: Query) -> int:
        return _watchdog(query).channels[_terminal(query, kind)]

    def put(query: Query, value: Value) -> None:
        query.task.not_running()
        put_state(_watchdog(query), query.driver.rack.resolve(query.request.lines, kind)[0], int(value))

    return Property(get, put, lambda query: put(query, usual))


def _output(query: Query) -> float:
    return _watchdog(query).values[_terminal(query, "ao")]


def _put_output(query: Query, value: float) -> None:
    query.task.not_running()
    _watchdog(query).values[_terminal(query, "ao")] = value


def _put_kind(watchdog: Watchdog, terminal: str, kind: int) -> None:
    put_output(watchdog, terminal, kind, watchdog.values.get(terminal, 0.0))


def _kept(name: str, default: Value) -> Property:
    key = ("Watchdog", name)

    def get(query: Query) -> Value:
        _watchdog(query)
        return query.task.kept.get(key, default)

    def put(query: Query, value: Value) -> None:
        _watchdog(query)
        query.task.not_running()
        query.task.kept[key] = value

    def reset(query: Query) -> None:
        query.task.kept.pop(key, None)

    return Property(get, put, reset)


WATCHDOG: Final[dict[tuple[str, str], Property]] = {
    ("Watchdog", "HAS_EXPIRED"): Property(_expired),
    ("Watchdog", "TIMEOUT"): Property(
        lambda query: _watchdog(query).timeout_s, _put_timeout, lambda query: _put_timeout(query, _DEFAULT_TIMEOUT_S)
    ),
    ("Watchdog", "DO_EXPIR_STATE"): _state("do_lines", put_line_state, TRISTATE),
    ("Watchdog", "CO_EXPIR_STATE"): _state("counters", put_counter_state, NO_CHANGE),
    ("Watchdog", "AO_EXPIR_STATE"): Property(_output, _put_output, lambda query: _put_output(query, 0.0)),
    ("Watchdog", "AO_OUTPUT_TYPE"): _state("ao", _put_kind, NO_CHANGE),
    ("Watchdog", "DIG_EDGE_WATCHDOG_EXPIR_TRIG_EDGE"): _kept("DIG_EDGE_WATCHDOG_EXPIR_TRIG_EDGE", 10280),
    ("Watchdog", "DIG_EDGE_WATCHDOG_EXPIR_TRIG_SRC"): _kept("DIG_EDGE_WATCHDOG_EXPIR_TRIG_SRC", ""),
    ("Watchdog", "EXPIR_TRIG_TRIG_ON_NETWORK_CONN_LOSS"): _kept("EXPIR_TRIG_TRIG_ON_NETWORK_CONN_LOSS", default=False),
}

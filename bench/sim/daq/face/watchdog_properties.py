"""Properties of watchdog tasks."""

from typing import Final

from bench.sim.daq.driver.channel import Value
from bench.sim.daq.driver.watchdog import Watchdog
from bench.sim.daq.errors import DriverError
from bench.sim.daq.face.property import Property, Query
from bench.sim.daq.face.watchdogs import TRISTATE, put_line_state, watchdog_of

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
    _watchdog(query).timeout_s = float(value)


def _line(query: Query) -> str:
    return query.driver.rack.resolve(query.request.lines, "do_lines")[0]


def _state(query: Query) -> int:
    line = _line(query)
    if line not in _watchdog(query).channels:
        raise query.unsupported(-200452)
    return _watchdog(query).channels[line]


def _put_state(query: Query, value: Value) -> None:
    query.task.not_running()
    put_line_state(_watchdog(query), _line(query), int(value))


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
    ("Watchdog", "DO_EXPIR_STATE"): Property(_state, _put_state, lambda query: _put_state(query, TRISTATE)),
    ("Watchdog", "DIG_EDGE_WATCHDOG_EXPIR_TRIG_EDGE"): _kept("DIG_EDGE_WATCHDOG_EXPIR_TRIG_EDGE", 10280),
    ("Watchdog", "DIG_EDGE_WATCHDOG_EXPIR_TRIG_SRC"): _kept("DIG_EDGE_WATCHDOG_EXPIR_TRIG_SRC", ""),
    ("Watchdog", "EXPIR_TRIG_TRIG_ON_NETWORK_CONN_LOSS"): _kept("EXPIR_TRIG_TRIG_ON_NETWORK_CONN_LOSS", default=False),
}

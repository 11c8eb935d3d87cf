"""Does every command that a driver sends appear in its instrument's transcript?

    python tests/transcript_coverage.py

Each driver is opened on the simulated instrument, over a socket, and does all that it can: in order, then with the
instrument in its error state, then with one that refuses whatever it is asked. What was sent is compared with the
transcript, values of parameters apart. Exit code 1 if a message is in no transcript, or if something was not called.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from inspect import getmembers, isfunction
from pkgutil import iter_modules

from transcript import load
from transcript_sessions import SESSIONS, Call, Session, Switched

import drivers
from bench.sim.rack.device import Device
from bench.sim.rack.server import SimServer
from bench.sim.rack.transcript import line
from drivers.errors import InstrumentError
from drivers.instrument import VisaInstrument
from drivers.link import JOURNAL

TIMEOUT_S, SHORT_S = 2.0, 0.1
"""In order, and where no answer is to be expected."""
SCAN: tuple[Call, ...] = (("request",), ("ready", 1.0), ("collect",))
FIRST: tuple[Call, ...] = (("identity",), ("settings",), *SCAN)
HEARING = ("ready", "collect")  # of the same exchange as the call before
TROUBLES = ("failing", "refusing")


@dataclass
class Messages:
    """A journal of what was sent."""

    sent_once: dict[bytes, None] = field(default_factory=dict)

    def sent(self, address: str, data: bytes) -> None:
        del address
        self.sent_once[data] = None

    def received(self, address: str, data: bytes) -> None: ...


@dataclass(frozen=True)
class Coverage:
    """Messages, without the numbers in them. uncalled: public methods that the session has not."""

    name: str
    used: tuple[bytes, ...]
    missing: tuple[bytes, ...]
    unused: tuple[bytes, ...]
    uncalled: tuple[str, ...]

    @property
    def complete(self) -> bool:
        return not self.missing and not self.uncalled


def coverage(session: Session) -> Coverage:
    calls = (*FIRST, *session.calls, ("reconnect",), *SCAN)
    used = _shortened(session, [*messages_of(session, calls), *session.besides])
    written = _shortened(session, [exchange.sent for exchange in load(session.name).exchanges if exchange.sent])
    methods = {name for name, _ in getmembers(session.driver, isfunction) if not name.startswith("_")}
    return Coverage(
        session.name,
        used,
        missing=tuple(message for message in used if message not in written),
        unused=tuple(message for message in written if message not in used),
        uncalled=tuple(sorted(methods - {"close", *(name for name, *_ in calls)})),
    )


def without_session() -> list[str]:
    """Drivers of instruments on a wire that nobody looks at here."""
    modules = [import_module(f"drivers.{module.name}") for module in iter_modules(drivers.__path__)]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    known = {VisaInstrument, *(session.driver for session in SESSIONS)}
    return sorted(found.__name__ for found in classes - known if issubclass(found, VisaInstrument))


def messages_of(session: Session, calls: tuple[Call, ...]) -> list[bytes]:
    messages = Messages()
    token = JOURNAL.set(messages)
    try:
        with opened(session, TIMEOUT_S) as (driver, _):
            for name, *arguments in calls:
                getattr(driver, name)(*arguments)
        for trouble in TROUBLES:
            with opened(session, SHORT_S) as (driver, device):
                _in_trouble(driver, device, trouble, calls)
    finally:
        JOURNAL.reset(token)
    return list(messages.sent_once)


def _in_trouble(driver: VisaInstrument, device: Device, trouble: str, calls: tuple[Call, ...]) -> None:
    """Every call finds a link in order, and then an instrument that is not."""
    for name, *arguments in calls:
        with suppress(InstrumentError):
            if name not in HEARING:
                setattr(device.instrument, trouble, False)
                driver.reconnect()
            setattr(device.instrument, trouble, True)
            getattr(driver, name)(*arguments)


@contextmanager
def opened(session: Session, timeout_s: float) -> Iterator[tuple[VisaInstrument, Device]]:
    device = Device(lambda: session.make(Switched()))
    with SimServer() as server:
        address = f"TCPIP::127.0.0.1::{server.serve_tcp(device)}::SOCKET"
        driver = session.driver.open(address, timeout_s=timeout_s, **session.options)  # type: ignore[attr-defined]
        try:
            yield driver, device
        finally:
            driver.close()


def _shortened(session: Session, messages: list[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys(session.without_numbers(message) for message in messages))


def report(found: Coverage) -> Iterator[str]:
    yield f"{found.name}: {len(found.used)} messages"
    yield from (f"  {line('>', message)}" for message in found.used)
    yield from (f"  NOT IN THE TRANSCRIPT {line('>', message)}" for message in found.missing)
    yield from (f"  NOT CALLED {name}()" for name in found.uncalled)
    yield from (f"  only in the transcript {line('>', message)}" for message in found.unused)


def main() -> int:
    everything = [coverage(session) for session in SESSIONS]
    for found in everything:
        print("\n".join(report(found)))
    strangers = without_session()
    for name in strangers:
        print(f"NO SESSION {name}")
    return 0 if all(found.complete for found in everything) and not strangers else 1


if __name__ == "__main__":
    sys.exit(main())

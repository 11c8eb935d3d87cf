"""Faults by command, in the words of whoever gives it: a device or the whole rack, a kind, and where."""

import math

from bench.sim.daq.driver.driver import Driver
from bench.sim.daq.driver.fault_kinds import FaultKind
from bench.sim.daq.driver.fault_plan import Fault
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.device import Device, Terminals
from bench.sim.daq.rack.names import owner

_INPUTS: tuple[Terminals, ...] = ("ai", "internal", "di_lines")
_WHERE: dict[FaultKind, tuple[Terminals, ...]] = {
    FaultKind.FROZEN_INPUT: _INPUTS,
    FaultKind.STUCK_LINE: ("di_lines", "do_lines"),
    FaultKind.RESERVATION_HELD: (*_INPUTS, "ao", "do_lines", "counters"),
}
"""Kinds that strike terminals."""
_EVERYWHERE = (FaultKind.DELAYED_REPLY,)


class FaultOrders:
    """name: how it is called when orders are given. device: what it stands for; None: all devices of the rack."""

    def __init__(self, driver: Driver, name: str, device: str | None = None) -> None:
        self._driver, self._name, self._device = driver, name, device

    def strike(
        self,
        kind: str,
        *,
        at: str | None = None,
        for_s: float | None = None,
        delay_s: float = 10.0,
        level: bool | None = None,
    ) -> None:
        """ValueError for an unknown kind, or a place that is not there. for_s: of the driver's time."""
        now_s = self._driver.now()
        end_s = math.inf if for_s is None else now_s + for_s
        self.plan(kind, at=at, begin_s=now_s, end_s=end_s, delay_s=delay_s, level=level)

    def plan(
        self, kind: str, *, at: str | None, begin_s: float, end_s: float, delay_s: float, level: bool | None
    ) -> None:
        """As strike, from begin_s to end_s."""
        known = _kind(kind)
        if level is not None and known is not FaultKind.STUCK_LINE:
            raise ValueError(f"level: a fault of kind {known} has none")
        places = self._places(known, at)
        fault = Fault(known, places, begin_s, end_s, bool(level), delay_s, self._name)
        self._driver.fault_plan.add(fault, self._driver.now())
        self._driver.pace.nudge()

    def heal(self) -> None:
        """End what was ordered under this name."""
        self._driver.fault_plan.heal(self._name, self._driver.now())
        self._driver.pace.nudge()

    def ails(self) -> list[str]:
        return self._driver.fault_plan.active(self._name, self._driver.now())

    def _places(self, kind: FaultKind, at: str | None) -> tuple[str, ...]:
        if kind in _EVERYWHERE:
            if at is not None:
                raise ValueError(f"at: a fault of kind {kind} is everywhere")
            return ()
        try:
            return self._terminals(kind, at) if kind in _WHERE else self._devices(at)
        except DriverError as error:
            raise ValueError(f"at: {', '.join(str(error).splitlines()[:3:2])}") from error

    def _terminals(self, kind: FaultKind, at: str | None) -> tuple[str, ...]:
        if at is None or (kind is FaultKind.RESERVATION_HELD and "/" not in at and at in self._driver.rack.devices):
            if kind is not FaultKind.RESERVATION_HELD:
                raise ValueError(f"at: say at which terminal a fault of kind {kind} is")
            return self._devices(at)
        found = self._driver.rack.resolve(self._in_full(at), *_WHERE[kind])
        return found if kind is not FaultKind.RESERVATION_HELD else tuple(dict.fromkeys(map(self._resource, found)))

    def _in_full(self, at: str) -> str:
        """Of a device its terminals may be named without it."""
        mine = {device.name.lower() for device in self._subjects()}
        parts = [part.strip() for part in at.split(",")]
        return ", ".join(p if owner(p).lower() in mine else f"{self._device or ''}/{p}" for p in parts)

    def _resource(self, terminal: str) -> str:
        """What a task holds that uses the terminal: the converter of all analog inputs is one."""
        device = self._driver.rack.device(owner(terminal))
        return f"{device.name}/ai engine" if terminal in (*device.ai, *device.internal) else terminal

    def _devices(self, at: str | None) -> tuple[str, ...]:
        """A chassis stands for its modules too."""
        subjects = self._subjects()
        if at is None:
            return tuple(device.name for device in subjects)
        struck = self._driver.rack.device(owner(at))
        if struck not in subjects:
            raise ValueError(f"at: {struck.name} is no part of {self._name}")
        return tuple(device.name for device in self._driver.rack.beside(struck))

    def _subjects(self) -> tuple[Device, ...]:
        rack = self._driver.rack
        return tuple(rack.devices.values()) if self._device is None else rack.beside(rack.device(self._device))


def _kind(said: str) -> FaultKind:
    try:
        return FaultKind(said)
    except ValueError:
        raise ValueError(f"kind: one of {', '.join(FaultKind)}, not {said}") from None

"""Watchdog timers: not kicked in time, one puts output lines of its device where it was told, by itself."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from bench.sim.daq.driver.process import Process
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.device import Device
from bench.sim.daq.rack.names import owner

NO_CHANGE: Final = 10160
NEVER: Final = -1.0


@dataclass(slots=True)
class Watchdog:
    """due_s: when it expires if nobody kicks it; inf while it does not run."""

    device: Device
    timeout_s: float = NEVER
    states: dict[str, bool] = field(default_factory=dict)
    """Of lines after expiry. A line set to tristate is low, one that stays as it is has no entry."""
    channels: dict[str, int] = field(default_factory=dict)
    """State as it was given, a DAQmx constant, by line or counter; of an analog output what it will be: volts, say."""
    values: dict[str, float] = field(default_factory=dict)
    """Of analog outputs after expiry."""
    running: bool = False
    expired: bool = False
    due_s: float = math.inf

    def wait(self, timeout_s: float) -> None:
        """So long without a kick before it expires."""
        if not (timeout_s >= 0.0 or timeout_s == NEVER):  # so that NaN is refused too
            raise DriverError(-200668, f"Property: Watchdog.Timeout\nRequested Value: {timeout_s}")
        self.timeout_s = timeout_s

    def kick(self, now_s: float) -> None:
        if self.expired:
            raise DriverError(-200644, f"Device: {self.device.name}")
        self.due_s = now_s + self.timeout_s if self.running and self.timeout_s >= 0.0 else math.inf

    def locks(self, terminals: tuple[str, ...]) -> bool:
        """Expired, it takes no writing to outputs of its device, a chassis's to the lines that it has states for."""
        mine = (owner(terminal) == self.device.name or terminal in self.channels for terminal in terminals)
        return self.expired and any(mine)


class Watchdogs:
    """Those that run, by device."""

    def __init__(self, process: Process, outputs: Outputs) -> None:
        self._process, self._outputs = process, outputs
        self._running: dict[str, Watchdog] = {}

    def start(self, watchdog: Watchdog, now_s: float) -> None:
        watchdog.running = True
        self._running[watchdog.device.name] = watchdog
        self.kick(watchdog, now_s)

    def stop(self, watchdog: Watchdog) -> None:
        watchdog.running, watchdog.expired, watchdog.due_s = False, False, math.inf
        self._running.pop(watchdog.device.name, None)
        self._plan(watchdog)

    def reset(self, devices: Collection[str]) -> None:
        """A device that is reset has none that runs, and none that has expired."""
        for watchdog in [watchdog for name, watchdog in self._running.items() if name in devices]:
            self.stop(watchdog)

    def kick(self, watchdog: Watchdog, now_s: float) -> None:
        watchdog.kick(now_s)
        self._plan(watchdog)

    def clear(self, watchdog: Watchdog, now_s: float) -> None:
        """End an expiration. Lines stay where they are until they are written."""
        watchdog.expired = False
        self.kick(watchdog, now_s)

    def follow(self, now_s: float) -> list[tuple[Watchdog, float]]:
        """What fell due happens, at its own time; the process has done so to lines already. Who expired, and when."""
        due = [(watchdog, watchdog.due_s) for watchdog in self._running.values() if watchdog.due_s <= now_s]
        for watchdog, due_s in due:
            for line, level in watchdog.states.items():
                self._outputs.of(line).hold(due_s, float(level))
            for terminal, value in watchdog.values.items():
                if watchdog.channels[terminal] != NO_CHANGE:
                    self._outputs.of(terminal).hold(due_s, value)
                    self._process.drive(terminal, value)
            watchdog.expired, watchdog.due_s = True, math.inf
        return due

    def check(self, terminals: tuple[str, ...]) -> None:
        """After expiry nothing is written until that has been cleared."""
        for watchdog in self._running.values():
            if watchdog.locks(terminals):
                raise DriverError(-200678, f"Device: {watchdog.device.name}")

    def _plan(self, watchdog: Watchdog) -> None:
        self._process.plan(watchdog.device.name, watchdog.due_s, watchdog.states)

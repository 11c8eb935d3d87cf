"""What can go wrong with a chassis, by command: each fault says where it is, and lasts until it is healed."""

from dataclasses import dataclass, field

import numpy as np

from bench.sim.daq.driver.process import Floats, Levels, Process
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.names import owner


@dataclass(slots=True)
class Faults:
    """overflow: tasks of these devices find their buffers overrun. removed: devices that are not there any more.

    reserved: devices or terminals that somebody else holds. frozen: inputs, with the value they stand at. stuck: lines,
    with their level. delay_s: of every reply.
    """

    overflow: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    reserved: set[str] = field(default_factory=set)
    frozen: dict[str, float | None] = field(default_factory=dict)
    stuck: dict[str, bool] = field(default_factory=dict)
    delay_s: float = 0.0

    def __bool__(self) -> bool:
        places = (self.overflow, self.removed, self.reserved, self.frozen, self.stuck)
        return any(places) or self.delay_s > 0.0

    def heal(self) -> None:
        for places in (self.overflow, self.removed, self.reserved, self.frozen, self.stuck):
            places.clear()
        self.delay_s = 0.0

    def listed(self) -> tuple[str, ...]:
        """A line each, for whoever asks what ails it."""
        named = (("overflow", self.overflow), ("device_removed", self.removed), ("reservation_held", self.reserved))
        lines = [f"{kind} {place}" for kind, places in named for place in sorted(places)]
        lines += [f"frozen_input {place}" for place in sorted(self.frozen)]
        lines += [f"stuck_line {place} {int(level)}" for place, level in sorted(self.stuck.items())]
        return (*lines, *([f"delayed_reply {self.delay_s:g} s"] if self.delay_s else []))

    def check_present(self, device: str) -> None:
        if self.removed and device in self.removed:
            raise DriverError(-201003, f"Device Specified: {device}")

    def check_free(self, resource: str) -> None:
        if self.reserved and not self.reserved.isdisjoint((resource, owner(resource))):
            raise DriverError(-50103, f"Resource: {resource}")


class Ailing:
    """A process as faulty terminals show it."""

    def __init__(self, process: Process, faults: Faults) -> None:
        self._process, self._faults = process, faults
        self.plan = process.plan

    def analog(self, terminal: str, times_s: Floats, limits: tuple[float, float]) -> Floats:
        values = self._process.analog(terminal, times_s, limits)
        if terminal not in self._faults.frozen:
            return values
        if self._faults.frozen[terminal] is None and len(values):
            self._faults.frozen[terminal] = float(values[0])
        return np.full(len(values), self._faults.frozen[terminal] or 0.0)

    def digital(self, line: str, times_s: Floats, first: int | None) -> Levels:
        if line in self._faults.stuck:
            return np.full(len(times_s), self._faults.stuck[line])
        if line not in self._faults.frozen:
            return self._process.digital(line, times_s, first)
        if self._faults.frozen[line] is None:
            self._faults.frozen[line] = float(self._process.digital(line, times_s[:1], first)[0])
        return np.full(len(times_s), bool(self._faults.frozen[line]))

    def drive(self, terminal: str, value: float) -> None:
        if terminal not in self._faults.stuck:
            self._process.drive(terminal, value)

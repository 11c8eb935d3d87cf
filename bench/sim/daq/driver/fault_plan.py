"""Faults that begin and end by themselves: whoever looks at the driver's clock lets them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bench.sim.daq.driver.fault_kinds import FaultKind
from bench.sim.daq.driver.faults import Faults


@dataclass(frozen=True, slots=True)
class Fault:
    """places: devices or terminals, by kind (faults.py). by: who ordered it, and may end it. level: of a stuck line."""

    kind: FaultKind
    places: tuple[str, ...] = ()
    begin_s: float = 0.0
    end_s: float = math.inf
    level: bool = False
    delay_s: float = 0.0
    """Wall time by which every reply is late."""
    by: str = ""

    def active(self, now_s: float) -> bool:
        return self.begin_s <= now_s < self.end_s

    def __str__(self) -> str:
        match self.kind:
            case FaultKind.DELAYED_REPLY:
                return f"{self.kind} {self.delay_s:g} s"
            case FaultKind.STUCK_LINE:
                return f"{self.kind} {', '.join(self.places)} {int(self.level)}"
        return f"{self.kind} {', '.join(self.places)}"


class FaultPlan:
    """Faults to come and those that last. Each change replaces what `faults` says."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._planned: list[Fault] = []
        self.change_s = math.inf
        """When the next begins or ends."""

    def add(self, fault: Fault, now_s: float) -> None:
        self._planned.append(fault)
        self._apply(now_s)

    def heal(self, by: str, now_s: float) -> None:
        """End what was ordered by it, or is yet to begin."""
        self._planned = [fault for fault in self._planned if fault.by != by]
        self._apply(now_s)

    def follow(self, now_s: float) -> None:
        if now_s >= self.change_s:
            self._apply(now_s)

    def active(self, by: str, now_s: float) -> list[str]:
        return sorted(str(fault) for fault in self._planned if fault.by == by and fault.active(now_s))

    def _apply(self, now_s: float) -> None:
        self._planned = [fault for fault in self._planned if now_s < fault.end_s]
        edges = (edge for fault in self._planned for edge in (fault.begin_s, fault.end_s) if edge > now_s)
        self.change_s = min(edges, default=math.inf)
        now, faults = [fault for fault in self._planned if fault.active(now_s)], self._faults
        faults.overflow = set(_places(now, FaultKind.OVERFLOW))
        faults.removed = set(_places(now, FaultKind.DEVICE_REMOVED))
        faults.reserved = set(_places(now, FaultKind.RESERVATION_HELD))
        faults.frozen = {place: faults.frozen.get(place) for place in _places(now, FaultKind.FROZEN_INPUT)}
        faults.stuck = {place: f.level for f in now if f.kind is FaultKind.STUCK_LINE for place in f.places}
        faults.delay_s = max((f.delay_s for f in now if f.kind is FaultKind.DELAYED_REPLY), default=0.0)


def _places(faults: list[Fault], kind: FaultKind) -> Iterator[str]:
    return (place for fault in faults if fault.kind is kind for place in fault.places)

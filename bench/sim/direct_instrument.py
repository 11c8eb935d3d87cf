"""What every instrument without wires is made of: it is as the bench file expects, and its link is never lost."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

from bench.config.model import InstrumentEntry
from bench.sim.rig import SimulatedRig


class Status(Enum):
    GOOD = auto()
    UNDERRANGE = auto()
    OVERRANGE = auto()
    FAULT = auto()


@dataclass(frozen=True, slots=True)
class Measured:
    """SI units, as collected now."""

    value: float
    status: Status = Status.GOOD
    offset_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Identity:
    manufacturer: str
    model: str
    serial: str
    firmware: str


class Direct:
    """collect() gives what the channels' sensors show; who delivers more, or otherwise, replaces it."""

    handshakes = 1

    def __init__(self, rig: SimulatedRig, entry: InstrumentEntry) -> None:
        self._rig, self._entry = rig, entry
        self.inputs = {c.input: c for c in rig.bench.channels if c.instrument == entry.name}

    def identity(self) -> Identity:
        return Identity("leakbench", f"{self._entry.driver} without wires", self._entry.serial or "", "")

    def settings(self) -> Mapping[str, str]:
        return self._entry.settings

    def request(self) -> None:
        """Nothing to send."""

    def collect(self) -> Mapping[str, Measured]:
        return {name: measured(self._rig.shown(channel)) for name, channel in self.inputs.items()}

    def reconnect(self) -> None:
        """Never lost."""

    def close(self) -> None:
        """Never open."""


def measured(value: float) -> Measured:
    """A sensor that delivers nothing has failed."""
    return Measured(value, Status.GOOD if math.isfinite(value) else Status.FAULT)

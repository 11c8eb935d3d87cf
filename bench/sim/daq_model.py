"""The rig as the simulated DAQ sees it: what is wired to the terminals, what time it is, which modules there are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq_errors import DriverError

Terminals = Literal["ai", "di_lines", "do_lines"]

_RANGE = re.compile(r"(?P<stem>.*?)(?P<first>\d+):(?:(?P=stem))?(?P<last>\d+)", re.IGNORECASE)


class Process(Protocol):
    """What happens at the terminals. Asking twice changes nothing."""

    def analog(self, channel: str, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Volts of an input at past or present simulated times, in the order of the times."""
        ...

    def read_line(self, line: str) -> bool:
        """Level now: of an input line what is applied to it, of an output line what it really carries."""
        ...

    def write_line(self, line: str, state: bool) -> None: ...  # noqa: FBT001 a level is a value, not a mode


@dataclass(frozen=True, slots=True)
class Device:
    """A module. Terminals by their full names, such as cDAQ1Mod1/ai0 and cDAQ1Mod2/port0/line0."""

    product_type: str
    serial: int
    ai: tuple[str, ...] = ()
    di_lines: tuple[str, ...] = ()
    do_lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chassis:
    devices: Mapping[str, Device]
    name: str = "cDAQ1"
    product_type: str = "cDAQ-9189"
    serial: int = 0x01DA9189

    @property
    def base(self) -> Device:
        """The chassis as a device of its own, without terminals."""
        return Device(self.product_type, self.serial)

    def device(self, name: str) -> Device:
        """The module, or the chassis itself. Names are the same in any case, as in the driver."""
        known = {self.name: self.base, **self.devices}
        for candidate, device in known.items():
            if candidate.lower() == name.lower():
                return device
        raise DriverError(-200220, f"Device Specified: {name}")

    def resolve(self, names: str, terminals: Terminals) -> tuple[str, ...]:
        """Terminals behind "cDAQ1Mod2/port0/line0:7", a comma list, or a port (all its lines)."""
        return tuple(terminal for name in list(expand(names)) or [""] for terminal in self._matching(name, terminals))

    def _matching(self, name: str, terminals: Terminals) -> list[str]:
        owner, _, rest = name.partition("/")
        known: tuple[str, ...] = getattr(self.device(owner), terminals) if rest else ()
        found = [terminal for terminal in known if f"{terminal.lower()}/".startswith(f"{name.lower()}/")]
        if not found:
            raise DriverError(-200170, f"Physical Channel Name: {name}")
        return found


def expand(names: str) -> Iterator[str]:
    """Single names of a comma list with ranges. "Mod1/ai2:0" counts down, as in the driver."""
    for name in (part.strip().removeprefix("/") for part in names.split(",") if part.strip()):
        if ":" not in name:
            yield name
            continue
        match = _RANGE.fullmatch(name)
        if match is None:
            raise DriverError(-200498, f"Range: {name}")
        first, last = int(match["first"]), int(match["last"])
        step = 1 if last >= first else -1
        yield from (f"{match['stem']}{index}" for index in range(first, last + step, step))

"""A rack without a rig behind it: its inputs carry what the rack file says, what outputs give, or what NI's do."""

import re
from collections.abc import Mapping
from typing import Final

import numpy as np

from bench.sim.daq.driver.process import Floats, Levels
from bench.sim.daq.driver.timeline import Outputs
from bench.sim.daq.rack.device import Rack
from bench.sim.daq.rack.file import Described
from bench.sim.daq.rack.names import line_number, owner
from bench.sim.daq.waves import Wave, default, waves

HIGH: Final = 0.5
"""A line is high above it."""
_OUTPUT_LEVEL: Final = re.compile(r"_(ao\d+)_vs_aognd", re.IGNORECASE)
"""An internal input that is connected to an output."""


class Signals:
    """A driver's process. Where nothing is stated, a device that says it is simulated behaves as NI's simulated ones;
    any other as a real one with nothing connected, whose lines show what they are driven to themselves.
    """

    def __init__(self, rack: Rack, outputs: Outputs, stated: Mapping[str, Wave], loops: Mapping[str, str]) -> None:
        self._rack, self._outputs = rack, outputs
        self._stated, self._loops = stated, loops

    def analog(self, terminal: str, times_s: Floats, limits: tuple[float, float]) -> Floats:
        if terminal in self._stated:
            return self._stated[terminal](times_s)
        device = self._rack.device(owner(terminal))
        source = self._loops.get(terminal) or (None if device.simulated else _level_of(terminal))
        if source is not None:
            return self._outputs.of(source).at(times_s)
        return default(terminal, times_s, limits) if device.simulated else np.zeros(len(times_s))

    def digital(self, line: str, times_s: Floats, first: int | None) -> Levels:
        if first is not None and line in self._stated:
            return self._stated[line](times_s) > HIGH
        if first is not None and line not in self._loops and self._rack.device(owner(line)).simulated:
            counted = first + np.arange(len(times_s))
            return np.asarray(counted >> (line_number(line) % 8) & 1, dtype=np.bool_)
        source = line if first is None else self._loops.get(line, line)
        return self._outputs.of(source).at(times_s) > HIGH

    def drive(self, terminal: str, value: float) -> None:
        """The driver keeps the outputs' timelines."""

    def plan(self, name: str, due_s: float, levels: Mapping[str, bool]) -> None:
        """As above."""


def signals_of(described: Described, outputs: Outputs) -> Signals:
    """ConfigError for a recording that cannot be used."""
    folder = described.file.parent
    stated = {name: wave for each in described.connections for name, wave in waves(each, folder).items()}
    looped = [
        pair
        for each in described.connections
        if each.sources
        for pair in zip(each.terminals, each.sources, strict=True)
    ]
    return Signals(described.rack, outputs, stated, dict(looped))


def _level_of(terminal: str) -> str | None:
    device, _, name = terminal.partition("/")
    found = _OUTPUT_LEVEL.fullmatch(name)
    return f"{device}/{found[1]}" if found else None

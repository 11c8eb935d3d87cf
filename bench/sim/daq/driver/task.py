"""A DAQmx task: its channels, its timing, its state. What it reads and writes is in reading and writing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bench.sim.daq.driver.channel import AI, CO, DI, DO, Channel, Value
from bench.sim.daq.driver.generation import Generation
from bench.sim.daq.driver.timing import PIPELINED, SAMPLE_CLOCK, SampleClock, Timing
from bench.sim.daq.driver.watchdog import Watchdog
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.names import expand

CURRENT_POSITION: Final = 10425
LOGGING_OFF: Final = 10230


@dataclass(slots=True)
class Task:
    """read_position: of the next sample, per channel. aborted: the code that every later use of it gets."""

    name: str
    channels: list[Channel] = field(default_factory=list)
    timing: Timing | None = None
    input_buffer: int | None = None
    output_buffer: int | None = None
    running: bool = False
    committed: bool = False
    reserved: bool = False
    aborted: int | None = None
    clock: SampleClock | None = None
    read_position: int = 0
    taken: int = 0
    """Samples per channel that were read on demand; implicit starts and stops leave it."""
    relative_to: int = CURRENT_POSITION
    offset: int = 0
    generation: Generation | None = None
    watchdog: Watchdog | None = None
    overrun: bool = False
    """A fault: the buffer has run over."""
    starts: int = 0
    lent: bool = False
    """A read has started it, and stops it when all is read."""
    notices: dict[str, object] = field(default_factory=dict)
    """Registered events by kind."""
    kept: dict[tuple[str, str], Value] = field(default_factory=dict)
    """Properties (kind, name) that were set."""

    @property
    def kind(self) -> int | None:
        return self.channels[0].kind if self.channels else None

    @property
    def terminals(self) -> tuple[str, ...]:
        return tuple(terminal for channel in self.channels for terminal in channel.terminals)

    @property
    def is_input(self) -> bool:
        return self.kind in (AI, DI)

    @property
    def devices(self) -> tuple[str, ...]:
        if self.watchdog:
            return (self.watchdog.device.name,)
        return tuple(dict.fromkeys(terminal.partition("/")[0] for c in self.channels for terminal in c.terminals))

    @property
    def resources(self) -> frozenset[str]:
        if self.watchdog:
            return frozenset({f"{self.watchdog.device.name}/watchdog"})
        return frozenset(resource for channel in self.channels for resource in channel.resources)

    @property
    def lines_per_channel(self) -> int:
        return max((len(c.terminals) for c in self.channels if c.kind in (DI, DO)), default=0)

    @property
    def input_buffer_size(self) -> int:
        """Samples per channel; 0 without hardware timing."""
        if self.input_buffer is not None:
            return self.input_buffer
        return self.timing.buffer_size if self.timing else 0

    def find(self, names: str) -> list[Channel]:
        """Channels by name or physical name; all of them for an empty list."""
        wanted = list(expand(names))
        if not wanted:
            return list(self.channels)
        by_name = {channel.name: channel for channel in self.channels}
        for name in wanted:
            if name not in by_name:
                raise DriverError(-200486, f"Channel Name: {name}\nTask Name: {self.name}")
        return [by_name[name] for name in wanted]

    def add(self, channels: Iterable[Channel]) -> None:
        for channel in channels:
            self.not_running(-200479)
            if self.watchdog or self.kind not in (None, channel.kind):
                raise DriverError(-200559, f"Task Name: {self.name}")
            if channel.name in (known.name for known in self.channels):
                raise DriverError(-200489, f"Channel Name: {channel.name}")
            self.channels.append(channel)

    def not_running(self, code: int = -200557) -> None:
        if self.running:
            raise DriverError(code, f"Task Name: {self.name}")

    def check_simulated(self) -> None:
        """Tasks that log to files or follow somebody else's handshake can be set up, but not started."""
        if self.kept.get(("Read", "LOGGING_MODE"), LOGGING_OFF) != LOGGING_OFF:
            raise DriverError(-200452, f"Property: Logging.Mode\nTask Name: {self.name}")
        if self.timing and self.timing.kind not in (SAMPLE_CLOCK, PIPELINED):
            raise DriverError(-200452, f"Property: SampTimingType\nTask Name: {self.name}")

    def set_timing(self, timing: Timing) -> None:
        self.not_running()
        if self.kind is None:
            raise DriverError(-200478, f"Task Name: {self.name}")
        standing = timing.rate_hz == math.inf and self.kind == CO  # pulses of a time base that nobody gives
        if not (0.0 < timing.rate_hz < math.inf or standing):
            raise DriverError(-200077, f"Property: SampClk.Rate\nRequested Value: {timing.rate_hz}")
        self.timing = timing

    def acquired(self, now_s: float) -> int:
        """Samples per channel since the start, taken or given out."""
        return self.clock.acquired(now_s) if self.clock else self.taken

    def available(self, now_s: float) -> int:
        """Samples per channel that wait to be read. Stopping keeps none: the buffer goes with the run."""
        return self.acquired(now_s) - self.read_position

    def done(self, now_s: float) -> bool:
        """Nothing more will come by itself: not started, on demand, or the finite number is complete."""
        if not self.running or self.timing is None:
            return not (self.running and self.watchdog)
        return self.timing.total is not None and self.acquired(now_s) >= self.timing.total

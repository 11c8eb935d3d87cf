"""A DAQmx task: its channels, its timing, its state. Reading and writing are in daq_io."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from bench.sim.daq_errors import DriverError
from bench.sim.daq_model import expand
from bench.sim.daq_timing import SampleClock, Timing

AI: Final = 10100
DI: Final = 10151
DO: Final = 10153


@dataclass(frozen=True, slots=True)
class Channel:
    """A virtual channel: one analog input, or the digital lines that are read or written together."""

    name: str
    kind: int
    terminals: tuple[str, ...]
    low_v: float = 0.0
    high_v: float = 0.0

    @property
    def resources(self) -> tuple[str, ...]:
        """What no two tasks may hold: the converter of a module, an output line. Inputs lines are shared."""
        if self.kind == AI:
            return (f"{self.terminals[0].partition('/')[0]}/ai engine",)
        return self.terminals if self.kind == DO else ()


@dataclass(slots=True)
class Task:
    name: str
    channels: list[Channel] = field(default_factory=list)
    timing: Timing | None = None
    buffer_override: int | None = None
    running: bool = False
    committed: bool = False
    aborted: bool = False
    clock: SampleClock | None = None
    read_position: int = 0

    @property
    def kind(self) -> int | None:
        return self.channels[0].kind if self.channels else None

    @property
    def devices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(terminal.partition("/")[0] for c in self.channels for terminal in c.terminals))

    @property
    def resources(self) -> frozenset[str]:
        return frozenset(resource for channel in self.channels for resource in channel.resources)

    @property
    def lines_per_channel(self) -> int:
        return max((len(c.terminals) for c in self.channels if c.kind != AI), default=0)

    @property
    def buffer_size(self) -> int:
        """Samples per channel; 0 without hardware timing."""
        if self.buffer_override is not None:
            return self.buffer_override
        return self.timing.buffer_size if self.timing else 0

    def channel(self, names: str) -> Channel:
        """The channel of that name; of a list the first, as what is asked of several is the same for all."""
        wanted = next(expand(names), "")
        for channel in self.channels:
            if channel.name == wanted:
                return channel
        raise DriverError(-200486, f"Channel Name: {names}\nTask Name: {self.name}")

    def add(self, channels: Iterable[Channel]) -> None:
        for channel in channels:
            if self.running:
                raise DriverError(-200479, f"Task Name: {self.name}")
            if self.kind not in (None, channel.kind):
                raise DriverError(-200559, f"Task Name: {self.name}")
            if channel.name in (known.name for known in self.channels):
                raise DriverError(-200489, f"Channel Name: {channel.name}")
            self.channels.append(channel)

    def set_timing(self, timing: Timing) -> None:
        """Only analog inputs are clocked so far."""
        if self.running:
            raise DriverError(-200557, f"Task Name: {self.name}")
        if self.kind is None:
            raise DriverError(-200478, f"Task Name: {self.name}")
        if self.kind != AI:
            raise NotImplementedError("hardware-timed digital tasks are not simulated")
        if timing.rate_hz <= 0:
            raise DriverError(-200077, f"Property: SampClk.Rate\nRequested Value: {timing.rate_hz}")
        self.timing = timing

    def acquired(self, now_s: float) -> int:
        return self.clock.acquired(now_s) if self.clock else 0

    def available(self, now_s: float) -> int:
        """Samples per channel that wait to be read. Stopping keeps none: the buffer goes with the run."""
        return self.acquired(now_s) - self.read_position

    def done(self, now_s: float) -> bool:
        """Nothing more will come by itself: not started, on demand, or the finite number is complete."""
        if not self.running or self.timing is None:
            return True
        return self.timing.total is not None and self.acquired(now_s) >= self.timing.total

"""What the bench needs of an instrument. Drivers satisfy these by shape; nothing here names a product."""

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


class Status(Protocol):
    """An enumeration member whose name is GOOD, UNDERRANGE, OVERRANGE or FAULT."""

    @property
    def name(self) -> str: ...


class Measured(Protocol):
    """One value in SI units, taken offset_s after (negative: before) it was collected; 0: some time since it was asked
    for.
    """

    @property
    def value(self) -> float: ...
    @property
    def status(self) -> Status: ...
    @property
    def offset_s(self) -> float: ...


class Identity(Protocol):
    @property
    def manufacturer(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def firmware(self) -> str: ...


class Instrument(Protocol):
    """Every instrument: it identifies itself, takes part in scans and can be reached again after its link was lost."""

    @property
    def handshakes(self) -> int:
        """How often its dialogue was begun: one more than before, and it may have been off meanwhile."""

    def identity(self) -> Identity: ...
    def settings(self) -> Mapping[str, str]:
        """What must not change during a run (units above all), as the instrument says it now."""

    def request(self) -> None:
        """Ask for this scan's values without waiting for them."""

    def collect(self) -> Mapping[str, Measured]:
        """The values asked for, by input name; an input with nothing new is absent."""

    def reconnect(self) -> None: ...
    def close(self) -> None: ...


@runtime_checkable
class Patient(Protocol):
    """An instrument that can be asked whether its reply is there, so that nobody has to wait for it."""

    def ready(self, wait_s: float) -> bool:
        """Whether collect() need not wait, or need not after wait_s: the reply has come, or is overdue."""


@runtime_checkable
class DigitalLines(Protocol):
    """Lines that move valves, hatches and contactors."""

    def write_line(self, line: str, state: bool) -> None: ...  # noqa: FBT001 - a level is a bool
    def read_line(self, line: str) -> bool:
        """The level the device says the line has, not the one last written."""


@runtime_checkable
class Watchdog(Protocol):
    """An instrument whose hardware takes its lines to a safe level by itself when nobody collects any more."""

    def watch_over(self, levels: Mapping[str, bool], timeout_s: float, every: int) -> None:
        """From now on: levels by line, taken timeout_s after the last kick. every: collections from kick to kick."""

    @property
    def fallen(self) -> bool:
        """Whether that has happened; then lines can be written again only after reconnect()."""


@runtime_checkable
class SampleClock(Protocol):
    """An instrument whose samples are hardware-timed from start() on."""

    def start(self) -> None: ...


@runtime_checkable
class Microphones(Protocol):
    """Microphones that are sampled together, in bursts, while the rest of the instrument goes on with its scans."""

    @property
    def burst_rate_hz(self) -> float:
        """Samples per second, as the instrument has it."""

    def start_burst(self) -> None: ...
    def burst_ready(self) -> bool:
        """Whether fetch_burst() need not wait."""

    def fetch_burst(self) -> NDArray[np.float64]:
        """Pascals, (microphones, samples), rows as in the bench file; the first sample a sample period after the start.
        Whatever comes of it, the burst is over.
        """

    def abandon_burst(self) -> None:
        """Nobody waits for it any more; sends nothing."""


@runtime_checkable
class PressureController(Protocol):
    def set_rate(self, rate_pa_s: float) -> None: ...
    def set_pressure(self, pressure_pa: float) -> None: ...
    def set_control(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's own command
    def controlling(self) -> bool: ...
    def in_limits(self) -> bool: ...
    def source_pressure_pa(self) -> float: ...


@runtime_checkable
class PumpDrive(Protocol):
    """The drive of a pump that is started over its link."""

    def set_running(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's own command
    def running(self) -> bool:
        """Whether it is told to run, whatever its speed."""


@runtime_checkable
class HeaterSupply(Protocol):
    def set_output(self, output: int, voltage_v: float, current_limit_a: float) -> None: ...
    def switch(self, output: int, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's own command
    def output_on(self, output: int) -> bool: ...


@runtime_checkable
class LeakDetector(Protocol):
    def set_measuring(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's own command
    def measuring(self) -> bool: ...


@runtime_checkable
class FlowController(Protocol):
    def set_flow(self, flow_kg_s: float) -> None: ...
    def flow_setpoint_kg_s(self) -> float: ...


class Spectrum(Protocol):
    """Partial pressures by mass number, nitrogen equivalents of their own calibration."""

    @property
    def masses(self) -> Sequence[float]: ...
    @property
    def partial_pressures_pa(self) -> Sequence[float]: ...
    @property
    def total_pressure_pa(self) -> float: ...


@runtime_checkable
class ResidualGasAnalyser(Protocol):
    def set_filament(self, on: bool) -> None: ...  # noqa: FBT001 - as the instrument's own command
    def filament_on(self) -> bool: ...
    def spectrum(self, first_amu: int, last_amu: int) -> Spectrum: ...

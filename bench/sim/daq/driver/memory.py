"""What devices keep without power: the states of outputs at power-up, notes of the user, dates of calibration."""

from dataclasses import dataclass, field
from typing import Final

from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.device import Device

HIGH: Final = 10192
LOW: Final = 10214
TRISTATE: Final = 10310
VOLTAGE: Final = 0
HIGH_IMPEDANCE: Final = 2
FACTORY_UTC_S: Final = 1_577_836_800.0
"""2020-01-01: when every device was calibrated first."""
NOTE_LENGTH: Final = 4


@dataclass(slots=True)
class Memory:
    """A simulated device takes power-up states and forgets them."""

    lines: dict[str, int] = field(default_factory=dict)
    """State, a DAQmx constant, by output line."""
    analog: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Value and kind of output, a DAQmx constant, by analog output."""
    notes: dict[str, str] = field(default_factory=dict)
    calibrated_utc_s: dict[str, float] = field(default_factory=dict)

    def put_line(self, device: Device, line: str, state: int) -> None:
        if state not in (HIGH, LOW, TRISTATE):
            raise DriverError(-200077, f"Property: DO.PowerUpState\nRequested Value: {state}")
        if not device.simulated:
            self.lines[line] = state

    def put_analog(self, device: Device, terminal: str, value: float, kind: int) -> None:
        low, high = max(device.abilities.ao_ranges, key=lambda limits: limits[1] - limits[0])
        if not low <= value <= high:
            raise DriverError(-200077, f"Property: AO.PowerUpState\nRequested Value: {value}")
        if not device.simulated:
            self.analog[terminal] = value, kind

    def line(self, line: str) -> int:
        return self.lines.get(line, TRISTATE)

    def output(self, terminal: str) -> tuple[float, int]:
        return self.analog.get(terminal, (0.0, HIGH_IMPEDANCE))

    def level(self, terminal: str) -> float:
        """Of an output when the device has been reset. A line that drives nothing is low."""
        value, kind = self.output(terminal)
        return float(self.lines.get(terminal) == HIGH) if kind == HIGH_IMPEDANCE else value

"""What stands in a rack: devices with their terminals, and what each can do. Names are the same in any case."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.names import expand, owner

Terminals = Literal["ai", "internal", "ao", "di_lines", "do_lines", "counters"]


@dataclass(frozen=True, slots=True)
class Abilities:
    """Of a product. Rates in S/s (None: no sample clock for it), ranges in the unit of the terminal."""

    category: int = 16000  # unknown
    number: int = 0
    bus: int = 16112  # unknown
    ai_rate_hz: float | None = None
    ai_multi_rate_hz: float | None = None
    """Of all channels together, where one converter serves them in turn; else of each."""
    simultaneous: bool = False
    ai_ranges: tuple[tuple[float, float], ...] = ((-10.0, 10.0),)
    ai_bits: int = 16
    ao_rate_hz: float | None = None
    ao_ranges: tuple[tuple[float, float], ...] = ((-10.0, 10.0),)
    ao_bits: int = 16
    di_rate_hz: float | None = None
    do_rate_hz: float | None = None
    measures: tuple[int, ...] = (10322,)
    """Measurement types of its analog inputs (DAQmx constants)."""
    generates: tuple[int, ...] = (10322,)
    watchdog: bool = False
    on_board_samples: int = 0
    """Samples per channel that a device's own memory takes from an output buffer."""
    shunt: bool = False
    """Currents are measured through one of its own."""
    calibrates_itself: bool = False
    analog_trigger: bool = False
    ai_triggers: int = 0
    """Bits of DAQmx: advance 1, pause 2, reference 4, start 8, handshake 16, arm start 32."""
    bridge_ranges: tuple[tuple[float, float], ...] = ()
    """Volts per volt."""
    wirings: int = 0
    """Of its analog inputs, bits of DAQmx: referenced 1, not referenced 2, differential 4, pseudo-differential 8."""
    change_detection: bool = False
    """Of its digital inputs."""
    accessories: tuple[int, ...] = ()
    """Product numbers of what is plugged to its connectors."""

    @property
    def slowest_hz(self) -> float:
        """A 32-bit divider of a 100 MHz time base goes no lower."""
        return 100e6 / 2.0**32


@dataclass(frozen=True, slots=True)
class Device:
    """A device, a module or a chassis. Terminals by their full names, such as cDAQ1Mod1/ai0, cDAQ1Mod2/port0/line0."""

    name: str
    product: str
    serial: int
    abilities: Abilities = Abilities()
    chassis: str | None = None
    slot: int = 0
    simulated: bool = True
    """What it says of itself."""
    ai: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    """Analog inputs that are not listed."""
    ao: tuple[str, ...] = ()
    di_lines: tuple[str, ...] = ()
    do_lines: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rack:
    """All devices that the driver knows."""

    devices: Mapping[str, Device]
    known: Mapping[str, Device] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "known", {name.lower(): device for name, device in self.devices.items()})

    def device(self, name: str) -> Device:
        found = self.known.get(name.lower())
        if found is None:
            raise DriverError(-200220, f"Device Specified: {name}")
        return found

    def modules(self, chassis: Device) -> tuple[Device, ...]:
        return tuple(device for device in self.devices.values() if device.chassis == chassis.name)

    def beside(self, device: Device) -> tuple[Device, ...]:
        """The device, and all modules if it is a chassis."""
        return (device, *self.modules(device))

    def resolve(self, names: str, *kinds: Terminals) -> tuple[str, ...]:
        """Terminals behind "cDAQ1Mod2/port0/line0:7", a comma list, or a port (all its lines)."""
        return tuple(terminal for name in list(expand(names)) or [""] for terminal in self._matching(name, kinds))

    def _matching(self, name: str, kinds: tuple[Terminals, ...]) -> Iterator[str]:
        known: list[str] = []
        if "/" in name:
            device = self.device(owner(name))
            known = [terminal for kind in kinds for terminal in getattr(device, kind)]
        found = [terminal for terminal in known if f"{terminal.lower()}/".startswith(f"{name.lower()}/")]
        if not found:
            raise DriverError(-200170, f"Physical Channel Name: {name}")
        yield from dict.fromkeys(found)

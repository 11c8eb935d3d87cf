"""Products by name: what they can do, and which terminals they have."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from bench.sim.daq.rack.device import Abilities, Device

FILE: Final = Path(__file__).with_name("products.toml")
Limits = tuple[float, float]

# constants of DAQmx by their names
CATEGORIES: Final[Mapping[str, int]] = {
    "M_SERIES_DAQ": 14643, "X_SERIES_DAQ": 15858, "AO_SERIES": 14647, "DIGITAL_IO": 14648, "DSA": 14649,
    "COMPACT_DAQ_CHASSIS": 14658, "C_SERIES_MODULE": 14659, "NIELVIS": 14755, "NETWORK_DAQ": 14829, "USBDAQ": 14646,
    "SC_EXPRESS": 15886, "FIELD_DAQ": 16151, "TEST_SCALE_CHASSIS": 16180, "TEST_SCALE_MODULE": 16181, "MIODAQ": 16182,
    "UNKNOWN": 12588,
}  # fmt: skip
BUSES: Final[Mapping[str, int]] = {
    "PCI": 12582, "PCIE": 13612, "PXI": 12583, "PXIE": 14706, "USB": 12586, "COMPACT_DAQ": 14637, "TCPIP": 14828,
    "UNKNOWN": 12588,
}  # fmt: skip
MEASUREMENTS: Final[Mapping[str, int]] = {
    "VOLTAGE": 10322, "VOLTAGE_ACRMS": 10350, "VOLTAGE_CUSTOM_WITH_EXCITATION": 10323, "CURRENT": 10134,
    "CURRENT_ACRMS": 10351, "RESISTANCE": 10278, "TEMPERATURE_THERMOCOUPLE": 10303, "TEMPERATURE_THERMISTOR": 10302,
    "TEMPERATURE_RTD": 10301, "TEMPERATURE_BUILT_IN_SENSOR": 10311, "BRIDGE": 15908, "STRAIN_STRAIN_GAGE": 10300,
    "FORCE_BRIDGE": 15899, "PRESSURE_BRIDGE": 15902, "TORQUE_BRIDGE": 15905, "POSITION_LINEAR_LVDT": 10352,
    "POSITION_ANGULAR_RVDT": 10353, "POSITION_EDDY_CURRENT_PROX_PROBE": 14835, "SOUND_PRESSURE_MICROPHONE": 10354,
    "ACCELERATION_ACCELEROMETER_CURRENT_INPUT": 10356, "ACCELERATION_CHARGE": 16104,
    "ACCELERATION_4_WIRE_DC_VOLTAGE": 16106, "VELOCITY_IEPE_SENSOR": 15966, "FORCE_IEPE_SENSOR": 15895,
    "CHARGE": 16105, "ROSETTE_STRAIN_GAGE": 15980, "POWER": 16201, "CALCULATED_POWER": 16204,
}  # fmt: skip

_SPAN = re.compile(r"(\d+):(\d+)")


class Product(BaseModel):
    """Of products.toml, and what a rack file can say of a device. lines: those that are inputs and outputs."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    category: str = "UNKNOWN"
    number: int = 0
    bus: str = "UNKNOWN"
    analog_inputs: tuple[str, ...] = ()
    internal_inputs: tuple[str, ...] = ()
    """Analog inputs that are not listed, such as an output's own level."""
    analog_outputs: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    input_lines: tuple[str, ...] = ()
    output_lines: tuple[str, ...] = ()
    counters: tuple[str, ...] = ()
    terminals: tuple[str, ...] = ()
    ai_rate_hz: float | None = None
    ai_rate_of_all_hz: float | None = None
    """Of all channels together, where one converter serves them in turn."""
    simultaneous: bool = False
    ai_bits: int = 16
    ai_ranges: tuple[Limits, ...] = ((-10.0, 10.0),)
    ao_rate_hz: float | None = None
    ao_ranges: tuple[Limits, ...] = ((-10.0, 10.0),)
    di_rate_hz: float | None = None
    do_rate_hz: float | None = None
    watchdog: bool = False
    on_board_samples: int = 0
    """Samples per channel that a device's own memory takes from an output buffer."""
    shunt: bool = False
    """Currents are measured through one of its own."""
    calibrates_itself: bool = False
    analog_trigger: bool = False
    ai_triggers: int = 0
    """Bits of DAQmx's trigger usage."""
    bridge_ranges: tuple[Limits, ...] = ()
    wirings: int = 0
    """Of its analog inputs, bits of DAQmx: referenced 1, not referenced 2, differential 4, pseudo-differential 8."""
    change_detection: bool = False
    """Of its digital inputs."""
    accessories: tuple[int, ...] = ()
    """Product numbers."""
    measures: tuple[str, ...] = ("VOLTAGE",)
    generates: tuple[str, ...] = ("VOLTAGE",)

    def abilities(self) -> Abilities:
        """KeyError for a name that DAQmx does not know."""
        same: dict[str, Any] = {name: getattr(self, name) for name in _ALIKE}
        return Abilities(
            category=CATEGORIES[self.category],
            bus=BUSES[self.bus],
            ai_multi_rate_hz=self.ai_rate_of_all_hz,
            measures=tuple(MEASUREMENTS[name] for name in self.measures),
            generates=tuple(MEASUREMENTS[name] for name in self.generates),
            **same,
        )

    def device(self, name: str, product_name: str, serial: int, *, chassis: str | None = None, slot: int = 0,
               simulated: bool = True) -> Device:  # fmt: skip
        """One of these, its terminals by their full names."""
        full = {
            key: tuple(f"{name}/{terminal}" for item in getattr(self, key) for terminal in spans(item))
            for key in _TERMINALS
        }
        return Device(
            name, product_name, serial, self.abilities(), chassis, slot, simulated,
            ai=full["analog_inputs"], internal=full["internal_inputs"], ao=full["analog_outputs"],
            di_lines=full["lines"] + full["input_lines"], do_lines=full["lines"] + full["output_lines"],
            counters=full["counters"], terminals=tuple(f"/{terminal}" for terminal in full["terminals"]),
        )  # fmt: skip


_ALIKE: Final = tuple(
    known.name
    for known in fields(Abilities)
    if known.name in Product.model_fields and known.name not in ("category", "bus", "measures", "generates")
)
"""What a product states just as the driver needs it."""

_TERMINALS: Final = (
    "analog_inputs",
    "internal_inputs",
    "analog_outputs",
    "lines",
    "input_lines",
    "output_lines",
    "counters",
    "terminals",
)


@cache
def products() -> Mapping[str, Product]:
    return {name: Product.model_validate(entry) for name, entry in tomllib.loads(FILE.read_text()).items()}


def spans(item: str) -> list[str]:
    """All names behind "port0:1/line0:7", in order: every span of numbers is counted through."""
    parts = _SPAN.split(item)
    fixed, firsts, lasts = parts[::3], parts[1::3], parts[2::3]
    counts = [range(int(first), int(last) + 1) for first, last in zip(firsts, lasts, strict=True)]
    return ["".join(_woven(fixed, chosen)) for chosen in product(*counts)]


def _woven(fixed: list[str], numbers: tuple[int, ...]) -> list[str]:
    return [text for pair in zip(fixed, (*map(str, numbers), ""), strict=True) for text in pair]

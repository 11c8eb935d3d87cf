"""The bench file: one TOML describes one bench, real or simulated. Closed models: an unknown key is an error.

`load_bench(path, today)` (load.py) gives a checked `Bench`, or one line naming file, key and reason.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, NonNegativeFloat, NonPositiveFloat, PositiveFloat, PositiveInt, model_validator

from bench.config.interlocks import Interlock, Relief, SafeStep
from bench.config.parts import (
    Actuator,
    Chamber,
    ChamberGauge,
    Compartment,
    FlowController,
    Gas,
    Hatch,
    Heater,
    Leak,
    Override,
    Pump,
    Supply,
    Valve,
    Vessel,
)
from bench.config.sound import Acoustics, Entry, Microphone, Name
from bench.config.station import Station
from bench.records import Channel
from bench.rig import NoiseClass


class BenchInfo(Entry):
    name: str
    location: str = ""
    time_zone: str = "UTC"


class InstrumentEntry(Entry):
    name: Name
    driver: str
    address: str
    serial: str | None = None
    warm_up_s: NonNegativeFloat = 0.0
    timeout_s: PositiveFloat = 2.0
    watchdog_s: PositiveFloat | None = None
    """After so long without a scan its hardware takes its lines to the safe state by itself."""
    options: dict[str, str | int | float | bool] = Field(default_factory=dict)
    settings: dict[str, str] = Field(default_factory=dict)
    """Settings the instrument must have (units above all); checked at pre-flight, never written."""


class NoiseEntry(Entry):
    """Of a sensor, in the channel's unit. Methods are told the first four and random_walk, the rest is
    what a simulated one has too.

    u_gain: relative standard uncertainty of its gain, beside the channel's accuracy; gain_tempco: 1/K; tempco: unit/K;
    drift: unit/s; hysteresis: full width of the loop; flicker: floor of the Allan deviation; random_walk: unit/sqrt(h).
    A sample labelled t is of t (1 + clock_skew) + clock_offset_s.
    """

    white: NonNegativeFloat
    representativeness: NonNegativeFloat = 0.0
    correlation_time_s: PositiveFloat = 3600.0
    resolution: NonNegativeFloat = 0.0
    u_gain: NonNegativeFloat = 0.0
    gain_tempco: float = 0.0
    tempco: float = 0.0
    drift: float = 0.0
    hysteresis: NonNegativeFloat = 0.0
    flicker: NonNegativeFloat = 0.0
    random_walk: NonNegativeFloat = 0.0
    lag_s: NonNegativeFloat = 0.0
    clock_skew: float = Field(default=0.0, gt=-1.0)
    clock_offset_s: NonPositiveFloat = 0.0
    repeats_max: PositiveInt | None = None
    """More equal readings than this in a row are a frozen value; none: it may stand still for ever."""

    def record(self) -> NoiseClass:
        return NoiseClass(
            self.white, self.representativeness, self.correlation_time_s, self.resolution, self.random_walk
        )

    @model_validator(mode="after")
    def never_of_the_future(self) -> Self:
        if self.clock_skew > 0.0 and self.clock_offset_s == 0.0:
            raise ValueError("clock_skew > 0 asks for samples of the future: give a clock_offset_s < 0")
        return self


UNITS: Mapping[str, str] = {
    "gas_temperature": "K",
    "wall_temperature": "K",
    "relative_humidity": "1",
    "leak_rate": "Pa m3/s",
    "flow": "kg/s",
    "speed": "Hz",
    "power": "W",
    "switch": "1",
    "gauge_number": "1",
    "band_power": "Pa2",
    "spectral_kurtosis": "1",
}
"""Of every quantity that is no pressure."""


class ChannelEntry(Entry):
    """value = scale * reading + offset, in the SI unit named; the reading is the driver's (SI, or volts)."""

    name: Name
    quantity: Literal[
        "pressure",
        "gas_temperature",
        "wall_temperature",
        "relative_humidity",
        "oxygen_pressure",
        "chamber_pressure",
        "supply_pressure",
        "vessel_pressure",
        "barometric_pressure",
        "inlet_pressure",
        "leak_rate",
        "flow",
        "speed",
        "power",
        "switch",
        "combined_pressure",
        "gauge_number",
        "band_power",
        "spectral_kurtosis",
    ]
    unit: Literal["Pa", "Pa2", "K", "1", "Hz", "W", "kg/s", "Pa m3/s"]
    instrument: str
    input: str
    compartment: str | None = None
    """Or another node: a vessel. A flow, a speed or a power is of what its instrument controls, on that input."""
    volume_fraction: float | None = Field(default=None, gt=0.0, le=1.0)
    range: tuple[float, float]
    accuracy: NonNegativeFloat = 0.0
    period_s: PositiveFloat = 1.0
    noise: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    switch_pa: PositiveFloat | None = None
    """Set point of a pressure switch on the chamber, or on the vessel named: closed (1) below it."""
    switch_k: PositiveFloat | None = None
    """Set point of a thermal cut-out on a compartment's wall: closed (1) below it."""

    @model_validator(mode="after")
    def unit_of_its_quantity(self) -> Self:
        """A pressure in kelvin would be believed by everything after it."""
        unit = "Pa" if self.quantity.endswith("pressure") else UNITS[self.quantity]
        if self.unit != unit:
            raise ValueError(f"unit: of {self.quantity} it is {unit!r}, not {self.unit!r}")
        return self

    @model_validator(mode="after")
    def one_set_point(self) -> Self:
        if self.switch_pa is not None and self.switch_k is not None:
            raise ValueError("give either switch_pa or switch_k")
        if self.switch_k is not None and self.compartment is None:
            raise ValueError("switch_k is of a compartment's wall: name the compartment")
        return self

    def record(self) -> Channel:
        low, high = self.range
        return Channel(self.name, self.quantity, self.unit, low, high, self.accuracy, self.compartment)


class AcquisitionEntry(Entry):
    period_s: PositiveFloat = 1.0


class Limits(Entry):
    pressure_max_pa: PositiveFloat
    cabin_limit_pa: PositiveFloat = 65_328.0
    """At which a crew must have left: 490 mmHg. Methods say how long until then."""
    temperature_min_k: PositiveFloat = 273.15
    temperature_max_k: PositiveFloat = 323.15


class Bench(Station):
    """A whole bench file, with its certificates read in. file and sha256 say where it came from; overrides, which no
    file can state, which leaks' certificates are used although they may not be.
    """

    file: Path
    sha256: str
    overrides: tuple[Override, ...] = ()
    bench: BenchInfo
    chamber: Chamber
    gas: Gas
    supply: Supply
    acquisition: AcquisitionEntry = AcquisitionEntry()
    limits: Limits
    compartment: tuple[Compartment, ...]
    valve: tuple[Valve, ...]
    hatch: tuple[Hatch, ...] = ()
    leak: tuple[Leak, ...] = ()
    pump: tuple[Pump, ...] = ()
    vessel: tuple[Vessel, ...] = ()
    heater: tuple[Heater, ...] = ()
    flow_controller: tuple[FlowController, ...] = ()
    chamber_gauge: tuple[ChamberGauge, ...] = ()
    microphone: tuple[Microphone, ...] = ()
    acoustics: Acoustics = Acoustics()
    instrument: tuple[InstrumentEntry, ...]
    noise_class: dict[str, NoiseEntry]
    channel: tuple[ChannelEntry, ...]
    relief: tuple[Relief, ...] = ()
    interlock: tuple[Interlock, ...] = ()
    safe_state: tuple[SafeStep, ...]

    @property
    def actuators(self) -> dict[str, Actuator]:
        return {a.name: a for a in (*self.valve, *self.hatch)}

    @property
    def driven(self) -> tuple[Actuator | Pump, ...]:
        """Everything moved by one digital line, and pumps that a drive moves."""
        return (*self.valve, *self.hatch, *self.pump)

    @property
    def channels(self) -> tuple[ChannelEntry, ...]:
        """The channels stated, then one per end switch and contact, what is made of several, what bursts tell."""
        combined = COMBINED if self.chamber_gauge else ()
        return (*self.channel, *self._switch_channels(), *combined, *chain.from_iterable(map(heard, self.microphone)))

    def _switch_channels(self) -> Iterator[ChannelEntry]:
        for actuator in (*self.valve, *self.hatch):
            for position, line in (("open", actuator.open_switch), ("closed", actuator.closed_switch)):
                if line is not None:
                    yield _switch(f"{actuator.name}_{position}", actuator.instrument, line)
        for pump in self.pump:
            if pump.running_switch is not None:
                yield _switch(f"{pump.name}_running", pump.instrument, pump.running_switch)

    @property
    def chamber_pressures(self) -> tuple[str, ...]:
        """Channels that tell the chamber's pressure: the one made of its gauges, or every gauge where none is."""
        gauges = tuple(channel.name for channel in self.channel if channel.quantity == "chamber_pressure")
        return (COMBINED[0].name,) if self.chamber_gauge else gauges

    def channels_of(self, compartment: str, quantity: str) -> tuple[ChannelEntry, ...]:
        return tuple(c for c in self.channel if c.compartment == compartment and c.quantity == quantity)

    def named_pump(self, name: str) -> Pump:
        return next(pump for pump in self.pump if pump.name == name)

    def named_heater(self, name: str) -> Heater:
        return next(heater for heater in self.heater if heater.name == name)

    def heater_of(self, channel: ChannelEntry) -> Heater:
        """The one whose power the channel is: of its instrument, at the output with which its input's name ends."""
        return next(h for h in self.heater if (h.instrument, str(h.output)) == (channel.instrument, channel.input[-1:]))

    def named_flow_controller(self, name: str) -> FlowController:
        return next(controller for controller in self.flow_controller if controller.name == name)

    def flow_channel(self, controller: str) -> ChannelEntry | None:
        """What the flow controller shows of its flow."""
        instrument = self.named_flow_controller(controller).instrument
        return next((c for c in self.channel if c.quantity == "flow" and c.instrument == instrument), None)

    def override_of(self, leak: str) -> Override | None:
        return next((override for override in self.overrides if override.leak == leak), None)

    def named_leak(self, name: str) -> Leak:
        return next(leak for leak in self.leak if leak.name == name)


def _made(name: str, quantity: Literal["combined_pressure", "gauge_number"], unit: Literal["Pa", "1"]) -> ChannelEntry:
    return ChannelEntry(name=name, quantity=quantity, unit=unit, instrument=NOBODY, input=name, range=(0.0, 1e6))


NOBODY = ""  # measures what is made of other channels, or of bursts
COMBINED = (
    _made("chamber_pressure", "combined_pressure", "Pa"),
    _made("chamber_pressure_gauge", "gauge_number", "1"),
)
"""The chamber's pressure, and the number of the chamber_gauge entry that it comes from (0: none)."""


def heard(microphone: Microphone) -> tuple[ChannelEntry, ChannelEntry]:
    """What the latest burst had in the band of [acoustics]: mean-square sound pressure, spectral kurtosis."""
    power, kurtosis = f"{microphone.name}_band_power", f"{microphone.name}_kurtosis"
    made = partial(ChannelEntry, instrument=NOBODY, compartment=microphone.compartment)
    return (
        made(name=power, quantity="band_power", unit="Pa2", input=power, range=(0.0, 1e6)),
        made(name=kurtosis, quantity="spectral_kurtosis", unit="1", input=kurtosis, range=(-1.0, 1e6)),
    )


def _switch(name: str, instrument: str, line: str) -> ChannelEntry:
    return ChannelEntry(name=name, quantity="switch", unit="1", instrument=instrument, input=line, range=(0.0, 1.0))

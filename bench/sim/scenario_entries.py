"""What a scenario file can stage, entry by entry: closed models, SI units. scenario.py has the whole file."""

import math
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, model_validator

from bench.config.sound import Position
from bench.sim.daq.driver.fault_kinds import FaultKind as DaqFaultKind
from bench.sim.plant.gas import CO2, H2O, NAMES, O2
from bench.sim.plant.state import CAPILLARY, ORIFICE, PERMEATION, SHORT_TUBE, SLIT
from bench.sim.rack.wire_faults import WireFault, WireFaultKind
from bench.sim.sensors.spec import Fault, FaultKind

Species = Literal["N2", "O2", "H2O", "CO2", "Ar", "He"]
KINDS = {
    "orifice": ORIFICE,
    "short_tube": SHORT_TUBE,
    "slit": SLIT,
    "capillary": CAPILLARY,
    "permeation": PERMEATION,
}
DAY_S = 86_400.0


class FaultEntry(BaseModel):
    """A sensor's fault; what size means goes by kind (sensor_spec.FaultKind)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str
    kind: Literal["offset", "drift", "scale", "spikes", "detached", "stuck", "dropout", "attenuated"]
    begin_s: NonNegativeFloat
    end_s: PositiveFloat = math.inf
    size: float = 0.0
    rate_hz: NonNegativeFloat = 0.0
    time_constant_s: PositiveFloat = 60.0
    mean_good_s: PositiveFloat = math.inf
    mean_burst_s: PositiveFloat = 1.0

    def fault(self) -> Fault:
        return Fault(**{**self.model_dump(), "kind": FaultKind[self.kind.upper()]})

    @model_validator(mode="after")
    def ends_after_its_beginning(self) -> Self:
        if self.end_s <= self.begin_s:
            raise ValueError(f"begins at {self.begin_s:g} s, ends at {self.end_s:g} s")
        return self


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Lasting(Entry):
    """From begin_s on, to end_s or for good."""

    begin_s: NonNegativeFloat = 0.0
    end_s: PositiveFloat | None = None

    @model_validator(mode="after")
    def ends_after_its_beginning(self) -> Self:
        if self.end_s is not None and self.end_s <= self.begin_s:
            raise ValueError(f"begins at {self.begin_s:g} s, ends at {self.end_s:g} s")
        return self


class HiddenLeak(Lasting):
    """A leak that the bench file does not know. to: where the gas goes, the chamber or another compartment (a hatch
    seal). Dimensions by kind: orifice and short_tube diameter (and length), slit width, height, length, capillary
    diameter, length, permeation conductance (at reference_k) and activation energy of one species.
    """

    name: str
    compartment: str
    to: str = "chamber"
    kind: Literal["orifice", "short_tube", "slit", "capillary", "permeation"] = "orifice"
    diameter_m: NonNegativeFloat = 0.0
    width_m: NonNegativeFloat = 0.0
    height_m: NonNegativeFloat = 0.0
    length_m: NonNegativeFloat = 0.0
    discharge: PositiveFloat = 1.0
    conductance_kg_s_pa: NonNegativeFloat = 0.0
    activation_j_mol: NonNegativeFloat = 25_000.0
    reference_k: PositiveFloat = 295.15
    species: Species = "He"
    position_m: Position | None = None
    """Where it is heard; none: in the middle of a wall."""

    @property
    def kind_code(self) -> int:
        return KINDS[self.kind]

    @property
    def shape(self) -> tuple[float, float, float, float]:
        """The first columns of Plant.path (state.py)."""
        if self.kind == "orifice":
            return (self.discharge * math.pi / 4.0 * self.diameter_m**2, 0.0, 0.0, 0.0)
        if self.kind == "slit":
            return (self.width_m, self.height_m, self.length_m, 0.0)
        if self.kind == "permeation":
            species = float(NAMES.index(self.species))
            return (self.conductance_kg_s_pa, self.activation_j_mol, self.reference_k, species)
        return (self.diameter_m, self.length_m, 0.0, 0.0)

    @model_validator(mode="after")
    def has_its_dimensions(self) -> Self:
        wanted = {
            "orifice": "diameter_m",
            "slit": "width_m height_m length_m",
            "permeation": "conductance_kg_s_pa",
        }.get(self.kind, "diameter_m length_m")
        missing = [name for name in wanted.split() if getattr(self, name) <= 0.0]
        if missing:
            raise ValueError(f"a leak of kind {self.kind} needs {', '.join(missing)}")
        return self


class Trapped(Entry):
    """A virtual leak: a volume behind a narrow conductance, which breathes with its compartment (S31)."""

    name: str
    compartment: str
    volume_m3: PositiveFloat
    conductance_m3_s: PositiveFloat
    pressure_pa: PositiveFloat
    """Of its gas at the start."""


class Patch(Entry):
    """On a leak of the bench (by its valve) or a hidden one: conductance falls to residual with time constant cure_s,
    and may jump back up by reopening at reopen_s (science 1.2.8).
    """

    leak: str
    at_s: NonNegativeFloat
    residual: float = Field(ge=0.0, le=1.0)
    cure_s: NonNegativeFloat = 0.0
    reopen_s: PositiveFloat | None = None
    reopening: float = Field(default=0.0, ge=0.0, le=1.0)

    @model_validator(mode="after")
    def reopens_wholly_or_not(self) -> Self:
        if (self.reopen_s is None) != (self.reopening == 0.0):
            raise ValueError("reopen_s and reopening belong together")
        if self.reopen_s is not None and self.reopen_s <= self.at_s:
            raise ValueError(f"at_s is {self.at_s:g}, reopen_s {self.reopen_s:g}: it opens before it is there")
        return self


class Growth(Entry):
    """The conductance of a leak of the bench (by its valve) or a hidden one grows to factor times, exponentially."""

    leak: str
    begin_s: NonNegativeFloat = 0.0
    over_s: PositiveFloat
    factor: PositiveFloat


class Puffs(Entry):
    """Purification: a valve of this area into the vacuum opens for open_s in every period."""

    compartment: str
    area_m2: PositiveFloat
    period_s: PositiveFloat
    open_s: PositiveFloat
    begin_s: NonNegativeFloat = 0.0

    @property
    def name(self) -> str:
        return f"purification/{self.compartment}"

    @model_validator(mode="after")
    def closes_in_between(self) -> Self:
        if self.open_s >= self.period_s:
            raise ValueError(f"open_s = {self.open_s:g} fills its period_s = {self.period_s:g}")
        return self


class Makeup(Lasting):
    """A regulator that keeps a compartment's pressure from a reserve bottle, and so hides a leak in its own flow."""

    compartment: str
    pressure_pa: PositiveFloat
    max_flow_kg_s: PositiveFloat
    gain_kg_s_pa: PositiveFloat = 1e-8
    bottle_m3: PositiveFloat = 0.01
    bottle_pa: PositiveFloat = 5e6

    @property
    def name(self) -> str:
        return f"makeup/{self.compartment}"


class Source(Lasting):
    """Gas that comes (positive) or goes at a steady rate: make-up by hand, a bed that takes CO2. Default: fill gas."""

    compartment: str
    kg_s: float
    species: Species | None = None

    @property
    def species_index(self) -> int | None:
        return None if self.species is None else NAMES.index(self.species)


class Crew(Lasting):
    """People, scaled to the rig: they take oxygen, give carbon dioxide, vapour and heat (orders of science 1.4)."""

    compartment: str
    people: PositiveFloat
    """One station's person in 916 m3 is 4.4e-4 in a compartment of 400 L."""
    oxygen_kg_day: NonNegativeFloat = 0.84
    carbon_dioxide_kg_day: NonNegativeFloat = 1.0
    vapour_kg_day: NonNegativeFloat = 2.0
    heat_w: NonNegativeFloat = 100.0

    def rates_kg_s(self) -> Iterator[tuple[int, float]]:
        """(species, kg/s)."""
        daily = {O2: -self.oxygen_kg_day, CO2: self.carbon_dioxide_kg_day, H2O: self.vapour_kg_day}
        for species, kg_day in daily.items():
            yield species, self.people * kg_day / DAY_S


class Ramp(Entry):
    """The shroud's temperature moves by kelvin within over_s."""

    begin_s: NonNegativeFloat
    over_s: PositiveFloat
    kelvin: float


class Front(Lasting):
    """The room's pressure moves at a rate between begin and end."""

    end_s: PositiveFloat
    rate_pa_h: float


class PumpTrip(Entry):
    """Pumps stop, all or the one named; they stay off until somebody switches them on again."""

    at_s: NonNegativeFloat
    pump: str | None = None


class WireFaultEntry(Lasting):
    """What goes wrong between an instrument and whoever asks it (wire_faults.py)."""

    instrument: str
    kind: WireFaultKind
    delay_s: PositiveFloat = 10.0
    """Wall time by which a late reply is late."""

    def fault(self) -> WireFault:
        return WireFault(self.kind, self.begin_s, math.inf if self.end_s is None else self.end_s, self.delay_s)


class DaqFaultEntry(Lasting):
    """What goes wrong in an NI chassis. at: a device or terminals, by kind; level: of a stuck line."""

    instrument: str = "daq"
    kind: DaqFaultKind
    at: str | None = None
    level: bool | None = None
    delay_s: PositiveFloat = 10.0
    """Wall time by which every reply is late."""


class ChannelClock(Entry):
    """The clock of a channel's converter: a sample labelled t is of t (1 + skew) + offset_s, never of the future."""

    channel: str
    skew: float = Field(default=0.0, gt=-1.0)
    offset_s: float = Field(default=0.0, le=0.0)

    @model_validator(mode="after")
    def never_of_the_future(self) -> Self:
        if self.skew > 0.0 and self.offset_s == 0.0:
            raise ValueError("skew > 0 asks for samples of the future: give an offset_s < 0, or make the others late")
        return self

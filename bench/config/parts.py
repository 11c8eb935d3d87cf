"""What a bench is built of, as its file states it: volumes, walls, valves, hatches, leaks, pumps, supply. SI units."""

from collections.abc import Iterator
from datetime import date
from typing import Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, model_validator

from bench.certificate import Certificate
from bench.config.sound import Box, Entry, Name, Position

PowerLoss = Literal["open", "closed", "stays"]


class Chamber(Entry):
    volume_m3: PositiveFloat
    u_volume_m3: NonNegativeFloat
    outgassing_pa_m3_s: NonNegativeFloat = 0.0
    """Of its walls and of all that stands in it, one hour into vacuum; falls as 1/t (science 1.3)."""


class Vessel(Entry):
    """Any other volume of gas: a fore-line between two pumps, a reserve bottle."""

    name: Name
    volume_m3: PositiveFloat
    pressure_pa: PositiveFloat
    """At the start of a simulated run."""


class Gas(Entry):
    """What fills the mock-up. dew_point_k is a statement about the supply, so that vapour can be neglected or not."""

    composition: Literal["air", "nitrogen"] = "air"
    gas_constant_j_kg_k: PositiveFloat = 287.055
    heat_capacity_ratio: float = Field(default=1.4, gt=1.0)
    dew_point_k: PositiveFloat


class Wall(Entry):
    """Of a compartment. It radiates to the chamber's shroud; its mount conducts to it."""

    area_m2: PositiveFloat
    film_w_m2_k: PositiveFloat
    heat_capacity_j_k: PositiveFloat
    emissivity: float = Field(ge=0.0, le=1.0)
    """Effective, between wall and shroud."""
    mount_w_k: NonNegativeFloat = 0.0
    expansion_1_k: NonNegativeFloat = 2.3e-5
    """Linear: aluminium."""
    elasticity_1_pa: NonNegativeFloat = 2.3e-9
    """Relative growth of the volume per pressure (science 1.1)."""


class Compartment(Entry):
    name: Name
    volume_m3: PositiveFloat
    u_volume_m3: NonNegativeFloat
    wall: Wall
    box: Box | None = None


class Actuator(Entry):
    """Anything moved by one digital line. Names of nodes in connects: a compartment, chamber, pump, supply, room."""

    name: Name
    connects: tuple[str, str]
    instrument: str = "daq"
    line: str
    energised: Literal["open", "closed"] = "open"
    open_switch: str | None = None
    closed_switch: str | None = None
    travel_s: NonNegativeFloat
    without_power: PowerLoss


class Valve(Actuator):
    bore_m: PositiveFloat | None = None
    """None: the orifice behind the valve, not the valve, limits the flow."""
    conductance_m3_s: PositiveFloat | None = None
    """Instead of a bore: of a valve in a line, whose flow follows the pressure difference."""
    seat_leakage_m2: NonNegativeFloat = 0.0
    """Stated largest effective area of the closed seat."""
    dead_volume_m3: NonNegativeFloat = 0.0
    """Between seat and orifice: as empty as its far side while closed, filled at once on opening (a puff)."""
    stiction_s: NonNegativeFloat = 0.0
    """Longest hesitation before it moves, after a long rest."""

    @model_validator(mode="after")
    def bore_or_conductance(self) -> Self:
        if self.bore_m is not None and self.conductance_m3_s is not None:
            raise ValueError("give either bore_m or conductance_m3_s")
        return self


class Hatch(Actuator):
    fan_m3_s: NonNegativeFloat = 0.0
    """What ventilation blows each way while it is open."""
    wall_w_k: NonNegativeFloat = 0.0
    """Conduction between the walls that it joins, open or closed."""
    seal_leakage_m2: NonNegativeFloat = 0.0
    """Stated largest effective area of the closed hatch's seal."""
    position_m: Position | None = None


class Leak(Entry):
    name: Name
    compartment: str
    kind: Literal["orifice", "capillary", "programmable"]
    nominal_diameter_m: PositiveFloat | None = None
    nominal_length_m: PositiveFloat | None = None
    """Of a capillary: a laminar crack, whose flow goes as the square of the pressure."""
    valve: str
    controller: str | None = None
    """Of a programmable leak: the flow controller into which its valve leads, and which its certificate is of."""
    flow_kg_s: PositiveFloat | None = None
    """What that controller is set to."""
    serial: str | None = None
    """Engraved on it; none: not compared with the certificate's."""
    certificate: Certificate
    position_m: Position | None = None
    """Where it is in its compartment's wall."""

    @model_validator(mode="after")
    def as_its_kind(self) -> Self:
        if (self.kind == "capillary") != (self.nominal_length_m is not None):
            raise ValueError("nominal_length_m belongs to a capillary, and to nothing else")
        if (self.kind == "programmable") == (self.nominal_diameter_m is not None):
            raise ValueError("nominal_diameter_m belongs to an orifice or a capillary, and to nothing else")
        if {self.kind == "programmable"} != {self.controller is not None, self.flow_kg_s is not None}:
            raise ValueError("controller and flow_kg_s belong to a programmable leak, and to nothing else")
        return self

    def doubts(self, today: date) -> Iterator[str]:
        """Why its certificate may not be used, if anything."""
        certificate = self.certificate
        if self.serial is not None and self.serial != certificate.serial:
            yield f"certificate is of serial {certificate.serial}, the leak is {self.serial}"
        if certificate.overdue(today):
            yield f"certificate {certificate.serial} was due on {certificate.due}"


class Override(Entry):
    """A leak's certificate is used although it is overdue or of another serial: it taints what is found with it."""

    leak: str
    problem: str
    reason: str

    def __str__(self) -> str:
        return f"{self.leak}: {self.problem}; used nevertheless: {self.reason}"


class Pump(Entry):
    """Switched by a line and its contactor; one without a line is started over a link, by its instrument (a drive)."""

    name: Name
    instrument: str = "daq"
    line: str | None = None
    running_switch: str | None = None
    valve: str
    speed_m3_s: PositiveFloat
    ultimate_pa: NonNegativeFloat
    curve: tuple[tuple[PositiveFloat, PositiveFloat], ...] = ()
    """Speed by inlet pressure, (Pa, m3/s), rising pressures; empty: speed_m3_s at any pressure."""
    spin_up_s: NonNegativeFloat = 0.0
    outlet: str | None = None
    """The vessel it exhausts into (a turbo pump's fore-line); none: out of the rig."""
    outlet_limit_pa: PositiveFloat | None = None
    """Pressure there at which it pumps nothing any more; below it, it loses speed in proportion."""
    nominal_hz: PositiveFloat | None = None
    """Speed of its rotor."""

    @model_validator(mode="after")
    def line_and_contactor(self) -> Self:
        if (self.line is None) != (self.running_switch is None):
            raise ValueError("line and running_switch belong together")
        return self

    @property
    def roughs(self) -> bool:
        """It pumps from the room's pressure down, and exhausts into the room."""
        return self.line is not None and self.outlet is None

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        return self.curve or ((1.0, self.speed_m3_s), (1e5, self.speed_m3_s))


class ChamberGauge(Entry):
    """A gauge of the chamber and where it counts: `[[chamber_gauge]]`, the one to be preferred first."""

    channel: str
    above_pa: NonNegativeFloat
    below_pa: PositiveFloat
    gas_factor: PositiveFloat = 1.0
    """True pressure over what it shows, for the chamber's gas: 1 for nitrogen, air, and every capacitance gauge."""


class Supply(Entry):
    """The pressure controller, the valve between it and the mock-up, and what it can deliver."""

    controller: str
    valve: str
    source_pressure_pa: PositiveFloat
    max_flow_kg_s: PositiveFloat


class Heater(Entry):
    """Heats the wall of its compartment from one output of a supply."""

    name: Name
    compartment: str
    instrument: str
    output: Literal[1, 2]
    resistance_ohm: PositiveFloat
    max_power_w: PositiveFloat


class FlowController(Entry):
    """A mass flow controller, set over its instrument's link; it shuts without power, though not as tightly as a valve.

    Names of nodes in connects, upstream first: a compartment, a vessel, chamber.
    """

    name: Name
    instrument: str
    connects: tuple[str, str]
    full_scale_kg_s: PositiveFloat
    bore_m: PositiveFloat
    """Of its valve wide open: what limits the flow when the pressure in front of it is low."""
    travel_s: NonNegativeFloat = 0.2
    """From shut to full flow."""

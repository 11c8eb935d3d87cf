"""What a simulated run is like: surroundings, starting point, and what is drawn in secret from stated uncertainties.

What the bench file and certificates state is what the bench knows. What the rig *is* is drawn once per seed here,
and reaches the run folder only as sealed truth.
"""

from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    ValidationError,
    field_validator,
)

from bench.errors import ConfigError
from bench.sim.scenario_entries import (
    ChannelClock,
    Crew,
    DaqFaultEntry,
    FaultEntry,
    Front,
    Growth,
    HiddenLeak,
    Makeup,
    Patch,
    Puffs,
    PumpTrip,
    Ramp,
    Source,
    Species,
    Trapped,
    WireFaultEntry,
)
from bench.sim.scenario_sound import Hiss, Racks
from bench.sim.sensors.spec import Fault
from bench.sim.weather import Weather
from bench.text import read_toml

SHIPPED = Path(__file__).parents[1] / "scenarios"


class Scenario(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$", max_length=80)]
    """A picture of it is called by this."""
    why: str
    hidden_draws: bool = True
    """False: the rig is exactly what the bench file states, for closure tests against published numbers."""
    shroud_temperature_k: PositiveFloat = 295.15
    cabin_drift_k_h: float = 0.0
    """Steady drift of shroud, walls and gas alike, from the start."""
    swing_k: NonNegativeFloat = 0.0
    swing_period_s: PositiveFloat = 86_400.0
    initial_pressure_pa: PositiveFloat = 98_500.0
    room_pressure_pa: PositiveFloat = 101_325.0
    composition: dict[Species, NonNegativeFloat] = Field(default_factory=dict)
    """Mole fractions of the gas that fills the mock-up, whatever the bench file states; empty: as stated."""
    gas_excess_k: float = 0.0
    """Gas above its wall at the start: a mock-up that has just been filled."""
    heat_w: dict[str, float] = Field(default_factory=dict)
    """Steady heat of fans into a compartment's gas."""
    wall_heat_w: dict[str, float] = Field(default_factory=dict)
    """Steady heat of heaters and racks into a compartment's wall."""
    weather: Weather | None = None
    """None: every day is like the other."""
    ramp: tuple[Ramp, ...] = ()
    room_front: Front | None = None
    hidden_leak: tuple[HiddenLeak, ...] = ()
    trapped: tuple[Trapped, ...] = ()
    patch: tuple[Patch, ...] = ()
    growth: tuple[Growth, ...] = ()
    purification: tuple[Puffs, ...] = ()
    makeup: tuple[Makeup, ...] = ()
    source: tuple[Source, ...] = ()
    crew: tuple[Crew, ...] = ()
    pump_trip: tuple[PumpTrip, ...] = ()
    racks: tuple[Racks, ...] = ()
    hiss: tuple[Hiss, ...] = ()
    clock: tuple[ChannelClock, ...] = ()
    fault: tuple[FaultEntry, ...] = ()
    wire_fault: tuple[WireFaultEntry, ...] = ()
    daq_fault: tuple[DaqFaultEntry, ...] = ()

    @field_validator("composition")
    @classmethod
    def of_something(cls, fractions: dict[Species, float]) -> dict[Species, float]:
        if fractions and sum(fractions.values()) == 0.0:
            raise ValueError("no gas at all")
        return fractions

    def faults(self) -> tuple[Fault, ...]:
        return tuple(entry.fault() for entry in self.fault)


def _shipped(name: str) -> Path:
    """By its whole name, or by its number alone: S06 is S06_night."""
    numbered = sorted(SHIPPED.glob(f"{name}_*.toml")) if name[:1] == "S" else []
    return numbered[0] if len(numbered) == 1 else SHIPPED / f"{name}.toml"


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by name or number, or a file. Raises ConfigError naming file, key and reason."""
    path = Path(name) if name.endswith(".toml") else _shipped(name)
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        raise ConfigError(f"{path}: no such scenario (shipped: {known})")
    try:
        return Scenario.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        reason = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigError(f"{path}: {key}: {reason}") from error

"""What a simulated run is like: surroundings, starting point, and what is drawn in secret from stated uncertainties.

What the bench file and certificates state is what the bench knows. What the rig *is* is drawn once per seed here,
and reaches the run folder only as sealed truth.
"""

import math
import tomllib
import zlib
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, ValidationError, model_validator

from bench.errors import ConfigError
from bench.sim.sensor_spec import Fault, FaultKind

SHIPPED = Path(__file__).parents[1] / "scenarios"


class FaultEntry(BaseModel):
    """A sensor's fault; what size means goes by kind (sensor_spec.FaultKind)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str
    kind: Literal["offset", "drift", "scale", "spikes", "detached", "stuck", "dropout"]
    begin_s: NonNegativeFloat
    end_s: PositiveFloat = math.inf
    size: float = 0.0
    rate_hz: NonNegativeFloat = 0.0
    time_constant_s: PositiveFloat = 60.0
    mean_good_s: PositiveFloat = math.inf
    mean_burst_s: PositiveFloat = 1.0

    def fault(self) -> Fault:
        return Fault(**{**self.model_dump(), "kind": FaultKind[self.kind.upper()]})


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class HiddenLeak(Entry):
    """A leak that the bench file does not know. to: where the gas goes, the chamber or another compartment (a hatch
    seal). Dimensions by kind: orifice and short_tube diameter (and length), slit width, height, length, capillary
    diameter, length.
    """

    name: str
    compartment: str
    to: str = "chamber"
    kind: Literal["orifice", "short_tube", "slit", "capillary"] = "orifice"
    diameter_m: NonNegativeFloat = 0.0
    width_m: NonNegativeFloat = 0.0
    height_m: NonNegativeFloat = 0.0
    length_m: NonNegativeFloat = 0.0
    discharge: PositiveFloat = 1.0
    begin_s: NonNegativeFloat = 0.0
    end_s: PositiveFloat | None = None

    @property
    def kind_code(self) -> int:
        return ("orifice", "short_tube", "slit", "capillary").index(self.kind)

    @property
    def shape(self) -> tuple[float, float, float]:
        """path_shape of flows.py."""
        if self.kind == "orifice":
            return (self.discharge * math.pi / 4.0 * self.diameter_m**2, 0.0, 0.0)
        if self.kind == "slit":
            return (self.width_m, self.height_m, self.length_m)
        return (self.diameter_m, self.length_m, 0.0)

    @model_validator(mode="after")
    def has_its_dimensions(self) -> Self:
        wanted = {"orifice": "diameter_m", "slit": "width_m height_m length_m"}.get(self.kind, "diameter_m length_m")
        missing = [name for name in wanted.split() if getattr(self, name) <= 0.0]
        if missing:
            raise ValueError(f"a leak of kind {self.kind} needs {', '.join(missing)}")
        return self


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


class Source(Entry):
    """Gas that comes (positive) or goes at a steady rate: make-up by hand, the crew's oxygen."""

    compartment: str
    kg_s: float
    begin_s: NonNegativeFloat = 0.0
    end_s: PositiveFloat | None = None


class Ramp(Entry):
    """The shroud's temperature moves by kelvin within over_s."""

    begin_s: NonNegativeFloat
    over_s: PositiveFloat
    kelvin: float


class Front(Entry):
    """The room's pressure moves at a rate between begin and end."""

    begin_s: NonNegativeFloat = 0.0
    end_s: PositiveFloat
    rate_pa_h: float


class PumpTrip(Entry):
    """All pumps stop; they stay off until somebody switches them on again."""

    at_s: NonNegativeFloat


class Scenario(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
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
    heat_w: dict[str, float] = Field(default_factory=dict)
    """Steady heat of fans and crew into a compartment's gas."""
    ramp: tuple[Ramp, ...] = ()
    room_front: Front | None = None
    hidden_leak: tuple[HiddenLeak, ...] = ()
    patch: tuple[Patch, ...] = ()
    purification: tuple[Puffs, ...] = ()
    source: tuple[Source, ...] = ()
    pump_trip: tuple[PumpTrip, ...] = ()
    fault: tuple[FaultEntry, ...] = ()

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
        return Scenario.model_validate(tomllib.loads(path.read_text()))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        reason = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise ConfigError(f"{path}: {key}: {reason}") from error


class Draws:
    """Standard normal and uniform draws, each a function of (seed, name) alone; all that was drawn is kept."""

    def __init__(self, seed: int, *, hidden: bool) -> None:
        self._seed = seed
        self._hidden = hidden
        self.drawn: dict[str, float] = {}

    def normal(self, name: str, value: float, standard_deviation: float) -> float:
        """Value plus a normal deviation; value itself when draws are off."""
        deviation = self._generator(name).standard_normal() if self._hidden else 0.0
        self.drawn[name] = value + standard_deviation * deviation
        return self.drawn[name]

    def uniform(self, name: str, limit: float) -> float:
        """Between 0 and limit; 0 when draws are off."""
        self.drawn[name] = limit * self._generator(name).random() if self._hidden else 0.0
        return self.drawn[name]

    def _generator(self, name: str) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self._seed, zlib.crc32(f"draw/{name}".encode())]))

"""What a simulated run is like: surroundings, starting point, and what is drawn in secret from stated uncertainties.

What the bench file and certificates state is what the bench knows. What the rig *is* is drawn once per seed here,
and reaches the run folder only as sealed truth.
"""

import tomllib
import zlib
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, PositiveFloat, ValidationError

from bench.errors import ConfigError

SHIPPED = Path(__file__).parents[1] / "scenarios"


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


def load_scenario(name: str) -> Scenario:
    """A shipped scenario by name, or a file. Raises ConfigError naming file, key and reason."""
    path = Path(name) if name.endswith(".toml") else SHIPPED / f"{name}.toml"
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

"""What a method may know of sound on the rig: what the bench file states, never what was drawn from it. SI, levels in
dB re 20 uPa in the band of bursts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Position = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class MicrophoneRig:
    """u_position_m: standard uncertainty each way."""

    name: str
    compartment: str
    position_m: Position
    self_noise_db: float
    u_position_m: float = 1e-3
    u_sensitivity_db: float = 1.0


@dataclass(frozen=True, slots=True)
class BoxRig:
    """origin_m: the corner with the smallest coordinates."""

    origin_m: Position
    size_m: Position


@dataclass(frozen=True, slots=True)
class LeakNoise:
    """A leak of at_kg_s has level_db at 1 m; mean-square pressure goes as the flow. u_level_db: of a single leak."""

    level_db: float
    at_kg_s: float
    u_level_db: float


@dataclass(frozen=True, slots=True)
class AcousticRig:
    """boxes: by compartment, those that are stated."""

    band_hz: tuple[float, float]
    microphones: tuple[MicrophoneRig, ...]
    leak_noise: LeakNoise
    boxes: Mapping[str, BoxRig] = field(default_factory=dict)

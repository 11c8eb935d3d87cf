"""What makes noise, and what hears it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from bench.records import Floats
from bench.sim.sound.air import Air
from bench.sim.sound.house import Spot

Strength = Callable[[float], float]
"""RMS pressure by time in s."""
REFERENCE_PA = 20e-6
LEAK_BAND_HZ = (30_000.0, 50_000.0)
REFERENCE_AIR = Air(temperature_k=295.15, pressure_pa=100e3, humidity=0.0, speed_m_s=344.4, heat_ratio=1.4)
"""In which a leak is as loud as stated."""
INAUDIBLE_PA = REFERENCE_PA
"""RMS, 0 dB: what is weaker (a valve's seat) is not worked out. A microphone's own noise is 30 dB above it."""


@dataclass(frozen=True, slots=True)
class Source:
    """A point. strength_pa: at 1 m, in the band that spectrum is scaled to."""

    name: str
    spot: Spot
    spectrum: Floats
    strength_pa: Strength
    in_wall: bool
    """Heard through the wall, too."""


@dataclass(frozen=True, slots=True)
class Din:
    """Of so many things around that no two microphones hear the same. strength_pa: anywhere in its room."""

    name: str
    room: str
    spectrum: Floats
    strength_pa: Strength


@dataclass(frozen=True, slots=True)
class Ear:
    """A microphone as it is. spectrum: of its own noise; volts_pa: sensitivity with the channel's gain."""

    name: str
    spot: Spot
    spectrum: Floats
    volts_pa: float


def rms_pa(level_db: float) -> float:
    """Of a sound pressure level re 20 uPa."""
    return float(REFERENCE_PA * 10.0 ** (level_db / 20.0))


def leak_rms_pa(flow_kg_s: float, air: Air, efficiency: float) -> float:
    """At 1 m from a leak, in LEAK_BAND_HZ: W = efficiency mdot c^2 / 2 into a hemisphere, p^2 = W rho c / (2 pi).

    efficiency: share of the leak's stream power that is heard inside, as Lighthill's (Proc. R. Soc. A 211 (1952) 564).
    Into vacuum there is no jet in the cabin, only weak inflow noise, heard near by while racks are off, and not
    otherwise (ISS, January 2004). air: of the compartment that is leaking. Flow in either direction counts.
    """
    watts = efficiency * 0.5 * abs(flow_kg_s) * air.speed_m_s**2
    return math.sqrt(watts * air.impedance_pa_s_m / (2.0 * math.pi))


def efficiency_of(level_db: float, flow_kg_s: float) -> float:
    """With which a leak in REFERENCE_AIR has that level at 1 m."""
    return (rms_pa(level_db) / leak_rms_pa(flow_kg_s, REFERENCE_AIR, 1.0)) ** 2

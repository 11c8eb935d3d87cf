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
EFFICIENCY = 3.5e-7
"""Share of a leak's stream power that is heard inside in LEAK_BAND_HZ: an acoustic efficiency, as Lighthill's (Proc. R.
Soc. A 211 (1952) 564). Its size is chosen, not measured. Into vacuum there is no jet in the cabin, only weak inflow
noise: 50 um at 100 kPa make 32 dB at 1 m, heard near by while racks are off, and not otherwise (ISS, January 2004).
"""
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


def leak_rms_pa(flow_kg_s: float, air: Air) -> float:
    """At 1 m from a leak, in LEAK_BAND_HZ: W = EFFICIENCY mdot c^2 / 2 into a hemisphere, p^2 = W rho c / (2 pi).

    air: of the compartment that is leaking. Flow in either direction counts.
    """
    watts = EFFICIENCY * 0.5 * abs(flow_kg_s) * air.speed_m_s**2
    return math.sqrt(watts * air.impedance_pa_s_m / (2.0 * math.pi))

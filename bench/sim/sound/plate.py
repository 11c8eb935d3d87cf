"""Sound in the wall: bending waves, which are dispersive (the A0 Lamb wave while the plate is thin to them).

Cremer, Heckl, Petersson, "Structure-Borne Sound": c_B = (B/m)^(1/4) sqrt(omega), for a plate sqrt(1.8 c_L h f); energy
travels twice as fast.
"""

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats

LONGITUDINAL_M_S = 5400.0
"""In a plate of aluminium."""
THICKNESS_M = 3e-3
AT_ONE_METRE_DB = -20.0
"""What a microphone in the wall takes up of a source in the wall 1 m away, against the same source through air. Chosen,
not measured."""
LOSS_DB_M = 6.0
"""Along the wall, with stringers on it. Chosen."""
RING_LOSS_DB = 15.0
"""At every ring of a hatch that is crossed. Chosen."""


def bending_speed_m_s(frequency_hz: Floats) -> Floats:
    """Of phases."""
    speed: Floats = np.sqrt(1.8 * LONGITUDINAL_M_S * THICKNESS_M * frequency_hz)
    return speed


def through_wall(frequency_hz: Floats, distance_m: float, rings: int) -> NDArray[np.complex128]:
    """Pressure at the microphone by that of the source at 1 m. distance_m: along a straight line, not the shell.

    Spreads in two dimensions.
    """
    loss_db = AT_ONE_METRE_DB - LOSS_DB_M * distance_m - RING_LOSS_DB * rings
    gain = 10.0 ** (loss_db / 20.0) / np.sqrt(max(distance_m, 0.01))
    slowness = np.divide(
        1.0, bending_speed_m_s(frequency_hz), where=frequency_hz > 0.0, out=np.zeros_like(frequency_hz)
    )
    wave: NDArray[np.complex128] = gain * np.exp(-2j * np.pi * distance_m * frequency_hz * slowness)
    return wave

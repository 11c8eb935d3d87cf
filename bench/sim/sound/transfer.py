"""From a source to a microphone as a function of frequency: pressure there by pressure at 1 m from the source."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats
from bench.sim.sound.air import Air
from bench.sim.sound.house import NEAREST_M, Ray

Complexes = NDArray[np.complex128]


def through_air(frequency_hz: Floats, rays: Iterable[Ray], airs: Mapping[str, Air]) -> Complexes:
    """Sum over rays of gain/r exp(-2 pi i f tau), each absorbed on its way."""
    result = np.zeros(frequency_hz.shape, dtype=np.complex128)
    nepers_m = {room: air.absorption_db_m(frequency_hz) * (np.log(10.0) / 20.0) for room, air in airs.items()}
    for ray in rays:
        delay_s = sum(length_m / airs[room].speed_m_s for room, length_m in ray.legs)
        absorbed = sum(nepers_m[room] * length_m for room, length_m in ray.legs)
        spread = ray.gain / max(ray.length_m, NEAREST_M)
        result += spread * np.exp(-absorbed - 2j * np.pi * delay_s * frequency_hz)
    return result

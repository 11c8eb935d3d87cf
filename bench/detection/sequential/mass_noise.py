"""How the errors of ln m go with time, from what the rig states of its sensors."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain

import numpy as np

from bench.detection.gas_temperature import volume_fractions
from bench.detection.noise import HOUR_S
from bench.records import Floats
from bench.rig import CompartmentRig


@dataclass(frozen=True, slots=True)
class MassNoise:
    """Relative errors. white: of a block's mean. walk: 1/sqrt(s). slow, correlation_time_s: (m,), standard deviations
    of Ornstein-Uhlenbeck errors, one of each correlation time.
    """

    white: float
    walk: float
    slow: Floats
    correlation_time_s: Floats


def declared_noise(volume: CompartmentRig, pressure_pa: float, temperature_k: float, width_s: float) -> MassNoise:
    """Errors of different sensors are independent: d ln m = dP_i / (k P) of k gauges, -f_j dT_j / T."""
    gauges = [(gauge.noise, 1.0 / (len(volume.gauges) * pressure_pa)) for gauge in volume.gauges]
    shares = volume_fractions(volume.thermometers) / temperature_k
    thermometers = [(t.noise, float(share)) for t, share in zip(volume.thermometers, shares, strict=True)]
    white = walk = 0.0
    slow: dict[float, float] = defaultdict(float)
    for noise, weight in chain(gauges, thermometers):
        white += weight**2 * (noise.white**2 + noise.resolution**2 / 12.0) / width_s
        walk += weight**2 * noise.random_walk**2 / HOUR_S
        if noise.representativeness:
            slow[noise.correlation_time_s] += (weight * noise.representativeness) ** 2
    return MassNoise(float(np.sqrt(white)), float(np.sqrt(walk)), np.sqrt([*slow.values()]), np.array([*slow]))

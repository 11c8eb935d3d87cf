"""How the errors of ln m go with time, from what the rig states of its sensors: of one block, as of all."""

import numpy as np

from bench.detection.mass import sensor_terms
from bench.detection.noise import BlockNoise, declared_noise
from bench.rig import CompartmentRig


def mass_noise(volume: CompartmentRig, pressure_pa: float, temperature_k: float, width_s: float) -> BlockNoise:
    """Relative. A block has a reading a second."""
    width = np.array([width_s])
    fresh = dict.fromkeys(volume.channels, width)
    return declared_noise(
        sensor_terms(volume, volume.thermometers, fresh, 1.0 / pressure_pa, 1.0 / temperature_k), width
    )

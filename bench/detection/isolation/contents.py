"""The gas in a volume at one moment, from what sensors were read."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from bench.detection.gas_temperature import mean_gas_temperature, volume_fractions
from bench.detection.mass import MIN_SHARE
from bench.rig import CompartmentRig, Rig


@dataclass(frozen=True, slots=True)
class Contents:
    """log_mass: up to a constant that depends on which channels were read. seen: channel -> d(log_mass)/d(reading)."""

    channels: tuple[str, ...]
    log_mass: float
    mass_kg: float
    temperature_k: float
    seen: Mapping[str, float]


def read(names: Iterable[str], means: Mapping[str, float]) -> tuple[str, ...]:
    """Channels with a reading that can be a pressure or a temperature."""
    return tuple(name for name in names if means[name] > 0.0)


def contents(rig: Rig, volume: CompartmentRig, means: Mapping[str, float]) -> Contents | None:
    """By ln m = ln P - ln T + ln V, V with the walls' temperature and the pressure; None if nothing tells P or T.

    means: channel -> Pa or K, NaN where there is none. The pressure is the gauges' mean, the temperature that of
    ANSI/ANS-56.8.
    """
    gauges = read((gauge.channel for gauge in volume.gauges), means)
    names = read((thermometer.channel for thermometer in volume.thermometers), means)
    kept = [thermometer for thermometer in volume.thermometers if thermometer.channel in names]
    if not gauges or sum(thermometer.volume_fraction for thermometer in kept) < MIN_SHARE:
        return None
    pressure_pa = fmean(means[name] for name in gauges)
    readings_k = {name: np.array([means[name]]) for name in names}
    temperature_k = float(mean_gas_temperature(kept, readings_k)[0])
    walls = read(volume.wall_channels, means)
    growth = volume.elasticity_1_pa * pressure_pa
    growth += volume.expansion_1_k * fmean(means[name] for name in walls) if walls else 0.0
    seen = dict.fromkeys(gauges, 1.0 / (len(gauges) * pressure_pa))
    for thermometer, fraction in zip(kept, volume_fractions(kept), strict=True):
        seen[thermometer.channel] = -float(fraction) * temperature_k / means[thermometer.channel] ** 2
    mass_kg = pressure_pa * volume.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)
    log_mass = math.log(pressure_pa / temperature_k) + growth
    return Contents((*gauges, *names, *walls), log_mass, mass_kg, temperature_k, seen)

"""Absorption of sound by air: ISO 9613-1:1993, equations 3 to 5 and annex B."""

import math

import numpy as np

from bench.records import Floats

REFERENCE_K, REFERENCE_PA = 293.15, 101_325.0
TRIPLE_POINT_K = 273.16


def vapour_share(relative_humidity: float, temperature_k: float, pressure_pa: float) -> float:
    """Molar share of vapour. relative_humidity: as a share of 1."""
    saturation_pa = REFERENCE_PA * 10.0 ** (4.6151 - 6.8346 * (TRIPLE_POINT_K / temperature_k) ** 1.261)
    return float(relative_humidity * saturation_pa / pressure_pa)


def absorption_db_m(frequency_hz: Floats, temperature_k: float, pressure_pa: float, vapour: float) -> Floats:
    """In dB per metre. vapour: molar share. Stated to 10 % between 253 and 323 K up to 1 MHz at one atmosphere."""
    warm, atmospheres, percent = temperature_k / REFERENCE_K, pressure_pa / REFERENCE_PA, 100.0 * vapour
    oxygen_hz = atmospheres * (24.0 + 4.04e4 * percent * (0.02 + percent) / (0.391 + percent))
    slowed = math.exp(-4.170 * (warm ** (-1.0 / 3.0) - 1.0))
    nitrogen_hz = atmospheres / math.sqrt(warm) * (9.0 + 280.0 * percent * slowed)
    squared = np.square(frequency_hz)
    oxygen = 0.01275 * math.exp(-2239.1 / temperature_k) / (oxygen_hz + squared / oxygen_hz)
    nitrogen = 0.1068 * math.exp(-3352.0 / temperature_k) / (nitrogen_hz + squared / nitrogen_hz)
    classical = 1.84e-11 / atmospheres * math.sqrt(warm)
    absorbed: Floats = 8.686 * squared * (classical + warm**-2.5 * (oxygen + nitrogen))
    return absorbed

"""Physics of a quadrupole with an electron-impact ionizer: from partial pressures to ion currents, and their noise."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bench.records import Floats

PA_PER_TORR = 101325.0 / 760
CRACKING: Mapping[str, Mapping[int, float]] = {
    "N2": {28: 1.0, 14: 0.138, 29: 0.0075},
    "O2": {32: 1.0, 16: 0.218, 34: 0.004},
    "H2O": {18: 1.0, 17: 0.212, 16: 0.009},
    "CO2": {44: 1.0, 28: 0.098, 16: 0.096, 12: 0.087, 45: 0.012},
    "Ar": {40: 1.0, 20: 0.146, 36: 0.003},
    "He": {4: 1.0},
}
"""Mass -> share of the main peak, at 70 eV (ratios as in the NIST collection of spectra) [K]."""
IONIZATION: Mapping[str, float] = {"N2": 1.0, "O2": 0.86, "H2O": 1.12, "CO2": 1.4, "Ar": 1.2, "He": 0.14}
"""Ions of a gas per ion of nitrogen at the same pressure: a reading is N2-equivalent, helium reads a seventh [K]."""
MS_PER_AMU = (2000.0, 1000.0, 400.0, 200.0, 126.0, 45.0, 30.0, 15.0)  # of a scan, by NF
MS_PER_MASS = (2200.0, 1100.0, 440.0, 220.0, 139.0, 50.0, 33.0, 16.5)  # of a single mass, by NF
QUIETEST_A = 1e-15
"""Standard deviation of a current that is averaged for 2 s; white, so that it grows with the speed's root [K]."""
WIDTH_AT_TENTH = 1.0  # amu: what is meant by unit resolution
HALF_BASE = WIDTH_AT_TENTH * math.pi / 4 / math.acos(math.sqrt(0.1))  # amu, of a peak shaped as a squared cosine
ONE_MILLIAMPERE = 1.0  # of emission, for which sensitivities are stated


@dataclass(frozen=True)
class Head:
    """What a particular head does; sensitivities in mA/Torr of nitrogen at 1 mA emission, for the Faraday cup.

    The multiplier gains `gain` at gain_v volts and the given power of the voltage elsewhere [K].
    """

    sensitivity: float = 0.1
    total_sensitivity: float = 0.12
    quietest_a: float = QUIETEST_A
    seed: int = 0
    cracking: Mapping[str, Mapping[int, float]] = field(default_factory=lambda: CRACKING)
    ionization: Mapping[str, float] = field(default_factory=lambda: IONIZATION)
    gain: float = 1000.0
    gain_v: float = 1400.0
    gain_power: float = 8.0

    def currents_a(self, pressures_pa: Mapping[str, float], emission_ma: float, masses: Floats) -> Floats:
        """Of the Faraday cup, at these settings of the mass filter."""
        currents = np.zeros_like(masses)
        if not emission_ma:
            return currents
        for species, ionized_torr in self._ionized_torr(pressures_pa).items():
            for mass, share in self.cracking[species].items():
                currents += ionized_torr * share * peak(masses - mass)
        return currents * self.sensitivity * 1e-3 * emission_ma / ONE_MILLIAMPERE

    def total_a(self, pressures_pa: Mapping[str, float], emission_ma: float) -> float:
        """Of all ions together, in front of the mass filter."""
        ionized_torr = sum(self._ionized_torr(pressures_pa).values()) if emission_ma else 0.0
        return ionized_torr * self.total_sensitivity * 1e-3 * emission_ma / ONE_MILLIAMPERE

    def multiplied(self, voltage_v: float) -> float:
        """Gain of the multiplier; 0 V: the Faraday cup is used."""
        return self.gain * (voltage_v / self.gain_v) ** self.gain_power if voltage_v else 1.0

    def noise_a(self, number: int, dwell_ms: float, count: int) -> Floats:
        """Of the measurement of that number since power-up, and of nothing else but the seed."""
        generator = np.random.Generator(np.random.Philox(key=[self.seed, number]))
        return generator.standard_normal(count) * self.quietest_a * math.sqrt(MS_PER_AMU[0] / dwell_ms)

    def _ionized_torr(self, pressures_pa: Mapping[str, float]) -> Mapping[str, float]:
        """What is not known, or is no pressure, leaves no ions."""
        return {
            species: pressure_pa / PA_PER_TORR * self.ionization[species]
            for species, pressure_pa in pressures_pa.items()
            if species in self.cracking and math.isfinite(pressure_pa) and pressure_pa > 0
        }


def peak(distance_amu: Floats) -> Floats:
    """Height beside a mass; nothing of it is left at the next one."""
    inside = np.abs(distance_amu) < HALF_BASE
    return np.where(inside, np.cos(np.pi / 2 * distance_amu / HALF_BASE) ** 2, 0.0)


def total_torr(pressures_pa: Mapping[str, float]) -> float:
    """Of every gas, ionized or not; what is no pressure counts as nothing."""
    return sum(pressure_pa for pressure_pa in pressures_pa.values() if pressure_pa > 0) / PA_PER_TORR

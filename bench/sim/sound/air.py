"""The gas in a compartment as sound meets it."""

from dataclasses import dataclass

from bench.records import Floats
from bench.sim.sound.absorption import absorption_db_m, vapour_share

LEAST_PA = 100.0
"""Below this pressure nothing is heard anyway, and formulas for sound in air mean nothing."""


@dataclass(frozen=True, slots=True)
class Air:
    """humidity: relative, as a share of 1. heat_ratio: of heat capacities."""

    temperature_k: float
    pressure_pa: float
    humidity: float
    speed_m_s: float
    heat_ratio: float

    @property
    def impedance_pa_s_m(self) -> float:
        """Density times speed."""
        return self.heat_ratio * self.pressure_pa / self.speed_m_s

    def absorption_db_m(self, frequency_hz: Floats) -> Floats:
        share = vapour_share(self.humidity, self.temperature_k, self.pressure_pa)
        return absorption_db_m(frequency_hz, self.temperature_k, self.pressure_pa, share)

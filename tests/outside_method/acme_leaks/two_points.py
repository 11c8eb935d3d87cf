import numpy as np

from bench.detection.method import CannotEstimateError
from bench.records import LeakEstimate


class TwoPoints:
    """The gas in the first minutes of the window less that in the last; its u knows nothing of slow errors."""

    name = "two_points"

    def __init__(self, minutes: float = 10.0) -> None:
        self.minutes = minutes

    def estimate(self, rig, series, window):
        length_s = 60.0 * self.minutes
        first = series.between(window.begin_s, window.begin_s + length_s)
        last = series.between(window.end_s - length_s, window.end_s)
        (m1, u1), (m2, u2) = (self._mass_kg(rig, window, part) for part in (first, last))
        apart_s = window.end_s - window.begin_s - length_s
        return LeakEstimate(self.name, window.name, (m1 - m2) / apart_s, float(np.hypot(u1, u2)) / apart_s)

    def _mass_kg(self, rig, window, part):
        volume = rig.volume(window.compartment)
        if not {volume.gauges[0].channel, volume.thermometers[0].channel} <= part.columns.keys():
            raise CannotEstimateError(self.name, window.name, "no pressure or no temperature was recorded")
        pressure_pa, temperature_k = (part.columns[s[0].channel] for s in (volume.gauges, volume.thermometers))
        mass_kg = pressure_pa * volume.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)
        mass_kg = mass_kg[np.isfinite(mass_kg)]
        if mass_kg.size < 10:
            raise CannotEstimateError(self.name, window.name, f"{mass_kg.size} usable scans, 10 needed")
        return float(mass_kg.mean()), float(mass_kg.std() / np.sqrt(mass_kg.size))

"""What an SRS RGA200 measures, as it sends it: ion currents of four bytes each, in units of 1e-16 A."""

from collections.abc import Callable, Mapping

import numpy as np

from bench.records import Floats
from bench.sim.instruments.srs_rga200_spectrum import MS_PER_AMU, MS_PER_MASS, Head, total_torr

CURRENT_UNIT_A = 1e-16


class Detector:
    """Mass filter, Faraday cup, multiplier and electrometer. Settings come with each call, by the names of commands.

    took_s: what a real one would have needed for all that was measured since somebody set it to 0.
    """

    def __init__(self, head: Head, partial_pressures_pa: Callable[[], Mapping[str, float]]) -> None:
        self._head, self._pressures_pa = head, partial_pressures_pa
        self._measured = 0
        self.took_s = 0.0

    def gas_torr(self) -> float:
        return total_torr(self._pressures_pa())

    def analog(self, values: Mapping[str, float], emission_ma: float) -> bytes:
        """All points, then the total."""
        return self._scanned(analog_masses(values), MS_PER_AMU[int(values["NF"])] / values["SA"], values, emission_ma)

    def histogram(self, values: Mapping[str, float], emission_ma: float) -> bytes:
        """All masses, then the total."""
        return self._scanned(histogram_masses(values), MS_PER_AMU[int(values["NF"])], values, emission_ma)

    def single_mass(self, mass: float, values: Mapping[str, float], emission_ma: float) -> bytes:
        return packed(self._filtered(np.array([mass]), MS_PER_MASS[int(values["NF"])], values, emission_ma))

    def total(self, values: Mapping[str, float], emission_ma: float) -> bytes:
        """Zero while TP is 0 or the multiplier deflects the ions [K]."""
        if not values["TP"] or values["HV"]:
            return packed(np.zeros(1))
        total_a = self._head.total_a(self._pressures_pa(), emission_ma)
        return packed(total_a + self._noise_a(MS_PER_AMU[int(values["NF"])], 1))

    def _scanned(self, masses: Floats, dwell_ms: float, values: Mapping[str, float], emission_ma: float) -> bytes:
        return packed(self._filtered(masses, dwell_ms, values, emission_ma)) + self.total(values, emission_ma)

    def _filtered(self, masses: Floats, dwell_ms: float, values: Mapping[str, float], emission_ma: float) -> Floats:
        currents_a = self._head.currents_a(self._pressures_pa(), emission_ma, masses)
        return currents_a * self._head.multiplied(values["HV"]) + self._noise_a(dwell_ms, len(masses))

    def _noise_a(self, dwell_ms: float, count: int) -> Floats:
        self._measured += 1
        self.took_s += dwell_ms * count / 1000
        return self._head.noise_a(self._measured, dwell_ms, count)


def analog_masses(values: Mapping[str, float]) -> Floats:
    first, last, steps = (int(values[name]) for name in ("MI", "MF", "SA"))
    return first + np.arange((last - first) * steps + 1) / steps


def histogram_masses(values: Mapping[str, float]) -> Floats:
    return np.arange(values["MI"], values["MF"] + 1)


def packed(currents_a: Floats) -> bytes:
    """Four bytes each, little end first; what is too large saturates."""
    counts = np.rint(currents_a / CURRENT_UNIT_A).clip(-(2**31), 2**31 - 1)
    return counts.astype("<i4").tobytes()

"""A monitor as small as one can be, to test what is done with monitors: a CUSUM on minutes of ln (P/T)."""

from dataclasses import dataclass

import numpy as np

from bench.detection.method import CannotEstimateError
from bench.detection.stream import BlockStream
from bench.records import LeakEstimate


@dataclass(frozen=True)
class TinyCusum:
    """Rates above `rate_kg_s`, told when their sum exceeds h standard deviations of the background's minutes."""

    rate_kg_s: float = 1e-7
    h: float = 8.0
    width_s: float = 60.0
    compartment: str = "node"
    name = "tiny_cusum"

    def start(self, rig, background=None):
        return Watching(self, rig, background)


class Watching:
    def __init__(self, wanted, rig, background):
        self._wanted, self._volume, self._gas = wanted, rig.volume(wanted.compartment), rig.gas_constant_j_kg_k
        self._stream = BlockStream(self._volume.channels, wanted.width_s)
        self._sum = self._before = 0.0
        self._mean = self._sd = 0.0
        if background is None:
            raise CannotEstimateError(wanted.name, wanted.compartment, "nothing to learn from")
        _, y, _ = self._log_mass(background)
        steps = np.diff(y[np.isfinite(y)])
        if steps.size < 5:
            raise CannotEstimateError(wanted.name, wanted.compartment, f"{steps.size} minutes to learn from")
        self._mean, self._sd = float(steps.mean()), float(steps.std())
        self._stream = BlockStream(self._volume.channels, wanted.width_s)
        self._before, self._begun = np.nan, np.nan

    def _log_mass(self, series):
        blocks = self._stream.add(series)
        pressure_pa = np.mean([blocks.values[gauge.channel] for gauge in self._volume.gauges], axis=0)
        temperature_k = np.mean([blocks.values[t.channel] for t in self._volume.thermometers], axis=0)
        mass_kg = pressure_pa * self._volume.volume_m3 / (self._gas * temperature_k)
        return blocks.end_s, np.log(pressure_pa / temperature_k), mass_kg

    def update(self, series):
        return [found for block in zip(*self._log_mass(series), strict=True) if (found := self._step(*block))]

    def _step(self, end_s, y, mass_kg):
        step, self._before = y - self._before, (y if np.isfinite(y) else self._before)
        if not np.isfinite(step):
            return None
        wanted = self._wanted
        reference = wanted.rate_kg_s * wanted.width_s / mass_kg
        self._sum = max(0.0, self._sum + (self._mean - step) - reference / 2.0)
        self._begun = end_s if self._sum == 0.0 else self._begun
        rate_kg_s, u_kg_s = (self._mean - step) / wanted.width_s * mass_kg, self._sd / wanted.width_s * mass_kg
        alarm = bool(self._sum > wanted.h * self._sd)
        onset_s = float(self._begun) if alarm and np.isfinite(self._begun) else None
        about = {"time_s": float(end_s), "onset_s": onset_s, "alarm": alarm}
        return LeakEstimate(wanted.name, wanted.compartment, float(rate_kg_s), float(u_kg_s), **about)

"""Shewhart and EWMA charts: ln m against its own long mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.detection.sequential.chart import Finding
from bench.detection.sequential.mass_noise import mass_noise
from bench.detection.sequential.mass_stream import MassBlock
from bench.rig import CompartmentRig


@dataclass(frozen=True, slots=True)
class ResidualCharts:
    """long_s: memory of the mean (EWMA). short_s: memory of the residual's own EWMA; 0: Shewhart, block by block."""

    long_s: float = 48 * 3600.0
    short_s: float = 0.0

    def start(self, volume: CompartmentRig, block: MassBlock) -> "ResidualChart":
        noise = mass_noise(volume, block.pressure_pa, block.temperature_k, block.end_s - block.begin_s)
        return ResidualChart(self, float(np.sqrt(noise.white[0] + noise.variance.sum())))


class ResidualChart:
    """Score: how far ln m is below its mean, in standard deviations of one block."""

    def __init__(self, charts: ResidualCharts, sigma: float) -> None:
        self._charts, self._sigma = charts, sigma
        self._mean = self._smooth = 0.0
        self._blocks = 0
        self._begun_s = self._now_s = np.nan

    def update(self, block: MassBlock) -> float:
        width_s = block.end_s - block.begin_s
        self._blocks += 1
        residual = block.log_mass - self._mean if self._blocks > 1 else 0.0
        self._smooth += (residual - self._smooth) * -np.expm1(-width_s / max(self._charts.short_s, 1e-9))
        self._mean += (block.log_mass - self._mean) * max(1.0 / self._blocks, -np.expm1(-width_s / self._charts.long_s))
        self._now_s = block.end_s
        if self._smooth >= 0.0 or not np.isfinite(self._begun_s):
            self._begun_s = block.begin_s
        return -self._smooth / self._sigma

    def learn(self, background: Sequence[MassBlock]) -> None:
        """Nothing: the level before is not that of the watch. The noise is the declared one."""

    @property
    def finding(self) -> Finding:
        """As if ln m had fallen in a line since it last was at its mean."""
        elapsed_s = self._now_s - self._begun_s
        return Finding(max(-self._smooth, 0.0) / elapsed_s, self._sigma / elapsed_s, self._begun_s)

"""What emergency logic does: dP/dt over a window, the temperature unheard."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.detection.noise import HOUR_S
from bench.detection.sequential.chart import Finding
from bench.detection.sequential.mass_stream import MassBlock
from bench.rig import CompartmentRig


@dataclass(frozen=True, slots=True)
class PressureCharts:
    window_s: float

    def start(self, volume: CompartmentRig, block: MassBlock) -> "PressureChart":
        del block
        noises = [gauge.noise for gauge in volume.gauges]
        walk = np.linalg.norm([noise.random_walk for noise in noises]) / len(noises)
        white = np.linalg.norm([(noise.white, noise.resolution / np.sqrt(12.0)) for noise in noises]) / len(noises)
        hours = self.window_s / HOUR_S
        return PressureChart(self.window_s, float(np.hypot(walk / np.sqrt(hours), np.sqrt(2.0) * white / hours)))


class PressureChart:
    """Score: loss of pressure, Pa/h, between the ends of the window; 0 until that is full. u_pa_h: of the mean gauge's
    noise, as if each end were a single reading.
    """

    def __init__(self, window_s: float, u_pa_h: float) -> None:
        self._window_s, self._u_pa_h = window_s, u_pa_h
        self._past: deque[MassBlock] = deque()

    def update(self, block: MassBlock) -> float:
        self._past.append(block)
        while self._past[0].end_s < block.end_s - self._window_s:
            self._past.popleft()
        return self._loss_pa_h() if self._full else 0.0

    def learn(self, background: Sequence[MassBlock]) -> None:
        """Nothing."""

    @property
    def finding(self) -> Finding:
        if not self._full:
            return Finding(np.nan, np.inf)
        per_pa_h = 1.0 / (HOUR_S * self._past[-1].pressure_pa)
        return Finding(self._loss_pa_h() * per_pa_h, self._u_pa_h * per_pa_h)

    @property
    def _full(self) -> bool:
        return self._past[-1].end_s - self._past[0].end_s >= self._window_s

    def _loss_pa_h(self) -> float:
        return (self._past[0].pressure_pa - self._past[-1].pressure_pa) / self._window_s * HOUR_S

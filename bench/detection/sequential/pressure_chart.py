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
        gauges = volume.gauges
        walk = np.linalg.norm([gauge.noise.random_walk for gauge in gauges]) / len(gauges)
        return PressureChart(self.window_s, float(walk))


class PressureChart:
    """Score: loss of pressure, Pa/h, between the ends of the window. walk: of the mean gauge, Pa/sqrt(h)."""

    def __init__(self, window_s: float, walk: float) -> None:
        self._window_s, self._walk = window_s, walk
        self._past: deque[MassBlock] = deque()

    def update(self, block: MassBlock) -> float:
        self._past.append(block)
        while self._past[0].end_s < block.end_s - self._window_s:
            self._past.popleft()
        return self._loss_pa_s() * HOUR_S

    def learn(self, background: Sequence[MassBlock]) -> None:
        """Nothing."""

    @property
    def finding(self) -> Finding:
        pressure_pa = self._past[-1].pressure_pa
        u_pa_s = self._walk / np.sqrt(self._window_s / HOUR_S) / HOUR_S
        return Finding(self._loss_pa_s() / pressure_pa, float(u_pa_s) / pressure_pa)

    def _loss_pa_s(self) -> float:
        """0 until the window is full."""
        first, last = self._past[0], self._past[-1]
        full = last.end_s - first.end_s >= self._window_s
        return (first.pressure_pa - last.pressure_pa) / self._window_s if full else 0.0

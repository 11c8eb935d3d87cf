"""Charts on the evidence of the ramp filter: GLR, CUSUM and Shiryaev-Roberts differ in what they ask of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.detection.sequential.chart import Finding, root_mean_square
from bench.detection.sequential.evidence import leak
from bench.detection.sequential.mass_noise import mass_noise
from bench.detection.sequential.mass_stream import MassBlock
from bench.detection.sequential.ramp_filter import RampFilter, RampModel
from bench.records import Floats
from bench.rig import CompartmentRig

PLAIN = RampModel()
NOTHING_KNOWN = Finding(0.0, np.inf)


@dataclass(frozen=True, slots=True)
class RampCharts:
    """statistic: likelihood_ratio, page or shiryaev_roberts. hold_above: a score above which no later onset becomes a
    candidate, so that the true one is not pushed out by later ones while the leak goes on.
    """

    statistic: Callable[[Floats, Floats], float]
    hold_above: float
    model: RampModel = PLAIN

    def start(self, volume: CompartmentRig, block: MassBlock) -> "RampChart":
        width_s = block.end_s - block.begin_s
        noise = mass_noise(volume, block.pressure_pa, block.temperature_k, width_s)
        return RampChart(self, RampFilter(noise, self.model, width_s))


class RampChart:
    def __init__(self, charts: RampCharts, ramps: RampFilter) -> None:
        self._charts, self._ramps = charts, ramps
        self._score = -np.inf

    def update(self, block: MassBlock) -> float:
        hold = self._score > self._charts.hold_above
        self._ramps.update(block.centre_s, block.log_mass, block.wall_k, new_onset=not hold)
        evidence = self._ramps.evidence
        self._score = self._charts.statistic(evidence.score, evidence.information)
        return self._score

    def learn(self, background: Sequence[MassBlock]) -> None:
        """The nominal slope, and how much larger the noise is than declared."""
        innovations = [self._ramps.update(block.centre_s, block.log_mass, block.wall_k) for block in background]
        self._ramps.resume(max(root_mean_square(innovations[1:]), 1.0))

    @property
    def finding(self) -> Finding:
        evidence = self._ramps.evidence
        if not np.any(evidence.information > 0.0):
            return NOTHING_KNOWN
        found = leak(evidence)
        note = f"onset +- {found.u_onset_s / 3600.0:.2g} h"
        return Finding(found.loss_1_s, found.u_loss_1_s, found.onset_s, (note,))

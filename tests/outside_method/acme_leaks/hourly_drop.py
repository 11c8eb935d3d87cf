from dataclasses import dataclass

import numpy as np

from bench.detection.stream import BlockStream
from bench.records import LeakEstimate

CABIN_K = 295.0


@dataclass(frozen=True)
class HourlyDrop:
    """Alarm where the mean pressure has fallen by more than drop_pa from one hour to the next."""

    drop_pa: float = 5.0
    compartment: str = "whole"
    name = "hourly_drop"

    def start(self, rig, background=None):  # noqa: ARG002 - it has nothing to learn
        return Watching(self, rig)


class Watching:
    def __init__(self, wanted, rig):
        self.wanted, self.volume = wanted, rig.volume(wanted.compartment)
        self.gauge = self.volume.gauges[0]
        self.kg_per_pa = self.volume.volume_m3 / (rig.gas_constant_j_kg_k * CABIN_K)
        self.stream, self.before_pa = BlockStream([self.gauge.channel], 3600.0), np.nan

    def update(self, series):
        hours = self.stream.add(series)
        return [self.answer(*hour) for hour in zip(hours.end_s, hours.values[self.gauge.channel], strict=True)]

    def answer(self, end_s, pressure_pa):
        drop_pa, self.before_pa = self.before_pa - pressure_pa, pressure_pa
        kg_s, alarm = self.kg_per_pa / 3600.0, bool(drop_pa > self.wanted.drop_pa)
        about = (self.wanted.name, self.wanted.compartment)
        return LeakEstimate(*about, drop_pa * kg_s, self.gauge.noise.white * kg_s, time_s=end_s, alarm=alarm)

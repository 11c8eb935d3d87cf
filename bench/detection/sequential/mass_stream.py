"""ln m of a volume of gas as scans come: mean gauge, volume-weighted temperature, a shell that grows with its wall."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.detection.gas_temperature import volume_fractions
from bench.detection.stream import BlockStream
from bench.records import Floats, Series
from bench.rig import CompartmentRig, Rig

BLOCK_S = 600.0
"""Science 5.4. The thermometers' slow errors have hours; shorter blocks would only cost time."""


@dataclass(frozen=True, slots=True)
class MassBlock:
    """Means over a block that was read. log_mass: ln m up to a constant. wall_k: of the wall, or of the
    gas while no wall was read. gas_kg: what the volume holds.
    """

    begin_s: float
    end_s: float
    log_mass: float
    wall_k: float
    pressure_pa: float
    temperature_k: float
    gas_kg: float

    @property
    def centre_s(self) -> float:
        return 0.5 * (self.begin_s + self.end_s)


class MassStream:
    def __init__(self, rig: Rig, volume: CompartmentRig, width_s: float = BLOCK_S) -> None:
        self._rig, self._volume = rig, volume
        self._channels = volume.channels
        self._stream = BlockStream(self._channels, width_s)
        shares = volume_fractions(volume.thermometers)
        self._gauges = Group([gauge.channel for gauge in volume.gauges])
        self._gas = Group([thermometer.channel for thermometer in volume.thermometers], shares)
        self._wall = Group(volume.wall_channels)

    def add(self, series: Series) -> list[MassBlock]:
        """The blocks that these scans finish, without those in which no gauge or no thermometer was read."""
        blocks = self._stream.add(series)
        found = []
        for row, begin_s in enumerate(blocks.begin_s):
            values = {name: float(blocks.values[name][row]) for name in self._channels}
            block = self._block(float(begin_s), float(blocks.end_s[row]), values)
            if np.isfinite(block.log_mass):
                found.append(block)
        return found

    def _block(self, begin_s: float, end_s: float, values: dict[str, float]) -> MassBlock:
        pressure_pa, gas_k, wall_k = (group.mean(values) for group in (self._gauges, self._gas, self._wall))
        wall_k = wall_k if np.isfinite(wall_k) else gas_k
        volume = self._volume
        shell = volume.expansion_1_k * wall_k + volume.elasticity_1_pa * pressure_pa
        gas_kg = pressure_pa * volume.volume_m3 / (self._rig.gas_constant_j_kg_k * gas_k)
        log_mass = float(np.log(pressure_pa / gas_k)) + shell
        return MassBlock(begin_s, end_s, log_mass, wall_k, pressure_pa, gas_k, gas_kg)


class Group:
    """Sensors of one quantity. One that is not read is taken to differ from the others as it last did: leaving it out
    would make a jump of the mean, which looks like gas.
    """

    def __init__(self, channels: Sequence[str], weights: Floats | None = None) -> None:
        self._channels = tuple(channels)
        self._weights = np.full(len(channels), 1.0 / max(len(channels), 1)) if weights is None else weights
        self._differences = np.zeros(len(channels))

    def mean(self, values: dict[str, float]) -> float:
        """Weighted mean; NaN if none was read. What is not positive is no absolute pressure or temperature."""
        read = np.array([values[channel] for channel in self._channels])
        good = read > 0.0
        if not good.any():
            return float("nan")
        level = self._weights[good] @ (read[good] - self._differences[good]) / self._weights[good].sum()
        filled = np.where(good, read, level + self._differences)
        mean = float(self._weights @ filled)
        self._differences = filled - mean
        return mean

"""ln m of a volume of gas as scans come: mean gauge, volume-weighted temperature, a shell that grows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
        gauges, gas = [g.channel for g in volume.gauges], [t.channel for t in volume.thermometers]
        self._stream = BlockStream([*gauges, *gas, *volume.wall_channels], width_s)
        shares = volume_fractions(volume.thermometers)
        self._gauges = Group(gauges)
        self._gas = Group(gas, shares)
        self._wall = Group(volume.wall_channels)

    def add(self, series: Series) -> list[MassBlock]:
        """The blocks that these scans finish, without those in which no gauge or no thermometer was read."""
        blocks = self._stream.add(series)
        if blocks.begin_s.size == 0:
            return []
        groups = (self._gauges, self._gas, self._wall)
        pressure_pa, gas_k, wall_k = (group.mean(blocks.values, blocks.begin_s.size) for group in groups)
        wall_k = np.where(np.isfinite(wall_k), wall_k, gas_k)
        volume = self._volume
        shell = volume.expansion_1_k * wall_k + volume.elasticity_1_pa * pressure_pa
        log_mass = np.log(pressure_pa / gas_k) + shell
        gas_kg = pressure_pa * volume.volume_m3 / (self._rig.gas_constant_j_kg_k * gas_k)
        rows = np.column_stack((blocks.begin_s, blocks.end_s, log_mass, wall_k, pressure_pa, gas_k, gas_kg))
        return [MassBlock(*row) for row in rows[np.isfinite(log_mass)].tolist()]


class Group:
    """Sensors of one quantity. One that is not read is taken to differ from the others as it last did: leaving it out
    would make a jump of the mean, which looks like gas.
    """

    def __init__(self, channels: Sequence[str], weights: Floats | None = None) -> None:
        self._channels = tuple(channels)
        self._weights = np.full(len(channels), 1.0 / max(len(channels), 1)) if weights is None else weights
        self._differences = np.zeros(len(channels))

    def mean(self, values: Mapping[str, Floats], count: int) -> Floats:
        """Weighted mean per block, (count,); NaN if none was read. What is not positive is no absolute pressure or
        temperature.
        """
        read = np.array([values[channel] for channel in self._channels]).reshape(-1, count).T
        good = read > 0.0
        means = np.where(good.all(axis=1) & (len(self._channels) > 0), read @ self._weights, np.nan)
        for block in np.flatnonzero(~good.all(axis=1)):
            self._follow(read[:block], means[:block])
            means[block] = self._incomplete(read[block], good[block])
        self._follow(read, means)
        return means

    def _follow(self, read: Floats, means: Floats) -> None:
        """Differences as they were in the last complete block."""
        complete = np.flatnonzero(np.isfinite(read).all(axis=1) & (read > 0.0).all(axis=1))
        if complete.size:
            self._differences = read[complete[-1]] - means[complete[-1]]

    def _incomplete(self, read: Floats, good: NDArray[np.bool_]) -> float:
        if not good.any():
            return float("nan")
        share = self._weights[good]
        return float(share @ (read[good] - self._differences[good]) / share.sum())

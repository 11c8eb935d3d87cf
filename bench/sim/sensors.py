"""Sensor errors (science 1.5): white noise, the representativeness error of gas thermometers, gain, offset, steps.

Noise is a function of (seed, channel, grid index) from a counter-based generator: asking twice changes nothing.
"""

import math
import zlib

import numpy as np
from scipy.signal import lfilter

from bench.config.model import ChannelEntry
from bench.records import Floats, NoiseClass
from bench.sim.scenario import Draws

BLOCK = 4096
KEPT_BLOCKS = 4


class Noise:
    """White plus Ornstein-Uhlenbeck noise of one channel on the grid. white_sd: of one sample on the grid."""

    def __init__(self, seed: int, channel: str, noise: NoiseClass, white_sd: float, grid_s: float) -> None:
        self._keys = [[seed, zlib.crc32(f"{stream}/{channel}".encode())] for stream in ("white", "ou")]
        self._white_sd = white_sd
        self._ou_sd = noise.representativeness
        self._memory = math.exp(-grid_s / noise.correlation_time_s)
        self._ends = [self._ou_sd * float(self._normals(1, 2**32)[0])]  # stationary start; end of each block so far
        self._blocks: dict[int, Floats] = {}

    def at(self, index: int) -> float:
        number, place = divmod(index, BLOCK)
        block = self._blocks.get(number)
        return float((self._block(number) if block is None else block)[place])

    def many(self, indices: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        return np.array([self.at(int(index)) for index in indices])

    def _block(self, number: int) -> Floats:
        while len(self._ends) <= number:  # the Ornstein-Uhlenbeck error is a recursion: walk up to this block
            self._ends.append(float(self._representativeness(len(self._ends) - 1)[-1]))
        values = self._representativeness(number) + self._white_sd * self._normals(0, number)
        self._blocks[number] = values
        while len(self._blocks) > KEPT_BLOCKS:
            del self._blocks[min(self._blocks)]
        return values

    def _representativeness(self, number: int) -> Floats:
        if self._ou_sd == 0.0:
            return np.zeros(BLOCK)
        kick = self._ou_sd * math.sqrt(1.0 - self._memory**2)
        drive = kick * self._normals(1, number)
        values, _ = lfilter([1.0], [1.0, -self._memory], drive, zi=[self._memory * self._ends[number]])
        return np.asarray(values, dtype=np.float64)

    def _normals(self, stream: int, number: int) -> Floats:
        generator = np.random.Generator(np.random.Philox(key=self._keys[stream], counter=[0, number, 0, 0]))
        return generator.standard_normal(BLOCK)


class Sensor:
    """From the true value to what the sensor shows: gain, offset, noise, resolution."""

    def __init__(self, noise: Noise, *, gain: float, offset: float, resolution: float) -> None:
        self._noise = noise
        self._gain = 1.0 + gain
        self._offset = offset
        self._resolution = resolution

    def show(self, true_value: float, index: int) -> float:
        value = self._gain * true_value + self._offset + self._noise.at(index)
        return round(value / self._resolution) * self._resolution if self._resolution else value

    def deceived(self, wanted: float) -> float:
        """The true value at which the sensor would show wanted, noise aside: where a regulator ends that trusts it."""
        return (wanted - self._offset) / self._gain

    def show_many(self, true_values: Floats, indices: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
        values = self._gain * true_values + self._offset + self._noise.many(indices)
        return np.rint(values / self._resolution) * self._resolution if self._resolution else values


def make_sensor(
    entry: ChannelEntry, noise: NoiseClass, draws: Draws, seed: int, *, grid_s: float, rate_hz: float
) -> Sensor:
    """A sensor whose stated accuracy is shared equally, in variance, by a gain and an offset error drawn in secret.

    rate_hz: samples that make up one second's mean, to which the noise class's white figure belongs.
    """
    share = entry.accuracy / math.sqrt(2.0)
    return Sensor(
        Noise(seed, entry.name, noise, noise.white * math.sqrt(rate_hz), grid_s),
        gain=draws.normal(f"gain/{entry.name}", 0.0, share / max(map(abs, entry.range))),
        offset=draws.normal(f"offset/{entry.name}", 0.0, share),
        resolution=noise.resolution,
    )

"""Digital data as whole numbers: a line is the bit of its number in its port, the next port follows above."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq.driver.channel import Channel
from bench.sim.daq.driver.process import Levels
from bench.sim.daq.errors import DriverError
from bench.sim.daq.rack.names import line_number, port_of

TOO_WIDE_TO_READ: Final = {1: -200563, 2: -200878, 4: -200564}
TOO_WIDE_TO_WRITE: Final = {1: -200565, 2: -200879, 4: -200566}
"""Codes by the bytes of a word."""


def width(channels: Sequence[Channel]) -> int:
    """Bytes of the narrowest word that has a bit for each line; for more lines than any word has, the widest."""
    return next((size for size in (1, 2) if _highest(channels) < 8 * size), 4)


def check_width(channels: Sequence[Channel], size: int, refusals: Mapping[int, int]) -> None:
    if _highest(channels) >= 8 * size:
        raise DriverError(refusals[size], f"Highest Bit: {_highest(channels)}")


def _highest(channels: Sequence[Channel]) -> int:
    return max((bit for channel in channels for bit in bits(channel)), default=0)


def bits(channel: Channel) -> list[int]:
    """Bit number of each line of the channel: a line has the bit of its number in its port."""
    base, bases = 0, {}
    for port in dict.fromkeys(map(port_of, channel.terminals)):
        bases[port] = base
        base += 8 * (max(line_number(line) for line in channel.terminals if port_of(line) == port) // 8 + 1)
    return [bases[port_of(line)] + line_number(line) for line in channel.terminals]


def to_words(channels: Sequence[Channel], data: Levels) -> NDArray[np.uint32]:
    """Channels x samples x lines -> channels x samples."""
    words = np.zeros(data.shape[:2], dtype=np.uint32)
    for row, channel in enumerate(channels):
        for column, bit in enumerate(bits(channel)):
            words[row] |= data[row, :, column].astype(np.uint32) << np.uint32(bit)
    return words


def from_words(channels: Sequence[Channel], words: NDArray[np.uint32]) -> Levels:
    """Channels x samples -> channels x samples x lines."""
    data = np.zeros((*words.shape, max(len(channel.terminals) for channel in channels)), dtype=np.bool_)
    for row, channel in enumerate(channels):
        for column, bit in enumerate(bits(channel)):
            data[row, :, column] = (words[row] >> np.uint32(bit)) & np.uint32(1)
    return data

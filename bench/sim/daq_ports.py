"""Digital data as whole numbers: a line is the bit of its number in its port, the next port follows above."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.sim.daq_task import Channel

_LINE = re.compile(r"(?P<port>.*)/line(?P<number>\d+)", re.IGNORECASE)


def bits(channel: Channel) -> list[int]:
    """Bit number of each line of the channel."""
    places = [
        (match["port"].lower(), int(match["number"])) for match in map(_LINE.fullmatch, channel.terminals) if match
    ]
    base, bases = 0, {}
    for port in dict.fromkeys(port for port, _ in places):
        bases[port] = base
        base += 8 * (max(number for owner, number in places if owner == port) // 8 + 1)
    return [bases[port] + number for port, number in places]


def to_words(channels: Sequence[Channel], data: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Channels x samples x lines -> channels x samples."""
    words = np.zeros(data.shape[:2], dtype=np.uint32)
    for row, channel in enumerate(channels):
        for column, bit in enumerate(bits(channel)):
            words[row] |= data[row, :, column].astype(np.uint32) << np.uint32(bit)
    return words


def from_words(channels: Sequence[Channel], words: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Channels x samples -> channels x samples x lines."""
    data = np.zeros((*words.shape, max(len(channel.terminals) for channel in channels)), dtype=np.bool_)
    for row, channel in enumerate(channels):
        for column, bit in enumerate(bits(channel)):
            data[row, :, column] = (words[row] >> np.uint32(bit)) & np.uint32(1)
    return data

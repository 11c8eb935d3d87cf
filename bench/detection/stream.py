"""Scans as they come, one or many at a time, cut into blocks on a fixed grid: the same whatever the pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats, Series


@dataclass(frozen=True, slots=True)
class StreamBlocks:
    """n finished blocks, rising begins. values: channel -> mean of the block's usable readings, NaN where there is
    none; fresh: channel -> how many of them were new readings, a slow instrument's repeated value is not. Shapes (n,).
    """

    begin_s: Floats
    width_s: float
    values: Mapping[str, Floats]
    fresh: Mapping[str, Floats]

    @property
    def end_s(self) -> Floats:
        return self.begin_s + self.width_s


class BlockStream:
    """Block k has the scans with k width <= t < (k + 1) width. It is finished when a later scan has come; blocks
    without a scan are left out. Time must not go back.
    """

    def __init__(self, channels: Sequence[str], width_s: float) -> None:
        self._channels = tuple(dict.fromkeys(channels))
        self._width_s = width_s
        self._block = -1
        """The one that is being filled; none yet."""
        self._sums = np.zeros((3, len(self._channels)))
        """Of readings, their number, how many of them are fresh."""
        self._last = np.full(len(self._channels), np.nan)

    def add(self, series: Series) -> StreamBlocks:
        """The blocks that these scans finish. A channel that was not recorded has no reading."""
        if series.time_s.size == 0:
            return self._blocks(np.zeros(0, np.intp), np.zeros((3, 0, len(self._channels))))
        of = np.floor(series.time_s / self._width_s).astype(np.intp)
        first = np.concatenate(([0], np.flatnonzero(np.diff(of)) + 1))
        sums = np.add.reduceat(self._terms(series), first, axis=1)
        blocks = of[first]
        if blocks[0] == self._block:
            sums[:, 0] += self._sums
        elif self._block >= 0:
            blocks = np.concatenate(([self._block], blocks))
            sums = np.concatenate((self._sums[:, None], sums), axis=1)
        self._block, self._sums = int(blocks[-1]), sums[:, -1]
        return self._blocks(blocks[:-1], sums[:, :-1])

    def _terms(self, series: Series) -> Floats:
        """Shape (3, scans, channels)."""
        rows = series.time_s.size
        missing = np.full(rows, np.nan)
        values = np.array([series.columns.get(name, missing) for name in self._channels]).reshape(-1, rows).T
        good = np.isfinite(values)
        held = np.concatenate((self._last[None], values))
        self._last = np.where(good[-1], values[-1], self._last)
        fresh = good & (held[1:] != held[:-1])
        return np.stack((np.where(good, values, 0.0), good.astype(np.float64), fresh.astype(np.float64)))

    def _blocks(self, blocks: NDArray[np.intp], sums: Floats) -> StreamBlocks:
        total, number, fresh = sums
        means = np.divide(total, number, out=np.full_like(total, np.nan), where=number > 0.0)
        fresh = np.where(number > 0.0, np.maximum(fresh, 1.0), 0.0)
        return StreamBlocks(
            blocks.astype(np.float64) * self._width_s,
            self._width_s,
            dict(zip(self._channels, means.T, strict=True)),
            dict(zip(self._channels, fresh.T, strict=True)),
        )

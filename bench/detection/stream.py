"""Scans as they come, one or many at a time, cut into blocks on a fixed grid: the same whatever the pieces."""

import math
from collections.abc import Callable, Mapping, Sequence
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
    without a scan are left out. Time must not go back. Scans are kept until their block is finished, so that most of
    the work is done once per block: they must not change meanwhile. seen: of readings, what is averaged in their
    place.
    """

    def __init__(self, channels: Sequence[str], width_s: float, seen: Callable[[Floats], Floats] | None = None) -> None:
        self._channels = tuple(dict.fromkeys(channels))
        self._width_s, self._seen = width_s, seen
        self._block: int | None = None
        """The one that is being filled; none yet."""
        self._kept: list[Series] = []
        """Its scans."""
        self._last = np.full(len(self._channels), np.nan)
        """The readings before them."""
        self._nothing = self._blocks(np.zeros(0, np.intp), np.zeros((3, 0, len(self._channels))))

    def add(self, series: Series) -> StreamBlocks:
        """The blocks that these scans finish. A channel that was not recorded has no reading."""
        if series.time_s.size == 0:
            return self._nothing
        latest = math.floor(series.time_s[-1] / self._width_s)
        if latest == self._block:
            self._kept.append(series)
            return self._nothing
        done = int(np.searchsorted(self._number(series.time_s), latest))
        finished = [*self._kept, series.rows(slice(done))]
        self._block, self._kept = latest, [series.rows(slice(done, None))]
        return self._finished(finished)

    def _number(self, time_s: Floats) -> NDArray[np.intp]:
        return np.floor(time_s / self._width_s).astype(np.intp)

    def _finished(self, scans: Sequence[Series]) -> StreamBlocks:
        of = self._number(np.concatenate([piece.time_s for piece in scans]))
        if of.size == 0:
            return self._nothing
        first = np.concatenate(([0], np.flatnonzero(np.diff(of)) + 1))
        return self._blocks(of[first], np.add.reduceat(self._terms(scans), first, axis=1))

    def _terms(self, scans: Sequence[Series]) -> Floats:
        """Readings, whether they are usable, whether they are fresh: shape (3, scans, channels)."""
        missing = [np.full(piece.time_s.size, np.nan) for piece in scans]
        pieces = [(piece.columns, nothing) for piece, nothing in zip(scans, missing, strict=True)]
        columns = [np.concatenate([of.get(name, nothing) for of, nothing in pieces]) for name in self._channels]
        values = np.array(columns).reshape(len(columns), -1).T
        values = values if self._seen is None else self._seen(values)
        good = np.isfinite(values)
        fresh = good & (values != np.concatenate((self._last[None], values[:-1])))
        self._last = values[-1]
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

"""Means over a minute or more: short enough for the question and the slow errors, long enough to tame one-second noise
and to hide how the slow errors behave in the short run, which no slope depends on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.detection.segments import Labels, samples, segments, usable
from bench.records import Floats, Series, Window

SHORTEST_S, LONGEST_S = 60.0, 600.0
BLOCKS_PER_SEGMENT = 30
"""With 30 the white noise of a slope is 0.1 % above that of all readings."""


@dataclass(frozen=True, slots=True)
class Means:
    """One channel in n blocks, arrays of shape (n,).

    value: mean of the usable samples, NaN where there is none. time_s: mean of their times. fresh: how many of them
    are new readings; a slow instrument's repeated value is not. span_s: the time that they cover evenly,
    0 of a single one.
    """

    value: Floats
    time_s: Floats
    fresh: Floats
    span_s: Floats


@dataclass(frozen=True, slots=True)
class Blocks:
    """n blocks, arrays of shape (n,). segment: the one the block belongs to; centre_s, width_s: nominal."""

    segment: Labels
    centre_s: Floats
    width_s: Floats
    means: Mapping[str, Means]

    def where(self, keep: NDArray[np.bool_] | Labels) -> "Blocks":
        """The blocks for which keep, shape (n,), is true, or those with these numbers."""
        means = {
            name: Means(m.value[keep], m.time_s[keep], m.fresh[keep], m.span_s[keep]) for name, m in self.means.items()
        }
        return Blocks(self.segment[keep], self.centre_s[keep], self.width_s[keep], means)

    def read_in(self, channels: Iterable[str]) -> "Blocks":
        """The blocks in which all the channels were read."""
        return self.where(np.all(np.isfinite([self.means[name].value for name in channels]), axis=0))


def block_means(series: Series, window: Window, channels: Iterable[str], longest_s: float = LONGEST_S) -> Blocks:
    """Each segment divided evenly: into about BLOCKS_PER_SEGMENT blocks of SHORTEST_S to longest_s."""
    begin_s, end_s = np.array(segments(window), dtype=np.float64).T
    block_s = np.clip((end_s - begin_s) / BLOCKS_PER_SEGMENT, SHORTEST_S, longest_s)
    counts = np.maximum(1, ((end_s - begin_s) / block_s).astype(np.intp))
    width_s = (end_s - begin_s) / counts
    first = np.cumsum(counts) - counts
    segment = np.repeat(np.arange(counts.size), counts)
    centre_s = begin_s[segment] + width_s[segment] * (np.arange(segment.size) - first[segment] + 0.5)

    of, scans = samples(series, window)
    within = ((scans.time_s - begin_s[of]) / width_s[of]).astype(np.intp)
    block = first[of] + np.minimum(within, counts[of] - 1)
    means = {name: _average(scans.time_s, usable(scans, name), block, segment.size) for name in channels}
    return Blocks(segment, centre_s, width_s[segment], means)


def _average(time_s: Floats, values: Floats, block: Labels, count: int) -> Means:
    good = np.isfinite(values)
    time_s, values, block = time_s[good], values[good], block[good]
    n = np.bincount(block, minlength=count).astype(np.float64)
    n[n == 0.0] = np.nan
    offset = values[0] if values.size else 0.0  # sums of small numbers keep their digits
    changed = np.diff(values, prepend=np.nan) != 0.0
    mean_s = np.bincount(block, weights=time_s, minlength=count) / n
    variance_s2 = np.bincount(block, weights=(time_s - mean_s[block]) ** 2, minlength=count) / n
    return Means(
        value=offset + np.bincount(block, weights=values - offset, minlength=count) / n,
        time_s=mean_s,
        span_s=np.sqrt(12.0 * variance_s2 * (1.0 - 1.0 / n**2)),
        fresh=np.maximum(np.bincount(block, weights=changed, minlength=count), 1.0),
    )

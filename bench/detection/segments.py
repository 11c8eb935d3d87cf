"""A question cut into segments: the hold (number 0) and its background windows (1, 2, ...)."""

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats, Series, Window

HOLD = 0
Labels = NDArray[np.intp]


def segments(window: Window) -> tuple[tuple[float, float], ...]:
    """(begin_s, end_s) of the hold, then of each background window."""
    return ((window.begin_s, window.end_s), *window.background)


def samples(series: Series, window: Window) -> tuple[Labels, Series]:
    """The scans of all segments, one segment after another, and the segment of each, shape (n,)."""
    parts = [series.between(*segment) for segment in segments(window)]
    of = np.repeat(np.arange(len(parts)), [part.time_s.size for part in parts])
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in series.columns}
    return of, Series(np.concatenate([part.time_s for part in parts]), columns)


def usable(series: Series, channel: str) -> Floats:
    """The channel's values, NaN where they are no absolute pressure or temperature; all NaN if it was not recorded."""
    values = series.columns.get(channel)
    if values is None:
        return np.full(series.time_s.size, np.nan)
    return np.where(values > 0.0, values, np.nan)


def design_matrix(segment: Labels, time_s: Floats) -> Floats:
    """Straight lines in all segments, shape (n, p): column 0 is the ramp of the hold above the common (background)
    slope, in s. The other columns are nuisance: one intercept per segment, since gas may have gone by other ways in
    between, and the common slope if there is a background.
    """
    labels, index = np.unique(segment, return_inverse=True)
    membership = (index[:, None] == np.arange(labels.size)).astype(np.float64)
    centre_s = np.bincount(index, weights=time_s) / np.bincount(index)
    ramp_s = time_s - centre_s[index]
    columns = [np.where(segment == HOLD, ramp_s, 0.0), *membership.T]
    if np.any(segment != HOLD):
        columns.append(ramp_s)
    return np.column_stack(columns)

"""A record as it might have been: another future, scans that are missing, channels that fall silent."""

from collections.abc import Iterator

import numpy as np

from bench.records import Floats, Series
from bench.rig import Rig


def sealed(series: Series) -> Series:
    """A copy that cannot be written to: what one method does to its data another one sees."""

    def copied(values: Floats) -> Floats:
        copy = values.copy()
        copy.setflags(write=False)
        return copy

    return Series(copied(series.time_s), {name: copied(values) for name, values in series.columns.items()})


def other_future(series: Series, from_s: float) -> Series:
    """From from_s on every channel shows a few percent less than it did, each another share."""
    later = series.time_s >= from_s
    shares = np.linspace(0.99, 0.96, len(series.columns))
    channels = zip(series.columns.items(), shares, strict=True)
    return sealed(Series(series.time_s, {name: np.where(later, share * v, v) for (name, v), share in channels}))


def with_gaps(series: Series) -> Series:
    """Every 17th scan is missing, and a tenth of the record in its middle."""
    place = np.arange(series.time_s.size)
    size = place.size
    kept = (place % 17 != 16) & ((place < size // 2) | (place >= size // 2 + size // 10))
    return sealed(Series(series.time_s[kept], {name: values[kept] for name, values in series.columns.items()}))


def silenced(rig: Rig, series: Series) -> Iterator[tuple[str, Series]]:
    """What is the matter, and the record with it: each channel, and all together, for a while, for ever, not at all
    recorded.
    """
    known = [name for name in rig.channels if name in series.columns]
    size = series.time_s.size
    for what, names in (*((name, [name]) for name in known), ("every channel", known)):
        yield f"{what} is not read for a while", _without(series, names, slice(size // 3, 2 * size // 3))
        yield f"{what} is never read", _without(series, names, slice(None))
        left = {name: values for name, values in series.columns.items() if name not in names}
        yield f"{what} is not recorded", sealed(Series(series.time_s, left))


def _without(series: Series, names: list[str], rows: slice) -> Series:
    columns = dict(series.columns)
    for name in names:
        columns[name] = columns[name].copy()
        columns[name][rows] = np.nan
    return sealed(Series(series.time_s, columns))

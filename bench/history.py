"""The latest scans: what conditions can look back on. The recorder has them all."""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np

from bench.records import USABLE, Scan, Series

KEPT_SCANS = 7200


def series_of(scans: Sequence[Scan], places: Mapping[str, int]) -> Series:
    """places: a channel's place in a scan, of those that are wanted. NaN where a reading was not usable."""
    wanted = list(places.values())
    values = np.stack([scan.values[wanted] for scan in scans])
    values[~np.isin([scan.quality[wanted] for scan in scans], list(USABLE))] = np.nan
    columns = {name: values[:, column] for column, name in enumerate(places)}
    return Series(np.array([scan.time_s for scan in scans]), columns)


class History:
    """places: a channel's place in a scan."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self._scans: deque[Scan] = deque(maxlen=KEPT_SCANS)
        self.append = self._scans.append

    def since(self, time_s: float) -> Series:
        """Scans after time_s, as far as kept, NaN where a reading was not usable."""
        return series_of([scan for scan in self._scans if scan.time_s > time_s], self._places)

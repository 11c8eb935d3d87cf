"""The latest scans: what conditions can look back on. The recorder has them all."""

from collections import deque
from collections.abc import Mapping

import numpy as np

from bench.records import USABLE, Scan, Series

KEPT_SCANS = 7200


class History:
    """places: a channel's place in a scan."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self._scans: deque[Scan] = deque(maxlen=KEPT_SCANS)
        self.append = self._scans.append

    def since(self, time_s: float) -> Series:
        """Scans after time_s, as far as kept, NaN where a reading was not usable."""
        scans = [scan for scan in self._scans if scan.time_s > time_s]
        values = np.stack([np.where(np.isin(s.quality, list(USABLE)), s.values, np.nan) for s in scans])
        columns = {name: values[:, place] for name, place in self._places.items()}
        return Series(np.array([scan.time_s for scan in scans]), columns)

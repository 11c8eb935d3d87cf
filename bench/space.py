"""Room on the disk for a run: estimated before it begins, watched while it lasts."""

import shutil
import time
from pathlib import Path

from bench.errors import StorageError

SCAN_BYTES = 500
"""Of a batch of the journal beside its numbers: Arrow's own words about it."""
NUMBER_BYTES = 13
"""Value, offset and quality of a channel."""
SAMPLE_BYTES = 4
FOLDER_BYTES = 32_000_000
"""What else there is in a run folder, and what closing it needs: events, tables, the report, the simulator's truth."""
LOOK_S = 1.0
"""Wall time between two looks at the disk."""
MB = 1e6


def scans_bytes(channels: int, scans: float) -> float:
    """At most, of the journal; its closed form, which must fit beside it, is smaller."""
    return scans * (SCAN_BYTES + NUMBER_BYTES * channels)


def run_bytes(channels: int, scans: float, bursts: float = 0.0, samples: float = 0.0) -> float:
    """At most, of a run folder while it is closed. samples: of all microphones in one burst."""
    return 2.0 * scans_bytes(channels, scans) + bursts * samples * SAMPLE_BYTES + FOLDER_BYTES


def free_bytes(folder: Path) -> int:
    """What a user may still write there; of a folder that is not there yet, where it would be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


class Room:
    """Watches that a run can still be closed in order: there must be room for its scans once more."""

    def __init__(self, folder: Path, channels: int) -> None:
        self._folder, self._channels = folder, channels
        self._looked_s = -LOOK_S

    def check(self, scans: int) -> None:
        """StorageError when there is no more than what closing takes. A look costs a system call: not at every scan."""
        if time.monotonic() - self._looked_s < LOOK_S:
            return
        self._looked_s = time.monotonic()
        needed, free = scans_bytes(self._channels, scans) + FOLDER_BYTES, free_bytes(self._folder)
        if free < needed:
            raise StorageError(
                f"{self._folder}: {free / MB:.0f} MB left on the disk, {needed / MB:.0f} to close the run"
            )

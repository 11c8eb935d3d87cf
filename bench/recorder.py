"""Everything a run writes. What is on disk is whole or visibly torn, at any instant the process may die."""

import fcntl
import itertools
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.dataset import (
    EVENTS,
    JOURNAL,
    MANIFEST,
    RUN,
    SCANS,
    WAVEFORMS,
    journal_batches,
    scans_schema,
    scans_table,
)
from bench.disk import append, make_folder, replacing, stored, sync, write_atomically
from bench.errors import RecordingError
from bench.journal import Journal
from bench.manifest import files_of, fingerprint
from bench.records import Burst, Channel, Event, Scan
from bench.space import Room
from bench.waveforms import write_burst

SCHEMA_VERSION = 1
ROW_GROUP = 20_000  # scans in memory at once while the journal is closed: some 150 MB


def new_run_folder(results: Path, procedure: str, utc: datetime) -> Path:
    """Make results/YYYY-MM-DD/NNNNNN-procedure; numbers count on over all days and are given once."""
    day = results / utc.astimezone(UTC).date().isoformat()
    make_folder(day)
    handle = os.open(results, os.O_RDONLY | os.O_DIRECTORY)
    try:  # mkdir alone cannot claim a number: two procedures would both get one, under different names
        fcntl.flock(handle, fcntl.LOCK_EX)
        numbers = [int(found[1]) for path in results.glob("*/*-*") if (found := re.match(r"(\d{6,})-", path.name))]
        folder = day / f"{max(numbers, default=0) + 1:06d}-{procedure}"
        folder.mkdir()
        sync(day)
    finally:
        os.close(handle)
    return folder


def json_text(value: object, indent: int | None = 2) -> str:
    return json.dumps(_plain(value), indent=indent, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:  # noqa: PLR0911 one line per type reads better than nesting
    """Only what JSON has; it has no NaN and no infinity, so they become null."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain(value.tolist())
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value  # json.dumps refuses, by name, what it does not know


class Recorder:
    """Writes one run folder, alone. seal() ends it; what is asked for after that is refused.

    RecordingError where another run has been; StorageError, always in the same words, when the disk does not take it.
    """

    def __init__(self, folder: Path, channels: Sequence[Channel], manifest: Mapping[str, object]) -> None:
        self.folder, self.channels = folder, tuple(channels)
        self._sealed = False
        self._run = {**manifest, "channels": self.channels, "outcome": None, "schema_version": SCHEMA_VERSION}
        self._room = Room(folder, len(channels))
        with stored(folder):
            self._claim()
            self.write_json(RUN, self._run)
            self._journal: Journal | None = Journal(folder / JOURNAL, self.channels)
            sync(folder)
        self.scans = self.bursts = 0
        self.longest_unsynced_s = 0.0
        """For how long scans were at risk of a power cut, at most; known when the scans are closed."""

    def _claim(self) -> None:
        """Only one can be the first to make this file."""
        try:
            (self.folder / EVENTS).touch(exist_ok=False)
        except FileExistsError as error:
            raise RecordingError(f"{self.folder}: another run writes here, or has written") from error

    def record(self, scan: Scan) -> None:
        """Append one scan; it survives the death of the process, and after a second a power cut."""
        sizes = {len(scan.values), len(scan.offsets_s), len(scan.quality)}
        if sizes != {len(self.channels)}:
            raise RecordingError(f"{self.folder}: scan of {sizes} numbers for {len(self.channels)} channels")
        if self._journal is None:
            raise RecordingError(f"{self.folder}: scans are closed")
        with stored(self.folder):
            self._journal.append(scan)
        self.scans = self._journal.written

    def check_room(self) -> None:
        """StorageError while there is still room to close the run in order, and no more."""
        self._room.check(self.scans)

    def event(self, event: Event) -> None:
        self._refuse_if_sealed(EVENTS)
        line = json_text({"time_s": event.time_s, "kind": event.kind, "detail": event.detail}, indent=None)
        with stored(self.folder):
            append(self.folder / EVENTS, line.encode() + b"\n")  # events are rare: no handle to leave open

    def update(self, **changes: object) -> None:
        """Replace top-level keys of run.json."""
        self._run.update(changes)
        self.write_json(RUN, self._run)

    def write_json(self, name: str, value: object) -> None:
        self._refuse_if_sealed(name)
        content = json_text(value).encode() + b"\n"
        with stored(self.folder):
            write_atomically(self.folder / name, content)

    def write_table(self, name: str, table: pd.DataFrame) -> None:
        """As Parquet; a mapping in a cell becomes JSON text: its keys differ by row, and Parquet knows no empty one."""
        self._refuse_if_sealed(name)
        flat = table.map(lambda cell: json_text(cell, None) if isinstance(cell, Mapping) else cell)
        arrow = pa.Table.from_pandas(flat, preserve_index=False)
        with stored(self.folder), replacing(self.folder / name) as part:
            pq.write_table(arrow, part, compression="zstd")

    def burst(self, burst: Burst) -> str:
        """Write waveforms/NNNNNN.parquet, the whole file or none; its name in the run folder."""
        name = f"{WAVEFORMS}/{self.bursts + 1:06d}.parquet"
        self._refuse_if_sealed(name)
        path = self.folder / name
        with stored(self.folder):
            make_folder(path.parent)
            with replacing(path) as part:
                write_burst(part, burst)
        self.bursts += 1
        return name

    def close_scans(self) -> None:
        """Turn the journal into scans.parquet, and remove it once every scan is known to be there."""
        if self._journal is None:
            return
        journal = self._journal
        with stored(self.folder):
            journal.close()
            with replacing(self.folder / SCANS) as part:
                rows = _write_scans(part, journal.path, self.channels)
                if not journal.written <= rows <= journal.begun:
                    raise RecordingError(f"{journal.path}: {rows} scans read back, {journal.written} recorded")
            journal.path.unlink()
        self.longest_unsynced_s, self._journal = journal.syncing.longest_s, None

    def seal(self) -> None:
        """Close the scans and state every file's hash and size: nothing is written to the folder after this."""
        self._refuse_if_sealed(MANIFEST)
        self.close_scans()
        files = {name: fingerprint(self.folder / name) for name in files_of(self.folder)}
        self.write_json(MANIFEST, {"schema_version": SCHEMA_VERSION, "files": files})
        self._sealed = True

    def _refuse_if_sealed(self, name: str) -> None:
        if self._sealed:
            raise RecordingError(f"{self.folder}: sealed, {name} may not change")


def _write_scans(path: Path, journal: Path, channels: Sequence[Channel]) -> int:
    """Rows of the file written, as the file itself states them. One row group at a time is in memory."""
    schema, batches = scans_schema(channels), journal_batches(journal, channels)
    reals = [field.name for field in schema if pa.types.is_floating(field.type)]
    codes = [field.name for field in schema if not pa.types.is_floating(field.type)]
    split = dict.fromkeys(reals, "BYTE_STREAM_SPLIT")  # sensor values repeat their high bytes: a third of the size
    with pq.ParquetWriter(path, schema, compression="zstd", use_dictionary=codes, column_encoding=split) as writer:
        while group := list(itertools.islice(batches, ROW_GROUP)):
            writer.write_table(scans_table(group, channels), row_group_size=ROW_GROUP)
    rows: int = pq.read_metadata(path).num_rows
    return rows

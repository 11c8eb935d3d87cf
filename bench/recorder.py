"""Everything a run writes. What is on disk is whole or visibly torn, at any instant the process may die."""

import fcntl
import itertools
import json
import math
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.dataset import (
    EVENTS,
    JOURNAL,
    MANIFEST,
    RUN,
    SCANS,
    WAVEFORMS,
    journal_batches,
    journal_schema,
    scans_schema,
    scans_table,
)
from bench.errors import BenchError
from bench.manifest import files_of, fingerprint
from bench.records import Burst, Channel, Event, Scan
from bench.waveforms import write_burst

SCHEMA_VERSION = 1
ROW_GROUP = 100_000
SYNC_PERIOD_S = 1.0  # of wall time: what a power cut may cost; a killed process costs at most its last scan


class RecordingError(BenchError, RuntimeError):
    """What was recorded is not whole, or may not be added to."""


def new_run_folder(results: Path, procedure: str, utc: datetime) -> Path:
    """Make results/YYYY-MM-DD/NNNNNN-procedure; numbers count on over all days and are given once."""
    day = results / utc.astimezone(UTC).date().isoformat()
    day.mkdir(parents=True, exist_ok=True)
    handle = os.open(results, os.O_RDONLY | os.O_DIRECTORY)
    try:  # mkdir alone cannot claim a number: two procedures would both get one, under different names
        fcntl.flock(handle, fcntl.LOCK_EX)
        numbers = [int(found[1]) for path in results.glob("*/*-*") if (found := re.match(r"(\d{6,})-", path.name))]
        folder = day / f"{max(numbers, default=0) + 1:06d}-{procedure}"
        folder.mkdir()
    finally:
        os.close(handle)
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Replace path as a whole: a reader, or a power cut, sees the old file or the new one."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    _commit(part, path)


def _commit(part: Path, path: Path) -> None:
    _sync(part)
    part.replace(path)
    _sync(path.parent)  # the new name is an entry of the directory, and must survive as well


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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


class _Journal:
    """The scans while the run lasts: an Arrow stream, one batch a scan, each handed to the system at once."""

    def __init__(self, path: Path, channels: Sequence[Channel]) -> None:
        size, schema = len(channels), journal_schema(channels)
        self.path, self.begun, self.written, self._torn = path, 0, 0, False
        self._rows: tuple[NDArray[Any], ...] = (
            np.zeros(1),
            np.zeros(size),
            np.zeros(size, np.float32),
            np.zeros(size, np.uint8),
        )
        # Built once: the batch looks into the arrays above, and what they hold when it is written is written
        self._batch = pa.record_batch(
            [_view(row, field) for row, field in zip(self._rows, schema, strict=True)], schema
        )
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_stream(self._file, schema)
        self._synced_s = time.monotonic()

    def append(self, scan: Scan) -> None:
        if self._torn:
            raise RecordingError(f"{self.path}: scan {self.written} was cut short, none can follow it")
        time_s, values, offsets_s, quality = self._rows
        time_s[0] = scan.time_s
        values[:], offsets_s[:], quality[:] = scan.values, scan.offsets_s, scan.quality  # noqa: PD011 a Scan is no frame
        self.begun += 1  # a signal may strike between the write and the counting of it: hence two counts
        self._write()
        self.written += 1
        self._sync_when_due()

    def close(self) -> None:
        if not self._torn and not self._file.closed:
            self._writer.close()
        self._file.close()

    def _write(self) -> None:
        try:
            self._writer.write_batch(self._batch)
        except OSError:  # the disk is full, or gone
            self._torn = True
            raise

    def _sync_when_due(self) -> None:
        if time.monotonic() - self._synced_s >= SYNC_PERIOD_S:
            _sync(self.path)
            self._synced_s = time.monotonic()


def _view(row: NDArray[Any], field: pa.Field) -> pa.Array:
    """An Arrow array that shares the row's memory."""
    flat = pa.Array.from_buffers(pa.from_numpy_dtype(row.dtype), len(row), [None, pa.py_buffer(row)])
    fixed = pa.types.is_fixed_size_list(field.type)
    return pa.FixedSizeListArray.from_arrays(flat, type=field.type) if fixed else flat


class Recorder:
    """Writes one run folder. seal() ends it; what is asked for after that is refused."""

    def __init__(self, folder: Path, channels: Sequence[Channel], manifest: Mapping[str, object]) -> None:
        self.folder, self.channels = folder, tuple(channels)
        self._sealed = False
        self._run = {**manifest, "channels": self.channels, "outcome": None, "schema_version": SCHEMA_VERSION}
        self.write_json(RUN, self._run)
        (folder / EVENTS).touch()
        self._journal: _Journal | None = _Journal(folder / JOURNAL, self.channels)
        self.scans = self.bursts = 0

    def record(self, scan: Scan) -> None:
        """Append one scan; it survives the death of the process, and after a second a power cut."""
        sizes = {len(scan.values), len(scan.offsets_s), len(scan.quality)}
        if sizes != {len(self.channels)}:
            raise RecordingError(f"{self.folder}: scan of {sizes} numbers for {len(self.channels)} channels")
        if self._journal is None:
            raise RecordingError(f"{self.folder}: scans are closed")
        self._journal.append(scan)
        self.scans = self._journal.written

    def event(self, event: Event) -> None:
        self._refuse_if_sealed(EVENTS)
        line = json_text({"time_s": event.time_s, "kind": event.kind, "detail": event.detail}, indent=None)
        with (self.folder / EVENTS).open("ab", buffering=0) as file:  # events are rare: no handle to leave open
            file.write(line.encode() + b"\n")
            os.fsync(file)

    def update(self, **changes: object) -> None:
        """Replace top-level keys of run.json."""
        self._run.update(changes)
        self.write_json(RUN, self._run)

    def write_json(self, name: str, value: object) -> None:
        self._refuse_if_sealed(name)
        write_atomically(self.folder / name, json_text(value).encode() + b"\n")

    def write_table(self, name: str, table: pd.DataFrame) -> None:
        """As Parquet; a mapping in a cell becomes JSON text: its keys differ by row, and Parquet knows no empty one."""
        self._refuse_if_sealed(name)
        part = self.folder / f"{name}.part"
        flat = table.map(lambda cell: json_text(cell, None) if isinstance(cell, Mapping) else cell)
        pq.write_table(pa.Table.from_pandas(flat, preserve_index=False), part, compression="zstd")
        _commit(part, self.folder / name)

    def burst(self, burst: Burst) -> str:
        """Write waveforms/NNNNNN.parquet, the whole file or none; its name in the run folder."""
        name = f"{WAVEFORMS}/{self.bursts + 1:06d}.parquet"
        self._refuse_if_sealed(name)
        path = self.folder / name
        if not path.parent.is_dir():
            path.parent.mkdir()
            _sync(self.folder)
        part = path.with_name(f"{path.name}.part")
        write_burst(part, burst)
        _commit(part, path)
        self.bursts += 1
        return name

    def close_scans(self) -> None:
        """Turn the journal into scans.parquet, and remove it once every scan is known to be there."""
        if self._journal is None:
            return
        self._journal.close()
        part = self.folder / f"{SCANS}.part"
        rows = _write_scans(part, self._journal.path, self.channels)
        if not self._journal.written <= rows <= self._journal.begun:
            raise RecordingError(f"{self._journal.path}: {rows} scans read back, {self._journal.written} recorded")
        _commit(part, self.folder / SCANS)
        self._journal.path.unlink()
        self._journal = None

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

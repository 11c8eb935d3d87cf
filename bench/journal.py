"""The scans while a run lasts: an Arrow stream, one batch a scan, each handed to the system at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.dataset import journal_schema
from bench.disk import Syncing
from bench.records import Channel, Scan


class Journal:
    """written: whole batches; begun may be one more. The OSError that cut a scan short is raised for each one after it:
    nothing can follow half a batch.
    """

    def __init__(self, path: Path, channels: Sequence[Channel]) -> None:
        size, schema = len(channels), journal_schema(channels)
        self.path, self.begun, self.written = path, 0, 0
        self._torn: OSError | None = None
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
        self.syncing = Syncing(self._file)

    def append(self, scan: Scan) -> None:
        if self._torn is not None:
            raise self._torn
        time_s, values, offsets_s, quality = self._rows
        time_s[0] = scan.time_s
        values[:], offsets_s[:], quality[:] = scan.values, scan.offsets_s, scan.quality
        self.begun += 1  # a signal may strike between the write and the counting of it: hence two counts
        self._write()
        self.written += 1
        self.syncing.wrote()

    def close(self) -> None:
        self.syncing.end()
        if self._torn is None and not self._file.closed:
            self._writer.close()
        self._file.close()

    def _write(self) -> None:
        try:
            self._writer.write_batch(self._batch)
        except OSError as error:  # the disk is full, or gone
            self._torn = error
            raise


def _view(row: NDArray[Any], field: pa.Field) -> pa.Array:
    """An Arrow array that shares the row's memory."""
    flat = pa.Array.from_buffers(pa.from_numpy_dtype(row.dtype), len(row), [None, pa.py_buffer(row)])
    fixed = pa.types.is_fixed_size_list(field.type)
    return pa.FixedSizeListArray.from_arrays(flat, type=field.type) if fixed else flat

"""A run folder as data: what was recorded, never what was true. Truth and scores live beside it and stay unread."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pydantic import TypeAdapter

from bench.errors import ConfigError
from bench.records import Burst, Channel, Event, EventKind, Quality, Series
from bench.text import parsed_json, read_json
from bench.waveforms import BurstFile, describe, read_burst

RUN, EVENTS, MANIFEST = "run.json", "events.jsonl", "manifest.json"
BENCH, ESTIMATES = "bench.json", "estimates.parquet"
JOURNAL, SCANS, WAVEFORMS = "scans.arrows", "scans.parquet", "waveforms"
INTERRUPTED = "INTERRUPTED"
CHANNEL = TypeAdapter(Channel)
UNBOUNDED = {"range_min": -np.inf, "range_max": np.inf, "accuracy": np.nan}  # JSON writes these as null


def journal_schema(channels: Sequence[Channel]) -> pa.Schema:
    """One row per scan; the arrays are aligned with the channel names in the metadata."""
    size = len(channels)
    names = json.dumps([channel.name for channel in channels])
    fields = [
        pa.field("time_s", pa.float64()),
        pa.field("values", pa.list_(pa.float64(), size)),
        pa.field("offsets_s", pa.list_(pa.float32(), size)),
        pa.field("quality", pa.list_(pa.uint8(), size)),
    ]
    return pa.schema(fields, metadata={"channels": names})


def scans_schema(channels: Sequence[Channel]) -> pa.Schema:
    """The closed form: one column per number, so that any Parquet reader needs no legend."""
    fields = [pa.field("time_s", pa.float64(), metadata={"unit": "s"})]
    for channel in channels:
        about = {"channel": channel.name, "quantity": channel.quantity}
        fields += [
            pa.field(channel.column, pa.float64(), metadata={**about, "unit": channel.unit}),
            pa.field(f"{channel.name}_offset_s", pa.float32(), metadata={**about, "unit": "s"}),
            pa.field(f"{channel.name}_quality", pa.uint8(), metadata={**about, "unit": "1"}),
        ]
    return pa.schema(fields)


def journal_batches(path: Path, channels: Sequence[Channel]) -> Iterator[pa.RecordBatch]:
    """The whole batches. A torn tail ends them: the writer died there. Damage with data behind it is an error."""
    with pa.OSFile(str(path), "rb") as file:
        try:
            reader = pa.ipc.open_stream(file)
            if not reader.schema.equals(journal_schema(channels), check_metadata=True):
                raise ValueError(f"{path}: its channels are not those of {RUN}")
            yield from reader
        except (pa.ArrowInvalid, OSError) as error:
            if file.tell() < file.size():  # a torn batch is noticed only by reaching the end of the file
                raise ValueError(f"{path}: damaged at byte {file.tell()} of {file.size()}") from error


def scans_table(batches: Iterable[pa.RecordBatch], channels: Sequence[Channel]) -> pa.Table:
    journal = pa.Table.from_batches(batches, journal_schema(channels)).combine_chunks()
    shape = (journal.num_rows, len(channels))
    blocks = [_matrix(journal[name], shape) for name in ("values", "offsets_s", "quality")]
    columns = [journal["time_s"]]
    for index in range(len(channels)):
        columns += [pa.array(np.ascontiguousarray(block[:, index])) for block in blocks]
    return pa.table(columns, schema=scans_schema(channels))


def _matrix(column: pa.ChunkedArray, shape: tuple[int, int]) -> NDArray[Any]:
    flat: NDArray[Any] = column.combine_chunks().flatten().to_numpy()
    return flat.reshape(shape)


class Dataset:
    """A run folder, closed or not. Asking twice reads twice: nothing is cached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.run: dict[str, Any] = dict(read_json(self._file(RUN)))
            self.channels = tuple(_channel(entry) for entry in self.run["channels"])
        except (KeyError, TypeError, ValueError) as error:
            raise (
                error if isinstance(error, ConfigError) else ConfigError(f"{folder}: {RUN} is not of a run: {error!r}")
            ) from error

    @property
    def interrupted(self) -> bool:
        """Whether the run was never closed: its process died, or is still at work."""
        return not (self.folder / MANIFEST).is_file()

    @property
    def outcome(self) -> str:
        return INTERRUPTED if self.interrupted else str(self.run["outcome"] or INTERRUPTED)

    @property
    def taints(self) -> tuple[str, ...]:
        """Why what is found in this run is not to be relied on as it would be otherwise: overridden certificates."""
        return tuple(self.run.get("taints") or ())

    def scans(self) -> pd.DataFrame:
        """Every number of every scan, columns as in scans_schema whichever form is on disk."""
        frame: pd.DataFrame = self._table([]).to_pandas()
        return frame

    def series(self, channels: Sequence[str] | None = None) -> Series:
        """The named channels (all when None), NaN where the reading's quality is not GOOD or HELD."""
        wanted = self._wanted(channels)
        names = [name for channel in wanted for name in (channel.column, f"{channel.name}_quality")]
        table = self._table(["time_s", *names])
        columns = {}
        for channel in wanted:
            quality = table[f"{channel.name}_quality"].to_numpy()
            usable = (quality == Quality.GOOD) | (quality == Quality.HELD)
            columns[channel.name] = np.where(usable, table[channel.column].to_numpy(), np.nan)
        return Series(table["time_s"].to_numpy(), columns)

    def events(self) -> tuple[Event, ...]:
        """In the order written. A last line without its end was torn when the writer died, and is dropped."""
        path = self._file(EVENTS)
        lines = path.read_bytes().split(b"\n")[:-1]
        return tuple(_event(line, f"{path}:{number}") for number, line in enumerate(lines, 1))

    def waveforms(self) -> tuple[BurstFile, ...]:
        """The bursts that there are, in the order recorded: names and times, no sample is read."""
        files = sorted((self.folder / WAVEFORMS).glob("*.parquet"))
        return tuple(describe(path, path.relative_to(self.folder).as_posix()) for path in files)

    def waveform(self, index: int) -> Burst:
        """All samples of the burst at that place of waveforms()."""
        return read_burst(self.folder / self.waveforms()[index].file)

    def _file(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{self.folder}: no {name}")
        return path

    def _wanted(self, names: Sequence[str] | None) -> list[Channel]:
        by_name = {channel.name: channel for channel in self.channels}
        unknown = sorted(set(names or ()) - by_name.keys())
        if unknown:
            raise KeyError(f"{self.folder}: no channel {', '.join(unknown)}")
        return [by_name[name] for name in (by_name if names is None else names)]

    def _table(self, columns: list[str]) -> pa.Table:
        """Read columns, or all when the list is empty. The closed form wins: it appears only once verified."""
        if (self.folder / SCANS).is_file():
            return self._closed_table(columns)
        if not (self.folder / JOURNAL).is_file():
            raise FileNotFoundError(f"{self.folder}: neither {SCANS} nor {JOURNAL}")
        table = scans_table(journal_batches(self.folder / JOURNAL, self.channels), self.channels)
        return table.select(columns) if columns else table

    def _closed_table(self, columns: list[str]) -> pa.Table:
        """Columns stand where scans_schema says. Names may differ: humidity's ended in _state in older runs."""
        with pq.ParquetFile(self.folder / SCANS) as file:
            stated = scans_schema(self.channels)
            if file.schema_arrow.types != stated.types:
                raise ConfigError(f"{self.folder}: {SCANS} has other columns than {RUN} says")
            named = dict(zip(stated.names, file.schema_arrow.names, strict=True))
            wanted = columns or list(named)
            table = file.read(columns=[named[column] for column in wanted])
            return table.select([named[column] for column in wanted]).rename_columns(wanted)


def _channel(entry: dict[str, Any]) -> Channel:
    finite = {key: UNBOUNDED[key] for key in UNBOUNDED if entry[key] is None}
    return CHANNEL.validate_python({**entry, **finite})


def _event(line: bytes, where: str) -> Event:
    try:
        entry = parsed_json(line)
        return Event(float(entry["time_s"]), EventKind(entry["kind"]), dict(entry["detail"]))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise ValueError(f"{where}: not an event: {line[:80]!r}") from error

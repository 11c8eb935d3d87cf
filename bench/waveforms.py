"""A burst as a Parquet file: one column per microphone, in pascals; when it was, in the file's metadata."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.records import Burst

UNIT = "Pa"


@dataclass(frozen=True, slots=True)
class BurstFile:
    """What a burst's file says of it without being read. file: its name in the run folder."""

    file: str
    t0_s: float
    dt_s: float
    samples: int
    microphones: tuple[str, ...]


def write_burst(path: Path, burst: Burst) -> None:
    """Noise does not compress: 4 bytes a sample but for the exponents, which repeat."""
    columns = [f"{name}_pa" for name in burst.microphones]
    table = pa.table([pa.array(row) for row in burst.pressures_pa], names=columns)
    table = table.replace_schema_metadata(_metadata(burst))
    pq.write_table(table, path, compression="zstd", use_dictionary=False, use_byte_stream_split=True)


def _metadata(burst: Burst) -> dict[str, str]:
    about = {
        "t0_s": burst.t0_s,
        "dt_s": burst.dt_s,
        "rate_hz": 1.0 / burst.dt_s,
        "unit": UNIT,
        "microphones": list(burst.microphones),
    }
    each = {key: value if isinstance(value, str) else json.dumps(value) for key, value in about.items()}
    return {**each, "PANDAS_ATTRS": json.dumps(about)}  # where pandas looks for what it calls DataFrame.attrs


def describe(path: Path, file: str) -> BurstFile:
    """From the file's end alone. ValueError for a Parquet file that is no burst."""
    found = pq.read_metadata(path)
    metadata = found.metadata or {}
    try:
        t0_s, dt_s, names = (json.loads(metadata[key]) for key in (b"t0_s", b"dt_s", b"microphones"))
    except (KeyError, ValueError) as error:
        raise ValueError(f"{path}: no burst ({error!r})") from error
    return BurstFile(file, float(t0_s), float(dt_s), int(found.num_rows), tuple(names))


def read_burst(path: Path) -> Burst:
    about = describe(path, path.name)
    with pq.ParquetFile(path) as file:
        table = file.read()
    pressures_pa = np.stack([table[f"{name}_pa"].to_numpy() for name in about.microphones])
    return Burst(about.t0_s, about.dt_s, about.microphones, pressures_pa)

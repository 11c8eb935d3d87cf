"""A campaign's folder: parts while it runs, so that a killed one goes on where it stopped, and then its results."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.disk import write_atomically
from bench.errors import ConfigError
from bench.recorder import json_text
from procedures.campaign.cases import cases
from procedures.campaign.load import Campaign
from procedures.campaign.rows import TIMINGS

ROWS, COSTS, SCORES, SCORECARD, MANIFEST = (
    "rows.parquet", "costs.parquet", "scores.parquet", "scorecard.html", "campaign.json",
)  # fmt: skip
PARTS = "parts"
WORK = ("startup", "work", "orchestration")


class CampaignFolder:
    """results/campaigns/NAME-HASH: the same campaign always has the same folder, another one never."""

    def __init__(self, results: Path, campaign: Campaign) -> None:
        self.path = results / "campaigns" / f"{campaign.file.name}-{campaign.sha256[:12]}"
        self._parts = self.path / PARTS
        self._parts.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path / "campaign.toml", campaign.text.encode())

    @contextmanager
    def owned(self) -> Iterator[None]:
        """One process at a time. Raises ConfigError if another one is at work here."""
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise ConfigError(f"{self.path}: another process runs this campaign") from error
        finally:
            os.close(handle)

    def done(self) -> set[int]:
        """Numbers of the cases whose rows are there."""
        if (self.path / ROWS).exists():
            return set(pd.read_parquet(self.path / ROWS, columns=["case"])["case"])
        return {number for part in self._files() for number in pd.read_parquet(part, columns=["case"])["case"]}

    def lacks(self, campaign: Campaign) -> bool:
        """Whether rows of some case are missing."""
        return len(self.done()) < len(cases(campaign))

    def add(self, rows: pd.DataFrame) -> None:
        """A part: the whole file or none."""
        path = self._parts / f"{rows['case'].min():07d}-{rows['case'].max():07d}.parquet"
        write_atomically(path, _parquet(rows))

    def close(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Join the parts into rows and costs, and return both. Rows carry nothing that another time would change."""
        if not (self.path / ROWS).exists():
            joined = pd.concat([pd.read_parquet(part) for part in self._files()], ignore_index=True)
            joined = joined.sort_values("case", kind="stable", ignore_index=True)
            self.write(COSTS, joined[["case", "method", "exposure_s", *TIMINGS]])
            self.write(ROWS, joined.drop(columns=list(TIMINGS)))
        for part in self._files():
            part.unlink()
        return pd.read_parquet(self.path / ROWS), pd.read_parquet(self.path / COSTS)

    def write(self, name: str, table: pd.DataFrame) -> None:
        write_atomically(self.path / name, _parquet(table))

    def write_json(self, value: object) -> None:
        write_atomically(self.path / MANIFEST, json_text(value).encode() + b"\n")

    def timings_s(self) -> dict[str, float]:
        """Wall times of the work, as they were noted when it was done; none if it was not."""
        if not (self.path / MANIFEST).exists():
            return {}
        noted = json.loads((self.path / MANIFEST).read_text())["timings_s"]
        return {name: noted[name] for name in WORK if name in noted}

    def sha256(self, name: str) -> str:
        return hashlib.sha256((self.path / name).read_bytes()).hexdigest()

    def _files(self) -> Sequence[Path]:
        return sorted(self._parts.glob("*.parquet"))


def _parquet(table: pd.DataFrame) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), sink, compression="zstd")
    content: bytes = sink.getvalue().to_pybytes()
    return content

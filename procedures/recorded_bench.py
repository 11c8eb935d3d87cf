"""The bench that a run was made on, as its folder has it."""

from datetime import date, datetime
from pathlib import Path

from pydantic import ValidationError

from bench.config.load import load_bench
from bench.config.model import Bench
from bench.config.toml import one_line
from bench.dataset import BENCH, Dataset
from bench.errors import ConfigError
from bench.text import read_json


def recorded_bench(dataset: Dataset, file: Path | None = None) -> Bench:
    """From bench.json; or, of runs that have none, from the bench file, if its hash is still the same, as of the day of
    the run. Raises ConfigError.
    """
    recorded = dataset.folder / BENCH
    if recorded.is_file() and file is None:
        try:
            return Bench.model_validate(data := read_json(recorded))
        except ValidationError as error:
            raise ConfigError(one_line(recorded, data, error)) from error
    stated = dataset.run["bench"]
    path = file or Path(stated["file"])
    bench = load_bench(path, _day(dataset))
    if bench.sha256 != stated["sha256"]:
        raise ConfigError(f"{path}: is not the bench file of this run any more; give its copy with --bench")
    return bench


def _day(dataset: Dataset) -> date:
    return datetime.fromisoformat(dataset.run["started_utc"]).date()

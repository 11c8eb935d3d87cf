"""All that a report shows, read from one run folder; what is not there is listed instead of failing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from bench.dataset import ESTIMATES, INTERRUPTED, Dataset
from bench.records import Channel, Event, Series
from bench.waveforms import BurstFile

TRUTH, SCORES = "truth.json", "scores.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """truths, scores and estimates: one mapping each, as written. missing: one sentence per gap."""

    folder: Path
    run: Mapping[str, Any]
    channels: tuple[Channel, ...]
    series: Series
    events: tuple[Event, ...]
    truths: tuple[Mapping[str, Any], ...]
    scores: tuple[Mapping[str, Any], ...]
    judged: str | None
    """Name of the method that the verdict is about."""
    estimates: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    bursts: tuple[BurstFile, ...] = ()

    @property
    def outcome(self) -> str:
        """As the run stated it. The report is written before the folder is sealed, so the seal cannot count here."""
        return str(self.run.get("outcome") or INTERRUPTED)

    @property
    def span_s(self) -> tuple[float, float]:
        """From the first to the last thing recorded."""
        times = [event.time_s for event in self.events]
        times += [float(self.series.time_s[0]), float(self.series.time_s[-1])] if self.series.time_s.size else []
        return (min(times), max(times)) if times else (0.0, 0.0)

    def of(self, quantity: str, compartment: str | None = None) -> list[Channel]:
        """Channels of a quantity; of one compartment, or of all when None."""
        found = [channel for channel in self.channels if channel.quantity == quantity]
        return [channel for channel in found if compartment in (None, channel.compartment)]

    def compartments(self) -> list[str]:
        return list(dict.fromkeys(c.compartment for c in self.of("pressure") if c.compartment is not None))


def gather(folder: Path) -> Evidence:
    dataset = Dataset(folder)
    missing: list[str] = []
    truth = _json(folder / TRUTH, "the true leak rates are not known", missing)
    scores = _json(folder / SCORES, "no method was judged", missing)
    return Evidence(
        folder=folder,
        run=dataset.run,
        channels=dataset.channels,
        series=_series(dataset, missing),
        events=_events(dataset, missing),
        truths=tuple(truth.get("leaks") or ()),
        scores=tuple(scores.get("scores") or ()),
        judged=scores.get("method"),
        estimates=_estimates(folder / ESTIMATES, missing),
        bursts=_bursts(dataset, missing),
        missing=tuple(missing),
    )


def _json(path: Path, meaning: str, missing: list[str]) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except FileNotFoundError:
        missing.append(f"{path.name} was not written: {meaning}.")
    except (ValueError, TypeError) as error:
        missing.append(f"{path.name} cannot be read ({error}): {meaning}.")
    return {}


def _series(dataset: Dataset, missing: list[str]) -> Series:
    try:
        series = dataset.series()
    except (OSError, ValueError) as error:
        missing.append(f"The scans cannot be read: {error}.")
        return Series(np.empty(0), {})
    if not series.time_s.size:
        missing.append("No scan was recorded: there are no traces to show.")
    return series


def _events(dataset: Dataset, missing: list[str]) -> tuple[Event, ...]:
    try:
        return dataset.events()
    except (OSError, ValueError) as error:
        missing.append(f"The events cannot be read: {error}.")
        return ()


def _bursts(dataset: Dataset, missing: list[str]) -> tuple[BurstFile, ...]:
    try:
        return dataset.waveforms()
    except (OSError, ValueError) as error:
        missing.append(f"The bursts of sound cannot be read: {error}.")
        return ()


def _estimates(path: Path, missing: list[str]) -> tuple[Mapping[str, Any], ...]:
    try:
        with pq.ParquetFile(path) as file:
            return tuple(file.read().to_pylist())
    except FileNotFoundError:
        missing.append(f"{path.name} was not written: no method gave an estimate.")
    except (OSError, ValueError) as error:
        missing.append(f"{path.name} cannot be read ({error}): estimates are not shown.")
    return ()

"""An old run against a revised certificate: its truth and scores anew, beside the old ones."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from bench.certificate import Certificate
from bench.config.certificates import load_certificate, overridden
from bench.config.model import Bench
from bench.dataset import ESTIMATES, Dataset
from bench.errors import ConfigError
from bench.manifest import revisions
from bench.records import EventKind, LeakEstimate, Truth, Window
from bench.revision import add_revision
from bench.text import read_json
from procedures.judge import Judgement, Recorded, judged
from procedures.ordered import certified
from procedures.provenance import git_commit, versions
from procedures.recorded_bench import recorded_bench

DEFAULT_MAX_RELATIVE_U = 0.2
"""Where a plan states none: that of leak_sweep."""


@dataclass(frozen=True, slots=True)
class Reevaluation:
    """before: truth and scores of the revision before, as they were written. number: of the new revision."""

    number: int
    files: tuple[Path, ...]
    before: Mapping[str, Any]
    after: Judgement


def reevaluate(folder: Path, certificates: Sequence[Path], bench_file: Path | None = None) -> Reevaluation:
    """Every leak by its certificate, a revised one where there is one. Estimates stay as they were recorded.

    Raises ConfigError for a run that was not scored, or a certificate of no leak of its bench.
    """
    dataset, before = Dataset(folder), _scored(folder)
    bench = recorded_bench(dataset, bench_file)
    day = day_of(dataset)
    renewed = _with(bench, [load_certificate(path) for path in certificates], day)
    after = judged(
        Recorded(renewed, windows_of(dataset), dataset.series(), dataset.events(), day),
        estimates_of(folder),
        method=str(before["scores"]["method"]),
        max_relative_u=float((dataset.run.get("plan") or {}).get("max_relative_u", DEFAULT_MAX_RELATIVE_U)),
        calibrations=[leak.certificate for leak in bench.leak],
    )
    scores = {**after.scores_file, "verdict": after.verdict, **_origin(renewed)}
    list(_rows(Reevaluation(0, (), before, after)))  # what was there before can be compared, or nothing is written
    number, paths = add_revision(folder, {"truth": after.truth_file, "scores": scores})
    return Reevaluation(number, paths, before, after)


def _origin(bench: Bench) -> dict[str, object]:
    """By which certificates, when, and with which software."""
    return {
        "certificates": [certified(leak) for leak in bench.leak],
        "evaluated_utc": datetime.now(UTC).isoformat(),
        "versions": versions(),
        "git_commit": git_commit(),
    }


def _scored(folder: Path) -> dict[str, Any]:
    """Truth and scores of the latest revision."""
    number = revisions(folder)
    paths = {name: folder / (f"{name}.r{number}.json" if number else f"{name}.json") for name in ("truth", "scores")}
    for path in paths.values():
        if not path.exists():
            raise ConfigError(f"{folder}: was not scored: there is no {path.name}")
    return {name: read_json(path) for name, path in paths.items()}


def day_of(dataset: Dataset) -> date:
    """When the run was scored, or begun if it never ended."""
    return datetime.fromisoformat(dataset.run.get("ended_utc") or dataset.run["started_utc"]).date()


def _with(bench: Bench, revised: Sequence[Certificate], day: date) -> Bench:
    """The bench with revised certificates in place of those of the same serial, without overrides no longer needed."""
    by_serial = {certificate.serial: certificate for certificate in revised}
    known = {leak.certificate.serial for leak in bench.leak} | {leak.serial for leak in bench.leak}
    for serial, certificate in by_serial.items():
        if serial not in known:
            raise ConfigError(f"{certificate.file}: no leak of this run has the serial {serial}")
    leaks = []
    for leak in bench.leak:
        certificate = by_serial.get(leak.serial or leak.certificate.serial, leak.certificate)
        leaks.append(leak.model_copy(update={"certificate": certificate}))
    renewed = bench.model_copy(update={"leak": tuple(leaks)})
    doubted = {leak.name for leak in leaks if any(leak.doubts(day))}
    reasons = {override.leak: override.reason for override in bench.overrides if override.leak in doubted}
    return renewed.model_copy(update={"overrides": tuple(overridden(renewed, day, reasons))})


def windows_of(dataset: Dataset) -> list[Window]:
    """What the run's methods were asked about."""
    asked = [event.detail for event in dataset.events() if event.kind == EventKind.WINDOW]
    return [_window(detail) for detail in asked]


def _window(detail: Mapping[str, Any]) -> Window:
    background = tuple((float(begin_s), float(end_s)) for begin_s, end_s in detail["background"])
    span_s = float(detail["begin_s"]), float(detail["end_s"])
    return Window(detail["window"], detail["compartment"], *span_s, background)


def estimates_of(folder: Path) -> list[LeakEstimate]:
    """As they were recorded; unknown numbers are NaN."""
    with pq.ParquetFile(folder / ESTIMATES) as file:
        rows = file.read(columns=["method", "window", "rate_kg_s", "u_kg_s"]).to_pylist()
    return [LeakEstimate(**row) for row in rows]


def as_text(found: Reevaluation) -> str:
    """Old and new, a line per leak and method."""
    table = Table("leak", "truth before, kg/s", "truth now, kg/s", "change", "method", "error before", "error now")
    for row in _rows(found):
        table.add_row(*row)
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    verdict = found.after.verdict
    console.print(f"revision {found.number}: {', '.join(path.name for path in found.files)}", soft_wrap=True)
    console.print(f"{verdict.outcome}: {verdict.reason}", soft_wrap=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().rstrip()


def _rows(found: Reevaluation) -> Iterator[tuple[str, ...]]:
    """What is of the leak stands in its first row alone."""
    old_truths = {truth["leak"]: truth for truth in found.before["truth"]["leaks"]}
    old_errors = {(s["leak"], s["method"]): s["normalised_error"] for s in found.before["scores"]["scores"]}
    for truth in found.after.truths:
        of_leak = _truth_cells(truth, old_truths[truth.leak])
        for score in (score for score in found.after.scores if score.leak == truth.leak):
            error = old_errors.get((score.leak, score.method))
            name = score.method + (" *" if score.method == found.after.method else "")
            yield (*of_leak, name, "" if error is None else f"{error:+.2f}", f"{score.normalised_error:+.2f}")
            of_leak = ("", "", "", "")


def _truth_cells(truth: Truth, old: Mapping[str, Any]) -> tuple[str, str, str, str]:
    change = f"{truth.rate_kg_s / old['rate_kg_s'] - 1.0:+.2%}" if old["rate_kg_s"] else ""
    return truth.leak, _plus_minus(old["rate_kg_s"], old["u_kg_s"]), _plus_minus(truth.rate_kg_s, truth.u_kg_s), change


def _plus_minus(value: float | None, u: float | None) -> str:
    return "unknown" if value is None or u is None else f"{value:.4e} ± {u:.1e}"

"""A recorded run fed to methods and monitors: their answers as a table, as JSON, as a file. It is not written to."""

import io
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
from pydantic_core import to_json, to_jsonable_python
from rich.console import Console
from rich.table import Table

from bench.config.rig import rig_of
from bench.dataset import Dataset
from bench.detection.made import Made
from bench.errors import ConfigError
from bench.records import Event, EventKind, LeakEstimate, Window
from bench.replay import Answer, Recording, replayed
from bench.rig import WHOLE
from procedures.recorded_bench import recorded_bench
from procedures.reevaluate import windows_of

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Replayed:
    """What one method said of one run, each with the compartment that it is about; wall_s: what that took."""

    made: Made
    answers: Sequence[tuple[str, Answer]]
    wall_s: float

    def rows(self) -> Iterator[dict[str, object]]:
        """One per answer, fields as in LeakEstimate; refused: why there is none."""
        for compartment, found in self.answers:
            refused = "" if isinstance(found, LeakEstimate) else found.reason
            fields = asdict(found) if isinstance(found, LeakEstimate) else {"window": found.window}
            yield {**fields, "method": self.made.name, "compartment": compartment, "refused": refused}


def recording(folder: Path, windows: Sequence[str] = (), background: str | None = None) -> Recording:
    """windows: names of the run's own, or COMPARTMENT:BEGIN:END in s; all of the run's if there are none. background:
    BEGIN:END, of such windows and of what monitors learn from. Raises ConfigError.
    """
    try:
        dataset = Dataset(folder)
    except FileNotFoundError as error:
        raise ConfigError(str(error)) from error
    rig, series, events = rig_of(recorded_bench(dataset)), dataset.series(), dataset.events()
    own = windows_of(dataset)
    learned_s = _span(background) if background else _learned_s(events, own)
    asked = [_window(word, own, learned_s if background else None) for word in windows] or own
    for window in asked:
        if window.compartment not in {*rig.compartments, WHOLE}:
            raise ConfigError(f"{window.compartment}: no such compartment (there are: {', '.join(rig.compartments)})")
    return Recording(rig, series, asked, learned_s)


def replay(recorded: Recording, methods: Sequence[Made]) -> list[Replayed]:
    found = []
    for made in methods:
        begun = time.perf_counter()
        answers = list(replayed(made, recorded))
        found.append(Replayed(made, answers, time.perf_counter() - begun))
    return found


def _learned_s(events: Sequence[Event], windows: Sequence[Window]) -> tuple[float, float] | None:
    """What the run's own monitors learned from, or else the first background of its windows."""
    told = (event.detail["background_s"] for event in events if event.kind is EventKind.WATCH_BEGUN)
    known = [(float(span[0]), float(span[1])) for span in told if isinstance(span, list)]
    return next(iter([*known, *(span for window in windows for span in window.background)]), None)


def _window(word: str, own: Sequence[Window], background_s: tuple[float, float] | None) -> Window:
    for window in own:
        if window.name == word:
            return window
    compartment, _, span = word.partition(":")
    if not span:
        known = ", ".join(window.name for window in own) or "none"
        raise ConfigError(f"--window {word}: the run has {known}; or say COMPARTMENT:BEGIN:END in seconds")
    return Window(word, compartment, *_span(span), (background_s,) if background_s else ())


def _span(word: str) -> tuple[float, float]:
    begin, _, end = word.partition(":")
    try:
        begin_s, end_s = float(begin), float(end)
    except ValueError as error:
        raise ConfigError(f"{word}: write it as BEGIN:END in seconds") from error
    if not begin_s < end_s:
        raise ConfigError(f"{word}: ends before it begins")
    return begin_s, end_s


def as_text(found: Sequence[Replayed], every_s: float) -> str:
    """every_s: of a monitor's answers, alarms and one in so many seconds are shown."""
    table = Table("method", "when, h", "compartment", "rate ± u, kg/s", "alarm", "onset, h", "notes")
    for each in found:
        for row in _thinned(each, every_s):
            table.add_row(*_cells(row))
    console = Console(file=io.StringIO(), width=140)
    console.print(table)
    for each in found:
        console.print(f"{each.made.name}: {len(each.answers)} answers in {each.wall_s:.2f} s", highlight=False)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().rstrip()


def _thinned(each: Replayed, every_s: float) -> Iterator[Mapping[str, object]]:
    due_s: dict[object, float] = {}
    for row in each.rows():
        time_s = row.get("time_s")
        if row.get("alarm") or not isinstance(time_s, float) or time_s >= due_s.get(row["compartment"], 0.0):
            yield row
            if isinstance(time_s, float):
                due_s[row["compartment"]] = time_s + every_s


def _cells(row: Mapping[str, object]) -> Iterator[str]:
    yield str(row["method"])
    yield _hours(row.get("time_s")) or str(row["window"])
    yield str(row["compartment"])
    yield "no answer" if row["refused"] else f"{row['rate_kg_s']:.3e} ± {row['u_kg_s']:.1e}"
    yield {None: "", True: "ALARM", False: "no"}[row.get("alarm")]  # type: ignore[index]
    yield _hours(row.get("onset_s"))
    notes = row.get("notes")
    yield str(row["refused"]) or "; ".join(notes if isinstance(notes, tuple) else ())


def _hours(time_s: object) -> str:
    return f"{time_s / HOUR_S:.2f}" if isinstance(time_s, float) else ""


def as_dict(folder: Path, found: Sequence[Replayed]) -> dict[str, object]:
    """The object that --json prints; what is no number is null."""
    return {
        "run": str(folder),
        "methods": [{**each.made.about, "wall_s": each.wall_s, "answers": list(each.rows())} for each in found],
    }


def as_json(folder: Path, found: Sequence[Replayed]) -> str:
    return to_json(to_jsonable_python(as_dict(folder, found)), inf_nan_mode="null").decode()


def write(path: Path, found: Sequence[Replayed]) -> None:
    """As Parquet: a row per answer, with the parameters of its method; a mapping becomes JSON text."""
    rows = [{**row, "parameters": each.made.about["parameters"]} for each in found for row in each.rows()]
    table = pd.DataFrame(rows).map(lambda cell: to_json(cell).decode() if isinstance(cell, Mapping) else cell)
    table.to_parquet(path, compression="zstd", index=False)

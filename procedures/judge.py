"""Scores of every shipped method against the truth of a run, and the verdict on the one under test."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from bench.config.load import rig_of
from bench.dataset import Dataset
from bench.detection.method import CannotEstimateError
from bench.detection.shipped import methods
from bench.records import EventKind, LeakEstimate, Score, Series, Truth, Window
from bench.run import Run
from bench.truth import leak_truth
from bench.validation.accuracy import score
from bench.validation.verdict import judge


def judge_run(run: Run, windows: Sequence[Window], *, method: str, max_relative_u: float) -> None:
    """Write truth, estimates and scores into the run folder and conclude the run.

    Methods see the recorded scans, the stated rig and the windows; truth is joined with their answers only here.
    """
    run.recorder.close_scans()
    dataset = Dataset(run.recorder.folder)
    series, events = dataset.series(), dataset.events()
    truths = [leak_truth(run.bench, run.bench.named_leak(w.name), w, series, events) for w in windows]
    estimates, refusals = _estimates(run, series, windows)
    scores = [score(t, e) for t in truths for e in estimates if e.window == t.leak and t.rate_kg_s > 0.0]
    verdict = judge([s for s in scores if s.method == method], truths, max_relative_u=max_relative_u)
    _write(run, truths, estimates, scores, method)
    why = refusals.get(method)
    run.conclude(verdict if why is None else replace(verdict, reason=f"{verdict.reason} ({why})"))


def _estimates(
    run: Run, series: Series, windows: Sequence[Window]
) -> tuple[list[LeakEstimate], dict[str, CannotEstimateError]]:
    """Every method's answer to every window; one that cannot answer is an event, and is given back by method."""
    rig = rig_of(run.bench)
    found = []
    refusals: dict[str, CannotEstimateError] = {}
    for name, method in methods().items():
        for window in windows:
            try:
                found.append(method.estimate(rig, series, window))
            except CannotEstimateError as error:
                run.event(EventKind.ERROR, method=name, window=window.name, message=str(error))
                refusals.setdefault(name, error)
    return found, refusals


def _write(
    run: Run, truths: Sequence[Truth], estimates: Sequence[LeakEstimate], scores: Sequence[Score], method: str
) -> None:
    columns = ["method", "window", "rate_kg_s", "u_kg_s", "notes"]
    rows = [(e.method, e.window, e.rate_kg_s, e.u_kg_s, "; ".join(e.notes)) for e in estimates]
    run.recorder.write_table("estimates.parquet", pd.DataFrame(rows, columns=columns))
    run.recorder.write_json("truth.json", {"leaks": truths})
    run.recorder.write_json("scores.json", {"method": method, "scores": scores})

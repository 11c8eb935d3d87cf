"""Scores of every shipped method against the truth of a run, and the verdict on the one under test."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from bench.certificate import Certificate
from bench.config.load import rig_of
from bench.config.model import Bench
from bench.dataset import ESTIMATES, Dataset
from bench.detection.method import CannotEstimateError, Method
from bench.detection.shipped import methods
from bench.records import Event, EventKind, LeakEstimate, Rig, Score, Series, Truth, Verdict, Window
from bench.run import Run
from bench.validation.accuracy import score
from bench.validation.verdict import judge
from bench.witness import vouched_truth


@dataclass(frozen=True, slots=True)
class Judgement:
    """What leaked, how each method's answers compare with that, and the verdict on the one under test."""

    truths: tuple[Truth, ...]
    scores: tuple[Score, ...]
    verdict: Verdict

    def files(self, method: str, taints: Sequence[str]) -> Mapping[str, object]:
        """As they are written, by the name of the file without its ending."""
        return {
            "truth": {"leaks": self.truths, "taints": taints},
            "scores": {"method": method, "scores": self.scores, "taints": taints},
        }


def judge_run(run: Run, windows: Sequence[Window], *, method: str, max_relative_u: float) -> None:
    """Write truth, estimates and scores into the run folder and conclude the run.

    Methods see the recorded scans, the stated rig and the windows; truth is joined with their answers only here, after
    these were written and their hash was recorded.
    """
    run.recorder.close_scans()
    dataset = Dataset(run.recorder.folder)
    series, events = dataset.series(), dataset.events()
    estimates, refusals = _estimates(run, series, windows)
    _record_estimates(run, estimates)
    found = judged(
        run.bench,
        windows,
        series,
        events,
        estimates,
        day=run.clock.utc().date(),
        method=method,
        max_relative_u=max_relative_u,
    )
    taints = [str(override) for override in run.bench.overrides]
    for name, content in found.files(method, taints).items():
        run.recorder.write_json(f"{name}.json", content)
    why = refusals.get(method)
    verdict = found.verdict
    run.conclude(verdict if why is None else replace(verdict, reason=f"{verdict.reason} ({why})"))


def judged(  # noqa: PLR0913 - all that a verdict rests on
    bench: Bench,
    windows: Sequence[Window],
    series: Series,
    events: Sequence[Event],
    estimates: Sequence[LeakEstimate],
    *,
    day: date,
    method: str,
    max_relative_u: float,
    calibrations: Sequence[Certificate] = (),
) -> Judgement:
    """day: of the run, for the drift of the leaks since their calibration. calibrations: others of the leaks."""
    truths = [
        vouched_truth(bench, bench.named_leak(w.name), w, series, events, day, calibrations=calibrations)
        for w in windows
    ]
    scores = [
        replace(score(t, e), tainted=t.tainted)
        for t in truths
        for e in estimates
        if e.window == t.leak and t.rate_kg_s > 0.0
    ]
    verdict = judge([s for s in scores if s.method == method], truths, max_relative_u=max_relative_u)
    tainted = "; ".join(map(str, bench.overrides))
    reason = f"{verdict.reason} (TAINTED: {tainted})" if tainted else verdict.reason
    return Judgement(tuple(truths), tuple(scores), replace(verdict, reason=reason))


def _estimates(
    run: Run, series: Series, windows: Sequence[Window]
) -> tuple[list[LeakEstimate], dict[str, CannotEstimateError]]:
    """Every method's answer to every window; one that cannot answer is an event, and is given back by method."""
    rig = rig_of(run.bench)
    found = []
    refusals: dict[str, CannotEstimateError] = {}
    for name, method in methods().items():
        for number, window in enumerate(windows, 1):
            try:
                found.append(answer(method, rig, series, window, number))
            except CannotEstimateError as error:
                run.event(EventKind.ERROR, method=name, window=window.name, message=str(error))
                refusals.setdefault(name, error)
    return found, refusals


def answer(method: Method, rig: Rig, series: Series, window: Window, number: int) -> LeakEstimate:
    """A window bears its leak's name, which may tell the size of its hole: the method is asked about a number."""
    try:
        found = method.estimate(rig, series, replace(window, name=f"window_{number}"))
    except CannotEstimateError as error:
        raise CannotEstimateError(error.method, window.name, error.reason) from error
    return replace(found, window=window.name)


def _record_estimates(run: Run, estimates: Sequence[LeakEstimate]) -> None:
    columns = ["method", "window", "rate_kg_s", "u_kg_s", "notes"]
    rows = [(e.method, e.window, e.rate_kg_s, e.u_kg_s, "; ".join(e.notes)) for e in estimates]
    run.recorder.write_table(ESTIMATES, pd.DataFrame(rows, columns=columns))
    sha256 = hashlib.sha256((run.recorder.folder / ESTIMATES).read_bytes()).hexdigest()
    run.event(EventKind.ESTIMATES_RECORDED, file=ESTIMATES, sha256=sha256)

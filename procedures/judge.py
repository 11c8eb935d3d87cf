"""Scores of every shipped method against the truth of a run, and the verdict on the one under test."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from bench.certificate import Certificate
from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.dataset import ESTIMATES, Dataset
from bench.detection.asking import answer
from bench.detection.made import Made, make
from bench.detection.method import CannotEstimateError
from bench.detection.shipped import methods
from bench.records import Event, EventKind, LeakEstimate, Score, Series, Truth, Verdict, Window
from bench.rig import Rig
from bench.run import Run
from bench.truth.witness import vouched_truth
from bench.validation.accuracy import score
from bench.validation.verdict import judge


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a verdict rests on beside the estimates. day: of the run, for the drift of leaks since their calibration."""

    bench: Bench
    windows: Sequence[Window]
    series: Series
    events: Sequence[Event]
    day: date


@dataclass(frozen=True, slots=True)
class Judgement:
    """What leaked, how each method's answers compare with that, and the verdict on the one under test."""

    method: str
    truths: tuple[Truth, ...]
    scores: tuple[Score, ...]
    verdict: Verdict
    taints: tuple[str, ...]

    @property
    def truth_file(self) -> dict[str, object]:
        return {"leaks": self.truths, "taints": self.taints}

    @property
    def scores_file(self) -> dict[str, object]:
        return {"method": self.method, "scores": self.scores, "taints": self.taints}


def judge_run(run: Run, windows: Sequence[Window], *, method: Made, max_relative_u: float) -> None:
    """Write truth, estimates and scores into the run folder and conclude the run.

    Methods see the recorded scans, the stated rig and the windows; truth is joined with their answers only here, after
    these were written and their hash was recorded. The shipped methods are asked beside the one under test.
    """
    run.recorder.close_scans()
    dataset = Dataset(run.recorder.folder)
    recorded = Recorded(run.bench, windows, dataset.series(), dataset.events(), run.clock.utc().date())
    asked = {**{name: make(name) for name in methods()}, method.name: method}
    estimates, refusals = _estimates(run, recorded.series, windows, asked.values())
    _record_estimates(run, estimates, asked)
    found = judged(recorded, estimates, method=method.name, max_relative_u=max_relative_u)
    run.recorder.write_json("truth.json", found.truth_file)
    run.recorder.write_json("scores.json", found.scores_file)
    verdict, why = found.verdict, refusals.get(method.name)
    run.conclude(verdict if why is None else replace(verdict, reason=f"{verdict.reason} ({why})"))


def judged(
    recorded: Recorded,
    estimates: Sequence[LeakEstimate],
    *,
    method: str,
    max_relative_u: float,
    calibrations: Sequence[Certificate] = (),
) -> Judgement:
    """calibrations: of the leaks, beside those in the folders of their certificates."""
    truths = tuple(_truth(recorded, window, calibrations) for window in recorded.windows)
    scores = tuple(_scores(truths, estimates))
    verdict = judge([s for s in scores if s.method == method], truths, max_relative_u=max_relative_u)
    taints = tuple(str(override) for override in recorded.bench.overrides)
    if taints:
        verdict = replace(verdict, reason=f"{verdict.reason} (TAINTED: {'; '.join(taints)})")
    return Judgement(method, truths, scores, verdict, taints)


def _truth(recorded: Recorded, window: Window, calibrations: Sequence[Certificate]) -> Truth:
    bench, leak = recorded.bench, recorded.bench.named_leak(window.name)
    known = (bench, leak, window, recorded.series, recorded.events, recorded.day)
    return vouched_truth(*known, calibrations=calibrations)


def _scores(truths: Sequence[Truth], estimates: Sequence[LeakEstimate]) -> Iterator[Score]:
    for truth in truths:
        for estimate in estimates:
            if estimate.window == truth.leak and truth.rate_kg_s > 0.0:
                yield replace(score(truth, estimate), tainted=truth.tainted)


def _estimates(
    run: Run, series: Series, windows: Sequence[Window], asked: Iterable[Made]
) -> tuple[list[LeakEstimate], dict[str, Exception]]:
    """Every method's answer to every window; one that cannot answer is an event, no error, and is given back by method.
    One that breaks is its author's affair: the others have their say.
    """
    rig = rig_of(run.bench)
    found = []
    refusals: dict[str, Exception] = {}
    for made in asked:
        for number, window in enumerate(windows, 1):
            try:
                found.append(_answered(made, rig, series, window, number))
            except CannotEstimateError as error:
                run.event(EventKind.NO_ANSWER, method=made.name, window=window.name, message=error.reason)
                refusals.setdefault(made.name, error)
            except Exception as error:  # noqa: BLE001 - see above
                message = f"{type(error).__name__}: {error}"
                run.event(EventKind.ERROR, method=made.name, window=window.name, message=message)
                refusals.setdefault(made.name, error)
    return found, refusals


def _answered(made: Made, rig: Rig, series: Series, window: Window, number: int) -> LeakEstimate:
    assert made.method is not None
    return replace(answer(made.method, rig, series, window, number), method=made.name)


def _record_estimates(run: Run, estimates: Sequence[LeakEstimate], asked: Mapping[str, Made]) -> None:
    """And with what each method was made."""
    about = {name: made.about for name, made in asked.items()}
    run.recorder.update(methods=list(about.values()))
    columns = ["method", "window", "rate_kg_s", "u_kg_s", "notes", "parameters"]
    rows = [
        (e.method, e.window, e.rate_kg_s, e.u_kg_s, "; ".join(e.notes), about[e.method]["parameters"])
        for e in estimates
    ]
    run.recorder.write_table(ESTIMATES, pd.DataFrame(rows, columns=columns))
    sha256 = hashlib.sha256((run.recorder.folder / ESTIMATES).read_bytes()).hexdigest()
    run.event(EventKind.ESTIMATES_RECORDED, file=ESTIMATES, sha256=sha256)

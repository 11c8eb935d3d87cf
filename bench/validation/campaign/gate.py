"""Whether a method got worse: rows of two campaigns, or of two versions, compared run by run; all together by Holm."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from bench.validation.accuracy import COVERAGE_FACTOR
from bench.validation.paired import compare_errors, compare_hits, holm

RUN = ["scenario", "leak", "seed", "compartment"]
"""What makes two runs the same."""
SIGNIFICANT = 0.05
FEWEST_ERRORS = 5
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Compared:
    """before, now: means of the measure over the runs. harm > 0: it got worse, by so much. p: adjusted for all that
    were compared.
    """

    method: str
    exposure_s: float
    measure: str
    runs: int
    before: float
    now: float
    harm: float
    p: float
    test: str

    @property
    def worse(self) -> bool:
        return self.harm > 0.0 and self.p < SIGNIFICANT

    def __str__(self) -> str:
        word = "WORSE" if self.worse else "not significantly worse" if self.harm > 0.0 else "no worse"
        said = f"{self.before:.4g} before, {self.now:.4g} now in {self.runs} runs"
        window = f"{self.exposure_s / HOUR_S:g} h windows"
        return f"{self.method} ({window}): {self.measure} {word}: {said}, p = {self.p:.2g} ({self.test}, Holm)"


def compare(before: pd.DataFrame, now: pd.DataFrame) -> list[Compared]:
    """Methods by their labels, at exposures that both have. ValueError if the campaigns have no run in common."""
    found = [
        compared
        for key in sorted({*_keys(before)} & {*_keys(now)})
        for compared in _method(key, _slice(before, key), _slice(now, key))
    ]
    if not found:
        raise ValueError("the two campaigns have no run of one method in common")
    adjusted = holm([each.p for each in found])
    return [replace(each, p=p) for each, p in zip(found, adjusted, strict=True)]


def compare_versions(rows: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> list[Compared]:
    """Two labels of one method on the same runs of one campaign, all pairs together: before is the first of each."""
    if not pairs:
        return []
    first, second = (
        pd.concat([rows[rows["method"] == pair[side]].assign(method=f"{pair[0]} → {pair[1]}") for pair in pairs])
        for side in (0, 1)
    )
    return compare(first, second)


def _keys(rows: pd.DataFrame) -> list[tuple[str, float]]:
    return list(rows[["method", "exposure_s"]].drop_duplicates().itertuples(index=False, name=None))


def _slice(rows: pd.DataFrame, key: tuple[str, float]) -> pd.DataFrame:
    return rows[(rows["method"] == key[0]) & (rows["exposure_s"] == key[1])]


def _method(key: tuple[str, float], before: pd.DataFrame, now: pd.DataFrame) -> Iterator[Compared]:
    yield from _hits(key, "share of leaks found", before, now, _found, good=True)
    yield from _hits(key, "share of runs with a false alarm", before, now, _false_alarm, good=False)
    yield from _hits(key, "share of intervals that hold the truth", before, now, _covers, good=True)
    yield from _numbers(key, "mean error regardless of sign, kg/s", before, now, _error)
    yield from _numbers(key, "mean time to the alarm, h (silent: to the end)", before, now, _delay)


Per = Callable[[pd.DataFrame], "pd.Series[float]"]
"""One number a run, by RUN."""


def _found(rows: pd.DataFrame) -> "pd.Series[float]":
    return rows[rows["judged"] & ~rows["null"]].set_index(RUN)["alarm"].astype(float)


def _false_alarm(rows: pd.DataFrame) -> "pd.Series[float]":
    return rows[rows["null"]].groupby(RUN)["alarm"].any().astype(float)


def _error_kg_s(rows: pd.DataFrame) -> pd.DataFrame:
    judged = rows[rows["judged"] & (rows["refused"] == "")].set_index(RUN)
    return judged.assign(error=(judged["rate_kg_s"] - judged["truth_kg_s"]).abs())


def _error(rows: pd.DataFrame) -> "pd.Series[float]":
    return _error_kg_s(rows)["error"]


def _covers(rows: pd.DataFrame) -> "pd.Series[float]":
    judged = _error_kg_s(rows)
    return (judged["error"] <= COVERAGE_FACTOR * judged["u_kg_s"]).astype(float)


def _delay(rows: pd.DataFrame) -> "pd.Series[float]":
    """Of runs that were silent until their leak began, censored at the end of the watch."""
    with_onset = rows[rows["onset_s"].notna()]
    runs = with_onset.groupby(RUN).agg(onset_s=("onset_s", "first"), first_s=("alarm_s", "min"), end_s=("end_s", "max"))
    silent = runs[~(runs["first_s"] <= runs["onset_s"])]
    return (silent["first_s"].fillna(silent["end_s"]) - silent["onset_s"]) / HOUR_S


def _pairs(before: pd.DataFrame, now: pd.DataFrame, per: Per) -> tuple["pd.Series[float]", "pd.Series[float]"]:
    first, second = per(before), per(now)
    common = first.index.intersection(second.index)
    return first.loc[common], second.loc[common]


def _hits(
    key: tuple[str, float], measure: str, before: pd.DataFrame, now: pd.DataFrame, per: Per, *, good: bool
) -> Iterator[Compared]:
    first, second = _pairs(before, now, per)
    if first.empty:
        return
    p = compare_hits(first.to_numpy() > 0.0, second.to_numpy() > 0.0).p
    gain = float(second.mean() - first.mean())
    harm = -gain if good else gain
    yield Compared(*key, measure, len(first), float(first.mean()), float(second.mean()), harm, p, "McNemar")


def _numbers(
    key: tuple[str, float], measure: str, before: pd.DataFrame, now: pd.DataFrame, per: Per
) -> Iterator[Compared]:
    """Smaller is better."""
    first, second = _pairs(before, now, per)
    if len(first) < FEWEST_ERRORS:
        return
    found = compare_errors(np.asarray(second, np.float64), np.asarray(first, np.float64))
    harm = found.mean_difference
    yield Compared(*key, measure, found.runs, float(first.mean()), float(second.mean()), harm, found.p, "Wilcoxon")

"""One row per leak and method: what leaked, what was said. The headline table and its plot show the same rows."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.review.evidence import Evidence
from bench.validation.accuracy import COVERAGE_FACTOR

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Comparison:
    """NaN where a number is not known. u: standard uncertainties. method: None where no method answered."""

    leak: str
    compartment: str
    truth_kg_s: float
    truth_u_kg_s: float
    method: str | None
    rate_kg_s: float = math.nan
    u_kg_s: float = math.nan
    normalised_error: float = math.nan
    covers: bool | None = None
    """None when there is nothing to compare."""
    void: str | None = None

    @property
    def deviation(self) -> float:
        """Of the estimate from the truth, relative to the truth."""
        return self.rate_kg_s / self.truth_kg_s - 1.0 if self.truth_kg_s else math.nan


def comparisons(evidence: Evidence) -> list[Comparison]:
    """Scores as they were given; estimates nobody scored join the truth of the leak their window is named after."""
    scored = [_scored(score, evidence) for score in evidence.scores]
    known = {(row.leak, row.method) for row in scored}
    rows = [*scored, *(row for row in _unscored(evidence) if (row.leak, row.method) not in known)]
    answered = {row.leak for row in rows}
    rows += [_silent(truth) for truth in evidence.truths if truth["leak"] not in answered]
    order = {truth["leak"]: place for place, truth in enumerate(evidence.truths)}
    return sorted(rows, key=lambda row: (order.get(row.leak, len(order)), row.method != evidence.judged))


def _scored(score: Mapping[str, Any], evidence: Evidence) -> Comparison:
    return Comparison(
        leak=score["leak"],
        compartment=score["compartment"],
        truth_kg_s=number(score["truth_kg_s"]),
        truth_u_kg_s=number(score["truth_u_kg_s"]),
        method=score["method"],
        rate_kg_s=number(score["rate_kg_s"]),
        u_kg_s=number(score["u_kg_s"]),
        normalised_error=number(score["normalised_error"]),
        covers=score["covers_truth"],
        void=_truth_of(score["leak"], evidence).get("void"),
    )


def _unscored(evidence: Evidence) -> Iterator[Comparison]:
    for estimate in evidence.estimates:
        truth = _truth_of(estimate["window"], evidence)
        rate, u = number(estimate["rate_kg_s"]), number(estimate["u_kg_s"])
        error = _normalised_error(rate, u, truth)
        yield Comparison(
            leak=estimate["window"],
            compartment=truth.get("compartment", ""),
            truth_kg_s=number(truth.get("rate_kg_s")),
            truth_u_kg_s=number(truth.get("u_kg_s")),
            method=estimate["method"],
            rate_kg_s=rate,
            u_kg_s=u,
            normalised_error=error,
            covers=None if math.isnan(error) else abs(error) <= COVERAGE_FACTOR,
            void=truth.get("void"),
        )


def _normalised_error(rate_kg_s: float, u_kg_s: float, truth: Mapping[str, Any]) -> float:
    """As bench.validation.accuracy has it; NaN where anything is unknown or nothing is uncertain."""
    both_kg_s = math.hypot(u_kg_s, number(truth.get("u_kg_s")))
    return (rate_kg_s - number(truth.get("rate_kg_s"))) / both_kg_s if both_kg_s else math.nan


def _silent(truth: Mapping[str, Any]) -> Comparison:
    rate, u = number(truth["rate_kg_s"]), number(truth["u_kg_s"])
    return Comparison(truth["leak"], truth["compartment"], rate, u, None, void=truth.get("void"))


def _truth_of(leak: str, evidence: Evidence) -> Mapping[str, Any]:
    return next((truth for truth in evidence.truths if truth["leak"] == leak), NOTHING)


def number(value: float | None) -> float:
    """JSON has no NaN: it was written as null."""
    return math.nan if value is None else float(value)

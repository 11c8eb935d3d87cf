"""How well the truth of each leak is known, as lines and cells: its budget, the check of it, its witnesses."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from bench.review.comparison import number
from bench.review.evidence import Evidence
from bench.testimony import recalled
from bench.uncertainty.gum import HEADINGS, Budget, Line, cells, in_words


def known_truths(evidence: Evidence) -> list[dict[str, object]]:
    """One entry per leak whose truth has a budget in full; of older runs none has."""
    return [_known(truth) for truth in evidence.truths if truth.get("statement")]


def _known(truth: Mapping[str, Any]) -> dict[str, object]:
    budget = recalled_budget(truth["statement"])
    return {
        "leak": truth["leak"],
        "headings": HEADINGS,
        "rows": [cells(line, budget.u) for line in budget.lines],
        "lines": [in_words(budget), *_said(truth)],
    }


def _said(truth: Mapping[str, Any]) -> Iterator[str]:
    if (check := truth.get("check")) is not None:
        agrees = "agrees" if check["valid"] else "disagrees"
        yield f"Monte Carlo, {check['trials']:,} trials: {agrees} to {check['digits']} significant digit(s) of u."
    yield from (recalled(witness).says for witness in truth.get("witnesses") or ())
    if truth.get("tainted"):
        yield f"TAINTED: {truth['tainted']}"


def recalled_budget(written: Mapping[str, Any]) -> Budget:
    """From truth.json, where an infinite number of degrees of freedom is null."""
    lines = tuple(Line(**{**line, "dof": _dof(line["dof"])}) for line in written["lines"])
    numbers = {key: number(written[key]) for key in ("value", "u", "coverage_factor", "probability")}
    effective = _dof(written["effective_dof"])
    return Budget(written["result"], unit=written["unit"], effective_dof=effective, lines=lines, **numbers)


def _dof(value: float | None) -> float:
    return math.inf if value is None else value

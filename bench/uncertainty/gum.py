"""A result's uncertainty from its inputs', as a budget: JCGM 100 (GUM). Checked by monte_carlo.py (JCGM 101)."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scipy.special import stdtrit

Distribution = Literal["normal", "rectangular", "triangular", "t"]
Model = Callable[[Mapping[str, Any]], Any]
"""The result from the inputs by name: of numbers a number, of arrays an array."""
Correlations = Mapping[tuple[str, str], float]
NO_CORRELATIONS: Correlations = {}
STEP = 1e-4
"""Of a numeric derivative, in parts of the input's size: its fourth power is lost to curvature, 2e-16 over it to
rounding.
"""
TWO_SIGMA = math.erf(math.sqrt(2.0))
"""Coverage probability for which k is 2 when there are many degrees of freedom: 95.45 %."""

HEADINGS = ("source", "value", "unit", "u", "distribution", "dof", "sensitivity", "contribution", "share")


@dataclass(frozen=True, slots=True)
class Input:
    """An input quantity: estimate, standard uncertainty and its degrees of freedom, both in unit.

    distribution is what JCGM 101 draws from; for "t" (6.4.9) that has the scale u, and so a variance above u squared.
    """

    name: str
    value: float
    u: float
    distribution: Distribution = "normal"
    dof: float = math.inf
    unit: str = "1"


def rectangular(name: str, value: float, half_width: float, *, dof: float = math.inf, unit: str = "1") -> Input:
    """Anything within value +- half_width is equally credible (JCGM 100 4.3.7)."""
    return Input(name, value, half_width / math.sqrt(3.0), "rectangular", dof, unit)


def triangular(name: str, value: float, half_width: float, *, dof: float = math.inf, unit: str = "1") -> Input:
    """Within value +- half_width, the middle more credible than the ends (JCGM 100 4.3.9)."""
    return Input(name, value, half_width / math.sqrt(6.0), "triangular", dof, unit)


@dataclass(frozen=True, slots=True)
class Line:
    """One source of uncertainty. sensitivity: of the result to this input; contribution: that times u, signed."""

    source: str
    value: float
    unit: str
    u: float
    distribution: Distribution
    dof: float
    sensitivity: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Budget:
    """A result with its combined standard uncertainty u (eq. 10, 13), all in unit, and where that comes from."""

    result: str
    value: float
    unit: str
    u: float
    effective_dof: float
    """By Welch and Satterthwaite, eq. G.2b; infinite where every input's are."""
    coverage_factor: float
    probability: float
    lines: tuple[Line, ...]

    @property
    def expanded(self) -> float:
        """Half-width of the interval that covers the result with the probability stated."""
        return self.coverage_factor * self.u

    @property
    def relative(self) -> Mapping[str, float]:
        """Relative standard uncertainty by source."""
        size = abs(self.value)
        return {line.source: abs(line.contribution) / size if size else math.inf for line in self.lines}


def propagate(
    model: Model,
    inputs: Sequence[Input],
    *,
    result: str = "result",
    unit: str = "1",
    correlations: Correlations = NO_CORRELATIONS,
    probability: float = TWO_SIGMA,
) -> Budget:
    """The law of propagation of uncertainty, first order. Degrees of freedom are those of uncorrelated inputs.

    The coverage factor is Student's t for the whole part of the effective degrees of freedom (G.4.1, G.6.4). Raises
    ValueError if a correlation names no input.
    """
    lines = [_line(model, inputs, place) for place in range(len(inputs))]
    u = math.sqrt(_variance(lines, correlations))
    effective = _effective_dof(lines, u)
    return Budget(
        result=result,
        value=float(model({entry.name: entry.value for entry in inputs})),
        unit=unit,
        u=u,
        effective_dof=effective,
        coverage_factor=coverage_factor(effective, probability),
        probability=probability,
        lines=tuple(lines),
    )


def coverage_factor(dof: float, probability: float) -> float:
    """Of a two-sided interval: 2.00 for 95.45 % and infinitely many degrees of freedom, 2.92 for 99 % and 16."""
    whole = max(math.floor(dof), 1.0) if math.isfinite(dof) else math.inf
    return float(stdtrit(whole, (1.0 + probability) / 2.0))


def sensitivity(model: Model, inputs: Sequence[Input], place: int) -> float:
    """Partial derivative of the result by one input at the estimates, from five points: error of fourth order."""
    at = {entry.name: entry.value for entry in inputs}
    entry = inputs[place]
    step = STEP * (max(abs(entry.value), entry.u) or 1.0)

    def moved(steps: float) -> float:
        return float(model({**at, entry.name: entry.value + steps * step}))

    return (8.0 * (moved(1.0) - moved(-1.0)) - (moved(2.0) - moved(-2.0))) / (12.0 * step)


def _line(model: Model, inputs: Sequence[Input], place: int) -> Line:
    entry, slope = inputs[place], sensitivity(model, inputs, place)
    shown = (entry.name, entry.value, entry.unit, entry.u, entry.distribution, entry.dof)
    return Line(*shown, sensitivity=slope, contribution=slope * entry.u)


def _variance(lines: Sequence[Line], correlations: Correlations) -> float:
    parts = {line.source: line.contribution for line in lines}
    unknown = {name for pair in correlations for name in pair} - parts.keys()
    if unknown:
        raise ValueError(f"correlation of {', '.join(sorted(unknown))}: no such input")
    crossed = sum(2.0 * r * parts[a] * parts[b] for (a, b), r in correlations.items())
    return max(0.0, math.fsum(part**2 for part in parts.values()) + crossed)


def _effective_dof(lines: Sequence[Line], u: float) -> float:
    doubt = math.fsum(line.contribution**4 / line.dof for line in lines)
    return u**4 / doubt if doubt > 0.0 else math.inf


def as_text(budget: Budget) -> str:
    """The budget as a table of fixed columns, and the result below it."""
    rows = [HEADINGS, *(cells(line, budget.u) for line in budget.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*table, in_words(budget)])


def in_words(budget: Budget) -> str:
    """The result, its standard and its expanded uncertainty in a line."""
    return (
        f"{budget.result} = {budget.value:.6g} {budget.unit}, u = {budget.u:.3g} {budget.unit}, effective degrees of "
        f"freedom {_number(budget.effective_dof)}, U = {budget.expanded:.3g} {budget.unit} "
        f"(k = {budget.coverage_factor:.2f}, {budget.probability:.2%})"
    )


def cells(line: Line, u: float) -> tuple[str, ...]:
    """A line of the budget as HEADINGS has it; u: of the result, for the line's share of its variance."""
    share = (line.contribution / u) ** 2 if u else 0.0
    numbers = f"{line.sensitivity:.4g}", f"{line.contribution:.3g}", f"{share:.1%}"
    return (
        line.source,
        f"{line.value:.6g}",
        line.unit,
        f"{line.u:.3g}",
        line.distribution,
        _number(line.dof),
        *numbers,
    )


def _number(dof: float) -> str:
    return f"{dof:.3g}" if math.isfinite(dof) else "inf"

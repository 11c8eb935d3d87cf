"""Whether a leak was the same before and after: En numbers (ISO/IEC 17043), |En| > 1 says it was not."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bench.certificate import Certificate
from bench.truth.leak_budget import Conditions, inputs, leak_budget
from bench.uncertainty.gum import Budget

COVERAGE_FACTOR = 2.0
SHARED = frozenset({"volume", "chamber_temperature", "gauge_gain", "outgassing"})
"""What two rates of rise in one run have wrong alike."""


def en_number(after: float, expanded_after: float, before: float, expanded_before: float) -> float:
    """Difference over the root sum of squares of both expanded uncertainties (k = 2)."""
    return (after - before) / math.hypot(expanded_after, expanded_before)


def calibration_en(used: Certificate, known: Sequence[Certificate], day: date) -> float | None:
    """Of the last calibration up to the day of the run and the first one after it, the earlier carried to the later's
    day and conditions with its drift; None while one of them is missing.
    """
    dated = sorted({entry.calibrated: entry for entry in (*known, used)}.values(), key=lambda entry: entry.calibrated)
    before = [entry for entry in dated if entry.calibrated <= day]
    after = [entry for entry in dated if entry.calibrated > day]
    if not before or not after:
        return None
    earlier, later = before[-1], after[0]
    at = Conditions(later.reference_pressure_pa, 0.0, later.reference_temperature_k, 0.0, gas=later.gas)
    if later.reference_reading_kg_s is not None:
        at = replace(at, shown_kg_s=later.reference_reading_kg_s + earlier.zero_kg_s)
    carried = leak_budget(earlier, inputs(earlier, at, later.calibrated))
    expanded = COVERAGE_FACTOR * later.u_kg_s, COVERAGE_FACTOR * carried.u
    return en_number(later.value_kg_s, expanded[0], carried.value, expanded[1])


def rise_en(before: Budget, after: Budget, certified_before_kg_s: float, certified_after_kg_s: float) -> float:
    """Of two rates of rise, each over what the certificate says of its moment, without what both have wrong alike."""
    first, second = before.value / certified_before_kg_s, after.value / certified_after_kg_s
    expanded = (COVERAGE_FACTOR * _own(entry) * abs(entry.value) for entry in (after, before))
    after_kg_s, before_kg_s = expanded
    return en_number(second, after_kg_s / certified_after_kg_s, first, before_kg_s / certified_before_kg_s)


def _own(budget: Budget) -> float:
    """Relative standard uncertainty without what is shared."""
    return math.hypot(*(part for source, part in budget.relative.items() if source not in SHARED))

"""The tables of a scorecard, as HTML fragments. Imports great_tables: reached only from write_scorecard."""

import math
from collections.abc import Callable, Sequence

import pandas as pd
from great_tables import GT, loc, style

from bench.review.card import Card
from bench.review.tables import html
from bench.validation.campaign.measures import Measure, Name, Slice

HOUR_S = 3600.0
SUMMARY = {
    Name.POD50_KG_S: "Found in half of the cases from, mg/h",
    Name.POD90_KG_S: "Found in 90 % from, mg/h",
    Name.FALSE_ALARMS_PER_DAY: "False alarms a day",
    Name.COVERAGE: "Truth within 95 % interval, %",
    Name.BIAS_KG_S: "Mean error, mg/h",
    Name.RMSE_KG_S: "RMS error, mg/h",
    Name.RMSE_OVER_BOUND: "RMS error over bound",
    Name.ANSWERED: "Answered, %",
    Name.COST_S: "An answer takes, ms",
}
REQUIRED = SUMMARY | {
    Name.FALSE_CALLS: "Windows without a leak that alarm, %",
    Name.DETECTED: "Windows with a leak that alarm, %",
    Name.ROC_AREA: "ROC area",
    Name.DELAY50_H: "Median delay, h",
    Name.DELAY95_H: "95 % have alarmed after, h",
    Name.DELAY50_EFFICIENCY: "Delay bound over median delay",
    Name.LOCATED_RIGHT: "Right compartment, %",
    Name.LIMIT05_BELOW: "Earlier than the 5 % time, %",
    Name.LIMIT50_BELOW: "Earlier than the 50 % time, %",
    Name.LIMIT95_BELOW: "Earlier than the 95 % time, %",
    Name.LIMIT_OPTIMISM: "Worst optimistic error of the 5 % time, %",
}
"""What a reader calls each measure, with the unit that it is shown in."""
MG_H = 3600.0 * 1e6
SCALES = (
    {name: MG_H for name in Name if name.endswith("_kg_s")}
    | {name: 100.0 for name, words in REQUIRED.items() if words.endswith("%")}
    | {Name.COST_S: 1e3}
)


def summary(card: Card) -> str:
    rows = []
    for exposure_s in card.exposures_s:
        for method in card.methods:
            row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Method": marked(card, method)}
            for name, heading in SUMMARY.items():
                row[heading] = said(find(card.measures, name, Slice(method, exposure_s)), SCALES.get(name, 1.0))
            rows.append(row)
    return table(rows)


def false_alarms(card: Card) -> str:
    rows = []
    for exposure_s in card.exposures_s:
        for scenario in ["", *card.scenarios]:
            row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Scenario": scenario or "all together", "Days": "0"}
            for method in card.methods:
                measure = find(card.measures, Name.FALSE_ALARMS_PER_DAY, Slice(method, exposure_s, scenario))
                row["Days"] = f"{measure.of:.3g}" if measure else "0"
                row[f"{marked(card, method)}: alarms, a day"] = _counted(measure)
            rows.append(row)
    return table(rows)


def roc_areas(card: Card) -> str | None:
    """Of each leak."""
    return _by_leak(card, "ROC area", lambda of_what: said(find(card.measures, Name.ROC_AREA, of_what), 1.0))


def delays(card: Card) -> str | None:
    """Median of each leak, and the bound over it."""

    def cell(of_what: Slice) -> str:
        near = find(card.measures, Name.DELAY50_EFFICIENCY, of_what)
        known = near is not None and math.isfinite(near.value)
        return _delay(find(card.measures, Name.DELAY50_H, of_what)) + (f"; {near.value:.2g}" if near and known else "")

    return _by_leak(card, "median, h; efficiency", cell)


def _by_leak(card: Card, what: str, cell: Callable[[Slice], str]) -> str | None:
    slices = [m.of_what for m in card.measures if m.name is Name.DELAY50_H]
    rows = []
    for exposure_s, scenario, leak in dict.fromkeys((s.exposure_s, s.scenario, s.leak) for s in slices):
        row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Scenario": scenario, "Leak": leak_words(card, scenario, leak)}
        cells = {f"{marked(card, m)}: {what}": cell(Slice(m, exposure_s, scenario, leak)) for m in card.methods}
        rows.append(row | cells)
    return table(rows) if rows else None


def leak_words(card: Card, scenario: str, leak: str) -> str:
    """With what really passed, in the unit of the other tables."""
    rows = card.rows[card.rows["judged"] & (card.rows["scenario"] == scenario) & (card.rows["leak"] == leak)]
    name = leak.rsplit(" ", 2)[0] if leak.endswith(" kg/s") else leak or "its own"
    return f"{name} {rows['truth_kg_s'].mean() * MG_H:.3g} mg/h"


def timings(card: Card) -> str:
    return table([{"Part": name.replace("_", " "), "s": f"{value:.1f}"} for name, value in card.timings_s.items()])


def find(measures: Sequence[Measure], name: Name, of_what: Slice) -> Measure | None:
    return next((m for m in measures if m.name is name and m.of_what == of_what), None)


def said(measure: Measure | None, scale: float) -> str:
    """Value and limits; what is not known is not a number."""
    if measure is None or math.isnan(measure.value):
        return "not known"
    value = f"{measure.value * scale:.3g}"
    if math.isnan(measure.low):
        return value
    return f"{value} ({_limit(measure.low * scale)} … {_limit(measure.high * scale)})"


def _limit(value: float) -> str:
    return "∞" if math.isinf(value) else f"{value:.3g}"


def _counted(measure: Measure | None) -> str:
    if measure is None or math.isnan(measure.value):
        return "no null window"
    return f"{measure.count:.0f}, {said(measure, 1.0)}"


def _delay(measure: Measure | None) -> str:
    if measure is None or math.isnan(measure.value):
        return "not known: alarms before the leak" if measure else "not known"
    if math.isinf(measure.value):
        return "more than half silent"
    return said(measure, 1.0)


def marked(card: Card, method: str) -> str:
    return f"{method}\u00a0*" if method == card.under_test else method


def table(rows: list[dict[str, str]], colours: dict[tuple[int, str], str] | None = None) -> str:
    shown = GT(pd.DataFrame(rows).fillna("")).cols_align("left")
    for (place, column), colour in (colours or {}).items():
        shown = shown.tab_style(style.text(color=colour, weight="bold"), loc.body(column, [place]))
    return html(shown)

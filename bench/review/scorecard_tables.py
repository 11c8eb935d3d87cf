"""The tables of a scorecard, as HTML fragments. Imports great_tables: reached only from write_scorecard."""

import math
from collections.abc import Sequence

import pandas as pd
from great_tables import GT, loc, style

from bench.review.card import Card
from bench.review.tables import RIGHT, WRONG, html
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.conformity import Decision

HOUR_S = 3600.0
UNDECIDED = "#7a5c00"
WORDS = {
    Decision.ACCEPT: ("✔ met", RIGHT),
    Decision.REJECT: ("✘ not met", WRONG),
    Decision.INCONCLUSIVE: ("? not shown", UNDECIDED),
}
SUMMARY = {
    Name.POD50_KG_S: "Found in half of the cases from, mg/h",
    Name.POD90_KG_S: "Found in 90 % from, mg/h",
    Name.FALSE_ALARMS_PER_DAY: "False alarms a day",
    Name.COVERAGE: "Truth within 95 % interval, %",
    Name.BIAS_KG_S: "Mean error, mg/h",
    Name.RMSE_KG_S: "RMS error, mg/h",
    Name.ANSWERED: "Answered, %",
    Name.COST_S: "An answer takes, ms",
}
MG_H = 3600.0 * 1e6
SCALES = {name: MG_H for name in Name if name.endswith("_kg_s")} | {
    Name.COVERAGE: 100.0,
    Name.ANSWERED: 100.0,
    Name.COST_S: 1e3,
}


def requirements(card: Card) -> str | None:
    """One row a requirement, one column a method."""
    if not card.judged[card.under_test]:
        return None
    rows, colours = [], {}
    for place, required in enumerate(card.judged[card.under_test]):
        row = {"Requirement": str(required.required)}
        for method in card.methods:
            judged = card.judged[method][place]
            word, colour = WORDS[judged.decision]
            row[_marked(card, method)] = f"{word}: {judged.reason}"
            colours[place, _marked(card, method)] = colour
        rows.append(row)
    return _table(rows, colours)


def summary(card: Card) -> str:
    rows = []
    for exposure_s in card.exposures_s:
        for method in card.methods:
            row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Method": _marked(card, method)}
            for name, heading in SUMMARY.items():
                row[heading] = _said(find(card.measures, name, method, exposure_s), SCALES.get(name, 1.0))
            rows.append(row)
    return _table(rows)


def false_alarms(card: Card) -> str:
    rows = []
    for exposure_s in card.exposures_s:
        for scenario in ["", *card.scenarios]:
            row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Scenario": scenario or "all together", "Days": "0"}
            for method in card.methods:
                measure = find(card.measures, Name.FALSE_ALARMS_PER_DAY, method, exposure_s, scenario)
                row["Days"] = f"{measure.of:.3g}" if measure else "0"
                row[f"{_marked(card, method)}: alarms, a day"] = _counted(measure)
            rows.append(row)
    return _table(rows)


def delays(card: Card) -> str | None:
    found = [m for m in card.measures if m.name is Name.DELAY50_H]
    rows = []
    for of_what in dict.fromkeys((m.of_what.exposure_s, m.of_what.scenario, m.of_what.leak) for m in found):
        exposure_s, scenario, leak = of_what
        row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Scenario": scenario, "Leak": leak or "its own"}
        for method in card.methods:
            measure = find(card.measures, Name.DELAY50_H, method, exposure_s, scenario, leak)
            row[f"{_marked(card, method)}: median, h"] = _delay(measure)
        rows.append(row)
    return _table(rows) if rows else None


def timings(card: Card) -> str:
    return _table([{"Part": name.replace("_", " "), "s": f"{value:.1f}"} for name, value in card.timings_s.items()])


def find(
    measures: Sequence[Measure], name: Name, method: str, exposure_s: float, scenario: str = "", leak: str = ""
) -> Measure | None:
    wanted = Slice(method, exposure_s, scenario, leak)
    return next((m for m in measures if m.name is name and m.of_what == wanted), None)


def _said(measure: Measure | None, scale: float) -> str:
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
    return f"{measure.count:.0f}, {_said(measure, 1.0)}"


def _delay(measure: Measure | None) -> str:
    if measure is None or math.isnan(measure.value):
        return "not known: alarms before the leak" if measure else "not known"
    if math.isinf(measure.value):
        return "more than half silent"
    return _said(measure, 1.0)


def _marked(card: Card, method: str) -> str:
    return f"{method}\u00a0*" if method == card.under_test else method


def _table(rows: list[dict[str, str]], colours: dict[tuple[int, str], str] | None = None) -> str:
    table = GT(pd.DataFrame(rows))
    for (place, column), colour in (colours or {}).items():
        table = table.tab_style(style.text(color=colour, weight="bold"), loc.body(column, [place]))
    return html(table)

"""Tables of what was decided: each requirement, and two versions of one method. Imports great_tables."""

import math

from bench.review.card import Card
from bench.review.scorecard_tables import HOUR_S, REQUIRED, SCALES, marked, said, table
from bench.review.tables import RIGHT, WRONG
from bench.validation.campaign.gate import SIGNIFICANT
from bench.validation.campaign.measures import Name
from bench.validation.campaign.requirements import Judged, Required
from bench.validation.conformity import Decision
from bench.validation.outcomes.mark import Mark

UNDECIDED = "#7a5c00"
WORDS = {
    Decision.ACCEPT: ("✔ met", RIGHT),
    Decision.REJECT: ("✘ not met", WRONG),
    Decision.INCONCLUSIVE: ("? not shown", UNDECIDED),
}


def requirements(card: Card) -> str | None:
    """One row a requirement, one column a method."""
    if not card.judged[card.under_test]:
        return None
    rows, colours = [], {}
    for place, required in enumerate(card.judged[card.under_test]):
        row = {"Requirement": _wanted(required.required)}
        for method in card.methods:
            judged = card.judged[method][place]
            word, colour = WORDS[judged.decision]
            row[marked(card, method)] = f"{word}: {_found(judged)}"
            colours[place, marked(card, method)] = colour
        rows.append(row)
    return table(rows, colours)


def _wanted(required: Required) -> str:
    """In the units of the other tables."""
    what, scale = required.of_what, SCALES.get(required.name, 1.0)
    where = ", ".join(filter(None, [f"{what.exposure_s / HOUR_S:g} h windows", what.scenario, what.leak]))
    limits = " and ".join(f"{limit.side} {limit.limit * scale:.3g}" for limit in required.limits)
    return f"{REQUIRED[required.name]} ({where}): {limits}"


def _found(judged: Judged) -> str:
    measure = judged.measure
    if measure is None or math.isnan(measure.value):
        return judged.reason
    counted = "" if math.isnan(measure.count) else f", {measure.count:.0f} in {measure.of:.3g}"
    days = " days" if measure.name is Name.FALSE_ALARMS_PER_DAY else ""
    return f"{said(measure, SCALES.get(measure.name, 1.0))}{counted}{days}"


def versions(card: Card) -> str | None:
    """Two labels of one method, run by run."""
    rows, colours = [], {}
    for place, each in enumerate(card.versions):
        surely = each.p < SIGNIFICANT
        word, colour = ("worse", WRONG) if each.harm > 0.0 else ("better", RIGHT)
        word, colour = (word, colour) if surely else ("not shown to differ", UNDECIDED)
        rows.append({
            "Window, h": f"{each.exposure_s / HOUR_S:g}", "First → second": each.method, "Measure": each.measure,
            "Runs": str(each.runs), "First": f"{each.before:.3g}", "Second": f"{each.now:.3g}",
            "Second is": word, "p (Holm)": f"{each.p:.2g}, {each.test}",
        })  # fmt: skip
        colours[place, "Second is"] = colour
    return table(rows, colours) if rows else None


def stated(card: Card) -> str | None:
    """A row a question; what is wrong stands out."""
    rows = []
    colours: dict[tuple[int, str], str] = {}
    for place, each in enumerate(card.stated):
        counts = {str(mark): str(count) for mark, count in each.marks.items()}
        example = each.wrong_said[0] if each.wrong_said else ""
        row = {"Scenario": each.name, "What is right here": each.right_is, "Asked": each.method, "Runs": str(each.runs)}
        rows.append(row | counts | {"Where wrong it said": example})
        found = {Mark.RIGHT: RIGHT, Mark.WRONG: WRONG, Mark.UNDECIDED: UNDECIDED}
        colours |= {(place, str(mark)): found[mark] for mark, count in each.marks.items() if count}
    return table(rows, colours) if rows else None

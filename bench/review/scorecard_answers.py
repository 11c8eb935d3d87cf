"""Tables of what only some methods answer: which compartment leaks, and how long until the limit."""

from bench.review.card import Card
from bench.review.scorecard_tables import HOUR_S, REQUIRED, SCALES, find, marked, said, table
from bench.validation.campaign.measures import Name, Slice
from bench.validation.campaign.place import located

TIMES_LEFT = (Name.LIMIT05_BELOW, Name.LIMIT50_BELOW, Name.LIMIT95_BELOW, Name.LIMIT_OPTIMISM)


def places(card: Card) -> str | None:
    """One row for what was so, one column for what was said."""
    rows = []
    for exposure_s in card.exposures_s:
        for method in card.methods:
            right = find(card.measures, Name.LOCATED_RIGHT, Slice(method, exposure_s))
            if right is None:
                continue
            part = card.rows[(card.rows["method"] == method) & (card.rows["exposure_s"] == exposure_s)]
            confusion = located(part).confusion
            for truth in sorted({was for was, _ in confusion}):
                named = {f"said {s}": str(confusion.get((truth, s), 0)) for s in sorted({s for _, s in confusion})}
                window = f"{exposure_s / HOUR_S:g}"
                share = said(right, 100.0)
                rows.append(
                    {"Window, h": window, "Method": marked(card, method), "Right, %": share, "Truth": truth} | named
                )
    return table(rows) if rows else None


def times_left(card: Card) -> str | None:
    rows = []
    for exposure_s in card.exposures_s:
        for method in card.methods:
            found = {name: find(card.measures, name, Slice(method, exposure_s)) for name in TIMES_LEFT}
            if any(found.values()):
                row = {"Window, h": f"{exposure_s / HOUR_S:g}", "Method": marked(card, method)}
                rows.append(row | {REQUIRED[name]: said(measure, SCALES[name]) for name, measure in found.items()})
    return table(rows) if rows else None

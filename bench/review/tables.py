"""The tables of a report, as HTML fragments. Imports great_tables: reached only from write_report."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from great_tables import GT, loc, style

from bench.review.comparison import Comparison, comparisons
from bench.review.evidence import Evidence
from bench.review.provenance import provenance

MG_PER_KG = 1e6
UNKNOWN = "n/a"
RIGHT, WRONG = "#00664b", "#a63f00"
VERDICTS = {True: "✔ yes", False: "✘ no", None: UNKNOWN}
HEADINGS: dict[str, Any] = {
    "leak": "Leak",
    "compartment": "Compartment",
    "truth": "Truth ± u, mg/s",
    "method": "Method",
    "estimate": "Estimate ± u, mg/s",
    "deviation": "Deviation, %",
    "error": "Normalised error",
    "covers": "Covers truth",
}


def headline(evidence: Evidence) -> str | None:
    rows = comparisons(evidence)
    if not rows:
        return None
    frame = pd.DataFrame([_cells(row, evidence.judged) for row in _once(rows)], columns=list(HEADINGS))
    table = GT(frame, id="headline").cols_label(HEADINGS)
    table = table.cols_align("right", ["truth", "estimate", "deviation", "error"])
    for verdict, colour in ((True, RIGHT), (False, WRONG)):
        hit = [place for place, row in enumerate(rows) if row.covers is verdict]
        table = table.tab_style(style.text(color=colour, weight="bold"), loc.body("covers", hit)) if hit else table
    return html(table)


def _once(rows: Sequence[Comparison]) -> Iterator[tuple[Comparison, bool]]:
    """Each row, and whether it is the first of its leak: the truth is stated once."""
    for place, row in enumerate(rows):
        yield row, place == 0 or rows[place - 1].leak != row.leak


def _cells(item: tuple[Comparison, bool], judged: str | None) -> list[str]:
    row, first = item
    truth = plus_minus(row.truth_kg_s * MG_PER_KG, row.truth_u_kg_s * MG_PER_KG)
    return [
        row.leak if first else "",
        row.compartment if first else "",
        (f"{truth} (void: {row.void})" if row.void else truth) if first else "",
        "no estimate" if row.method is None else f"{row.method}\u00a0*" if row.method == judged else row.method,
        plus_minus(row.rate_kg_s * MG_PER_KG, row.u_kg_s * MG_PER_KG),
        UNKNOWN if math.isnan(row.deviation) else f"{100.0 * row.deviation:+.1f}",
        UNKNOWN if math.isnan(row.normalised_error) else f"{row.normalised_error:+.2f}",
        VERDICTS[row.covers],
    ]


def plus_minus(value: float, u: float) -> str:
    """The uncertainty to two figures, the value to the same place (JCGM 100 7.2.6)."""
    if not math.isfinite(value):
        return UNKNOWN
    if not (math.isfinite(u) and u > 0.0):
        return f"{value:.4g}"
    places = max(0, 1 - math.floor(math.log10(u)))
    return f"{value:.{places}f}\u00a0±\u00a0{u:.{places}f}"  # never broken over two lines


def origins(evidence: Evidence) -> str:
    """Who, what and with what, grouped."""
    frame = pd.DataFrame(provenance(evidence.run), columns=["group", "item", "value"])
    return html(
        GT(frame, id="provenance", rowname_col="item", groupname_col="group").tab_options(column_labels_hidden=True)
    )


def html(table: GT) -> str:
    table = table.tab_options(
        table_width="100%",
        table_font_names=["system-ui", "DejaVu Sans", "Verdana", "sans-serif"],
        table_font_size="14.5px",
        data_row_padding="5px",
        data_row_padding_horizontal="9px",
        column_labels_padding_horizontal="9px",
        column_labels_font_weight="bold",
        row_group_font_weight="bold",
        row_group_background_color="#f2f2f2",
    )
    text: str = table.as_raw_html()
    return text

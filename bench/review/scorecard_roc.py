"""Detection against false alarms whatever the threshold: one leak a window, the one whose detection is most open."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.review.card import Card
from bench.review.scorecard_curves import legend_below, panels
from bench.review.scorecard_tables import HOUR_S, MG_H
from bench.review.style import GREY, SERIES_COLOURS
from bench.validation.campaign.roc import statistics
from bench.validation.roc import roc

HALF = 0.5


def curves(card: Card) -> Figure | None:
    """A panel per exposure, a line per method; dot: where the method's own alarms stand."""
    shown = {exposure_s: _of_most_open_leak(card, exposure_s) for exposure_s in card.exposures_s}
    if all(rows is None for rows in shown.values()):
        return None
    figure, axes_of = panels(len(shown), 4.4)
    for axes, (exposure_s, rows) in zip(axes_of, shown.items(), strict=True):
        axes.plot([0.0, 1.0], [0.0, 1.0], color=GREY, linewidth=1.0, linestyle=":", label="tossing a coin")
        for method, colour in zip(card.methods, cycle(SERIES_COLOURS), strict=False):
            if rows is not None:
                _curve(axes, rows[rows["method"] == method], exposure_s, method, colour, card.width(method))
        axes.set_title(f"Window of {exposure_s / HOUR_S:g} h{'' if rows is None else _leak(rows)}")
        axes.set_xlabel("share of windows without a leak that alarm")
        axes.set_xlim(-0.03, 1.03)
        axes.set_ylim(-0.03, 1.03)
    axes_of[0].set_ylabel("share of windows with the leak that alarm")
    legend_below(figure, axes_of)
    return figure


def _curve(axes: Axes, rows: pd.DataFrame, exposure_s: float, method: str, colour: str, width: float) -> None:
    leak, null = statistics(rows)
    points = roc(leak, null, exposure_s)
    false, hits = [0.0, *(p.false_alarm for p in points)], [0.0, *(p.pod for p in points)]
    axes.plot(false, hits, color=colour, linewidth=width, label=method)
    with_leak = ~rows["null"]
    axes.plot(
        rows.loc[~with_leak, "alarm"].mean(), rows.loc[with_leak, "alarm"].mean(), "o", color=colour,
        markersize=9, markeredgecolor="white", clip_on=False,
    )  # fmt: skip


def _of_most_open_leak(card: Card, exposure_s: float) -> pd.DataFrame | None:
    """Judged windows with the leak that the method under test finds most nearly half of the time, and those without
    one in the same scenario.
    """
    judged = card.rows[card.rows["judged"] & (card.rows["exposure_s"] == exposure_s)]
    bare = judged[judged["null"]]["scenario"].unique()
    leaks = judged[~judged["null"] & (judged["truth_kg_s"] > 0.0) & judged["scenario"].isin(bare)]
    if leaks.empty:
        return None
    found = leaks[leaks["method"] == card.under_test].groupby(["scenario", "leak"])["alarm"].mean()
    scenario, leak = found.index[int((found - HALF).abs().argmin())]
    inside: pd.DataFrame = judged[judged["scenario"] == scenario]
    shown: pd.DataFrame = inside[(inside["leak"] == leak) | inside["null"]]
    return shown


def _leak(rows: pd.DataFrame) -> str:
    with_leak = rows[~rows["null"]]
    return f": {with_leak['truth_kg_s'].mean() * MG_H:.3g} mg/h in {with_leak['scenario'].iloc[0]}"

"""Curves of a scorecard: probability of detection over size, and of having alarmed over time since the onset."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.review.card import Card
from bench.review.scorecard_tables import HOUR_S, MG_H, leak_words
from bench.review.style import GREY, INK, SERIES_COLOURS, WIDTH_IN, plain_log
from bench.validation.binomial import proportion
from bench.validation.campaign.measures import Name
from bench.validation.campaign.pod import band, curve, detections
from bench.validation.campaign.scores import watched
from bench.validation.delays import Delays

MARKERS = "osD^vP"
POINTS = 200
LEGEND_LETTERS, LINE_LETTERS = 145, 8


def pod(card: Card) -> Figure | None:
    """A panel per exposure: curve with its band, share of hits of each size with exact limits."""
    leaks = card.rows[~card.rows["null"] & card.rows["judged"] & (card.rows["truth_kg_s"] > 0.0)]
    if leaks.empty:
        return None
    figure, axes_of = panels(len(card.exposures_s), 4.2)
    for axes, exposure_s in zip(axes_of, card.exposures_s, strict=True):
        for method, colour, marker in zip(card.methods, cycle(SERIES_COLOURS), cycle(MARKERS), strict=False):
            rows = card.rows[(card.rows["method"] == method) & (card.rows["exposure_s"] == exposure_s)]
            _pod_curve(axes, rows, colour, method)
            _shares(axes, rows, colour, marker)
        _required_size(axes, card, exposure_s)
        axes.set_xscale("log")
        plain_log(axes.xaxis, (1.0, 2.0, 5.0))
        axes.set_title(f"Window of {exposure_s / HOUR_S:g} h")
        axes.set_xlabel("true leak rate / (mg/h)")
        axes.set_ylim(-0.03, 1.03)
    axes_of[0].set_ylabel("probability of an alarm")
    legend_below(figure, axes_of)
    return figure


def _pod_curve(axes: Axes, rows: pd.DataFrame, colour: str, method: str) -> None:
    found = detections(rows)
    if found.null_windows:
        axes.axhline(found.false_calls / found.null_windows, color=colour, linestyle=":", linewidth=1.4)
    try:
        fit = curve(found)
    except ValueError:  # no curve; the table says why, and the shares stand by themselves
        axes.plot([], [], color=colour, label=f"{method}: no curve")
        return
    sizes = np.geomspace(0.6 * found.sizes_kg_s.min(), 1.5 * found.sizes_kg_s.max(), POINTS)
    axes.plot(sizes * MG_H, fit.pod(sizes), color=colour, linewidth=2.2, label=method)
    limits = band(fit, sizes)
    if limits:
        axes.fill_between(sizes * MG_H, *limits, color=colour, alpha=0.15, linewidth=0)


def _shares(axes: Axes, rows: pd.DataFrame, colour: str, marker: str) -> None:
    """By what was laid over, at the mean of the true rates."""
    judged = rows[rows["judged"] & ~rows["null"] & (rows["truth_kg_s"] > 0.0)]
    for _, part in judged.groupby(["scenario", "leak"]):
        hits, trials, size = int(part["alarm"].sum()), len(part), float(part["truth_kg_s"].mean()) * MG_H
        limits = proportion(hits, trials)
        axes.plot([size, size], [limits.low, limits.high], color=colour, linewidth=1.0, alpha=0.6)
        axes.plot(size, hits / trials, marker, color=colour, markersize=6, markeredgecolor="white")


def _required_size(axes: Axes, card: Card, exposure_s: float) -> None:
    for judged in card.judged[card.under_test]:
        wanted = judged.required
        if wanted.name is Name.POD90_KG_S and wanted.of_what.exposure_s == exposure_s and wanted.at_most:
            axes.axvline(wanted.at_most * MG_H, color=INK, linestyle="--", linewidth=1.2)
            axes.plot([], [], color=INK, linestyle="--", label="90 % required at")
            axes.axhline(0.9, color=GREY, linewidth=0.8)


def delays(card: Card) -> Figure | None:
    """Kaplan-Meier of the method under test, a line for each leak, a panel for each exposure."""
    rows = card.rows[(card.rows["method"] == card.under_test) & card.rows["onset_s"].notna()]
    if rows.empty:
        return None
    figure, axes_of = panels(len(card.exposures_s), 3.8)
    for axes, exposure_s in zip(axes_of, card.exposures_s, strict=True):
        groups = rows[rows["exposure_s"] == exposure_s].groupby(["scenario", "leak"], sort=False)
        for ((scenario, leak), part), colour in zip(groups, cycle(SERIES_COLOURS), strict=False):
            label = f"{scenario} {leak_words(card, str(scenario), str(leak))}"
            try:
                _steps(axes, watched(part), colour, label)
            except ValueError:  # every run alarmed before its leak began; the table says so
                axes.plot([], [], color=colour, label=f"{label}: alarms before")
        axes.set_title(f"Window of {exposure_s / HOUR_S:g} h")
        axes.set_xlabel("time since the leak began / h")
        axes.set_ylim(-0.03, 1.03)
        axes.set_xlim(left=0.0)
    axes_of[0].set_ylabel("probability of having alarmed")
    legend_below(figure, axes_of)
    return figure


def _steps(axes: Axes, found: Delays, colour: str, label: str) -> None:
    end_h = float(found.followed_s.max()) / HOUR_S
    hours = np.concatenate([[0.0], found.delay_s / HOUR_S, [end_h]])
    detected = np.concatenate([[0.0], 1.0 - found.silent, [1.0 - found.silent[-1] if found.silent.size else 0.0]])
    axes.step(hours, detected, where="post", color=colour, linewidth=2.0, label=label)


def legend_below(figure: Figure, axes_of: list[Axes]) -> None:
    """Of all panels, each name once."""
    named: dict[str, Artist] = {}
    for axes in axes_of:
        handles, labels = axes.get_legend_handles_labels()
        named.update(zip(labels, handles, strict=True))
    figure.legend(
        list(named.values()),
        list(named),
        loc="outside lower left",
        ncols=LEGEND_LETTERS // (LINE_LETTERS + max(map(len, named))),
    )


def panels(count: int, height_in: float) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(WIDTH_IN, height_in), layout="constrained")
    return figure, list(figure.subplots(1, count, sharey=True, squeeze=False)[0])

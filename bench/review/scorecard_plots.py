"""Rows of points of a scorecard: coverage, errors, false alarms, cost; one line each per method."""

from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import norm

from bench.review.card import Card
from bench.review.scorecard_tables import HOUR_S, find
from bench.review.style import GREY, INK, PALE, SERIES_COLOURS, WIDTH_IN
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.coverage import acceptance_limits

ROW_IN = 0.30
WIDEST_ERROR = 6.0
TALLEST = 1.0
"""Density shown: what is heaped up at the ends shall not flatten the rest."""


def coverage(card: Card) -> Figure | None:
    """Share of 95 % intervals that hold the truth, exact limits; grey: what honest ones give in so many runs."""
    figure, axes = _lines(card, Name.COVERAGE)
    for height, measure, _ in _places(card, Name.COVERAGE):
        low, high = (hits / measure.of for hits in acceptance_limits(int(measure.of)))
        axes.plot([low, high], [height, height], color=PALE, linewidth=9, solid_capstyle="butt", zorder=0)
    axes.axvline(0.95, color=INK, linewidth=1.0)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel("share of 95 % intervals that hold the truth")
    return figure


def false_alarms(card: Card) -> Figure | None:
    figure, axes = _lines(card, Name.FALSE_ALARMS_PER_DAY)
    for judged in card.judged[card.under_test]:
        if judged.required.name is Name.FALSE_ALARMS_PER_DAY and judged.required.at_most:
            axes.axvline(judged.required.at_most, color=INK, linestyle="--", linewidth=1.2)
    axes.set_xscale("symlog", linthresh=0.1, linscale=0.6)
    axes.set_xlim(left=-0.005)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("false alarms a day, exact 95 % limits (linear up to 0.1)")
    return figure


def errors(card: Card) -> Figure | None:
    """How many of its own standard uncertainties each answer is off, against what honest ones would be."""
    figure = Figure(figsize=(WIDTH_IN, 3.4), layout="constrained")
    panels = figure.subplots(1, len(card.exposures_s), squeeze=False, sharey=True)[0]
    bins = np.linspace(-WIDEST_ERROR, WIDEST_ERROR, 49)
    for axes, exposure_s in zip(panels, card.exposures_s, strict=True):
        for method, colour in zip(card.methods, cycle(SERIES_COLOURS), strict=False):
            part = card.rows[(card.rows["method"] == method) & (card.rows["exposure_s"] == exposure_s)]
            part = part[part["judged"] & (part["refused"] == "") & (part["u_kg_s"] > 0.0)]
            z = ((part["rate_kg_s"] - part["truth_kg_s"]) / part["u_kg_s"]).clip(-WIDEST_ERROR, WIDEST_ERROR)
            axes.hist(
                z,
                bins=list(bins),
                density=True,
                histtype="step",
                color=colour,
                linewidth=card.width(method),
                label=method,
            )
        axes.plot(bins, norm.pdf(bins), color=GREY, linewidth=1.2, linestyle="--", label="honest")
        axes.set_title(f"Window of {exposure_s / HOUR_S:g} h")
        axes.set_xlabel("(estimate - truth) / u")
    panels[0].set_ylabel("density")
    panels[0].set_ylim(0.0, TALLEST)
    panels[0].legend(loc="upper left")
    return figure


def cost(card: Card) -> Figure | None:
    places = list(_places(card, Name.COST_S))
    figure = Figure(figsize=(WIDTH_IN, 0.9 + ROW_IN * len(places)), layout="constrained")
    axes = figure.subplots()
    for height, measure, colour in places:
        axes.barh(height, measure.value * 1e3, 0.6, color=colour)
    _name(axes, [(height, f"{m.of_what.exposure_s / HOUR_S:g} h  {m.of_what.method}") for height, m, _ in places])
    axes.set_xlabel("wall time of one answer / ms")
    return figure


def _lines(card: Card, name: Name) -> tuple[Figure, Axes]:
    """A row a scenario and exposure, methods one under the other in it, each with its limits."""
    places = list(_places(card, name))
    figure = Figure(figsize=(WIDTH_IN, 1.0 + ROW_IN * max(len(places), 1)), layout="constrained")
    axes = figure.subplots()
    for height, measure, colour in places:
        axes.plot([measure.low, measure.high], [height, height], color=colour, linewidth=1.6)
        axes.plot(measure.value, height, "o", color=colour, markersize=6)
    names = [(height, _row(measure)) for height, measure, _ in places]
    _name(axes, names)
    for method, colour in zip(card.methods, cycle(SERIES_COLOURS), strict=False):
        axes.plot([], [], "o-", color=colour, label=method)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, borderaxespad=0.2)
    return figure, axes


def _row(measure: Measure) -> str:
    return f"{measure.of_what.exposure_s / HOUR_S:g} h  {measure.of_what.scenario or 'all together'}"


def _places(card: Card, name: Name) -> list[tuple[float, Measure, str]]:
    """(height, measure, colour) of all that is known."""
    found, height = [], 0.0
    scenarios = [""] if name is Name.COST_S else ["", *card.scenarios]
    for exposure_s in card.exposures_s:
        for scenario in scenarios:
            for method, colour in zip(card.methods, cycle(SERIES_COLOURS), strict=False):
                measure = find(card.measures, name, Slice(method, exposure_s, scenario))
                if measure is not None and np.isfinite(measure.value):
                    found.append((height, measure, colour))
                    height += 1.0
            height += 0.4
    return found


def _name(axes: Axes, names: list[tuple[float, str]]) -> None:
    """Each name once, at the first of its rows."""
    once = {name: height for height, name in reversed(names)}
    axes.set_yticks(list(once.values()), list(once))
    axes.set_ylim(max((height for height, _ in names), default=0.0) + 0.7, -0.7)
    axes.grid(visible=False, axis="y")

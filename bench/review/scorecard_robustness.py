"""The headline of a scorecard: delay against thermal robustness, a point for each method. Imports matplotlib."""

import math
from itertools import cycle

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.review.card import Card
from bench.review.scorecard_tables import marked, table
from bench.review.style import GREY, INK, SERIES_COLOURS, WIDTH_IN, plain_log
from bench.validation.campaign.robustness import PUBLISHED, Headline, Standing, standings

MARKERS = "osD^vp"
LEAST_H, BEYOND, BESIDE = 0.1, 1.6, 1.09
"""An alarm at once stands at the first; who is silent in more than half of the runs, so far beyond the slowest; points
that coincide stand so far beside each other.
"""


def headline(card: Card) -> Figure | None:
    """Left: the night of science 5.5, with its curve. Right: all nights together."""
    if card.headline is None:
        return None
    found = [each for each in standings(card.rows, card.headline) if not math.isnan(each.delay_h)]
    if not found:
        return None
    edge_h = BEYOND * max([each.delay_h for each in found if math.isfinite(each.delay_h)], default=1.0)
    figure = Figure(figsize=(WIDTH_IN, 4.8), layout="constrained")
    axes_of = list(figure.subplots(1, 2, sharey=True, sharex=True))
    for axes, nights in zip(axes_of, ((card.headline.hardest,), tuple(card.headline.nights)), strict=True):
        _points(axes, card, found, nights, edge_h)
        axes.set_xscale("log")
        plain_log(axes.xaxis, (1.0, 2.0, 5.0))
        axes.set_xlabel("median delay of the leak / h")
    axes_of[0].set_title(f"{card.headline.hardest}: {_nights(found, card.headline.hardest)}")
    axes_of[1].set_title(f"all {len(card.headline.nights)} kinds of night: {_nights(found)}")
    axes_of[0].set_ylabel(f"P(false alarm within {card.headline.within_s / 3600.0:g} h of nightfall)")
    axes_of[0].set_ylim(-0.03, 1.03)
    _published(axes_of[0], found, card.headline)
    axes_of[1].annotate("better", (0.03, 0.03), (0.12, 0.12), "axes fraction", "axes fraction", ARROW, color=GREY)
    handles, labels = axes_of[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside right center")
    return figure


ARROW = {"arrowstyle": "-|>", "color": GREY}


def _nights(found: list[Standing], *nights: str) -> str:
    return f"{sum(of for _, of in (found[0].alarmed[n] for n in nights or found[0].alarmed))} nights"


def _points(axes: Axes, card: Card, found: list[Standing], nights: tuple[str, ...], edge_h: float) -> None:
    """With 95 % limits. Who is silent in more than half of the runs stands at the right edge, as an arrow."""
    taken: set[tuple[int, int]] = set()
    for each, colour, marker in zip(found, cycle(SERIES_COLOURS), cycle(MARKERS), strict=False):
        limits, p = each.share(*nights), each.p(*nights)
        silent = math.isinf(each.delay_h)
        x = _beside(taken, edge_h if silent else max(each.delay_h, LEAST_H), p)
        low, high = (min(max(limit, LEAST_H), edge_h) for limit in each.delay_limits_h)
        axes.plot([x, x], [limits.low, limits.high], color=colour, linewidth=1.3, alpha=0.55)
        axes.plot([low, high], [p, p], color=colour, linewidth=1.3, alpha=0.55)
        tested = {"markersize": 11.0, "markeredgecolor": INK} if each.method == card.under_test else {"markersize": 8.5}
        words = f"{each.method}{' (more than half silent)' if silent else ''}"
        look = {"color": colour, "markeredgecolor": "white", "linestyle": "", "label": words, "zorder": 3.0, **tested}
        axes.plot(x, p, ">" if silent else marker, **look)  # type: ignore[arg-type] # matplotlib's keywords are many


def _beside(taken: set[tuple[int, int]], x: float, p: float) -> float:
    """The first free place from there on, in steps that can be seen."""
    while (place := (round(math.log(x) / math.log(BESIDE)), round(p / 0.05))) in taken:
        x *= BESIDE
    taken.add(place)
    return x


def _published(axes: Axes, found: list[Standing], asked: Headline) -> None:
    plain_h = next((each.delay_h for each in found if each.method == asked.plain), math.inf)
    if math.isinf(plain_h):
        return
    points = [(plain_h * ratio, p) for ratio, p in PUBLISHED]
    label = f"science 5.5, in delays of {asked.plain}"
    axes.plot(*zip(*points, strict=True), "x--", color=INK, linewidth=1.4, markersize=8, label=label)


def standing(card: Card) -> str | None:
    """The same as a table, night by night."""
    if card.headline is None:
        return None
    rows = []
    for each in standings(card.rows, card.headline):
        row = {"Method": marked(card, each.method), "Median delay, h": _delay(each)}
        for night in each.alarmed:
            limits = each.share(night)
            row[night] = f"{each.p(night):.2f} ({limits.low:.2f} … {limits.high:.2f})"
        rows.append(row)
    return table(rows)


def _delay(each: Standing) -> str:
    if math.isnan(each.delay_h):
        return "not known: alarms before the leak"
    if math.isinf(each.delay_h):
        return "more than half silent"
    low, high = each.delay_limits_h
    return f"{each.delay_h:.3g} ({low:.3g} … {'∞' if math.isinf(high) else f'{high:.3g}'})"

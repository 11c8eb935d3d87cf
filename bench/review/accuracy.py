"""Plot of estimates against truth: small and large leaks side by side, both uncertainties as 95 % bars."""

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from bench.review.comparison import Comparison, comparisons
from bench.review.evidence import Evidence
from bench.review.style import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION, WIDTH_IN, plain_log, spoken
from bench.validation.accuracy import COVERAGE_FACTOR

MG_PER_KG = 1e6
TRUTH_TINT = "#cfcfcf"
WIDEST_PERCENT = 100.0  # beyond this a method is simply wrong, and its bar would hide all others
LOOKS = (("o", BLUE), ("s", VERMILLION), ("^", GREEN), ("D", PURPLE), ("v", ORANGE), ("P", SKY))
Look = tuple[str, str]


def estimates_against_truth(evidence: Evidence) -> Figure | None:
    rows = [row for row in comparisons(evidence) if row.truth_kg_s > 0.0]
    if not rows:
        return None
    leaks = list(dict.fromkeys(row.leak for row in rows))
    methods = [name for name in dict.fromkeys(row.method for row in rows) if name is not None]
    figure = Figure(
        figsize=(WIDTH_IN, 1.5 + 0.42 * len(leaks) + 0.16 * len(leaks) * len(methods)), layout="constrained"
    )
    absolute, relative = figure.subplots(1, 2, sharey=True, width_ratios=[1, 1.5])
    looks = {name: LOOKS[place % len(LOOKS)] for place, name in enumerate(methods)}
    _rates(absolute, rows, leaks, looks)
    _deviations(relative, rows, leaks, looks)
    absolute.set_yticks(range(len(leaks)), [spoken(leak) for leak in leaks])
    absolute.set_ylim(len(leaks) - 0.45, -0.55)
    _legend(figure, looks)
    return figure


def _height(row: Comparison, leaks: list[str], looks: dict[str, Look]) -> float:
    """Methods stand one under the other within their leak's row."""
    if row.method is None:
        return leaks.index(row.leak)
    place = list(looks).index(row.method)
    return leaks.index(row.leak) + (place - (len(looks) - 1) / 2) * 0.6 / max(len(looks), 2)


def _rates(axes: Axes, rows: list[Comparison], leaks: list[str], looks: dict[str, Look]) -> None:
    axes.set_xscale("log")
    plain_log(axes.xaxis, subs=(1.0, 2.0, 5.0))
    for row in rows:
        middle = leaks.index(row.leak)
        truth, half = row.truth_kg_s * MG_PER_KG, COVERAGE_FACTOR * row.truth_u_kg_s * MG_PER_KG
        axes.plot([truth, truth], [middle - 0.38, middle + 0.38], color=INK, linewidth=2)
        axes.fill_betweenx([middle - 0.38, middle + 0.38], truth - half, truth + half, color=TRUTH_TINT, linewidth=0)
        if row.method is not None and row.rate_kg_s > 0.0:
            _bar(axes, row.rate_kg_s * MG_PER_KG, row.u_kg_s * MG_PER_KG, _height(row, leaks, looks), looks[row.method])
    axes.set_xlabel("leak rate / (mg/s)")
    axes.set_title("Rate")


def _bar(axes: Axes, value: float, u: float, height: float, look: Look) -> None:
    marker, colour = look
    half = COVERAGE_FACTOR * u if math.isfinite(u) else 0.0
    axes.errorbar(value, height, xerr=half, color=colour, marker=marker, markersize=6, capsize=3, linewidth=1.6)


def _deviations(axes: Axes, rows: list[Comparison], leaks: list[str], looks: dict[str, Look]) -> None:
    limit = _limit_percent(rows)
    for row in rows:
        middle, half = leaks.index(row.leak), 100.0 * COVERAGE_FACTOR * row.truth_u_kg_s / row.truth_kg_s
        axes.fill_betweenx([middle - 0.38, middle + 0.38], -half, half, color=TRUTH_TINT, linewidth=0)
        if row.method is None or math.isnan(row.deviation):
            continue
        height, percent = _height(row, leaks, looks), 100.0 * row.deviation
        if abs(percent) > limit:
            _off_scale(axes, percent, limit, height, looks[row.method])
        else:
            _bar(axes, percent, 100.0 * row.u_kg_s / row.truth_kg_s, height, looks[row.method])
    axes.axvline(0.0, color=INK, linewidth=1.5, zorder=1)
    axes.set_xlim(-limit, limit)
    axes.set_xlabel("estimate minus truth / % of truth")
    axes.set_title("Deviation from truth")


def _limit_percent(rows: list[Comparison]) -> float:
    reach = [100.0 * COVERAGE_FACTOR * row.truth_u_kg_s / row.truth_kg_s for row in rows]
    reach += [100.0 * (abs(row.deviation) + COVERAGE_FACTOR * row.u_kg_s / row.truth_kg_s) for row in rows]
    widest = max((value for value in reach if math.isfinite(value)), default=1.0)
    return min(1.1 * max(widest, 0.1), WIDEST_PERCENT)


def _off_scale(axes: Axes, percent: float, limit: float, height: float, look: Look) -> None:
    right = percent > 0.0
    text = f"{percent:+.0f} % ▶" if right else f"◀ {percent:+.0f} %"
    where = limit if right else -limit
    axes.text(where, height, text, ha="right" if right else "left", va="center", fontsize=9.5, color=look[1])


def _legend(figure: Figure, looks: dict[str, Look]) -> None:
    handles: list[Line2D | Patch] = [
        Line2D([], [], color=INK, linewidth=2, label="truth"),
        Patch(color=TRUTH_TINT, label="truth, 95 %"),
    ]
    handles += [
        Line2D([], [], color=colour, marker=marker, label=f"{spoken(name)}, 95 %")
        for name, (marker, colour) in looks.items()
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=6)

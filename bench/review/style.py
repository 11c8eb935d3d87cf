"""How figures look: one palette, one time axis, traces thinned for the eye, SVG that can stand inside a page.

Imports matplotlib: reached only from write_report.
"""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter
from tsdownsample import MinMaxLTTBDownsampler

from bench.records import Floats

SECONDS_PER_HOUR = 3600.0
TRACE_POINTS = 1500  # about one per pixel of the figure's width; MinMaxLTTB keeps spikes and steps
WIDTH_IN = 11.0
# Margins are fixed, so that an instant stands at the same place in every plot over time
LEFT_IN, RIGHT_IN, BOTTOM_IN, GAP_IN = 1.95, 0.2, 0.5, 0.13
LEGEND_COLUMNS, LEGEND_LINE_IN = 5, 0.24

# Okabe and Ito 2008: told apart with every common kind of colour vision
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
INK, GREY, PALE = "#222222", "#767676", "#d9d9d9"
SERIES_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK)

RC: dict[Any, Any] = {
    "font.size": 10.5,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.formatter.useoffset": False,
    "axes.grid": True,
    "grid.color": "#ececec",
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "svg.fonttype": "none",  # text stays text: searchable, and the file is smaller
    "svg.hashsalt": "leakbench",  # the same folder gives the same bytes
}


def svg(draw: Callable[[], Figure | None], name: str) -> str | None:
    """The figure as an SVG element. Its identifiers carry the name, so that several can stand in one page."""
    with mpl.rc_context(RC):
        figure = draw()
        if figure is None:
            return None
        text = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", metadata=nothing)
    element = text.getvalue()
    element = element[element.index("<svg") :]
    return re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", element)


def rows_over_time(
    heights_in: Sequence[float], span_s: tuple[float, float], legend_entries: int = 1
) -> tuple[Figure, list[Axes]]:
    """Axes one under the other over run time in hours, with room for names at the left and a legend on top."""
    legend_in = 0.08 + LEGEND_LINE_IN * -(-legend_entries // LEGEND_COLUMNS)
    height_in = legend_in + sum(heights_in) + GAP_IN * (len(heights_in) - 1) + BOTTOM_IN
    figure = Figure(figsize=(WIDTH_IN, height_in))
    rows: list[Axes] = []
    top_in = height_in - legend_in
    for row_in in heights_in:
        width = (WIDTH_IN - LEFT_IN - RIGHT_IN) / WIDTH_IN
        box = (LEFT_IN / WIDTH_IN, (top_in - row_in) / height_in, width, row_in / height_in)
        rows.append(figure.add_axes(box, sharex=rows[0] if rows else None))
        rows[-1].tick_params(labelbottom=False)
        top_in -= row_in + GAP_IN
    begin, end = span_s
    rows[-1].tick_params(labelbottom=True)
    rows[-1].set_xlim(begin / SECONDS_PER_HOUR, max(end, begin + 1.0) / SECONDS_PER_HOUR)
    rows[-1].set_xlabel("run time / h")
    return figure, rows


def name_row(axes: Axes, name: str, unit: str | None = None) -> None:
    """In the left margin, one word a line."""
    words = "\n".join([*spoken(name).split(), *([f"/ {unit}"] if unit else [])])
    offset = (-72.0 * (LEFT_IN - 0.15), 0.0)
    axes.annotate(words, (0.0, 0.5), offset, xycoords="axes fraction", textcoords="offset points", va="center")


def legend_above(axes: Axes, **more: Any) -> None:  # noqa: ANN401 matplotlib's keywords are many
    """Between the top margin and the axes, from the left."""
    place = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2, "ncols": LEGEND_COLUMNS}
    axes.legend(**{**place, "handlelength": 1.6, "columnspacing": 1.4, **more})


def plain_log(axis: Axis, subs: Sequence[float] = (1.0,)) -> None:
    """Ticks that read 0.1, 0.2, 0.5, 1 rather than powers."""
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axis.set_minor_formatter(NullFormatter())


def hours(time_s: Floats) -> Floats:
    return time_s / SECONDS_PER_HOUR


def trace(axes: Axes, time_s: Floats, values: Floats, **look: object) -> None:
    """Plot the finite values over hours, thinned, with a break where none came for a while; none is an empty line."""
    finite = np.flatnonzero(np.isfinite(values))
    x, y = _thinned(time_s[finite], values[finite])
    axes.plot(hours(x), y, **look)  # type: ignore[arg-type] # matplotlib's keywords are many


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    if x.size < 3:
        return x, y
    steps = np.diff(x)
    break_s = max(10.0 * float(np.median(steps)), 0.005 * float(x[-1] - x[0]))
    stretch = np.concatenate([[0], np.cumsum(steps > break_s)])
    if x.size > TRACE_POINTS:
        thinner: Any = MinMaxLTTBDownsampler  # untyped
        picked = thinner().downsample(x, np.ascontiguousarray(y), n_out=TRACE_POINTS)
        x, y, stretch = x[picked], y[picked], stretch[picked]
    breaks = np.flatnonzero(np.diff(stretch)) + 1
    return np.insert(x, breaks, np.nan), np.insert(y, breaks, np.nan)


def spoken(name: str) -> str:
    return name.replace("_", " ")

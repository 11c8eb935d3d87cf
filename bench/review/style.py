"""How figures look: one palette, one time axis, traces thinned for the eye, SVG that can stand inside a page.

Imports matplotlib: reached only from write_report.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tsdownsample import MinMaxLTTBDownsampler

from bench.records import Floats

SECONDS_PER_HOUR = 3600.0
TRACE_POINTS = 1500  # about one per pixel of the figure's width; MinMaxLTTB keeps spikes and steps
WIDTH_IN = 11.0

# Okabe and Ito 2008: told apart with every common kind of colour vision
BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
INK, GREY, PALE = "#222222", "#767676", "#d9d9d9"
SERIES_COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK)

RC: dict[Any, Any] = {
    "text.parse_math": False,  # a name may hold a dollar
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


def hours(time_s: Floats) -> Floats:
    return time_s / SECONDS_PER_HOUR


def trace(axes: Axes, time_s: Floats, values: Floats, **look: object) -> None:
    """Plot the finite values over hours, thinned, with a break where none came for a while."""
    finite = np.flatnonzero(np.isfinite(values))
    if finite.size:
        x, y = _thinned(time_s[finite], values[finite])
        axes.plot(hours(x), y, **look)  # type: ignore[arg-type] # matplotlib's keywords are many


def _thinned(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    steps = np.diff(x)
    break_s = max(10.0 * float(np.median(steps)), 0.005 * float(x[-1] - x[0])) if steps.size else 0.0
    stretch = np.concatenate([[0], np.cumsum(steps > break_s)])
    if x.size > TRACE_POINTS:
        thinner: Any = MinMaxLTTBDownsampler  # untyped
        picked = thinner().downsample(x, np.ascontiguousarray(y), n_out=TRACE_POINTS)
        x, y, stretch = x[picked], y[picked], stretch[picked]
    breaks = np.flatnonzero(np.diff(stretch)) + 1
    return np.insert(x, breaks, np.nan), np.insert(y, breaks, np.nan)


def time_axis(axes: Axes, span_s: tuple[float, float]) -> None:
    begin, end = span_s
    axes.set_xlim(begin / SECONDS_PER_HOUR, max(end, begin + 1.0) / SECONDS_PER_HOUR)
    axes.set_xlabel("run time / h")


def spoken(name: str) -> str:
    return name.replace("_", " ")

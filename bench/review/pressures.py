"""Plots of pressure: the compartments, as a whole and close up, and the chamber around them."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.records import EventKind, Floats
from bench.review.evidence import Evidence
from bench.review.phases import draw_strip, mark_boundaries
from bench.review.style import (
    ORANGE,
    SECONDS_PER_HOUR,
    SERIES_COLOURS,
    SKY,
    VERMILLION,
    legend_above,
    name_row,
    plain_log,
    rows_over_time,
    spoken,
    trace,
)
from bench.review.timeline import Interval, actuators, phases, touches, windows

ALWAYS = 0.97  # a valve open for more of the run than this is no band, it is how the run was set up


def compartments(evidence: Evidence) -> Figure | None:
    names = [name for name in evidence.compartments() if evidence.series.time_s.size]
    if not names:
        return None
    found = phases(evidence.events, evidence.span_s[1])
    depth = 1 + max((phase.depth for phase in found), default=0)
    heights_in = [0.4 * depth, 1.9, *[1.5] * len(names)]
    figure, (strip, whole, *rows) = rows_over_time(heights_in, evidence.span_s, len({phase.name for phase in found}))
    draw_strip(strip, found, evidence.span_s)
    _whole(whole, evidence, names)
    for axes, name, colour in zip(rows, names, SERIES_COLOURS * len(names), strict=False):
        _close_up(axes, evidence, name, colour)
    mark_boundaries([whole, *rows], found)
    return figure


def _whole(axes: Axes, evidence: Evidence, names: list[str]) -> None:
    for name, colour in zip(names, SERIES_COLOURS * len(names), strict=False):
        _pressure(axes, evidence, name, colour)
    name_row(axes, "all, whole_range", "kPa")
    axes.legend(loc="best", frameon=True, framealpha=0.85, edgecolor="white")


def _pressure(axes: Axes, evidence: Evidence, compartment: str, colour: str) -> None:
    for channel in evidence.of("pressure", compartment):
        values = evidence.series.columns[channel.name] / 1e3
        trace(axes, evidence.series.time_s, values, color=colour, linewidth=1.4, label=spoken(compartment))


def _close_up(axes: Axes, evidence: Evidence, compartment: str, colour: str) -> None:
    """Scaled to the windows that methods were asked about: there a leak is a few pascals of a hundred thousand."""
    _pressure(axes, evidence, compartment, colour)
    asked = [window for window in windows(evidence.events) if window.compartment == compartment]
    spans = [(window.begin_s, window.end_s) for window in asked] or [evidence.span_s]
    _scale(axes, evidence, compartment, spans)
    for begin_s, end_s in spans if asked else []:
        bar = (begin_s / SECONDS_PER_HOUR, end_s / SECONDS_PER_HOUR)
        axes.axvspan(*bar, ymin=0.0, ymax=0.05, color=ORANGE, linewidth=0)
    _bands(axes, evidence, compartment)
    name_row(axes, compartment, "kPa")


def _scale(axes: Axes, evidence: Evidence, compartment: str, spans: list[tuple[float, float]]) -> None:
    time_s = evidence.series.time_s
    inside = np.any([(time_s >= begin_s) & (time_s < end_s) for begin_s, end_s in spans], axis=0)
    channels = evidence.of("pressure", compartment)
    values = np.concatenate([evidence.series.columns[channel.name][inside] for channel in channels]) / 1e3
    values = values[np.isfinite(values)]
    if values.size:
        low, high = np.percentile(values, [0.2, 99.8])
        margin = max(0.12 * (high - low), 1e-5)
        axes.set_ylim(low - 1.5 * margin, high + 3.0 * margin)  # more room above, where the valves are named


def _bands(axes: Axes, evidence: Evidence, compartment: str) -> None:
    found = [
        (interval, name)
        for name, intervals in actuators(evidence).items()
        if touches(name, evidence, compartment) and not always_open(intervals, evidence.span_s)
        for interval in intervals
        if interval.state == "open"
    ]
    for place, (interval, name) in enumerate(sorted(found, key=lambda item: item[0].begin_s)):
        begin, end = interval.begin_s / SECONDS_PER_HOUR, interval.end_s / SECONDS_PER_HOUR
        axes.axvspan(begin, end, color=SKY, alpha=0.28, linewidth=0, zorder=0)
        height = 0.97 if place % 2 == 0 else 0.86  # neighbours' names would run into each other
        side = _side((begin + end) / 2, axes.get_xlim())
        where = ({"left": begin, "right": end, "center": (begin + end) / 2}[side], height)
        frame = axes.get_xaxis_transform()
        axes.text(*where, spoken(name), transform=frame, ha=side, va="top", fontsize=9, color="#00496f")


def _side(x: float, limits: tuple[float, float]) -> Literal["left", "center", "right"]:
    """A name near an end of the axis grows inwards."""
    place = (x - limits[0]) / (limits[1] - limits[0])
    return "left" if place < 0.1 else "right" if place > 0.9 else "center"


def always_open(intervals: list[Interval], span_s: tuple[float, float]) -> bool:
    open_s = sum(interval.end_s - interval.begin_s for interval in intervals if interval.state == "open")
    return open_s > ALWAYS * (span_s[1] - span_s[0])


def chamber(evidence: Evidence) -> Figure | None:
    gauges = evidence.of("chamber_pressure")
    drawn = [(gauge, _positive(evidence.series.columns.get(gauge.name, np.empty(0)))) for gauge in gauges]
    drawn = [(gauge, values) for gauge, values in drawn if np.isfinite(values).any()]
    if not drawn:
        return None
    figure, (axes,) = rows_over_time([2.6], evidence.span_s)
    for (gauge, values), colour in zip(drawn, SERIES_COLOURS * len(drawn), strict=False):
        trace(axes, evidence.series.time_s, values, color=colour, linewidth=1.3, label=spoken(gauge.name))
    axes.set_yscale("log")
    plain_log(axes.yaxis)
    name_row(axes, "chamber", "Pa")
    legend_above(axes)
    _trips(axes, evidence)
    mark_boundaries([axes], phases(evidence.events, evidence.span_s[1]))
    return figure


def _positive(values: Floats) -> Floats:
    """A logarithm has no place for a gauge's zero offset."""
    return np.where(values > 0.0, values, np.nan)


def _trips(axes: Axes, evidence: Evidence) -> None:
    for event in evidence.events:
        if event.kind is EventKind.INTERLOCK_TRIPPED:
            axes.axvline(event.time_s / SECONDS_PER_HOUR, color=VERMILLION, linewidth=1.2)

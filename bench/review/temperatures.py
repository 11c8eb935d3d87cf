"""Plot of temperatures: what the gas did while a pressure fell is what tells a leak from a chill."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.records import Floats
from bench.review.evidence import Evidence
from bench.review.phases import mark_boundaries
from bench.review.style import GREY, SERIES_COLOURS, legend_above, name_row, rows_over_time, trace
from bench.review.timeline import phases

KELVIN_AT_0_CELSIUS = 273.15


def temperatures(evidence: Evidence) -> Figure | None:
    """Gas and walls, one row per compartment."""
    kinds = ("gas_temperature", "wall_temperature")
    names = dict.fromkeys(c.compartment for kind in kinds for c in evidence.of(kind) if c.compartment is not None)
    if not names or not evidence.series.time_s.size:
        return None
    figure, rows = rows_over_time([1.5] * len(names), evidence.span_s)
    for axes, name, colour in zip(rows, names, SERIES_COLOURS * len(names), strict=False):
        _row(axes, evidence, name, colour)
    mark_boundaries(rows, phases(evidence.events, evidence.span_s[1]))
    legend_above(rows[0])
    return figure


def _row(axes: Axes, evidence: Evidence, compartment: str, colour: str) -> None:
    gas, walls = (_celsius(evidence, kind, compartment) for kind in ("gas_temperature", "wall_temperature"))
    time_s = evidence.series.time_s
    for place, values in enumerate(walls):
        trace(axes, time_s, values, color=GREY, linewidth=0.9, label="" if place else "wall")
    for place, values in enumerate(gas):
        label = "" if place else "gas, each thermometer"
        trace(axes, time_s, values, color=colour, linewidth=0.8, alpha=0.35, label=label)
    if gas:
        trace(axes, time_s, _mean(gas), color=colour, linewidth=1.5, label="gas, their mean")
    _scale(axes, [*gas, *walls])
    name_row(axes, compartment, "°C")


def _scale(axes: Axes, columns: list[Floats]) -> None:
    """To all but the briefest excursions: the spike of a fill would flatten the hundredths of a kelvin that matter."""
    values = np.concatenate(columns)
    values = values[np.isfinite(values)]
    if values.size:
        low, high = np.percentile(values, [2.0, 98.0])
        margin = max(0.3 * (high - low), 0.01)
        axes.set_ylim(low - margin, high + margin)


def _celsius(evidence: Evidence, quantity: str, compartment: str) -> list[Floats]:
    columns = evidence.series.columns
    return [columns[channel.name] - KELVIN_AT_0_CELSIUS for channel in evidence.of(quantity, compartment)]


def _mean(columns: list[Floats]) -> Floats:
    """Only where all could be read: a mean that loses a thermometer steps, and the step means nothing."""
    return np.asarray(np.mean(columns, axis=0))

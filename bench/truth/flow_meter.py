"""A leak's flow by the flow meter or controller in line with it, if there is one."""

import math

import numpy as np

from bench.config.model import Bench, ChannelEntry
from bench.config.parts import Leak
from bench.records import Floats, Series, Window
from bench.truth.leak_truth import scans_per_reading
from bench.uncertainty.gum import Budget, Input, propagate
from bench.uncertainty.type_a import mean_of

FEWEST = 10
"""Readings for a mean to have an uncertainty of its own."""


def metered(bench: Bench, leak: Leak, window: Window, series: Series) -> Budget | str:
    """kg/s, less what the meter shows in the background windows, when nothing flows; or why there is none."""
    if leak.controller is not None:
        return "it is what the certificate is of"
    channel = _channel(bench, leak)
    if channel is None:
        return "there is none"
    every = scans_per_reading(bench, channel)
    shown = _usable(series, channel, every, window.begin_s, window.end_s)
    zero = np.concatenate([np.empty(0), *(_usable(series, channel, every, *span) for span in window.background)])
    if shown.size < FEWEST or zero.size < FEWEST:
        return f"{channel.name} was not read"
    (flow, u_flow), (offset, u_offset) = mean_of(shown), mean_of(zero)
    rows = (
        Input("shown", flow, math.hypot(u_flow, channel.accuracy), unit="kg/s"),
        Input("zero", offset, u_offset, unit="kg/s"),
    )
    return propagate(lambda x: x["shown"] - x["zero"], rows, result="metered flow", unit="kg/s")


def _channel(bench: Bench, leak: Leak) -> ChannelEntry | None:
    """Of the controller into which the leak's valve leads: all that passes the one passes the other."""
    behind = set(bench.actuators[leak.valve].connects) - {leak.compartment, "chamber"}
    shown = (bench.flow_channel(entry.name) for entry in bench.flow_controller if entry.connects[0] in behind)
    return next((channel for channel in shown if channel is not None), None)


def _usable(series: Series, channel: ChannelEntry, every: int, begin_s: float, end_s: float) -> Floats:
    """Its own readings: those that are held in between tell nothing new."""
    values = series.between(begin_s, end_s).columns[channel.name][::every]
    return values[np.isfinite(values)]

"""A leak's flow by the chamber's rate of rise: all that leaves the mock-up through it must arrive there.

V dP/dt / (R T) with the pumps valved off, less the same with every leak closed, which is outgassing (science 1.3).
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench, ChannelEntry
from bench.config.parts import Actuator, FlowController, Leak
from bench.records import Event, EventKind, Series, Window
from bench.truth.leak_truth import open_during, scans_per_reading
from bench.uncertainty.gum import Budget, Input, Model, propagate, rectangular
from bench.uncertainty.type_a import straight_line

RISE = "chamber's rate of rise"
FEWEST = 20
"""Readings within a gauge's range for a rate."""
AT_ONCE_S = 1e-6
"""Valves may open again at the very end of an interval."""
CHAMBER_WITHIN_K = 2.0
"""The chamber's gas is as warm as the mean of the wall thermometers, give or take this (rectangular): it has no
thermometer of its own, and the walls lag behind the shroud by hours.
"""


@dataclass(frozen=True, slots=True)
class Rise:
    """An interval with the pumps valved off. leak: the one that was open then, if any."""

    leak: str | None
    begin_s: float
    end_s: float


def rises(events: Sequence[Event], leak: str | None) -> list[Rise]:
    """As the procedure noted them, in order."""
    noted = [event.detail for event in events if event.kind == EventKind.RATE_OF_RISE and event.detail["leak"] == leak]
    return [Rise(leak, float(str(detail["begin_s"])), float(str(detail["end_s"]))) for detail in noted]


def risen(bench: Bench, leak: Leak, rise: Rise, series: Series, events: Sequence[Event]) -> Budget | str:
    """Mass flow into the chamber, kg/s, by the gauge that knows it best; or why there is none."""
    empty = rises(events, None)
    if not empty:
        return "outgassing was not measured"
    disturbed = next(_disturbances(bench, leak, (rise, *empty), events), None)
    if disturbed is not None:
        return disturbed
    warmth = _wall_k(bench, series.between(rise.begin_s, rise.end_s))
    if math.isnan(warmth):
        return "no wall temperature"
    gauges = [channel for channel in bench.channel if channel.quantity == "chamber_pressure"]
    measured = [(gauge, _rates(bench, gauge, rise, empty, series)) for gauge in gauges]
    found = [_budget(bench, gauge, rates, warmth) for gauge, rates in measured if rates is not None]
    return min(found, key=_relative_u) if found else "no gauge was within its range"


def _relative_u(budget: Budget) -> float:
    """A gauge that stands still would have the least u of all, of nothing."""
    return budget.u / abs(budget.value) if budget.value else math.inf


def _disturbances(bench: Bench, leak: Leak, held: Sequence[Rise], events: Sequence[Event]) -> Iterator[str]:
    """What else moved gas into or out of the chamber meanwhile."""
    for rise in held:
        window = Window("rise", leak.compartment, rise.begin_s, rise.end_s - AT_ONCE_S)
        mine = {leak.valve, leak.controller} if rise.leak is not None else set()
        parts: tuple[Actuator | FlowController, ...] = (*bench.actuators.values(), *bench.flow_controller)
        for part in parts:
            if "chamber" in part.connects and part.name not in mine and open_during(part, window, events):
                yield f"{part.name} was open too"


def _rates(
    bench: Bench, gauge: ChannelEntry, rise: Rise, empty: Sequence[Rise], series: Series
) -> tuple[Input, Input] | None:
    """Pa/s with the leak open, and with every leak closed; none where the gauge was out of its range."""
    leaking = _rate(bench, "rise", gauge, series, rise)
    closed = [_rate(bench, "outgassing", gauge, series, interval) for interval in empty]
    known = [rate for rate in closed if rate is not None]
    if leaking is None or not known:
        return None
    mean = sum(rate.value for rate in known) / len(known)
    u_mean = math.sqrt(sum(rate.u**2 for rate in known)) / len(known)
    half_width = 0.5 * (max(rate.value for rate in known) - min(rate.value for rate in known))  # it dies away meanwhile
    u = math.hypot(u_mean, half_width / math.sqrt(3.0))
    return leaking, Input("outgassing", mean, u, dof=min(rate.dof for rate in known), unit="Pa/s")


def _rate(bench: Bench, name: str, gauge: ChannelEntry, series: Series, rise: Rise) -> Input | None:
    """By regression over the gauge's own readings, Pa/s. Its accuracy may be of one sign at the beginning and of the
    other at the end.
    """
    inside = series.between(rise.begin_s, rise.end_s)
    own = slice(None, None, scans_per_reading(bench, gauge))
    shown, read_s = inside.columns[gauge.name][own], inside.time_s[own]
    usable = np.isfinite(shown)
    if usable.sum() < FEWEST:
        return None
    time_s = read_s[usable]
    line = straight_line(time_s - time_s[0], shown[usable])
    u_gauge = math.sqrt(2.0) * gauge.accuracy / float(np.ptp(time_s))
    return Input(name, line.slope, math.hypot(line.u_slope, u_gauge), dof=line.dof, unit="Pa/s")


def _budget(bench: Bench, gauge: ChannelEntry, rates: tuple[Input, Input], warmth_k: float) -> Budget:
    chamber = bench.chamber
    u_gain = bench.noise_class[gauge.noise].u_gain if gauge.noise else 0.0
    rows = (
        *rates,
        Input("volume", chamber.volume_m3, chamber.u_volume_m3, unit="m3"),
        rectangular("chamber_temperature", warmth_k, CHAMBER_WITHIN_K, unit="K"),
        Input("gauge_gain", 1.0, u_gain),
    )
    return propagate(_inflow(bench.gas.gas_constant_j_kg_k), rows, result="flow into the chamber", unit="kg/s")


def _inflow(gas_constant_j_kg_k: float) -> Model:
    return lambda x: (
        (x["volume"] * x["gauge_gain"] * (x["rise"] - x["outgassing"]))
        / (gas_constant_j_kg_k * x["chamber_temperature"])
    )


def _wall_k(bench: Bench, inside: Series) -> float:
    """Mean of all wall thermometers; NaN where none was read."""
    walls = [inside.columns[channel.name] for channel in bench.channel if channel.quantity == "wall_temperature"]
    seen = [values[np.isfinite(values)] for values in walls]
    means = [float(values.mean()) for values in seen if values.size]
    return float(np.mean(means)) if means else math.nan

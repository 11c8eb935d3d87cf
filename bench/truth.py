"""What really leaked, and how well that is known: the certificate carried to the measured upstream conditions."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from bench.commands import CloseValve, OpenValve, label
from bench.config.model import Bench
from bench.config.parts import Leak
from bench.records import Event, EventKind, Floats, Series, Truth, Window

CHOKED_BELOW = 0.5
"""Largest downstream to upstream pressure ratio: the critical ratio of air is 0.528 (science 1.2.1)."""
MISSING_ALLOWED = 0.05
"""Fraction of scans without a usable pressure that a window may have."""
UNSEEN = math.nan


def leak_truth(bench: Bench, leak: Leak, window: Window, series: Series, events: Sequence[Event]) -> Truth:
    """Mean flow through the leak over the window, kg/s, with its standard uncertainty (budget of science 3.4).

    Onset is the time at which opening was confirmed plus the valve's travel. A truth that cannot be vouched for is
    void and says why.
    """
    inside = series.between(window.begin_s, window.end_s)
    opened_s, closed_s = _exposure(leak.valve, window, events)
    pressure, temperature = _upstream(bench, leak, inside)
    usable = np.isfinite(pressure) & np.isfinite(temperature)
    if not usable.any():
        return Truth(leak.name, leak.compartment, math.nan, math.nan, UNSEEN, UNSEEN, {}, "no usable upstream reading")
    flows = [leak.certificate.flow_kg_s(p, t) for p, t in zip(pressure[usable], temperature[usable], strict=True)]
    (entry,) = bench.channels_of(leak.compartment, "pressure")
    budget = leak.certificate.budget(
        float(pressure[usable].mean()),
        float(temperature[usable].mean()),
        u_pressure_pa=entry.accuracy,
        u_temperature_k=_u_temperature_k(bench, leak),
    )
    rate = float(np.mean(flows))
    onset_s = opened_s + bench.actuators[leak.valve].travel_s
    reasons = list(_void(bench, leak, window, inside, events))
    reasons += _unconfirmed(onset_s, closed_s, window, float((~usable).mean()))
    u_rate = rate * math.hypot(*budget.values())
    return Truth(leak.name, leak.compartment, rate, u_rate, onset_s, closed_s, budget, "; ".join(reasons) or None)


def _exposure(valve: str, window: Window, events: Sequence[Event]) -> tuple[float, float]:
    """When the valve was confirmed open before the window's end, and closed after; NaN where it was not."""
    opened = [e.time_s for e in _commands(events, label(OpenValve(valve))) if e.time_s <= window.end_s]
    opened_s = opened[-1] if opened else UNSEEN
    closed = [e.time_s for e in _commands(events, label(CloseValve(valve))) if e.time_s > opened_s]
    return opened_s, (closed[0] if closed else UNSEEN)


def _commands(events: Sequence[Event], name: str) -> list[Event]:
    return [e for e in events if e.kind == EventKind.COMMAND_CONFIRMED and e.detail.get("command") == name]


def _upstream(bench: Bench, leak: Leak, series: Series) -> tuple[Floats, Floats]:
    """Pressure and volume-weighted mean temperature in the leak's compartment, arrays over the scans."""
    (pressure,) = bench.channels_of(leak.compartment, "pressure")
    thermometers = bench.channels_of(leak.compartment, "gas_temperature")
    fractions = np.array([entry.volume_fraction or 0.0 for entry in thermometers])
    temperatures = np.stack([series.columns[entry.name] for entry in thermometers])
    return series.columns[pressure.name], 1.0 / (fractions @ (1.0 / temperatures))


def _u_temperature_k(bench: Bench, leak: Leak) -> float:
    """Of the upstream gas: the thermometers' accuracy and their error against the gas mean."""
    entries = bench.channels_of(leak.compartment, "gas_temperature")
    noise = [bench.noise_class[entry.noise].representativeness if entry.noise else 0.0 for entry in entries]
    return math.hypot(max(entry.accuracy for entry in entries), max(noise))


def _unconfirmed(onset_s: float, closed_s: float, window: Window, missing: float) -> Iterator[str]:
    if not onset_s <= window.begin_s:
        yield "the leak was not confirmed open when the window began"
    if not closed_s >= window.end_s - 1e-9:
        yield "the leak was not confirmed open until the window's end"
    if missing > MISSING_ALLOWED:
        yield f"{missing:.0%} of the scans have no usable upstream reading"


def _void(bench: Bench, leak: Leak, window: Window, series: Series, events: Sequence[Event]) -> Iterator[str]:
    (entry,) = bench.channels_of(leak.compartment, "pressure")
    gauges = [series.columns[name] for name in bench.chamber_pressures]
    chamber = np.stack(gauges) if gauges else np.full((1, series.time_s.size), np.nan)
    if np.isnan(chamber).all(axis=0).mean() > MISSING_ALLOWED:
        yield "the chamber pressure was not measured"
    elif np.nanmax(chamber) > CHOKED_BELOW * np.nanmin(series.columns[entry.name]):
        yield "the flow was not choked: the chamber pressure was too high for the certificate"
    for name, actuator in bench.actuators.items():
        touches = leak.compartment in actuator.connects and name != leak.valve
        if touches and _open_during(name, window, events):
            yield f"{name} was open too"


def _open_during(valve: str, window: Window, events: Sequence[Event]) -> bool:
    opened_s, closed_s = _exposure(valve, window, events)
    return not (math.isnan(opened_s) or closed_s < window.begin_s)

"""What really leaked, and how well that is known: the certificate carried to the measured upstream conditions."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from bench.commands import CloseValve, Command, OpenValve, SetFlow, StopFlow, label
from bench.config.model import Bench, ChannelEntry
from bench.config.parts import Actuator, FlowController, Leak
from bench.records import Event, EventKind, Floats, Series, Truth, Window
from bench.truth.leak_budget import Conditions, conditions_of, inputs, leak_budget, seat_leakage_kg_s
from bench.uncertainty.gum import Budget, Input
from bench.uncertainty.monte_carlo import Validation, distribute, validate
from bench.uncertainty.type_a import mean_of

CHOKED_BELOW = 0.5
"""Largest downstream to upstream pressure ratio: the critical ratio of air is 0.528 (science 1.2.1)."""
MISSING_ALLOWED = 0.05
"""Fraction of scans without a usable pressure that a window may have."""
UNSEEN = math.nan
TRIALS = 1_000_000
"""Of the Monte-Carlo check: the ends of its interval scatter by 0.3 % of u."""


@dataclass(frozen=True, slots=True)
class CertifiedFlow:
    """Mean flow over an interval, kg/s, by the certificate, and the budget at the mean conditions."""

    rate_kg_s: float
    statement: Budget
    rows: tuple[Input, ...]

    @property
    def u_kg_s(self) -> float:
        return self.rate_kg_s * math.hypot(*self.statement.relative.values())


def leak_truth(
    bench: Bench, leak: Leak, window: Window, series: Series, events: Sequence[Event], day: date | None = None
) -> Truth:
    """Mean flow through the leak over the window, kg/s, with its standard uncertainty (budget of science 3.4).

    Onset is the time at which opening was confirmed plus the valve's travel. A truth that cannot be vouched for is
    void and says why. day: of the run, for the drift since the calibration; none: as on the calibration's day.
    """
    inside = series.between(window.begin_s, window.end_s)
    override = bench.override_of(leak.name)
    tainted = None if override is None else str(override)
    found = certified_flow(bench, leak, inside, day)
    if found is None:
        why = "no usable upstream reading"
        return Truth(leak.name, leak.compartment, math.nan, math.nan, UNSEEN, UNSEEN, {}, why, tainted=tainted)
    opened_s, closed_s = exposure(leak.valve, window, events)
    onset_s = opened_s + bench.actuators[leak.valve].travel_s
    reasons = [*_void(bench, leak, window, inside, events)]
    reasons += _unconfirmed(onset_s, closed_s, window, _missing(bench, leak, inside))
    rates = (found.rate_kg_s, found.u_kg_s, onset_s, closed_s)
    known = (found.statement.relative, "; ".join(reasons) or None, found.statement, _check(leak, found))
    return Truth(leak.name, leak.compartment, *rates, *known, tainted=tainted)


def certified_flow(bench: Bench, leak: Leak, inside: Series, day: date | None = None) -> CertifiedFlow | None:
    """Over all of inside; None where nothing usable was read."""
    upstream = _upstream(bench, leak, inside)
    usable = np.isfinite(list(upstream.values())).all(axis=0)
    if not usable.any():
        return None
    seen = {name: values[usable] for name, values in upstream.items()}
    mean = float(seen["pressure"].mean()), float(seen["temperature"].mean()), _humidity(bench, leak, inside)
    conditions = conditions_of(bench, leak, *mean)
    if (meter := _meter(bench, leak)) is not None:
        shown_kg_s, u_shown_kg_s = _shown(bench, meter, seen["shown"])
        conditions = replace(conditions, shown_kg_s=shown_kg_s, u_shown_kg_s=u_shown_kg_s)
    rows = _rows(bench, leak, conditions, day)
    statement = leak_budget(leak.certificate, rows)
    flows = leak.certificate.flow({**{row.name: row.value for row in rows}, **seen})
    return CertifiedFlow(float(np.mean(flows)), statement, rows)


def _shown(bench: Bench, channel: ChannelEntry, readings: Floats) -> tuple[float, float]:
    """Mean of what the controller showed, and its standard uncertainty: by the scatter of its own readings."""
    own = readings[:: scans_per_reading(bench, channel)]
    return float(readings.mean()), mean_of(own)[1] if own.size > 1 else channel.accuracy


def scans_per_reading(bench: Bench, channel: ChannelEntry) -> int:
    """In how many scans a reading of the channel stands, held: what is repeated was not observed again."""
    return math.ceil(channel.period_s / bench.acquisition.period_s - 1e-9)


def _check(leak: Leak, found: CertifiedFlow) -> Validation:
    """Of the budget by Monte Carlo: to two digits of u, or else to one."""
    statement = found.statement
    drawn = distribute(leak.certificate.flow, found.rows, trials=TRIALS, probability=statement.probability)
    closely = validate(statement, drawn, digits=2)
    return closely if closely.valid else validate(statement, drawn, digits=1)


def _rows(bench: Bench, leak: Leak, conditions: Conditions, day: date | None) -> tuple[Input, ...]:
    seat_kg_s = seat_leakage_kg_s(bench, leak, conditions.pressure_pa)
    return inputs(leak.certificate, conditions, day or leak.certificate.calibrated, background_kg_s=seat_kg_s)


def exposure(valve: str, window: Window, events: Sequence[Event]) -> tuple[float, float]:
    """When the valve was confirmed open before the window's end, and closed after; NaN where it was not."""
    return _span(OpenValve(valve), CloseValve(valve), window, events)


def _span(opens: Command, closes: Command, window: Window, events: Sequence[Event]) -> tuple[float, float]:
    opened = [time_s for time_s in _confirmed(opens, events) if time_s <= window.end_s]
    opened_s = opened[-1] if opened else UNSEEN
    closed = [time_s for time_s in _confirmed(closes, events) if time_s > opened_s]
    return opened_s, (closed[0] if closed else UNSEEN)


def _confirmed(command: Command, events: Sequence[Event]) -> list[float]:
    confirmed = (event for event in events if event.kind == EventKind.COMMAND_CONFIRMED)
    return [event.time_s for event in confirmed if event.detail.get("command") == label(command)]


def _upstream(bench: Bench, leak: Leak, series: Series) -> dict[str, Floats]:
    """Pressure and volume-weighted mean temperature in the leak's compartment, arrays over the scans; what the flow
    controller of a programmable leak shows.
    """
    (pressure,) = bench.channels_of(leak.compartment, "pressure")
    thermometers = bench.channels_of(leak.compartment, "gas_temperature")
    fractions = np.array([entry.volume_fraction or 0.0 for entry in thermometers])
    temperatures = np.stack([series.columns[entry.name] for entry in thermometers])
    seen = {"pressure": series.columns[pressure.name], "temperature": 1.0 / (fractions @ (1.0 / temperatures))}
    meter = _meter(bench, leak)
    return seen if meter is None else {**seen, "shown": series.columns[meter.name]}


def _meter(bench: Bench, leak: Leak) -> ChannelEntry | None:
    """What shows the flow of a programmable leak: the very controller that its certificate is of."""
    return bench.flow_channel(leak.controller) if leak.controller else None


def _missing(bench: Bench, leak: Leak, series: Series) -> float:
    return float((~np.isfinite(list(_upstream(bench, leak, series).values())).all(axis=0)).mean())


def _humidity(bench: Bench, leak: Leak, series: Series) -> float:
    """Mean relative humidity in the leak's compartment; NaN where none was measured."""
    hygrometers = bench.channels_of(leak.compartment, "relative_humidity")
    seen = [series.columns[entry.name] for entry in hygrometers if entry.name in series.columns]
    finite = [values[np.isfinite(values)] for values in seen]
    means = [float(values.mean()) for values in finite if values.size]
    return float(np.mean(means)) if means else math.nan


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
    elif leak.certificate.choked and np.nanmax(chamber) > CHOKED_BELOW * np.nanmin(series.columns[entry.name]):
        yield "the flow was not choked: the chamber pressure was too high for the certificate"
    beside = {leak.compartment, *bench.actuators[leak.valve].connects} - {"chamber"}
    for name, actuator in bench.actuators.items():
        touches = not beside.isdisjoint(actuator.connects) and name != leak.valve
        if touches and open_during(actuator, window, events):
            yield f"{name} was open too"


def open_during(part: Actuator | FlowController, window: Window, events: Sequence[Event]) -> bool:
    """At any time of the window; a flow controller is from when it was set until it was stopped."""
    if isinstance(part, FlowController):
        opened_s, closed_s = _span(SetFlow(part.name, 0.0), StopFlow(part.name), window, events)
    else:
        opened_s, closed_s = exposure(part.name, window, events)
    return not (math.isnan(opened_s) or closed_s < window.begin_s)

"""What can have taken gas, as regressors with what is stated of them as prior (science 2.8)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.detection.attribution.balance import Balance
from bench.detection.segments import HOLD
from bench.records import Floats, Series, Window
from bench.rig import CompartmentRig, FlowMeter, PurificationRig, Rig

OXYGEN_J_KG_K = 259.84
WIDE = 10.0
"""A prior of so many times what is stated says nothing."""
SETTLE_S = 60.0
LEAK, PURIFICATION, NOMINAL, ZERO, CREW = "leak", "purification", "nominal loss", "zero of the meter", "crew"
MAKE_UP, BY_HAND, TRAPPED = "make-up", "added by hand", "trapped volume"


@dataclass(frozen=True, slots=True)
class Cause:
    """lost: what it has taken by each block, (n,), s or cycles; times its coefficient: kg. per_s: of the hold's mean.
    mean, u: of the coefficient (kg/s, kg a cycle) as stated; u infinite: not at all.
    """

    name: str
    lost: Floats
    per_s: float = 1.0
    mean: float = 0.0
    u: float = np.inf


def leak(balance: Balance) -> Cause:
    """In the hold alone: what the background shows, too, is no leak."""
    return Cause(LEAK, np.where(balance.segment == HOLD, _elapsed(balance), 0.0))


def purification(balance: Balance, bed: PurificationRig, first_s: float) -> Cause:
    """Steps; the block in which a puff falls has its part of it."""
    span_s = np.maximum(balance.noise.span_s, 1.0)
    begin_s, end_s = balance.time_s - span_s / 2.0, balance.time_s + span_s / 2.0
    puffs_s = np.arange(first_s, end_s.max(), bed.period_s)

    def cycles_s(time_s: Floats) -> Floats:
        """Integral of the number of cycles."""
        return np.asarray(np.maximum(time_s[:, None] - puffs_s, 0.0).sum(axis=1))

    return Cause(
        PURIFICATION, (cycles_s(end_s) - cycles_s(begin_s)) / span_s, 1.0 / bed.period_s, bed.loss_kg, bed.u_loss_kg
    )


def settled(beds: Iterable[PurificationRig], balance: Balance) -> NDArray[np.bool_]:
    """Blocks, (n,), without a puff or the minute after one, in which thermometers still lag behind the gas. Where the
    phase is not known all blocks stay, and a puff is found about 5 % too small.
    """
    half_s, keep = balance.noise.span_s / 2.0, np.ones(balance.time_s.size, bool)
    for bed in beds:
        if bed.first_s is not None:
            since_s = (balance.time_s + half_s - bed.first_s) % bed.period_s
            keep &= (since_s > 2.0 * half_s + SETTLE_S) | (balance.time_s + half_s < bed.first_s)
    return keep


def steady(rig: Rig, compartment: CompartmentRig, balance: Balance, u_zero_kg_s: float = 0.0) -> Iterator[Cause]:
    """What goes on all the time, in the background as in the hold: nominal loss, a meter's zero. Breathing may differ
    between the two.
    """
    elapsed_s, hold = _elapsed(balance), balance.segment == HOLD
    if compartment.nominal:
        u_kg_s = float(np.linalg.norm([loss.u_kg_s for loss in compartment.nominal]))
        yield Cause(NOMINAL, elapsed_s, 1.0, sum(loss.kg_s for loss in compartment.nominal), u_kg_s)
    elif not hold.all():
        yield Cause(NOMINAL, elapsed_s)
    if u_zero_kg_s:
        yield Cause(ZERO, elapsed_s, 1.0, 0.0, u_zero_kg_s)
    if compartment.crew and balance.breathed:
        yield from _crew(rig, compartment, np.where(hold, elapsed_s, 0.0), 1.0)
        if not hold.all():
            yield from _crew(rig, compartment, np.where(hold, 0.0, elapsed_s), 0.0)


def _crew(rig: Rig, compartment: CompartmentRig, elapsed_s: Floats, per_s: float) -> Iterator[Cause]:
    """A kilogram of oxygen is fewer moles than one of air."""
    u_kg_s = float(np.linalg.norm([crew.u_kg_s for crew in compartment.crew]))
    moles = OXYGEN_J_KG_K / rig.gas_constant_j_kg_k
    yield Cause(CREW, moles * elapsed_s, per_s, sum(crew.kg_s for crew in compartment.crew), u_kg_s)


def made_up(compartment: CompartmentRig, series: Series, window: Window, time_s: Floats) -> tuple[Floats, float]:
    """What the meters have let in by each time from the first scan on, kg, and the standard uncertainty of their zeros,
    kg/s. In the background nothing is made up: there they show their zeros. Straight lines where they were not read.
    """
    came_kg, u_kg_s = np.zeros(time_s.size), 0.0
    for meter in compartment.meters:
        flow_kg_s = series.columns.get(meter.channel, np.full(series.time_s.size, np.nan))
        read = np.isfinite(flow_kg_s)
        if not read.any():
            continue
        at_s, flow_kg_s = series.time_s[read], flow_kg_s[read]
        zero_kg_s, u_zero_kg_s = _zero(meter, window, at_s, flow_kg_s)
        passed_kg = np.diff(at_s) * (0.5 * (flow_kg_s[1:] + flow_kg_s[:-1]) - zero_kg_s)
        came_kg += np.interp(time_s, at_s, np.concatenate(([0.0], np.cumsum(passed_kg))))
        u_kg_s = float(np.hypot(u_kg_s, u_zero_kg_s))
    return came_kg, u_kg_s


def _zero(meter: FlowMeter, window: Window, at_s: Floats, flow_kg_s: Floats) -> tuple[float, float]:
    """As the background shows it, else as stated."""
    shut = np.zeros(at_s.size, bool)
    for begin_s, end_s in window.background:
        shut |= (at_s >= begin_s) & (at_s < end_s)
    if not shut.any():
        return 0.0, meter.u_kg_s
    mean_kg_s = float(flow_kg_s[shut].mean())
    return mean_kg_s, float(max(meter.noise.white, flow_kg_s[shut].std()) / np.sqrt(shut.sum()))


def _elapsed(balance: Balance) -> Floats:
    elapsed_s: Floats = balance.time_s - balance.time_s[0]
    return elapsed_s

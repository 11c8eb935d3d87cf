"""What a simulated run says of a window: how fast what leaks, where, and when the pressure reaches the limit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bench.config.model import Bench
from bench.records import Floats, Window
from bench.rig import WHOLE
from bench.sim.direct import Readings
from bench.sim.scenario import Scenario
from bench.validation.confusion import NONE, SEVERAL

NEGLIGIBLE_KG_S = 1e-11
"""A hundredth of a 3 um hole. Below it a window counts as one without a leak: closed valves pass about so much."""


@dataclass(frozen=True, slots=True)
class Known:
    """Of one window. rate_kg_s: the mean rate of loss in it above that in its background, which methods are asked for.
    leaking: the compartment that leaks, NONE or SEVERAL. limit_s: from the window's end until the compartment's own
    transducer first shows the limit; NaN where the run ends before.
    """

    rate_kg_s: float
    leaking: str
    limit_s: float


def known(lost_kg: Mapping[str, Floats], time_s: Floats, pressure_pa: Floats, window: Window, limit_pa: float) -> Known:
    """lost_kg: by compartment; pressure_pa: of the one that is watched; all (rows,)."""
    rates = {name: _rate_kg_s(time_s, lost, window) for name, lost in lost_kg.items()}
    leaking = [name for name, rate in rates.items() if rate > NEGLIGIBLE_KG_S]
    where = SEVERAL if len(leaking) > 1 else next(iter(leaking), NONE)
    rate_kg_s = sum(rates.values()) if window.compartment == WHOLE else rates[window.compartment]
    return Known(rate_kg_s, where, _until_s(time_s, pressure_pa, window.end_s, limit_pa))


def lost_by_compartment_kg(bench: Bench, scenario: Scenario, seen: Readings) -> Mapping[str, Floats]:
    """What leaks have let out of each compartment since the start, less what they have let in, (rows,)."""
    lost_kg = {entry.name: np.zeros(seen.time_s.size) for entry in bench.compartment}
    for leak in scenario.hidden_leak:
        passed_kg = seen.passed_kg[:, seen.leaks.index(leak.name)]
        lost_kg[leak.compartment] += passed_kg
        if leak.to in lost_kg:
            lost_kg[leak.to] -= passed_kg
    for orifice in bench.leak:
        lost_kg[orifice.compartment] += seen.passed_kg[:, seen.leaks.index(orifice.valve)]
    return lost_kg


def _rate_kg_s(time_s: Floats, lost_kg: Floats, window: Window) -> float:
    def of(span: tuple[float, float]) -> float:
        begin_kg, end_kg = np.interp(span, time_s, lost_kg)
        return float(end_kg - begin_kg) / (span[1] - span[0])

    before = [of(span) for span in window.background]
    return of((window.begin_s, window.end_s)) - (sum(before) / len(before) if before else 0.0)


def _until_s(time_s: Floats, pressure_pa: Floats, from_s: float, limit_pa: float) -> float:
    reached = np.flatnonzero((time_s >= from_s) & (pressure_pa <= limit_pa))
    return float(time_s[reached[0]]) - from_s if reached.size else math.nan

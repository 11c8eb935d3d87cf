"""How well a partition will tell leaks apart after how long: the estimator, run on what has not happened yet.

What is known of leaks depends on noise, volumes and time alone, not on what is read.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from bench.detection.isolation.balance import SETTLE_S, MassBalance
from bench.records import Floats
from bench.rig import Rig

STEP_S, HORIZON_S = 600.0, 86_400.0
PRESSURE_PA, TEMPERATURE_K = 1e5, 295.0
"""Of a cabin; the relative noise of pressure goes by it."""
APART = 4.65**2 / 2.0
"""Expected ln of the likelihood ratio at which two answers are confused 1 % of the time (science 5.6)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """time_s: (n,), from closing on; precision: (n, compartments, compartments), of leaks in kg/s."""

    time_s: Floats
    precision: Floats

    def information(self, rates_kg_s: Floats, other_kg_s: Floats) -> Floats:
        """Expected ln of the likelihood ratio between two sets of leaks, shape (n,)."""
        difference = rates_kg_s - other_kg_s
        information: Floats = 0.5 * (self.precision @ difference) @ difference
        return information

    def apart_s(self, rates_kg_s: Floats, places: Iterable[int]) -> float:
        """When leaks of these rates will be told from any single leak in one of places, and from none; inf: not within
        HORIZON_S.
        """
        from_none = self.information(rates_kg_s, np.zeros_like(rates_kg_s))
        least = from_none
        for place in places:
            if np.any(np.delete(rates_kg_s, place)):  # else it is that one
                own = np.maximum(self.precision[:, place, place], np.finfo(float).tiny)
                least = np.minimum(least, from_none - (self.precision[:, place] @ rates_kg_s) ** 2 / (2.0 * own))
        when = np.flatnonzero(least >= APART)
        return float(self.time_s[when[0]]) if when.size else math.inf


class Foresight:
    """Forecasts of one rig, each made once. occupied: compartments with a crew inside."""

    def __init__(self, rig: Rig, occupied: Collection[str] = ()) -> None:
        self._rig, self._occupied = rig, frozenset(occupied)
        self._made: dict[frozenset[str], Forecast] = {}

    def of(self, closed: Iterable[str]) -> Forecast:
        """With these hatches closed."""
        key = frozenset(closed)
        if key not in self._made:
            self._made[key] = self._forecast(key)
        return self._made[key]

    def _forecast(self, closed: frozenset[str]) -> Forecast:
        means, fresh, balance = _quiet(self._rig, closed), _plenty(self._rig), MassBalance(self._rig, self._occupied)
        count, precision = len(self._rig.compartments), []
        times_s = np.arange(STEP_S, HORIZON_S + STEP_S, STEP_S)
        for end_s in times_s:
            balance.add(float(end_s) - STEP_S, float(end_s), means, fresh)
            precision.append(balance.information.precision[:count, :count])
        return Forecast(times_s + SETTLE_S - STEP_S, np.array(precision))


def _quiet(rig: Rig, closed: frozenset[str]) -> Mapping[str, float]:
    means = {hatch.closed_channel: float(hatch.name in closed) for hatch in rig.hatches if hatch.closed_channel}
    for compartment in rig.compartments.values():
        means |= {gauge.channel: PRESSURE_PA for gauge in compartment.gauges}
        means |= {thermometer.channel: TEMPERATURE_K for thermometer in compartment.thermometers}
        means |= dict.fromkeys(compartment.wall_channels, TEMPERATURE_K)
    return means


def _plenty(rig: Rig) -> Mapping[str, float]:
    """A reading a second."""
    return dict.fromkeys(rig.channels, STEP_S)

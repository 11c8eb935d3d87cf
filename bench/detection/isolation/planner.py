"""Which hatches to close next."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench.detection.isolation.foresight import Forecast, Foresight
from bench.records import Floats
from bench.rig import Rig

NONE = "none"
SEVERAL = "more than one"
RATE_KG_S = 1.9e-8
"""A hole of 10 um at one atmosphere."""
WORTH = 1e-3
"""Nats: a partition that tells less than this, however long, tells nothing."""


@dataclass(frozen=True, slots=True)
class Closure:
    """What to do with the hatches. information: nats that are expected of duration_s, which gives the most per time.

    needed_s: until any single leak of the rate that was assumed, and none, are told apart; inf if this partition alone
    cannot within a day.
    """

    close: tuple[str, ...]
    open: tuple[str, ...]
    duration_s: float
    information: float
    needed_s: float


def next_closure(
    rig: Rig,
    probabilities: Mapping[str, float],
    may_not_close: Collection[str] = (),
    rate_kg_s: float = RATE_KG_S,
    foresight: Foresight | None = None,
) -> Closure | None:
    """The partition that promises most information per time; None if none promises any.

    probabilities: of compartments, NONE and SEVERAL. may_not_close: hatches that stay open, and compartments in which
    the crew sits: its breath hides what they lose. foresight: made for those compartments, to be used again.
    """
    foresight = foresight or Foresight(rig, [name for name in may_not_close if name in rig.compartments])
    names = [hatch.name for hatch in rig.hatches if hatch.name not in may_not_close and hatch.closed_channel]
    plans = (closed for size in range(len(names) + 1) for closed in combinations(names, size))
    chances, leaks = _hypotheses(rig, probabilities, rate_kg_s)
    found = [_plan(rig, closed, foresight.of(closed), chances, leaks) for closed in plans]
    best = max(found, key=lambda plan: (plan.information / plan.duration_s, -len(plan.close)))
    return best if best.information > WORTH else None


def _hypotheses(rig: Rig, probabilities: Mapping[str, float], rate_kg_s: float) -> tuple[Floats, Floats]:
    """None, each compartment, each pair: chances (h,) and rates (h, compartments)."""
    names = list(rig.compartments)
    single = np.eye(len(names))
    pairs = [single[i] + single[j] for i, j in combinations(range(len(names)), 2)]
    chances = [probabilities.get(NONE, 0.0), *(probabilities.get(name, 0.0) for name in names)]
    chances += [probabilities.get(SEVERAL, 0.0) / len(pairs) for _ in pairs]
    total = np.array(chances)
    return total / total.sum(), rate_kg_s * np.vstack((np.zeros(len(names)), single, *pairs))


def _plan(rig: Rig, closed: tuple[str, ...], forecast: Forecast, chances: Floats, leaks: Floats) -> Closure:
    information = _information(forecast, chances, leaks)
    best = int(np.argmax(information / forecast.time_s))
    compartments = range(len(rig.compartments))
    needed_s = max(forecast.apart_s(leaks[1 + place], compartments) for place in compartments)
    opened = tuple(hatch.name for hatch in rig.hatches if hatch.name not in closed)
    return Closure(closed, opened, float(forecast.time_s[best]), float(information[best]), needed_s)


def _information(forecast: Forecast, chances: Floats, leaks: Floats) -> Floats:
    """Nats about which hypothesis is so, at least: -sum p_i ln sum p_j exp(-B_ij), B the Bhattacharyya distance between
    normal data of one covariance, a quarter of the ln of the likelihood ratio (Kolchinsky, Tracey 2017, eq. 10).
    """
    total = np.zeros(forecast.time_s.size)
    for chance, own in zip(chances, leaks, strict=True):
        alike = [p * np.exp(-0.25 * forecast.information(own, other)) for p, other in zip(chances, leaks, strict=True)]
        total -= chance * np.log(np.sum(alike, axis=0)) if chance > 0.0 else 0.0
    return total


def time_needed_s(forecast: Forecast, rates_kg_s: Floats, least_kg_s: float) -> float:
    """From closing until leaks of these rates are told from any one leak, and one of least_kg_s anywhere else is seen
    or excluded: "alone" and "none" take longer than to name the one that leaks.
    """
    compartments = range(rates_kg_s.size)
    quiet = [forecast.apart_s(least_kg_s * row, ()) for row in np.eye(rates_kg_s.size)[rates_kg_s == 0.0]]
    own = [forecast.apart_s(rates_kg_s, compartments)] if np.any(rates_kg_s) else []
    return max(own + quiet)

"""Probability of detection of a campaign's judged windows, by hit and miss over the true rate."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.records import Floats
from bench.validation.campaign.measures import Measure, Name, Slice
from bench.validation.hit_miss import fit_hit_miss
from bench.validation.interval import Interval
from bench.validation.pod import LimitMethod, PodFit
from bench.validation.pod_floor import FloorPodFit, fit_floor

CONFIDENCE = 0.95
LEVELS = {Name.POD50_KG_S: 0.5, Name.POD90_KG_S: 0.9}


@dataclass(frozen=True, slots=True)
class Detections:
    """Judged windows of one slice: true rate in kg/s and whether there was an alarm, (n,); without a leak, counts."""

    sizes_kg_s: Floats
    hits: Floats
    false_calls: int
    null_windows: int


def detections(rows: pd.DataFrame) -> Detections:
    """Windows without a leak count where leaks were laid over the same scenarios, so that POD has their floor."""
    judged = rows[rows["judged"]]
    leaks = judged[~judged["null"] & (judged["truth_kg_s"] > 0.0)]
    null = judged[judged["null"] & judged["scenario"].isin(leaks["scenario"].unique())]
    sizes, hits = leaks["truth_kg_s"].to_numpy(float), leaks["alarm"].to_numpy(float)
    return Detections(sizes, hits, int(null["alarm"].sum()), len(null))


def curve(found: Detections) -> PodFit | FloorPodFit:
    """With a floor where windows without a leak alarmed too. ValueError where there is no curve."""
    if found.sizes_kg_s.size == 0:
        raise ValueError("no leak was laid over")
    if found.hits.all() or not found.hits.any():
        raise ValueError(f"all {found.hits.size} leaks {'found' if found.hits.any() else 'missed'}: no curve")
    if 2 * found.false_calls >= found.null_windows > 0:
        raise ValueError(f"{found.false_calls} of {found.null_windows} windows without a leak alarm: no curve")
    if found.false_calls:
        null = found.null_windows
        return fit_floor(found.sizes_kg_s, found.hits, false_calls=found.false_calls, null_runs=null)
    return fit_hit_miss(found.sizes_kg_s, found.hits)


def size_limits(fit: PodFit | FloorPodFit, probability: float) -> Interval:
    """Each end one-sided at 95 %, so that the upper one of a90 is a90/95; by likelihood ratio."""
    if isinstance(fit, FloorPodFit):
        low, high = fit.lower_limit(probability, CONFIDENCE), fit.upper_limit(probability, CONFIDENCE)
    else:
        method = LimitMethod.LIKELIHOOD_RATIO
        low, high = fit.lower_limit(probability, method, CONFIDENCE), fit.upper_limit(probability, method, CONFIDENCE)
    return Interval(low, high, CONFIDENCE, "likelihood ratio, each side")


def pod_measures(rows: pd.DataFrame, of_what: Slice) -> list[Measure]:
    found = detections(rows)
    measures = []
    for name, probability in LEVELS.items():
        try:
            fit = curve(found)
            measure = Measure.known(
                name, of_what, fit.size_at(probability), size_limits(fit, probability), found.hits.size
            )
            measures.append(measure.remarking(fit.model))
        except ValueError as error:
            measures.append(Measure.unknown(name, of_what, found.hits.size, str(error)))
    return measures


def band(fit: PodFit | FloorPodFit, sizes_kg_s: Floats) -> tuple[Floats, Floats] | None:
    """95 % limits of the curve where they are known point by point (Wald); a curve with a floor has none."""
    if isinstance(fit, FloorPodFit):
        return None
    low, high = fit.pod_limits(sizes_kg_s, CONFIDENCE)
    return np.asarray(low), np.asarray(high)

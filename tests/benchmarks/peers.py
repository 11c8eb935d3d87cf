"""Public change detectors (extra `peers`), each fed one value an hour: loss of pressure, or of our compensated mass.

Losses are in standard deviations of the feature where nothing leaks, so that what a peer wants to be told of its scale
is right. What else it can be told is as first written, and was not searched for; `peer_settings.py` shows, on leaks
that are not reported, what other settings would do.
"""

from collections.abc import Callable, Sequence

import numpy as np
import ruptures
from alarm_paths import Score
from changepoint_online import Focus, Gaussian
from river.drift import PageHinkley

from bench.detection.sequential.mass_stream import BLOCK_S, MassBlock
from bench.records import Floats

HOUR_S = 3600.0
WINDOW = 120
"""Hours that ruptures looks back over, every three (science 5.4)."""
Feature = Callable[[MassBlock], float]


def ln_pressure(block: MassBlock) -> float:
    return float(np.log(block.pressure_pa))


def ln_mass(block: MassBlock) -> float:
    return block.log_mass


def hourly_losses(feature: Feature, of: Sequence[MassBlock]) -> tuple[Floats, Floats]:
    """Ends of the hours and the losses from each to the next; every block must have been read."""
    each = round(HOUR_S / BLOCK_S)
    hours = len(of) // each
    means = np.array([feature(block) for block in of[: hours * each]]).reshape(hours, each).mean(axis=1)
    ends_s = np.array([block.end_s for block in of[each - 1 : hours * each : each]])
    return ends_s[1:], -np.diff(means)


def page_hinkley(losses: Floats, delta: float = 0.25) -> Floats:
    detector = PageHinkley(min_instances=10, delta=delta, threshold=np.inf, alpha=1.0, mode="up")
    scores = []
    for loss in losses:
        detector.update(float(loss))
        scores.append(detector._sum_increase - detector._min_increase)
    return np.array(scores)


def focus(losses: Floats) -> Floats:
    detector, scores = Focus(Gaussian(loc=0.0), side="right"), []
    for loss in losses:
        detector.update(float(loss))
        scores.append(detector.statistic())
    return np.array(scores)


def binary_segmentation(losses: Floats, window: int = WINDOW) -> Floats:
    """Gain of the best split into two means, if the later one is the larger loss. window: hours."""
    scores = np.zeros(losses.size)
    for end in range(6, losses.size + 1, 3):
        seen = losses[max(end - window, 0) : end]
        split, _ = (search := ruptures.Binseg(model="l2", min_size=2, jump=1).fit(seen)).predict(n_bkps=1)
        if seen[split:].mean() > seen[:split].mean():
            parts = search.cost.error(0, split) + search.cost.error(split, seen.size)
            scores[end - 1] = search.cost.error(0, seen.size) - parts
    return scores


PEERS = {
    "river PageHinkley": page_hinkley,
    "changepoint_online Focus": focus,
    "ruptures Binseg l2": binary_segmentation,
}


def peer_score(detector: Callable[[Floats], Floats], feature: Feature, sigma: float) -> Score:
    """sigma: of an hour's loss where nothing leaks."""

    def score(of: Sequence[MassBlock]) -> tuple[Floats, Floats]:
        time_s, losses = hourly_losses(feature, of)
        return time_s, detector(losses / sigma)

    return score

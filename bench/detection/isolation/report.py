"""What a search by closing hatches says, in probabilities and in words."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bench.detection.isolation.balance import STEP_PA, Stretch
from bench.detection.isolation.evidence import Posterior
from bench.detection.isolation.foresight import Foresight
from bench.detection.isolation.planner import NONE, SEVERAL, time_needed_s
from bench.detection.isolation.prior import Prior
from bench.detection.noise import HOUR_S
from bench.rig import Rig

CERTAIN = 0.95
"""A seal more probable to leak than this is stated as a finding."""
SUSPECT = 0.5
"""A seal more probable to leak than this stands against a leak that is not found,"""
KNOWN = 0.2
"""unless its conductance is known to this share (S10 asks for it)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """said: a compartment alone, NONE or SEVERAL; None: inconclusive. leaking: compartments that leak, alone or not.
    misfit: squares of noise, in those declared.
    """

    time_s: float
    chances: Mapping[str, float]
    said: str | None
    leaking: tuple[str, ...]
    misfit: float
    posterior: Posterior


def probabilities(rig: Rig, found: Posterior) -> dict[str, float]:
    """Of each compartment alone, of NONE, of SEVERAL: 1 in sum, whatever the seals do."""
    names = list(rig.compartments)
    chances = dict.fromkeys([*names, NONE, SEVERAL], 0.0)
    for members, probability in zip(found.sets, found.probability, strict=True):
        leaking = [name for place, name in enumerate(names) if place in members]
        chances[SEVERAL if len(leaking) > 1 else (leaking or [NONE])[0]] += float(probability)
    return chances


def leaking(rig: Rig, found: Posterior, error: float) -> tuple[str, ...]:
    """Compartments that leak, whatever others do."""
    return tuple(name for place, name in enumerate(rig.compartments) if 1.0 - found.chance(place) <= error)


def decided(chances: Mapping[str, float], error: float) -> str | None:
    """The answer, if what speaks against it is less probable than error."""
    best = max(chances, key=lambda name: chances[name])
    return best if 1.0 - chances[best] <= error else None


def notes(rig: Rig, answer: Answer, stretch: Stretch, foresight: Foresight, leak: Prior) -> tuple[str, ...]:
    found = [_verdict(rig, answer, stretch, foresight, leak), *_seals(rig, answer)]
    if answer.misfit > 1.0:
        ratio = math.sqrt(answer.misfit)
        found.append(f"noise {ratio:.2f} times the declared, or a leak that changes: taken for noise")
    return tuple(found)


def _verdict(rig: Rig, answer: Answer, stretch: Stretch, foresight: Foresight, leak: Prior) -> str:
    if answer.said == NONE:
        return f"no compartment leaks {leak.least:.2g} kg/s or more"
    if answer.said == SEVERAL:
        return f"more than one compartment leaks{': ' if answer.leaking else ''}{', '.join(answer.leaking)}"
    if answer.said is not None:
        return f"the leak is in {answer.said}"
    known = f"{' and '.join(answer.leaking)} leaks, whether alone is " if answer.leaking else ""
    return f"{known}inconclusive: {_time_left(rig, answer, stretch, foresight, leak)}"


def _time_left(rig: Rig, answer: Answer, stretch: Stretch, foresight: Foresight, leak: Prior) -> str:
    """For the likeliest of the sets of leaks, at its rates, if hatches stay as they are."""
    likeliest = int(np.argmax(answer.posterior.probability))
    rates_kg_s = answer.posterior.mean[likeliest, : len(rig.compartments)]
    needed_s = time_needed_s(foresight.of(stretch.parts.closed), rates_kg_s, leak.least)
    if math.isinf(needed_s):
        return "with hatches as they are a day is not long enough"
    left_h = max(needed_s - (answer.time_s - stretch.begin_s), 0.0) / HOUR_S
    return f"about {left_h:.1f} h more are needed with hatches as they are" if left_h > 0.0 else "nearly there"


def _seals(rig: Rig, answer: Answer) -> Iterator[str]:
    for element, hatch in enumerate(rig.hatches, len(rig.compartments)):
        laws = element, element + len(rig.hatches)
        chance = answer.posterior.chance(*laws)
        if chance <= SUSPECT:
            continue
        conductance, u = answer.posterior.value(*laws)
        if chance > CERTAIN:
            yield f"the seal of {hatch.name} leaks: {conductance:.2g} +- {u:.1g} kg/(s Pa) at {STEP_PA:g} Pa"
        if answer.said is None and u > KNOWN * conductance:
            yield (
                f"a leak and the seal of {hatch.name} cannot be told apart yet: feed {STEP_PA:g} Pa to one side of it"
            )

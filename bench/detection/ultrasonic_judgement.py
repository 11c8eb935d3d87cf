"""From what is heard to a finding for each compartment."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.detection.ultrasonic_delay import false_crests
from bench.detection.ultrasonic_finding import Answer, Finding
from bench.detection.ultrasonic_fusion import log_bayes_factor, source_probability
from bench.detection.ultrasonic_geometry import HATCH_U_M, place, through_hole, wall_points
from bench.detection.ultrasonic_hearing import Ears, Pair
from bench.detection.ultrasonic_level import alike_db, level_at_1_m
from bench.detection.ultrasonic_loudness import Loudness
from bench.detection.ultrasonic_size import Reach, losses_db, rate_kg_s
from bench.records import Floats, LeakEstimate

MATTERS_DB = 3.0
"""Racks are said to hide leaks if they hide what is twice as large as what quiet hides."""
MUCH_LOUDER_DB = 6.0
"""By how much a source next door must be louder there to be what is heard here: hatches take more (20 dB)."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """loud: how many standard uncertainties over quiet a microphone is by chance, at the stated rate."""

    ears: Ears
    loudness: Mapping[str, Loudness]
    loud: float
    prior: LeakEstimate | None

    def findings(self, compartments: Sequence[str]) -> Mapping[str, Finding]:
        pairs = {name: self.ears.pairs(name) for name in compartments}
        return {name: self._finding(name, pairs) for name in compartments}

    def _finding(self, name: str, pairs: Mapping[str, Sequence[Pair]]) -> Finding:
        if not pairs[name] or name not in self.ears.rig.boxes:
            return Finding(name, Answer.NOT_SEARCHED)
        best = pairs[name][0]
        reach, through = self._reach(best), self._through(best, pairs)
        found = Finding(
            name,
            self._answer(best, through),
            detectable_kg_s=reach.detectable_kg_s(),
            excess_db=max(each.excess_db for each in self._around(best)),
            steady=all(each.steady for each in self._around(best)),
            through=through,
            microphones=(best.one.name, best.other.name),
        )
        return self._source(found, pairs[name], reach) if found.answer is Answer.SOURCE else self._silent(found, reach)

    def _around(self, pair: Pair) -> tuple[Loudness, Loudness]:
        return self.loudness[pair.one.name], self.loudness[pair.other.name]

    def _levels_db(self, pair: Pair) -> Floats:
        return np.array([each.level_db for each in self._around(pair)])

    def _answer(self, best: Pair, through: str | None) -> Answer:
        if best.alike:
            return Answer.SOURCE if through is None else Answer.NEXT_DOOR
        matters = [each.louder(self.loud) and each.excess_db > MATTERS_DB for each in self._around(best)]
        return Answer.TOO_LOUD if any(matters) else Answer.NOTHING

    def _reach(self, pair: Pair) -> Reach:
        rig, both = self.ears.rig, (pair.one, pair.other)
        return Reach(
            noise=rig.leak_noise,
            losses_db=losses_db(rig.boxes[pair.one.compartment], both),
            levels_db=self._levels_db(pair),
            curve_noise=pair.correlation.noise,
            threshold=pair.threshold,
            u_db=math.hypot(rig.leak_noise.u_level_db, *(m.u_sensitivity_db for m in both)),
        )

    def _through(self, pair: Pair, pairs: Mapping[str, Sequence[Pair]]) -> str | None:
        """The compartment next door from which it comes: by its delay, and since it is much louder there."""
        for hole_m, beyond in self.ears.holes_of(pair.one.compartment):
            there = [other for other in pairs[beyond][:1] if other.alike]
            farther_m = pair.crest.delay_s * self.ears.speed_m_s[pair.one.compartment]
            from_hole = abs(farther_m - through_hole(hole_m, pair.one, pair.other)) < 2.0 * HATCH_U_M
            louder = any(self._alike_db(other) > self._alike_db(pair) + MUCH_LOUDER_DB for other in there)
            if pair.alike and from_hole and louder:
                return beyond
        return None

    def _alike_db(self, pair: Pair) -> float:
        return alike_db(self._levels_db(pair), pair.crest.coherence)

    def _silent(self, found: Finding, reach: Reach) -> Finding:
        missed = 1.0 - reach.typical()
        factor = log_bayes_factor(found, reach, 0.0, self.prior)
        return replace(found, source_probability=missed / (1.0 + missed), log_bayes_factor=factor)

    def _source(self, found: Finding, pairs: Sequence[Pair], reach: Reach) -> Finding:
        best, points_m = pairs[0], wall_points(self.ears.rig.boxes[found.compartment])
        within = [self.ears.difference(pair) for pair in pairs if pair.alike]
        differences = (*within, *self.ears.through_hatches(found.compartment))
        level = level_at_1_m(self._alike_db(best), points_m, within[0], best.one.u_sensitivity_db)
        chance = false_crests(best.crest.height, best.range_s, self.ears.rig.band_hz)
        heard = replace(
            found,
            source_probability=source_probability(chance),
            source_level_db=level.level_db,
            rate_kg_s=rate_kg_s(reach.noise, level.level_db),
            u_decades=0.1 * math.hypot(level.u_db, reach.noise.u_level_db),
            differences=differences,
            place=place(points_m, differences) if len(differences) > 1 else None,
        )
        return replace(heard, log_bayes_factor=log_bayes_factor(heard, reach, level.u_db, self.prior))

"""What ultrasonic search says of each compartment, as numbers and in words."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bench.detection.ultrasonic_geometry import Place, WayDifference


class Answer(StrEnum):
    SOURCE = "source"
    """The microphones hear the same sound from one place in the compartment. Whether it leaks sound cannot say."""
    NEXT_DOOR = "next_door"
    """They hear the same sound, but it comes through an open hatch."""
    TOO_LOUD = "too_loud"
    """Racks, or whatever comes from everywhere, hide what would be found in quiet."""
    NOTHING = "nothing"
    NOT_SEARCHED = "not_searched"
    """Fewer than two microphones heard anything, or nobody states where walls are."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Of one compartment. source_probability: of a point source in it. detectable_kg_s: the leak that would have been
    found with 90 % probability; NaN where nothing was searched. source_level_db: at 1 m. rate_kg_s: what a leak of that
    level loses, u_decades its standard uncertainty in powers of ten. through: the compartment that it is heard from.
    differences: one for each hyperboloid. log_bayes_factor: "the leak is here" against "it is not".
    """

    compartment: str
    answer: Answer
    source_probability: float = 0.5
    detectable_kg_s: float = math.nan
    excess_db: float = math.nan
    source_level_db: float = math.nan
    rate_kg_s: float = math.nan
    u_decades: float = math.nan
    steady: bool = True
    differences: tuple[WayDifference, ...] = ()
    place: Place | None = None
    through: str | None = None
    microphones: tuple[str, ...] = ()
    log_bayes_factor: float = 0.0

    @property
    def statement(self) -> str:
        where, size = self.compartment, f"{self.detectable_kg_s:.1e} kg/s"
        match self.answer:
            case Answer.SOURCE:
                return f"{where}: a source {self._where()}; {self._what()}"
            case Answer.NEXT_DOOR:
                return f"{where}: what is heard comes through the hatch from {self.through}; nothing else was found"
            case Answer.TOO_LOUD:
                loud = f"racks too loud ({self.excess_db:.0f} dB above quiet)"
                return f"{where}: {loud}: a leak up to {size} would have been missed"
            case Answer.NOTHING:
                return f"{where}: nothing found; a leak of {size} would have been found with 90 % probability"
        return f"{where}: not searched: it takes two microphones that hear, and stated walls"

    def _where(self) -> str:
        if self.place is not None:
            at = ", ".join(f"{x:.2f}" for x in self.place.position_m)
            return f"at ({at}) m, if it is in the wall, to {self.place.u_m:.2f} m"
        first = self.differences[0]
        nearer = self.microphones[0 if first.farther_m >= 0.0 else 1]
        way_mm = f"{1e3 * abs(first.farther_m):.0f} mm nearer to {nearer} (+- {1e3 * first.u_m:.0f} mm)"
        return f"{way_mm}, which is a curve on the wall and not a point"

    def _what(self) -> str:
        if not self.steady:
            return "it clicks or whistles, which leaks do not"
        factor = 10.0**self.u_decades
        size = f"if it is, it loses about {self.rate_kg_s:.1e} kg/s, uncertain by a factor {factor:.1f}"
        return f"whether it is a leak sound cannot say; {size}"


@dataclass(frozen=True, slots=True)
class UltrasonicFinding:
    """Of one search. leak_probabilities: by compartment, of the one leak that the prior speaks of; what is missing to 1
    is no leak in any of them. Empty without a prior: sound alone does not tell a leak from a valve that hisses.
    """

    method: str
    findings: Mapping[str, Finding]
    leak_probabilities: Mapping[str, float]

    @property
    def sources(self) -> tuple[str, ...]:
        """Compartments with a source, loudest first."""
        heard = [found for found in self.findings.values() if found.answer is Answer.SOURCE]
        return tuple(found.compartment for found in sorted(heard, key=lambda found: -found.source_level_db))

    @property
    def statements(self) -> tuple[str, ...]:
        """For an operator, what was heard first."""
        order = list(Answer)
        found = sorted(self.findings.values(), key=lambda finding: order.index(finding.answer))
        leaks = [
            f"with what pressure says, the leak is in {name} with probability {probability:.2f}"
            for name, probability in sorted(self.leak_probabilities.items(), key=lambda item: -item[1])
            if probability >= 0.01
        ]
        return (*(finding.statement for finding in found), *leaks)

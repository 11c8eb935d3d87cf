"""What pairs of microphones hear alike: within a compartment, and from next door through open hatches."""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from bench.acoustic_rig import AcousticRig, MicrophoneRig, Position
from bench.detection.gas_temperature import mean_gas_temperature
from bench.detection.ultrasonic_delay import Correlation, Crest, correlate, threshold
from bench.detection.ultrasonic_geometry import HATCH_U_M, WayDifference, longest_delay_m
from bench.records import Burst, Series
from bench.rig import CompartmentRig, HatchRig, Rig

U_SPEED = 2e-3
"""Relative standard uncertainty of the speed of sound, from temperature and vapour together."""
ROOM_K = 295.15
"""Where no thermometer was read."""
AROUND_S = 300.0
"""Temperatures and hatches are read so long before and after the bursts."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two microphones, and the crest of what they hear alike, among delays that a source can have."""

    one: MicrophoneRig
    other: MicrophoneRig
    correlation: Correlation
    crest: Crest
    range_s: float
    threshold: float

    @property
    def alike(self) -> bool:
        return self.crest.height > self.threshold


@dataclass(frozen=True, slots=True)
class Ears:
    """holes: (the two compartments, centre) of each hatch that may be open. alarm_probability: that of two microphones
    that hear nothing alike it is said.
    """

    rig: AcousticRig
    alive: tuple[MicrophoneRig, ...]
    bursts: Sequence[Burst]
    speed_m_s: Mapping[str, float]
    holes: tuple[tuple[tuple[str, str], Position], ...]
    alarm_probability: float

    def microphones(self, compartment: str) -> list[MicrophoneRig]:
        return [m for m in self.alive if m.compartment == compartment]

    def pairs(self, compartment: str) -> list[Pair]:
        """Within the compartment, the clearest first."""
        speed_m_s = self.speed_m_s[compartment]
        found = []
        for one, other in combinations(self.microphones(compartment), 2):
            limit_s = longest_delay_m(one, other) / speed_m_s
            found.append(self._pair(one, other, -limit_s, limit_s))
        return sorted(found, key=lambda pair: -pair.crest.height)

    def difference(self, pair: Pair) -> WayDifference:
        """Of the ways from a source in their compartment."""
        speed_m_s = self.speed_m_s[pair.one.compartment]
        farther_m, far_m = pair.crest.delay_s * speed_m_s, math.dist(pair.one.position_m, pair.other.position_m)
        parts = (pair.crest.u_delay_s * speed_m_s, U_SPEED * far_m, pair.one.u_position_m, pair.other.u_position_m)
        return WayDifference(pair.one.position_m, pair.other.position_m, farther_m, float(np.linalg.norm(parts)))

    def through_hatches(self, compartment: str) -> Iterator[WayDifference]:
        """Of a source in the compartment: its way to an open hatch against that to a microphone of the compartment."""
        for hole_m, beyond in self.holes_of(compartment):
            ways = product(self.microphones(compartment), self.microphones(beyond))
            pairs = [self._pair_through(hole_m, one, other) for one, other in ways]
            heard = [pair for pair in pairs if pair.alike]
            if heard:
                yield self._difference_through(hole_m, max(heard, key=lambda pair: pair.crest.height))

    def holes_of(self, compartment: str) -> list[tuple[Position, str]]:
        """Each with what is behind it."""
        ends = [(hole_m, *rooms) for rooms, hole_m in self.holes if compartment in rooms]
        return [(hole_m, b if a == compartment else a) for hole_m, a, b in ends]

    def _pair_through(self, hole_m: Position, one: MicrophoneRig, other: MicrophoneRig) -> Pair:
        """The way to the hatch is longer or shorter than that to `one` by no more than these are apart."""
        near_m, beyond_m = (math.dist(m.position_m, hole_m) for m in (one, other))
        speed_m_s = self.speed_m_s[one.compartment]
        return self._pair(one, other, (beyond_m - near_m) / speed_m_s, (beyond_m + near_m) / speed_m_s)

    def _difference_through(self, hole_m: Position, pair: Pair) -> WayDifference:
        speed_m_s = self.speed_m_s[pair.one.compartment]
        farther_m = pair.crest.delay_s * speed_m_s - math.dist(hole_m, pair.other.position_m)
        u_m = math.hypot(pair.crest.u_delay_s * speed_m_s, HATCH_U_M)
        return WayDifference(pair.one.position_m, hole_m, farther_m, u_m)

    def _pair(self, one: MicrophoneRig, other: MicrophoneRig, low_s: float, high_s: float) -> Pair:
        correlation = correlate(self.bursts, one.name, other.name, self.rig.band_hz)
        range_s = high_s - low_s
        limit = threshold(self.alarm_probability, range_s, self.rig.band_hz)
        return Pair(one, other, correlation, correlation.crest(low_s, high_s), range_s, limit)


def ears(
    rig: Rig,
    acoustics: AcousticRig,
    bursts: Sequence[Burst],
    series: Series,
    names: Collection[str],
    false_alarm: float,
) -> Ears:
    """names: of the microphones that are alive. false_alarm: of all pairs within compartments together."""
    times_s = [burst.middle_s for burst in bursts]
    around = series.between(min(times_s) - AROUND_S, max(times_s) + AROUND_S)
    speeds = {name: _speed_m_s(rig, entry, around) for name, entry in rig.compartments.items()}
    alive = tuple(m for m in acoustics.microphones if m.name in names)
    counts = [sum(m.compartment == name for m in alive) for name in rig.compartments]
    pairs = sum(math.comb(count, 2) for count in counts)
    holes = tuple((h.connects, h.position_m) for h in rig.hatches if h.position_m and not _closed(h, around))
    return Ears(acoustics, alive, bursts, speeds, holes, false_alarm / max(pairs, 1))


def _speed_m_s(rig: Rig, compartment: CompartmentRig, around: Series) -> float:
    """Of an ideal gas: sqrt(kappa R T)."""
    read = {}
    for thermometer in compartment.thermometers:
        values_k = around.columns.get(thermometer.channel, np.empty(0))
        if np.isfinite(values_k).any():
            read[thermometer.channel] = np.array([np.nanmean(values_k)])
    used = [thermometer for thermometer in compartment.thermometers if thermometer.channel in read]
    temperature_k = float(mean_gas_temperature(used, read)[0]) if used else ROOM_K
    return math.sqrt(rig.heat_capacity_ratio * rig.gas_constant_j_kg_k * temperature_k)


def _closed(hatch: HatchRig, around: Series) -> bool:
    """Throughout; where nobody says, it may be open."""
    states = around.columns.get(hatch.closed_channel or "", np.empty(0))
    known = states[np.isfinite(states)]
    return known.size > 0 and bool((known > 0.5).all())

"""Sensors that show one thing, and which of them no longer does.

Each has an offset of its own, learned while nothing was wrong. What is left of a reading, less the mean of the others,
is noise as declared: white, slow errors, a walk. Its means over several spans (a drift, an offset) and their changes
(a step, a thermometer that comes off) are held against that noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bench.detection.noise import HOUR_S
from bench.records import Floats
from bench.rig import NoiseClass

BLOCK_S = 300.0
STEP_BLOCKS, LEVEL_BLOCKS = (2, 6), (1, 12, 72)
"""Ten minutes, half an hour; five minutes, one and six hours."""
LIMIT_SIGMAS = 5.0
"""Some three thousand independent looks a day at fifteen channels: one false doubt in a year or two."""
AGAIN_SIGMAS = 2.0
LEARN_BLOCKS = 24
"""Where there is no background, the first two hours are taken to be free of faults."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """per_level: by which its error changes for a change of what it shows (its gain is not known better)."""

    channel: str
    noise: NoiseClass
    per_level: float = 0.0


class Finding(NamedTuple):
    """sigmas: of the worst deviation; size: in the channel's unit. since_s: None where the offset was learned."""

    place: int
    sigmas: float
    size: float
    stepped: bool
    since_s: float | None


class Peers:
    def __init__(self, sensors: Sequence[Sensor]) -> None:
        self.sensors = tuple(sensors)
        count = len(self.sensors)
        self._own = [_Weights(sensor.noise) for sensor in self.sensors]
        self._total, self._level = np.zeros(count), 0.0
        self.learned_blocks, self.learned_s = 0, 0.0
        self._past = np.full((max(LEVEL_BLOCKS), count), np.nan)
        """Readings less offsets, the latest last."""
        self._rise = 0.0
        """Of what they show, since the offsets were learned."""

    @property
    def offsets(self) -> Floats:
        return self._total / max(self.learned_blocks, 1)

    def learn(self, time_s: float, values: Floats) -> None:
        """A block with no fault; one in which a sensor was not read teaches nothing."""
        if not np.isfinite(values).all():
            return
        mean = float(values.mean())
        self.learned_blocks += 1
        self._total += values - mean
        self._level += (mean - self._level) / self.learned_blocks
        self.learned_s += (time_s - self.learned_s) / self.learned_blocks

    def add(self, end_s: float, values: Floats, believed: Sequence[bool]) -> list[Finding]:
        """Worst first: those that deviate; with each named the others are compared anew without it."""
        self._past[:-1] = self._past[1:]
        self._past[-1] = values - self.offsets
        self._rise = abs(float(np.nanmean(self._past[-1])) - self._level)
        out = [not good for good in believed]
        found: list[Finding] = []
        while (worst := self._worst(end_s, out)) is not None:
            found.append(worst)
            out[worst.place] = True
        return found

    def agrees(self, end_s: float, place: int, believed: Sequence[bool]) -> bool:
        """Whether a doubted one has been near the others for the last hour."""
        others = [good and other != place for other, good in enumerate(believed)]
        return any(others) and all(
            finding is not None and finding.sigmas < AGAIN_SIGMAS
            for finding in (self._level_of(end_s, place, others, blocks) for blocks in LEVEL_BLOCKS[:2])
        )

    def _worst(self, end_s: float, out: Sequence[bool]) -> Finding | None:
        findings: list[Finding] = []
        for place in range(len(self.sensors)):
            others = [not gone and other != place for other, gone in enumerate(out)]
            if out[place] or not any(others):
                continue
            looks = [self._level_of(end_s, place, others, blocks) for blocks in LEVEL_BLOCKS]
            looks += [self._step_of(end_s, place, others, blocks) for blocks in STEP_BLOCKS]
            findings += [look for look in looks if look is not None and look.sigmas > LIMIT_SIGMAS]
        return max(findings, key=lambda finding: finding.sigmas, default=None)

    def _differences(self, place: int, others: Sequence[bool], blocks: int) -> Floats | None:
        """Of the last blocks, (blocks,); None where one was not read."""
        rows = self._past[-blocks:]
        found: Floats = rows[:, place] - rows[:, others].mean(axis=1)
        return found if np.isfinite(found).all() else None

    def _level_of(self, end_s: float, place: int, others: Sequence[bool], blocks: int) -> Finding | None:
        differences = self._differences(place, others, blocks)
        if differences is None:
            return None
        away_s = max(end_s - self.learned_s, 0.0)
        of = zip(self.sensors, self._own, strict=True)
        variances = [w.level(blocks, away_s, self.learned_blocks) + (s.per_level * self._rise) ** 2 for s, w in of]
        return self._finding(place, others, float(differences.mean()), variances, None)

    def _step_of(self, end_s: float, place: int, others: Sequence[bool], blocks: int) -> Finding | None:
        differences = self._differences(place, others, 2 * blocks)
        if differences is None:
            return None
        step = float(differences[blocks:].mean() - differences[:blocks].mean())
        variances = [weights.step(blocks) for weights in self._own]
        return self._finding(place, others, step, variances, end_s - (blocks + 1) * BLOCK_S)

    def _finding(
        self, place: int, others: Sequence[bool], size: float, variances: Sequence[float], since_s: float | None
    ) -> Finding:
        """The mean of k others has a k-th of their mean variance."""
        of_others = np.array(variances)[np.array(others)]
        sigma = np.sqrt(variances[place] + of_others.sum() / of_others.size**2)
        return Finding(place, float(abs(size) / sigma), size, since_s is not None, since_s)


class _Weights:
    """Variances of means of blocks of one sensor, by its declared noise."""

    def __init__(self, noise: NoiseClass) -> None:
        self._noise = noise
        self._white = (noise.white**2 + noise.resolution**2 / 12.0) / MIN_FRESH
        self._step = {blocks: self._of_step(blocks) for blocks in STEP_BLOCKS}
        self._slow = {blocks: self._slow_of(np.full(blocks, 1.0 / blocks)) for blocks in LEVEL_BLOCKS}

    def step(self, blocks: int) -> float:
        return self._step[blocks]

    def level(self, blocks: int, away_s: float, learned_blocks: int) -> float:
        """Of a mean less the learned offset, the middles of the two away_s apart."""
        learned = min(1.0, 2.0 * self._noise.correlation_time_s / max(learned_blocks * BLOCK_S, 1.0))
        slow = self._slow[blocks] + learned * self._noise.representativeness**2
        walk = self._noise.random_walk**2 * away_s / HOUR_S
        return self._white / blocks + slow + walk

    def _of_step(self, blocks: int) -> float:
        weights = np.repeat([-1.0, 1.0], blocks) / blocks
        walk = self._noise.random_walk**2 * BLOCK_S / HOUR_S * float((np.cumsum(weights) ** 2).sum())
        return 2.0 * self._white / blocks + self._slow_of(weights) + walk

    def _slow_of(self, weights: Floats) -> float:
        lags_s = BLOCK_S * np.abs(np.subtract.outer(np.arange(weights.size), np.arange(weights.size)))
        correlation = np.exp(-lags_s / self._noise.correlation_time_s)
        return self._noise.representativeness**2 * float(weights @ correlation @ weights)


MIN_FRESH = 5.0
"""New readings in a block, at the least: the slowest scan period is a minute."""

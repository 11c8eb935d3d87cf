"""Localisation by closing hatches: which compartment leaks, as time goes on and hatches open and close."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from bench.detection.isolation.balance import MassBalance, Stretch
from bench.detection.isolation.evidence import Information, Posterior, posterior
from bench.detection.isolation.foresight import Foresight
from bench.detection.isolation.prior import Prior
from bench.detection.isolation.report import SUSPECT, Answer, decided, leaking, notes, probabilities
from bench.detection.method import CannotEstimateError
from bench.detection.stream import BlockStream
from bench.records import LeakEstimate, Series
from bench.rig import WHOLE, Rig

DETECTABLE = 3.29
"""Standard deviations: 5 % false positives and 5 % false negatives (Currie; science 3.3)."""
BLOCK_S = 60.0
WARY = 0.2
"""Of the error that is allowed, where a seal leaks, as it seems: what it passes may look like a leak."""


@dataclass(frozen=True, slots=True)
class HatchIsolation:
    """leak, seal: prior of each compartment's leak, kg/s, and of each hatch seal's conductance, kg/(s Pa), by STEP_PA.
    "None" means no leak of leak.least or more: the smaller that is, the longer it takes to say so. error: an answer is
    given when all others together are less probable. It is half the 1 % that may be wrong: what is probable on average
    over the prior is not so at its small end. occupied: compartments with a crew inside.
    """

    name = "hatch_isolation"

    leak: Prior = field(default_factory=lambda: Prior(1.0 / 3.0, 1.2e-8, 2e-6))  # holes of 8 to 100 um
    seal: Prior = field(default_factory=lambda: Prior(0.1, 3e-12, 1e-8))
    error: float = 0.005
    every_s: float = 600.0
    occupied: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 0.0 < self.error < 0.5:
            raise ValueError(f"error = {self.error:g} is not between 0 and 0.5")
        if self.every_s < BLOCK_S:
            raise ValueError(f"every_s = {self.every_s:g} is less than a block of {BLOCK_S:g} s")

    def start(self, rig: Rig, background: Series | None = None) -> "IsolationWatch":
        """Noise larger in the background than declared counts as that large from then on."""
        unknown = self.occupied - rig.compartments.keys()
        if unknown:
            raise CannotEstimateError(self.name, "start", f"no such compartment: {', '.join(sorted(unknown))}")
        if not any(hatch.closed_channel for hatch in rig.hatches):
            raise CannotEstimateError(self.name, "start", "no hatch has an end switch that tells that it is closed")
        return IsolationWatch(self, rig, _noise_ratio(rig, background))


def _noise_ratio(rig: Rig, background: Series | None) -> float:
    if background is None:
        return 1.0
    balance = MassBalance(rig)
    for _ in _blocks(BlockStream(rig.channels, BLOCK_S), balance, background):
        pass
    return balance.information.misfit


def _blocks(stream: BlockStream, balance: MassBalance, series: Series) -> Iterator[float]:
    """The end of each block that is finished, after the balance has taken it."""
    blocks = stream.add(series)
    for row, end_s in enumerate(blocks.end_s):
        means = {name: float(values[row]) for name, values in blocks.values.items()}
        fresh = {name: float(values[row]) for name, values in blocks.fresh.items()}
        balance.add(float(blocks.begin_s[row]), float(end_s), means, fresh)
        yield float(end_s)


class IsolationWatch:
    """One search. latest: what the last answer rests on."""

    def __init__(self, method: HatchIsolation, rig: Rig, noise_ratio: float) -> None:
        self._method, self._rig, self._noise_ratio = method, rig, noise_ratio
        self._stream, self._balance = BlockStream(rig.channels, BLOCK_S), MassBalance(rig, method.occupied)
        law = replace(method.seal, chance=method.seal.chance / 2.0)  # laminar or an orifice
        self._priors = [method.leak] * len(rig.compartments) + [law] * (2 * len(rig.hatches))
        self.foresight = Foresight(rig, method.occupied)
        self._answered = -np.inf
        self.latest: Posterior | None = None

    def update(self, series: Series) -> Sequence[LeakEstimate]:
        found = []
        for end_s in _blocks(self._stream, self._balance, series):
            turn = np.floor(end_s / self._method.every_s)
            if turn > self._answered and self._balance.stretch is not None:
                self._answered = turn
                found.append(self._answer(end_s, self._balance.stretch))
        return found

    def _answer(self, end_s: float, stretch: Stretch) -> LeakEstimate:
        information = self._balance.information
        misfit = max(self._noise_ratio, information.misfit)
        information = information.with_noise(misfit)
        self.latest = posterior(information, self._priors)
        compartments = list(range(len(self._rig.compartments)))
        rate_kg_s, u_kg_s = self.latest.total(compartments)
        chances = probabilities(self._rig, self.latest)
        error = self.error
        named = leaking(self._rig, self.latest, error)
        answer = Answer(end_s, chances, decided(chances, error), named, misfit, self.latest)
        return LeakEstimate(
            method=self._method.name,
            window=WHOLE,
            rate_kg_s=rate_kg_s,
            u_kg_s=float(np.hypot(u_kg_s, rate_kg_s * self._u_relative)),
            time_s=end_s,
            detectable_kg_s=_detectable_kg_s(information, len(compartments)),
            compartment_probabilities=chances,
            notes=notes(self._rig, answer, stretch, self.foresight, self._method.leak),
        )

    @property
    def error(self) -> float:
        """Of the latest answer."""
        hatches = len(self._rig.hatches)
        pairs = (
            (element, element + hatches) for element in range(len(self._rig.compartments), len(self._priors) - hatches)
        )
        leaks = self.latest is not None and any(self.latest.chance(*pair) > SUSPECT for pair in pairs)
        return self._method.error * (WARY if leaks else 1.0)

    @property
    def _u_relative(self) -> float:
        return max(c.u_volume_m3 / c.volume_m3 for c in self._rig.compartments.values())


def _detectable_kg_s(information: Information, compartments: int) -> float:
    """Of a single leak, in the compartment where it is seen worst; infinite where it is not seen at all."""
    worst = float(np.diag(information.precision)[:compartments].min())
    return DETECTABLE / np.sqrt(worst) if worst > 0.0 else float("inf")

"""Pressures of compartments that can be compared: gauges that differ are set equal by the time hatches are open."""

from collections.abc import Mapping
from statistics import fmean

import numpy as np

from bench.detection.isolation.contents import read
from bench.records import Floats
from bench.rig import Rig


class ComparedPressures:
    """Compartments by their order in the rig. A gauge's offset is known to its u_pa until an open hatch tells more."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        names = list(rig.compartments)
        self._ends = [(names.index(hatch.connects[0]), names.index(hatch.connects[1])) for hatch in rig.hatches]
        gauges = [compartment.gauges for compartment in rig.compartments.values()]
        self._u_pa = np.array([np.hypot.reduce([g.u_pa for g in of]) / len(of) if of else np.inf for of in gauges])
        white_pa = np.array([max((g.noise.white for g in of), default=np.inf) for of in gauges])
        self._weight_1_pa2 = np.array([1.0 / (white_pa[i] ** 2 + white_pa[j] ** 2) for i, j in self._ends])
        self._sum_pa, self._blocks = np.zeros(len(self._ends)), np.zeros(len(self._ends))
        self._last_pa = np.full(len(names), np.nan)
        self._offset_pa = np.zeros(len(names))

    def add(self, closed: frozenset[str], means: Mapping[str, float], *, settled: bool) -> Floats:
        """What the compartments' gauges say, Pa, shape (compartments,), offsets taken off; the last value where one was
        not read.
        """
        for place, compartment in enumerate(self._rig.compartments.values()):
            names = read((gauge.channel for gauge in compartment.gauges), means)
            if names:
                self._last_pa[place] = fmean(means[name] for name in names)
        if settled and len(closed) < len(self._ends):
            self._learn(closed)
        return self._last_pa - self._offset_pa

    def _learn(self, closed: frozenset[str]) -> None:
        for hatch, (entry, (one, other)) in enumerate(zip(self._rig.hatches, self._ends, strict=True)):
            difference_pa = self._last_pa[one] - self._last_pa[other]
            if entry.name not in closed and np.isfinite(difference_pa):
                self._sum_pa[hatch] += difference_pa
                self._blocks[hatch] += 1.0
        precision, pull = np.diag(self._u_pa**-2.0), np.zeros_like(self._u_pa)
        for hatch, (one, other) in enumerate(self._ends):
            sides = np.zeros_like(pull)
            sides[[one, other]] = 1.0, -1.0
            precision += self._weight_1_pa2[hatch] * self._blocks[hatch] * np.outer(sides, sides)
            pull += self._weight_1_pa2[hatch] * self._sum_pa[hatch] * sides
        self._offset_pa = np.linalg.solve(precision, pull)

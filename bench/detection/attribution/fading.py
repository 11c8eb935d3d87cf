"""A virtual leak: a volume behind a narrow way fills or empties, and takes less and less as it does (S31)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.detection.attribution.balance import Balance
from bench.detection.attribution.causes import LEAK, TRAPPED, Cause
from bench.detection.attribution.solution import Solution, solve
from bench.detection.segments import HOLD, Labels

SHORTEST_S, TRIED = 3600.0, 9
EVIDENCE = 16.0
"""By which chi-square must fall for two more parameters: chance does it once in 3000."""
LARGEST_SHARE = 0.05
"""Of the gas. What takes more changes the pressure that drives it, and fades by itself."""


@dataclass(frozen=True, slots=True)
class Fading:
    time_constant_s: float
    solution: Solution


def fading(balance: Balance, causes: Sequence[Cause], parts: Labels, straight: Solution) -> Fading | None:
    """A loss that fades in the hold, if the data call for one: beside the leak, which it may leave nothing of."""
    hold = balance.time_s[balance.segment == HOLD]
    begin_s, duration_s = float(hold[0]), float(hold[-1] - hold[0])
    if duration_s < 2.0 * SHORTEST_S or straight.rate_kg_s(LEAK) * duration_s > LARGEST_SHARE * balance.gas_kg:
        return None

    def tried(time_constant_s: float) -> Fading:
        """Amount trapped in the end as the coefficient, kg."""
        lapse_s = np.maximum(balance.time_s - begin_s, 0.0)
        taken = np.where(balance.segment == HOLD, -np.expm1(-lapse_s / time_constant_s), 0.0)
        per_s = -float(np.expm1(-duration_s / time_constant_s)) / duration_s
        return Fading(time_constant_s, solve(balance, [*causes, Cause(TRAPPED, taken, per_s)], parts))

    best = min(map(tried, np.geomspace(SHORTEST_S, duration_s / 2.0, TRIED)), key=lambda f: f.solution.fit.chi_square)
    fell = straight.fit.chi_square - best.solution.fit.chi_square
    if fell < EVIDENCE or best.solution.rate_kg_s(TRAPPED) <= 0.0:
        return None
    return best

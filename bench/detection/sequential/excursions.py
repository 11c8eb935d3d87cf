"""How unusual the course of the temperature is: what throws doubt on the gas thermometers."""

import numpy as np

DAY_S = 86_400.0
SPAN_S = 6 * 3600.0
"""A night falls within so long (science 5.5)."""


class Excursions:
    """Days repeat, and what thermometers miss of an ordinary day is in the background. A change of the wall's
    temperature in six hours other than that of the day before is an excursion; in the first day, any change is.
    usual_k: what is none. width_s: of the blocks.
    """

    def __init__(self, usual_k: float, width_s: float) -> None:
        self._usual_k, self._width_s = usual_k, width_s
        self._past: dict[int, float] = {}
        self._last_k = np.nan

    def add(self, time_s: float, wall_k: float) -> tuple[float, float]:
        """Relative change of the temperature since the last block, and how far thermometers are in doubt, 0 to 1."""
        block = round(time_s / self._width_s)
        change = np.log(wall_k / self._last_k) if np.isfinite(self._last_k) else 0.0
        self._last_k = self._past[block] = wall_k
        self._past.pop(block - round(2.0 * DAY_S / self._width_s), None)
        day_before_k = self._change_k(time_s - DAY_S, np.nan)
        unusual_k = self._change_k(time_s, wall_k) - (day_before_k if np.isfinite(day_before_k) else 0.0)
        return float(change), unusual_k**2 / (unusual_k**2 + self._usual_k**2)

    def _change_k(self, time_s: float, default_k: float) -> float:
        now, before = round(time_s / self._width_s), round((time_s - SPAN_S) / self._width_s)
        return self._past.get(now, default_k) - self._past.get(before, default_k)

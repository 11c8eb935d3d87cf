"""How unusual the course of the temperature is: what throws doubt on the gas thermometers."""

import numpy as np

DAY_S = 86_400.0
SPAN_S = 6 * 3600.0
"""A night falls within so long (science 5.5)."""
USUAL = 0.05 / 295.0
"""Relative: what one day may change otherwise than the day before without throwing doubt on thermometers."""
GRID_S = 600.0


class Excursions:
    """Days repeat, and what thermometers miss of an ordinary day is in the background. A change of the wall's
    temperature in six hours other than that of the day before is an excursion; in the first day, any change is.
    """

    def __init__(self) -> None:
        self._past: dict[int, float] = {}
        self._last = np.nan

    def add(self, time_s: float, log_wall: float) -> tuple[float, float]:
        """Relative change of the temperature since the last call, and how far thermometers are in doubt, 0 to 1."""
        if not np.isfinite(log_wall):
            return 0.0, 1.0
        change = log_wall - self._last if np.isfinite(self._last) else 0.0
        self._last = self._past[round(time_s / GRID_S)] = log_wall
        before = self._at(time_s - DAY_S, np.nan) - self._at(time_s - DAY_S - SPAN_S, np.nan)
        unusual = log_wall - self._at(time_s - SPAN_S, log_wall) - (before if np.isfinite(before) else 0.0)
        size = (unusual / USUAL) ** 2
        return change, size / (1.0 + size)

    def _at(self, time_s: float, default: float) -> float:
        return self._past.get(round(time_s / GRID_S), default)

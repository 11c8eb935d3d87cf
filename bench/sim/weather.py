"""Days that differ. A swing that repeats exactly cancels in any difference over a day, and flatters whoever takes one:
a real cabin has warm days and cool ones, early and late ones, and a wander that keeps no hours (science 5.4).
"""

import numpy as np
from pydantic import NonNegativeFloat, PositiveFloat
from scipy.signal import lfilter

from bench.records import Floats
from bench.sim.scenario_entries import DAY_S, Entry

HOUR_S = 3600.0
HOURS = 366 * 24
"""After a year the weather stands still."""


class Weather(Entry):
    """Of the shroud. Each day's swing has an amplitude and a lateness of its own, normal, independent of the day
    before's, and goes over from one to the next in a day; Ornstein-Uhlenbeck wander is added. Standard deviations.
    """

    amplitude: NonNegativeFloat = 0.0
    """Relative to Scenario.swing_k."""
    late_s: NonNegativeFloat = 0.0
    wander_k: NonNegativeFloat = 0.0
    correlation_time_s: PositiveFloat = DAY_S


def weather_k(weather: Weather, swing_k: float, period_s: float, generator: np.random.Generator) -> Floats:
    """Hour by hour from time 0 on, K: by how much the shroud is warmer than if each day were like the other."""
    time_s = HOUR_S * np.arange(HOURS)
    days = np.arange(0.0, time_s[-1] + 2.0 * period_s, period_s)
    amplitude, late = generator.standard_normal((2, days.size))
    late_s = weather.late_s * np.interp(time_s, days, late)
    swing = 1.0 + weather.amplitude * np.interp(time_s, days, amplitude)
    here, usual = (np.sin(2.0 * np.pi * t / period_s) for t in (time_s - late_s, time_s))
    found: Floats = swing_k * (swing * here - usual) + _wander(weather, generator)
    return found


def _wander(weather: Weather, generator: np.random.Generator) -> Floats:
    kept = np.exp(-HOUR_S / weather.correlation_time_s)
    kicks = generator.standard_normal(HOURS)
    kicks[1:] *= np.sqrt(1.0 - kept**2)  # the first is drawn as all others are in the end
    wander: Floats = weather.wander_k * lfilter([1.0], [1.0, -kept], kicks)
    return wander

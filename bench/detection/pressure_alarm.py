"""What emergency logic does: an alarm when the pressure falls faster than a threshold."""

from dataclasses import dataclass, replace

from bench.detection.pressure_decay import PressureDecay
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class PressureAlarm(PressureDecay):
    """The rate is that of pressure_decay; alarm where -dP/dt > threshold_pa_h over the hold.

    The default is what a 25 um hole does to 580 L (62 Pa/h), less a fifth: the daily swing of 0.5 K of a cabin makes
    22 Pa/h at its steepest.
    """

    name = "pressure_alarm"
    threshold_pa_h: float = 50.0

    def __post_init__(self) -> None:
        if not self.threshold_pa_h > 0.0:
            raise ValueError(f"threshold_pa_h: {self.threshold_pa_h}: no rate of fall")

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        estimate, slope_pa_s = self._estimate(rig, series, window)
        return replace(estimate, alarm=-slope_pa_s * HOUR_S > self.threshold_pa_h)

"""Water vapour in the gas: what hygrometers say of it, and whether they say more than that it is dry."""

from collections.abc import Mapping, Sequence

import numpy as np

from bench.records import Floats
from bench.rig import Hygrometer

ICE_K = 273.15
HUMID_PA = 26.0
"""1 % of relative humidity at 22 deg C (science 0.7): what is below it matters as little as the gauges' error."""


def saturation_pa(temperature_k: Floats) -> Floats:
    """Over water, 0.3 % between 230 and 320 K: 611.2 exp(17.62 t / (243.12 + t)), t in deg C (WMO-No. 8, 4.B)."""
    t_c = temperature_k - ICE_K
    return 611.2 * np.exp(17.62 * t_c / (243.12 + t_c))


def saturation_slope_pa_k(temperature_k: Floats) -> Floats:
    """d(saturation_pa)/dT."""
    return saturation_pa(temperature_k) * 17.62 * 243.12 / (243.12 + temperature_k - ICE_K) ** 2


def unmeasured(dew_point_k: float, hygrometers: Sequence[Hygrometer]) -> tuple[str, ...]:
    """What to say of a supply that is humid where no hygrometer tells what becomes of its vapour. Dew point 0: dry."""
    if hygrometers or dew_point_k < 200.0 or saturation_pa(np.array(dew_point_k)) < HUMID_PA:
        return ()
    return (f"supply of dew point {dew_point_k:.0f} K and no hygrometer: vapour is not taken off",)


def believed(hygrometers: Sequence[Hygrometer], readings: Mapping[str, Floats]) -> tuple[Hygrometer, ...]:
    """Those that show more than twice what they show in dry gas by their own error: below that, what is subtracted
    would be their error and not vapour. readings: channel -> (n,), NaN where there is none.
    """

    def shows(hygrometer: Hygrometer) -> bool:
        values = readings[hygrometer.channel]
        read = values[np.isfinite(values)]
        return 2 * read.size > values.size and read.mean() > 2.0 * (hygrometer.u + 0.5 * hygrometer.hysteresis)

    return tuple(hygrometer for hygrometer in hygrometers if shows(hygrometer))

"""What no method can beat in a campaign's windows, with the noise that the bench file declares and no other."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.linalg import inv

from bench.detection.gas_temperature import volume_fractions
from bench.detection.segments import design_matrix, segments
from bench.records import Floats, Window
from bench.rig import CompartmentRig
from bench.validation.block_covariance import block_covariance
from bench.validation.bounds import cramer_rao_u
from bench.validation.delay_bounds import delay_bound_s, information_clock

MOST_BLOCKS = 600
"""Of a window or of a whole run: finer ones cost n^3 and tell nothing more of errors that last an hour."""
UNKNOWN_INTERCEPT = 1.0
"""Prior standard deviation of ln m, more than any tank is uncertain."""
FALSE_ALARM_UNIT_S = 3600.0
"""Within it false alarms are one (science 5.4)."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """A compartment at steady conditions; every channel is read each period_s."""

    compartment: CompartmentRig
    gas_constant_j_kg_k: float
    pressure_pa: float
    temperature_k: float
    period_s: float

    @property
    def mass_kg(self) -> float:
        return self.pressure_pa * self.compartment.volume_m3 / (self.gas_constant_j_kg_k * self.temperature_k)

    @property
    def u_mass(self) -> float:
        """Relative."""
        parts = (
            self.compartment.u_volume_m3 / self.compartment.volume_m3,
            min(gauge.u_pa for gauge in self.compartment.gauges) / self.pressure_pa,
            self.compartment.u_temperature_k / self.temperature_k,
        )
        return math.hypot(*parts)

    def covariance(self, centre_s: Floats, width_s: Floats) -> Floats:
        """Of ln P - ln T, means over blocks, (n, n). Errors of different sensors are independent; several gauges have
        weights by what they know.
        """
        fresh = np.maximum(width_s / self.period_s, 1.0)
        each = [block_covariance(gauge.noise, centre_s, width_s, fresh) for gauge in self.compartment.gauges]
        pressure = each[0] if len(each) == 1 else inv(np.sum([inv(one) for one in each], axis=0))
        total: Floats = np.asarray(pressure) / self.pressure_pa**2
        thermometers = self.compartment.thermometers
        for thermometer, fraction in zip(thermometers, volume_fractions(thermometers), strict=True):
            noise = block_covariance(thermometer.noise, centre_s, width_s, fresh)
            total = total + (fraction / self.temperature_k) ** 2 * noise
        return total

    def rate_u_kg_s(self, window: Window) -> float:
        """Cramer-Rao bound of the rate in the window above its background, intercepts and common slope unknown."""
        parts = [self._blocks(*span) for span in segments(window)]
        of = np.repeat(np.arange(len(parts)), [centre_s.size for centre_s, _ in parts])
        centre_s, width_s = (np.concatenate(each) for each in zip(*parts, strict=True))
        design = design_matrix(of, centre_s)
        return self.mass_kg * cramer_rao_u(design[:, 0], design[:, 1:], self.covariance(centre_s, width_s))

    def information(self, begin_s: float, onset_s: float, end_s: float) -> tuple[Floats, Floats]:
        """Times since the onset, and the information gathered by then on a leak of 1 kg/s; the gas's amount before it
        unknown, its nominal loss known.
        """
        centre_s, width_s = self._blocks(begin_s, end_s)
        since_s = np.clip(centre_s - onset_s, 0.0, None)
        covariance = self.covariance(centre_s, width_s) + UNKNOWN_INTERCEPT**2
        after = since_s > 0.0
        return since_s[after], information_clock(since_s / self.mass_kg, covariance, 1.0)[after]

    def _blocks(self, begin_s: float, end_s: float) -> tuple[Floats, Floats]:
        count = min(MOST_BLOCKS, max(2, round((end_s - begin_s) / self.period_s)))
        width_s = (end_s - begin_s) / count
        centre_s = np.asarray(begin_s + width_s * (np.arange(count) + 0.5), dtype=np.float64)
        return centre_s, np.full(count, width_s, dtype=np.float64)


class Bounds:
    """Of a campaign. quiet: by scenario and compartment, for scenarios whose noise is the declared one; background as
    in its windows; runs are watched from begin_s to end_s.
    """

    def __init__(
        self,
        quiet: Mapping[tuple[str, str], Quiet],
        background: tuple[tuple[float, float], ...] = (),
        span_s: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._quiet, self._background, self._span_s = quiet, background, span_s
        self._noise_u_kg_s, self._information = cache(self._rate_u_kg_s), cache(self._gathered)

    def rate_u_kg_s(self, scenario: str, compartment: str, begin_s: float, end_s: float, truth_kg_s: float) -> float:
        """With what is not known of the amount of gas; NaN where the noise is not the declared one."""
        if (scenario, compartment) not in self._quiet:
            return math.nan
        scale = self._quiet[scenario, compartment].u_mass
        return math.hypot(self._noise_u_kg_s(scenario, compartment, begin_s, end_s), scale * truth_kg_s)

    def delay_s(self, scenario: str, compartment: str, onset_s: float, rate_kg_s: float, arl_s: float) -> float:
        """For a mean time arl_s between false alarms. ValueError where the noise is not the declared one, or where so
        small a leak cannot be found while the run is watched.
        """
        if (scenario, compartment) not in self._quiet:
            raise ValueError(f"not known: the noise of {scenario} is not the declared one")
        since_s, information = self._information(scenario, compartment, onset_s)
        return delay_bound_s(since_s, rate_kg_s**2 * information, arl_s, FALSE_ALARM_UNIT_S)

    def _rate_u_kg_s(self, scenario: str, compartment: str, begin_s: float, end_s: float) -> float:
        window = Window("", compartment, begin_s, end_s, self._background)
        return self._quiet[scenario, compartment].rate_u_kg_s(window)

    def _gathered(self, scenario: str, compartment: str, onset_s: float) -> tuple[Floats, Floats]:
        begin_s, end_s = self._span_s
        return self._quiet[scenario, compartment].information(begin_s, onset_s, end_s)

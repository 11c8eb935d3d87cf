"""Pressure decay as it is often done: raw pressure, straight line, textbook standard error. The baseline to beat."""

from dataclasses import replace

import numpy as np

from bench.detection.detectable import CURRIE, inconclusive
from bench.detection.gas_temperature import losses, mean_gas_temperature
from bench.detection.least_squares import Fit, fit_ordinary
from bench.detection.method import CannotEstimateError
from bench.detection.segments import design_matrix, samples, usable
from bench.records import LeakEstimate, Series, Window
from bench.rig import CompartmentRig, Rig

MIN_SAMPLES = 3


class PressureDecay:
    """rate = -V / (R T) dP/dt over the hold, T its mean (ASTM E2930 regression form). No background is taken off.

    Its standard uncertainty is the classical one of independent residuals, without the volume's: too small wherever
    errors last longer than a sample (science 0.2). A temperature drift dT/dt adds -P V / (R T^2) dT/dt to the rate.
    """

    name = "pressure_decay"

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        return self._estimate(rig, series, window)[0]

    def _estimate(self, rig: Rig, series: Series, window: Window) -> tuple[LeakEstimate, float]:
        """And dP/dt, Pa/s."""
        window = replace(window, background=())
        compartment = rig.volume(window.compartment)
        fit = self._slopes(series, window, compartment.gauges[0].channel)
        temperature_k, notes = self._temperature(series, window, compartment)
        kg_per_pa = compartment.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)
        slope_pa_s = float(fit.coefficients[0])
        rate_kg_s, u_kg_s = -kg_per_pa * slope_pa_s, kg_per_pa * float(np.sqrt(fit.covariance[0, 0]))
        detectable_kg_s = CURRIE * u_kg_s
        notes = (*notes, *inconclusive(rate_kg_s, detectable_kg_s))
        estimate = LeakEstimate(self.name, window.name, rate_kg_s, u_kg_s, detectable_kg_s=detectable_kg_s, notes=notes)
        return estimate, slope_pa_s

    def _slopes(self, series: Series, window: Window, channel: str) -> Fit:
        """Coefficient 0: slope of the hold, Pa/s."""
        segment, scans = samples(series, window)
        pressure_pa = usable(scans, channel)
        good = np.isfinite(pressure_pa)
        if good.sum() < MIN_SAMPLES:
            reason = f"{good.sum()} usable samples of {channel} in the hold, {MIN_SAMPLES} needed"
            raise CannotEstimateError(self.name, window.name, reason)
        return fit_ordinary(design_matrix(segment[good], scans.time_s[good]), pressure_pa[good])

    def _temperature(
        self, series: Series, window: Window, compartment: CompartmentRig
    ) -> tuple[float, tuple[str, ...]]:
        hold = series.between(window.begin_s, window.end_s)
        readings = {t.channel: usable(hold, t.channel) for t in compartment.thermometers}
        kept = [t for t in compartment.thermometers if np.any(np.isfinite(readings[t.channel]))]
        if not kept:
            raise CannotEstimateError(self.name, window.name, "no gas thermometer has a usable reading")
        means = {t.channel: np.array([np.nanmean(readings[t.channel])]) for t in kept}
        return float(mean_gas_temperature(kept, means)[0]), losses(compartment.thermometers, kept)

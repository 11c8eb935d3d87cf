"""The mass-point method of containment tests, with its textbook interval: what most tools for leak rates do."""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from bench.detection.detectable import CURRIE, NORMAL_95, inconclusive
from bench.detection.gas_temperature import losses, mean_gas_temperature
from bench.detection.least_squares import fit_ordinary
from bench.detection.method import CannotEstimateError
from bench.detection.segments import design_matrix, samples, usable
from bench.detection.vapour import believed, saturation_pa
from bench.records import Floats, LeakEstimate, Series, Window
from bench.rig import CompartmentRig, GasThermometer, Rig

MIN_SAMPLES = 3


class MassPoint:
    """W = V (P - vapour) / (R T) at every scan of the hold, T the volume-weighted harmonic mean; rate = -dW/dt of the
    straight line through all W (ANSI/ANS-56.8, science 2.2). No background is taken off.

    Half of its 95 % interval is Student's quantile times the standard error of independent residuals; u is that over
    1.96. Too small wherever errors last longer than a scan (science 0.2).
    """

    name = "mass_point"

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        compartment = rig.volume(window.compartment)
        segment, scans = samples(series, replace(window, background=()))
        readings = {name: usable(scans, name) for name in compartment.channels}
        kept = tuple(t for t in compartment.thermometers if np.isfinite(readings[t.channel]).sum() > 0.5 * segment.size)
        mass_kg = _mass(rig, compartment, kept, readings) if kept else np.full(segment.size, np.nan)
        good = np.isfinite(mass_kg)
        if good.sum() < MIN_SAMPLES:
            reason = f"{good.sum()} scans of the hold have pressure and gas temperature, {MIN_SAMPLES} needed"
            raise CannotEstimateError(self.name, window.name, reason)
        fit = fit_ordinary(design_matrix(segment[good], scans.time_s[good]), mass_kg[good])
        rate_kg_s = -float(fit.coefficients[0])
        u_kg_s = math.sqrt(fit.covariance[0, 0]) * float(stdtrit(fit.degrees_of_freedom, 0.975)) / NORMAL_95
        notes = (*losses(compartment.thermometers, kept), *inconclusive(rate_kg_s, CURRIE * u_kg_s))
        return LeakEstimate(self.name, window.name, rate_kg_s, u_kg_s, detectable_kg_s=CURRIE * u_kg_s, notes=notes)


def _mass(
    rig: Rig, compartment: CompartmentRig, kept: tuple[GasThermometer, ...], readings: Mapping[str, Floats]
) -> Floats:
    """kg, (n,), NaN where anything is missing."""
    pressure_pa: Floats = np.mean([readings[gauge.channel] for gauge in compartment.gauges], axis=0)
    temperature_k = mean_gas_temperature(kept, readings)
    hygrometers = believed(compartment.hygrometers, readings)
    if hygrometers:
        humidity = np.mean([readings[h.channel] for h in hygrometers], axis=0)
        pressure_pa = pressure_pa - humidity * saturation_pa(temperature_k)
    return pressure_pa * compartment.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)

"""Temperature-compensated mass, with the thermometers' slow errors in the covariance instead of in the answer."""

import numpy as np
from scipy.linalg import LinAlgError
from scipy.special import chdtri

from bench.detection.blocks import Blocks, block_means
from bench.detection.gas_temperature import losses
from bench.detection.least_squares import Fit, fit_generalised
from bench.detection.mass import LogMass, log_mass, read_thermometers
from bench.detection.method import CannotEstimateError
from bench.detection.segments import HOLD, design_matrix
from bench.records import LeakEstimate, Series, Window
from bench.rig import CompartmentRig, Rig

MIN_HOLD_BLOCKS = 5
MIN_BACKGROUND_BLOCKS = 2
"""A segment has its own intercept: one block alone says nothing of a slope."""
CHI_SQUARE_TAIL = 0.01
"""Residuals less likely than this under the declared noise mean that the noise is larger than declared."""


class CompensatedMass:
    """Generalised least squares of ln P - ln T over the hold and its background together (science 2.2, 2.3).

    y = c_s - lambda_background t - lambda t [in the hold] + e, an intercept c_s per segment; e is white noise plus the
    declared Ornstein-Uhlenbeck errors, one continuous process through all segments. rate = lambda m with
    m = P V / (R T) at the hold's mean. The relative uncertainties of slope, volume, pressure and temperature combine
    in quadrature (JCGM 100 5.1.6). Noise beyond the declared is scaled in by the Birge ratio and noted.
    """

    name = "compensated_mass"

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        compartment = rig.volume(window.compartment)
        mass, lost = self._read(series, window, compartment)
        fit = self._fit(mass, window)
        u_slope_per_s, excess = _slope_u(fit)
        mass_kg, u_relative = _gas(rig, compartment, mass)
        rate_kg_s = -float(fit.coefficients[0]) * mass_kg
        u_kg_s = float(np.hypot(mass_kg * u_slope_per_s, rate_kg_s * u_relative))
        notes = (*lost, *excess, *(() if window.background else ("no background: the compartment's whole loss",)))
        return LeakEstimate(self.name, window.name, rate_kg_s, u_kg_s, notes=notes)

    def _read(self, series: Series, window: Window, compartment: CompartmentRig) -> tuple[LogMass, tuple[str, ...]]:
        gauges = [gauge.channel for gauge in compartment.gauges]
        blocks = block_means(series, window, [*gauges, *(t.channel for t in compartment.thermometers)])
        thermometers = read_thermometers(compartment, blocks)
        if not thermometers:
            raise CannotEstimateError(self.name, window.name, "no pressure or no gas thermometer was read throughout")
        blocks = blocks.read_in([*gauges, *(thermometer.channel for thermometer in thermometers)])
        blocks, dropped = self._sufficient(blocks, window)
        return log_mass(compartment, thermometers, blocks), (*losses(compartment.thermometers, thermometers), *dropped)

    def _sufficient(self, blocks: Blocks, window: Window) -> tuple[Blocks, tuple[str, ...]]:
        """Without the background windows that are too short; refuses if too little is left."""
        counts = np.bincount(blocks.segment, minlength=1 + len(window.background))
        if counts[HOLD] < MIN_HOLD_BLOCKS:
            reason = f"{counts[HOLD]} usable minutes in the hold, {MIN_HOLD_BLOCKS} needed"
            raise CannotEstimateError(self.name, window.name, reason)
        long_enough = counts >= MIN_BACKGROUND_BLOCKS
        if window.background and not long_enough[HOLD + 1 :].any():
            reason = f"no background window with {MIN_BACKGROUND_BLOCKS} usable minutes"
            raise CannotEstimateError(self.name, window.name, reason)
        notes = tuple(f"background window {number} has too few readings" for number in np.flatnonzero(~long_enough))
        return blocks.where(long_enough[blocks.segment]), notes

    def _fit(self, mass: LogMass, window: Window) -> Fit:
        try:
            return fit_generalised(design_matrix(mass.segment, mass.time_s), mass.y, mass.covariance)
        except LinAlgError as error:
            reason = "the declared noise is no covariance: is it all zero?"
            raise CannotEstimateError(self.name, window.name, reason) from error


def _slope_u(fit: Fit) -> tuple[float, tuple[str, ...]]:
    """Standard uncertainty of the hold's extra slope, 1/s, and a note if it was scaled."""
    u_per_s = float(np.sqrt(fit.covariance[0, 0]))
    if fit.chi_square <= chdtri(fit.degrees_of_freedom, CHI_SQUARE_TAIL):
        return u_per_s, ()
    birge = float(np.sqrt(fit.reduced_chi_square))
    return birge * u_per_s, (f"noise larger than declared: uncertainty scaled by the Birge ratio {birge:.2f}",)


def _gas(rig: Rig, compartment: CompartmentRig, mass: LogMass) -> tuple[float, float]:
    """Gas in the compartment at the hold's mean, kg, and its relative standard uncertainty."""
    hold = mass.segment == HOLD
    pressure_pa, temperature_k = float(mass.pressure_pa[hold].mean()), float(mass.temperature_k[hold].mean())
    mass_kg = pressure_pa * compartment.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)
    relative = (
        compartment.u_volume_m3 / compartment.volume_m3,
        float(np.linalg.norm([gauge.u_pa for gauge in compartment.gauges])) / len(compartment.gauges) / pressure_pa,
        compartment.u_temperature_k / temperature_k,
    )
    return mass_kg, float(np.linalg.norm(relative))

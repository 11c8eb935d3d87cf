"""Temperature-compensated mass, with its slow errors in the covariance, as the background shows them, instead of in the
answer.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtri

from bench.detection.blocks import Blocks, block_means
from bench.detection.detectable import CURRIE, NORMAL_95, inconclusive
from bench.detection.gas_temperature import losses
from bench.detection.learned_noise import noise_of
from bench.detection.least_squares import Fit, fit_white
from bench.detection.mass import LogMass, log_mass, read_thermometers
from bench.detection.method import CannotEstimateError
from bench.detection.segments import HOLD, design_matrix
from bench.detection.state_space import whitened
from bench.detection.vapour import unmeasured
from bench.records import Floats, LeakEstimate, Series, Window
from bench.rig import CompartmentRig, Rig

MIN_HOLD_BLOCKS = 5
MIN_BACKGROUND_BLOCKS = 2
"""A segment has its own intercept: one block alone says nothing of a slope."""
CHI_SQUARE_TAIL = 0.01
"""Residuals less likely than this mean that the noise is larger than the background's, or than declared."""


@dataclass(frozen=True, slots=True)
class Slope:
    """Of ln m in the hold, 1/s, and its standard uncertainty: 1.96 of it are half of a 95 % interval."""

    loss_per_s: float
    u_per_s: float
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompensatedMass:
    """Generalised least squares of ln(P - vapour) - ln T + ln V over the hold and its background together (science 2.2,
    2.3).

    y = c_s - lambda_background t - lambda t [in the hold] + e, an intercept c_s per segment; e is white noise, the
    Ornstein-Uhlenbeck errors of thermometers and the walk of gauges, continuous through all segments: as declared,
    times what the background teaches if it is long enough. rate = lambda m with m = P V / (R T) at the hold's mean.
    The relative uncertainties of slope, volume, pressure and temperature combine in quadrature (JCGM 100 5.1.6). Noise
    beyond that is scaled in by the Birge ratio and noted.

    above_background: False asks for the whole loss in the hold; the background then only teaches the noise, and what
    its own slope is not known to be costs nothing.
    """

    name = "compensated_mass"
    above_background: bool = True

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        compartment = rig.volume(window.compartment)
        mass, lost = self._read(series, window, compartment)
        slope = self._slope(mass, window)
        mass_kg, u_relative = _gas(rig, compartment, mass)
        humid = unmeasured(rig.dew_point_k, compartment.hygrometers)
        rate_kg_s, u_slope_kg_s = slope.loss_per_s * mass_kg, slope.u_per_s * mass_kg
        detectable_kg_s = CURRIE * u_slope_kg_s
        return LeakEstimate(
            self.name,
            window.name,
            rate_kg_s,
            math.hypot(u_slope_kg_s, rate_kg_s * u_relative),
            detectable_kg_s=detectable_kg_s,
            notes=(*lost, *humid, *mass.notes, *slope.notes, *inconclusive(rate_kg_s, detectable_kg_s)),
        )

    def _read(self, series: Series, window: Window, compartment: CompartmentRig) -> tuple[LogMass, tuple[str, ...]]:
        blocks = block_means(series, window, compartment.channels)
        thermometers = read_thermometers(compartment, blocks)
        if not thermometers:
            raise CannotEstimateError(self.name, window.name, "no pressure or no gas thermometer was read throughout")
        needed = [*(g.channel for g in compartment.gauges), *(thermometer.channel for thermometer in thermometers)]
        blocks, dropped = self._sufficient(blocks.read_in(needed), window)
        blocks = blocks.where(np.argsort(blocks.centre_s))
        return log_mass(compartment, thermometers, blocks), (*losses(compartment.thermometers, thermometers), *dropped)

    def _sufficient(self, blocks: Blocks, window: Window) -> tuple[Blocks, tuple[str, ...]]:
        """Without the background windows that are too short; refuses if too little is left."""
        counts = np.bincount(blocks.segment, minlength=1 + len(window.background))
        if counts[HOLD] < MIN_HOLD_BLOCKS:
            reason = f"{counts[HOLD]} usable minutes in the hold, {MIN_HOLD_BLOCKS} needed"
            raise CannotEstimateError(self.name, window.name, reason)
        sufficient = counts >= MIN_BACKGROUND_BLOCKS
        if window.background and not sufficient[HOLD + 1 :].any():
            reason = f"no background window with {MIN_BACKGROUND_BLOCKS} usable minutes"
            raise CannotEstimateError(self.name, window.name, reason)
        notes = tuple(f"background window {number} has too few readings" for number in np.flatnonzero(~sufficient))
        return blocks.where(sufficient[blocks.segment]), notes

    def _slope(self, mass: LogMass, window: Window) -> Slope:
        try:
            learned, taught = noise_of(mass)
            asked = mass if self.above_background else mass.where(mass.segment == HOLD)
            fit = _fit(asked, learned.factors)
        except np.linalg.LinAlgError as error:
            reason = "the declared noise is no covariance: is it all zero?"
            raise CannotEstimateError(self.name, window.name, reason) from error
        u_per_s = math.sqrt(fit.covariance[0, 0])
        widened = u_per_s * _widening(learned.relative_u(lambda factors: _fit(asked, factors).covariance[0, 0]))
        ratio, excess = _birge(fit)
        u_hysteresis_per_s = _hysteresis_u(mass, window if self.above_background else replace(window, background=()))
        notes = (*taught, *excess, *self._meant(window))
        return Slope(-float(fit.coefficients[0]), math.hypot(ratio * widened, u_hysteresis_per_s), notes)

    def _meant(self, window: Window) -> tuple[str, ...]:
        if not window.background:
            return ("no background: the compartment's whole loss",)
        return () if self.above_background else ("the compartment's whole loss, the background's included",)


def _fit(mass: LogMass, factors: Floats) -> Fit:
    """Coefficient 0: slope of the hold (above the background's, where there is one), 1/s."""
    design = design_matrix(mass.segment, mass.time_s)
    white = whitened(mass.time_s, mass.noise.scaled(*factors), np.column_stack([design, mass.y - mass.y.mean()]))
    return fit_white(white.columns[:, :-1], white.columns[:, -1])


def _widening(u_ln_variance: float) -> float:
    """By how much a 95 % interval widens because the logarithm of its variance is known with this uncertainty only: the
    quantile of normal errors averaged over it, to second order (within 1 % up to 1.2).

    Student's quantile of 2 / u^2 degrees of freedom (JCGM 100 G.4.1) widens by (z^2 + 1) / 8 u^2, as for a chi-square
    without a prior; with one it covers too often, 0.975 to 0.990 with backgrounds of 4 to 8 h.
    """
    return 1.0 + (NORMAL_95**2 - 1.0) / 8.0 * u_ln_variance**2


def _birge(fit: Fit) -> tuple[float, tuple[str, ...]]:
    """The Birge ratio, and a note, if the residuals are larger than chance makes them; else 1."""
    if fit.chi_square <= chdtri(fit.degrees_of_freedom, CHI_SQUARE_TAIL):
        return 1.0, ()
    birge = math.sqrt(fit.reduced_chi_square)
    return birge, (f"residuals larger than the noise: uncertainty scaled by the Birge ratio {birge:.2f}",)


def _hysteresis_u(mass: LogMass, window: Window) -> float:
    """Standard uncertainty of the slope, 1/s, from hygrometers whose loop is gone through once in the hold and once in
    the longest background, at any time: a step h at the share s of a duration T tilts a straight line by
    6 s (1 - s) h / T, in the mean square over s by 6 / 5 (h / T)^2.
    """
    longest_s = max((end_s - begin_s for begin_s, end_s in window.background), default=math.inf)
    return mass.hysteresis * math.sqrt(1.2) * math.hypot(1.0 / (window.end_s - window.begin_s), 1.0 / longest_s)


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

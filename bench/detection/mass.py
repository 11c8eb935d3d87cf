"""ln m of a compartment, up to a constant, from block means of its pressure, gas and wall thermometers, hygrometers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from bench.detection.blocks import Blocks
from bench.detection.gas_temperature import mean_gas_temperature, volume_fractions
from bench.detection.noise import BlockNoise, Term, declared_noise
from bench.detection.segments import Labels
from bench.detection.vapour import believed, saturation_pa, saturation_slope_pa_k
from bench.records import Floats
from bench.rig import CompartmentRig, GasThermometer

MIN_SHARE = 0.5
"""A thermometer with readings in fewer of a segment's blocks than this is left out, rather than the blocks."""


@dataclass(frozen=True, slots=True)
class LogMass:
    """n blocks in the order of time, arrays of shape (n,). y = ln(P - vapour) - ln T + ln V, less a constant. noise:
    of y, as declared. hysteresis: width of the loop in y that the hygrometers may go through. time_s: the pressure's.
    """

    segment: Labels
    time_s: Floats
    pressure_pa: Floats
    temperature_k: Floats
    y: Floats
    noise: BlockNoise
    hysteresis: float = 0.0
    notes: tuple[str, ...] = ()

    def where(self, keep: np.ndarray) -> "LogMass":
        """The blocks for which keep, shape (n,), is true."""
        return replace(
            self,
            segment=self.segment[keep],
            time_s=self.time_s[keep],
            pressure_pa=self.pressure_pa[keep],
            temperature_k=self.temperature_k[keep],
            y=self.y[keep],
            noise=self.noise.rows(keep),
        )


@dataclass(frozen=True, slots=True)
class Vapour:
    """pressure_pa, slope_pa_k: of the vapour and how a thermometer's error changes it. terms: the hygrometers'."""

    pressure_pa: Floats
    slope_pa_k: Floats
    terms: tuple[Term, ...]
    hysteresis: float


def read_thermometers(compartment: CompartmentRig, blocks: Blocks) -> tuple[GasThermometer, ...]:
    """The thermometers with readings in enough blocks of every segment in which the pressure was read."""
    pressure_read = np.all(np.isfinite([blocks.means[gauge.channel].value for gauge in compartment.gauges]), axis=0)
    read_segments = [pressure_read & (blocks.segment == number) for number in np.unique(blocks.segment[pressure_read])]

    def share(thermometer: GasThermometer) -> float:
        read = np.isfinite(blocks.means[thermometer.channel].value)
        return min((float(np.mean(read[rows])) for rows in read_segments), default=0.0)

    return tuple(thermometer for thermometer in compartment.thermometers if share(thermometer) >= MIN_SHARE)


def log_mass(compartment: CompartmentRig, thermometers: tuple[GasThermometer, ...], blocks: Blocks) -> LogMass:
    """From blocks in which the gauges and all the thermometers were read. The pressure is the gauges' mean."""
    gauges = [blocks.means[gauge.channel] for gauge in compartment.gauges]
    pressure_pa: Floats = np.mean([gauge.value for gauge in gauges], axis=0)
    temperature_k = mean_gas_temperature(thermometers, {t.channel: blocks.means[t.channel].value for t in thermometers})
    vapour = _vapour(compartment, blocks, temperature_k, pressure_pa)
    dry_pa = pressure_pa - vapour.pressure_pa
    per_pa, per_k = float(np.mean(1.0 / dry_pa)), float(np.mean(1.0 / temperature_k + vapour.slope_pa_k / dry_pa))
    fresh = {channel: means.fresh for channel, means in blocks.means.items()}
    terms = (*sensor_terms(compartment, thermometers, fresh, per_pa, per_k), *vapour.terms)
    growth, notes = _growth(compartment, blocks, pressure_pa)
    return LogMass(
        blocks.segment,
        np.mean([gauge.time_s for gauge in gauges], axis=0),
        pressure_pa,
        temperature_k,
        np.log(dry_pa) - np.log(temperature_k) + growth,
        declared_noise(terms, np.mean([gauge.span_s for gauge in gauges], axis=0)),
        vapour.hysteresis,
        notes,
    )


def sensor_terms(
    compartment: CompartmentRig,
    thermometers: tuple[GasThermometer, ...],
    fresh: Mapping[str, Floats],
    per_pa: float,
    per_k: float,
) -> Iterator[Term]:
    """Errors of different sensors are independent; dy/dP_i = 1 / (k (P - vapour)) of k gauges, dy/dT_j = -f_j / T with
    what the error does to the vapour. fresh: new readings in each block, by channel.
    """
    for gauge in compartment.gauges:
        yield Term(gauge.noise, per_pa / len(compartment.gauges), fresh[gauge.channel])
    for thermometer, fraction in zip(thermometers, volume_fractions(thermometers), strict=True):
        yield Term(thermometer.noise, fraction * per_k, fresh[thermometer.channel])


def _vapour(compartment: CompartmentRig, blocks: Blocks, temperature_k: Floats, pressure_pa: Floats) -> Vapour:
    """The mean of the hygrometers that are to be believed; none where the gas is dry. A block without a reading has the
    mean of its neighbours'.
    """
    kept = believed(
        compartment.hygrometers, {h.channel: blocks.means[h.channel].value for h in compartment.hygrometers}
    )
    if not kept:
        nothing = np.zeros(temperature_k.size)
        return Vapour(nothing, nothing, (), 0.0)
    humidity = np.mean([_filled(blocks.means[h.channel].value) for h in kept], axis=0)
    saturated_pa = saturation_pa(temperature_k)
    share = float(np.mean(saturated_pa / (pressure_pa - humidity * saturated_pa))) / len(kept)
    terms = tuple(Term(h.noise, share, np.fmax(blocks.means[h.channel].fresh, 1.0)) for h in kept)
    loop = share * float(np.linalg.norm([h.hysteresis for h in kept]))
    return Vapour(humidity * saturated_pa, humidity * saturation_slope_pa_k(temperature_k), terms, loop)


def _growth(compartment: CompartmentRig, blocks: Blocks, pressure_pa: Floats) -> tuple[Floats, tuple[str, ...]]:
    """Of ln V, less a constant: the shell grows with its own temperature and with the pressure (science 1.1)."""
    growth: Floats = compartment.elasticity_1_pa * (pressure_pa - pressure_pa.mean())
    walls = [blocks.means[name].value for name in compartment.wall_channels]
    walls = [wall for wall in walls if 2 * np.isfinite(wall).sum() > wall.size]
    if walls:
        wall_k = np.mean([_filled(wall) for wall in walls], axis=0)
        return growth + compartment.expansion_1_k * (wall_k - wall_k.mean()), ()
    return growth, ("no wall thermometer: expansion is not taken off",) if compartment.expansion_1_k else ()


def _filled(values: Floats) -> Floats:
    """Straight lines where nothing was read."""
    read = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(values.size), read, values[read])

"""ln m of a compartment, up to a constant, from block means of its pressure and gas thermometers."""

from dataclasses import dataclass

import numpy as np

from bench.detection.blocks import Blocks
from bench.detection.gas_temperature import mean_gas_temperature, volume_fractions
from bench.detection.noise import block_covariance
from bench.detection.segments import Labels
from bench.records import Floats
from bench.rig import CompartmentRig, GasThermometer, NoiseClass

MIN_SHARE = 0.5
"""A thermometer with readings in fewer of a segment's blocks than this is left out, rather than the blocks."""


@dataclass(frozen=True, slots=True)
class LogMass:
    """n blocks, each array of shape (n,). y = ln P - ln T; covariance: of y, (n, n). time_s: the pressure's."""

    segment: Labels
    time_s: Floats
    pressure_pa: Floats
    temperature_k: Floats
    y: Floats
    covariance: Floats


def read_thermometers(compartment: CompartmentRig, blocks: Blocks) -> tuple[GasThermometer, ...]:
    """The thermometers with readings in enough blocks of every segment in which the pressure was read."""
    pressure_read = np.all(np.isfinite([blocks.means[gauge.channel].value for gauge in compartment.gauges]), axis=0)
    read_segments = [pressure_read & (blocks.segment == number) for number in np.unique(blocks.segment[pressure_read])]

    def share(thermometer: GasThermometer) -> float:
        read = np.isfinite(blocks.means[thermometer.channel].value)
        return min((float(np.mean(read[rows])) for rows in read_segments), default=0.0)

    return tuple(thermometer for thermometer in compartment.thermometers if share(thermometer) >= MIN_SHARE)


def log_mass(compartment: CompartmentRig, thermometers: tuple[GasThermometer, ...], blocks: Blocks) -> LogMass:
    """From blocks in which the gauges and all the thermometers were read. The pressure is the gauges' mean.

    Errors of different sensors are independent; dy/dP_i = 1 / (k P) of k gauges, dy/dT_j = -f_j T / T_j^2.
    """
    gauges = [blocks.means[gauge.channel] for gauge in compartment.gauges]
    pressure_pa: Floats = np.mean([gauge.value for gauge in gauges], axis=0)
    time_s: Floats = np.mean([gauge.time_s for gauge in gauges], axis=0)
    readings_k = {thermometer.channel: blocks.means[thermometer.channel].value for thermometer in thermometers}
    temperature_k = mean_gas_temperature(thermometers, readings_k)
    covariance = np.zeros((time_s.size, time_s.size))
    for gauge in compartment.gauges:
        covariance += _covariance(blocks, gauge.channel, gauge.noise, 1.0 / (len(gauges) * pressure_pa))
    for thermometer, fraction in zip(thermometers, volume_fractions(thermometers), strict=True):
        sensitivity = fraction * temperature_k / readings_k[thermometer.channel] ** 2
        covariance += _covariance(blocks, thermometer.channel, thermometer.noise, sensitivity)
    y = np.log(pressure_pa) - np.log(temperature_k)
    return LogMass(blocks.segment, time_s, pressure_pa, temperature_k, y, covariance)


def _covariance(blocks: Blocks, channel: str, noise: NoiseClass, sensitivity: Floats) -> Floats:
    """One sensor's part of the covariance of y. sensitivity: dy/d(reading), shape (n,)."""
    of_reading = block_covariance(noise, blocks.centre_s, blocks.width_s, blocks.means[channel].fresh)
    return np.outer(sensitivity, sensitivity) * of_reading

"""What is weighed: all of the gas, or its nitrogen alone, which nobody breathes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench.detection.blocks import Blocks, block_means
from bench.detection.mass import LogMass, log_mass, read_thermometers
from bench.detection.noise import BlockNoise, Term, declared_noise
from bench.detection.segments import HOLD, Labels
from bench.records import Floats, Series, Window
from bench.rig import CompartmentRig, OxygenSensor, Rig

ALL, NITROGEN, OXYGEN = "all gas", "nitrogen", "oxygen"
BLOCK_S = 120.0
"""Short beside the thermometers' slow errors: a puff shows as the difference of two blocks."""
MIN_SHARE = 0.5
"""An oxygen sensor with readings in fewer blocks than this is left out, rather than the blocks."""


@dataclass(frozen=True, slots=True)
class Balance:
    """n blocks in the order of time, arrays of shape (n,). y: logarithm of the amount that is weighed, less a constant;
    noise: of y. gas_kg: all the gas at the hold's mean, u_relative: of it. breathed: crews take of what is weighed.
    """

    name: str
    segment: Labels
    time_s: Floats
    y: Floats
    noise: BlockNoise
    gas_kg: float
    u_relative: float
    breathed: bool

    def where(self, keep: np.ndarray) -> "Balance":
        """The blocks for which keep, shape (n,), is true."""
        rows = {"segment": self.segment[keep], "time_s": self.time_s[keep], "y": self.y[keep]}
        return replace(self, noise=self.noise.rows(keep), **rows)


def balances(rig: Rig, compartment: CompartmentRig, series: Series, window: Window) -> tuple[Balance, ...]:
    """Of all gas; of nitrogen and of the share of oxygen where a sensor tells it. Empty where no pressure or gas
    thermometer was read throughout.
    """
    blocks = block_means(series, window, compartment.channels, BLOCK_S)
    thermometers = read_thermometers(compartment, blocks)
    if not thermometers:
        return ()
    oxygen = tuple(sensor for sensor in compartment.oxygen if _read(blocks, sensor))
    needed = [
        *(g.channel for g in compartment.gauges),
        *(t.channel for t in thermometers),
        *(o.channel for o in oxygen),
    ]
    blocks = blocks.read_in(needed)
    blocks = blocks.where(np.argsort(blocks.centre_s))
    if not np.any(blocks.segment == HOLD):
        return ()
    mass = log_mass(compartment, thermometers, blocks)
    gas = _gas(rig, compartment, mass)
    whole = Balance(ALL, mass.segment, mass.time_s, mass.y, mass.noise, *gas, breathed=True)
    return (whole, *(_by_oxygen(whole, mass, blocks, oxygen) if oxygen else ()))


def _read(blocks: Blocks, sensor: OxygenSensor) -> bool:
    return float(np.isfinite(blocks.means[sensor.channel].value).mean()) >= MIN_SHARE


def _by_oxygen(whole: Balance, mass: LogMass, blocks: Blocks, sensors: tuple[OxygenSensor, ...]) -> Iterator[Balance]:
    """ln(P - p_O2) - ln T, and what it adds to ln P - ln T: ln(1 - x) with x = p_O2 / P, where no thermometer's error
    is (science 2.8). The gas is taken to be mixed: sensors are averaged.
    """
    dry_pa = np.exp(mass.y) * mass.temperature_k
    oxygen_pa = np.mean([blocks.means[sensor.channel].value for sensor in sensors], axis=0)
    inert_pa = dry_pa - oxygen_pa
    weight = 1.0 / (len(sensors) * float(inert_pa.mean()))
    terms = [Term(sensor.noise, weight, blocks.means[sensor.channel].fresh) for sensor in sensors]
    of_oxygen = declared_noise(terms, whole.noise.span_s)
    gauges = float((dry_pa / inert_pa).mean()) ** 2  # a gauge's error weighs more in less gas
    noise = replace(
        whole.noise,
        white=gauges * whole.noise.white + of_oxygen.white,
        variance=np.concatenate((whole.noise.variance, of_oxygen.variance)),
        correlation_time_s=np.concatenate((whole.noise.correlation_time_s, of_oxygen.correlation_time_s)),
        walk_per_s=gauges * whole.noise.walk_per_s + of_oxygen.walk_per_s,
    )
    added = np.log(inert_pa / dry_pa)
    yield replace(whole, name=NITROGEN, y=whole.y + added, noise=noise, breathed=False)
    yield replace(whole, name=OXYGEN, y=-added, noise=of_oxygen)


def _gas(rig: Rig, compartment: CompartmentRig, mass: LogMass) -> tuple[float, float]:
    """All the gas at the hold's mean, kg, and its relative standard uncertainty."""
    hold = mass.segment == HOLD
    pressure_pa, temperature_k = float(mass.pressure_pa[hold].mean()), float(mass.temperature_k[hold].mean())
    relative = (
        compartment.u_volume_m3 / compartment.volume_m3,
        float(np.linalg.norm([gauge.u_pa for gauge in compartment.gauges])) / len(compartment.gauges) / pressure_pa,
        compartment.u_temperature_k / temperature_k,
    )
    gas_kg = pressure_pa * compartment.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)
    return gas_kg, float(np.linalg.norm(relative))

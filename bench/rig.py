"""What a method may know of the rig: what the bench file states, never what is drawn from it. Frozen, SI.

A method that watches compartments joined by open hatches asks for `rig.volume(WHOLE)`: one volume with all gauges.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bench.acoustic_rig import AcousticRig, Position

WHOLE = "whole"
"""All compartments together, joined by open hatches: a name for Window.compartment."""


@dataclass(frozen=True, slots=True)
class NoiseClass:
    """What the maker, or a run with no leak, says of a sensor's noise (science 1.5).

    white: standard deviation of a one-second mean. representativeness and its correlation time: the
    Ornstein-Uhlenbeck error of a point thermometer against the mean of the gas it stands for; zero where there
    is none. resolution: step of the value delivered. random_walk: unit/sqrt(h). All in the channel's unit.
    """

    white: float
    representativeness: float = 0.0
    correlation_time_s: float = 3600.0
    resolution: float = 0.0
    random_walk: float = 0.0


@dataclass(frozen=True, slots=True)
class PressureGauge:
    """Absolute. u_pa: standard uncertainty of its systematic part."""

    channel: str
    u_pa: float
    noise: NoiseClass


@dataclass(frozen=True, slots=True)
class GasThermometer:
    channel: str
    volume_fraction: float
    noise: NoiseClass


@dataclass(frozen=True, slots=True)
class Hygrometer:
    """Of relative humidity, 0 to 1. u: standard uncertainty of its systematic part. hysteresis: full width."""

    channel: str
    u: float
    hysteresis: float
    noise: NoiseClass


@dataclass(frozen=True, slots=True)
class OxygenSensor:
    """Of partial pressure. u_pa: standard uncertainty of its systematic part."""

    channel: str
    u_pa: float
    noise: NoiseClass


@dataclass(frozen=True, slots=True)
class FlowMeter:
    """In a line of make-up gas. u_kg_s: standard uncertainty of its zero."""

    channel: str
    u_kg_s: float
    noise: NoiseClass


@dataclass(frozen=True, slots=True)
class PurificationRig:
    """A puff of the gas in every period, the first at first_s (None: not known when)."""

    period_s: float
    first_s: float | None
    loss_kg: float
    u_loss_kg: float


@dataclass(frozen=True, slots=True)
class KnownLoss:
    kg_s: float
    u_kg_s: float


@dataclass(frozen=True, slots=True)
class CompartmentRig:
    """A volume of gas at one pressure. expansion_1_k, elasticity_1_pa: relative growth of the volume with the wall's
    temperature and the pressure inside. u_temperature_k: of a thermometer's systematic part, common to all.
    nominal: what it loses with no leak; crew: oxygen that people take.
    """

    name: str
    volume_m3: float
    u_volume_m3: float
    gauges: tuple[PressureGauge, ...]
    u_temperature_k: float
    thermometers: tuple[GasThermometer, ...]
    wall_channels: tuple[str, ...] = ()
    hygrometers: tuple[Hygrometer, ...] = ()
    expansion_1_k: float = 0.0
    elasticity_1_pa: float = 0.0
    oxygen: tuple[OxygenSensor, ...] = ()
    meters: tuple[FlowMeter, ...] = ()
    purification: tuple[PurificationRig, ...] = ()
    nominal: tuple[KnownLoss, ...] = ()
    crew: tuple[KnownLoss, ...] = ()

    @property
    def channels(self) -> tuple[str, ...]:
        """All that are named here."""
        gauges, thermometers = (g.channel for g in self.gauges), (t.channel for t in self.thermometers)
        others = (*(h.channel for h in self.hygrometers), *(o.channel for o in self.oxygen))
        return (*gauges, *thermometers, *others, *(meter.channel for meter in self.meters), *self.wall_channels)


@dataclass(frozen=True, slots=True)
class HatchRig:
    """closed_channel: 1 while its end switch says closed; None where nothing tells."""

    name: str
    connects: tuple[str, str]
    closed_channel: str | None = None
    position_m: Position | None = None
    """Of its centre."""


@dataclass(frozen=True, slots=True)
class Rig:
    """gas_constant: specific, J/(kg K)."""

    gas_constant_j_kg_k: float
    compartments: Mapping[str, CompartmentRig]
    hatches: tuple[HatchRig, ...] = ()
    heat_capacity_ratio: float = 1.4
    dew_point_k: float = 0.0
    """Of the gas that the supply delivers."""
    acoustics: AcousticRig | None = None
    """None: no microphones."""
    nominal: tuple[KnownLoss, ...] = ()
    """Of all compartments together, nobody knows where."""
    limit_pa: float = 65_328.0
    """Cabin pressure at which a crew must have left: 490 mmHg."""

    def volume(self, name: str) -> CompartmentRig:
        """A compartment, or WHOLE. KeyError for any other name. Of a loss whose place nobody knows, a compartment has
        anything between nothing and all (JCGM 100 4.3.7).
        """
        if name == WHOLE:
            whole = joined(WHOLE, self.compartments.values())
            return replace(whole, nominal=(*whole.nominal, *self.nominal))
        compartment = self.compartments[name]
        share = [KnownLoss(0.5 * n.kg_s, math.hypot(n.kg_s / math.sqrt(12.0), 0.5 * n.u_kg_s)) for n in self.nominal]
        return replace(compartment, nominal=(*compartment.nominal, *share))

    @property
    def channels(self) -> tuple[str, ...]:
        """All that the rig names: no other means anything to a method."""
        own = [channel for compartment in self.compartments.values() for channel in compartment.channels]
        return (*own, *(hatch.closed_channel for hatch in self.hatches if hatch.closed_channel is not None))


def joined(name: str, parts: Iterable[CompartmentRig]) -> CompartmentRig:
    """Compartments at one pressure as one volume: volumes add (uncertainties in quadrature), each thermometer stands
    for its share of the whole, and any gauge tells the pressure.
    """
    parts = tuple(parts)
    volume_m3 = sum(part.volume_m3 for part in parts)
    shares = [part.volume_m3 / volume_m3 for part in parts]
    return CompartmentRig(
        name=name,
        volume_m3=volume_m3,
        u_volume_m3=math.hypot(*(part.u_volume_m3 for part in parts)),
        gauges=tuple(gauge for part in parts for gauge in part.gauges),
        u_temperature_k=math.hypot(*_weighted(shares, [part.u_temperature_k for part in parts])),
        thermometers=tuple(
            replace(thermometer, volume_fraction=share * thermometer.volume_fraction)
            for share, part in zip(shares, parts, strict=True)
            for thermometer in part.thermometers
        ),
        wall_channels=tuple(channel for part in parts for channel in part.wall_channels),
        hygrometers=tuple(hygrometer for part in parts for hygrometer in part.hygrometers),
        expansion_1_k=sum(_weighted(shares, [part.expansion_1_k for part in parts])),
        elasticity_1_pa=sum(_weighted(shares, [part.elasticity_1_pa for part in parts])),
        oxygen=tuple(sensor for part in parts for sensor in part.oxygen),
        meters=tuple(meter for part in parts for meter in part.meters),
        purification=tuple(bed for part in parts for bed in part.purification),
        nominal=tuple(loss for part in parts for loss in part.nominal),
        crew=tuple(uptake for part in parts for uptake in part.crew),
    )


def _weighted(shares: Sequence[float], values: Sequence[float]) -> list[float]:
    return [share * value for share, value in zip(shares, values, strict=True)]

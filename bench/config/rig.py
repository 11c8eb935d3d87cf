"""What methods may know of a bench: the stated values with their uncertainties, never what was drawn from them."""

from collections.abc import Iterator
from functools import partial

from bench.config.acoustic import acoustic_rig_of
from bench.config.model import Bench, ChannelEntry, NoiseEntry
from bench.config.parts import Compartment, Hatch
from bench.rig import (
    CompartmentRig,
    FlowMeter,
    GasThermometer,
    HatchRig,
    Hygrometer,
    KnownLoss,
    NoiseClass,
    OxygenSensor,
    PressureGauge,
    PurificationRig,
    Rig,
)

SILENT = NoiseEntry(white=0.0)


def rig_of(bench: Bench) -> Rig:
    return Rig(
        gas_constant_j_kg_k=bench.gas.gas_constant_j_kg_k,
        compartments={entry.name: _compartment(bench, entry) for entry in bench.compartment},
        hatches=tuple(map(_hatch, bench.hatch)),
        heat_capacity_ratio=bench.gas.heat_capacity_ratio,
        dew_point_k=bench.gas.dew_point_k,
        acoustics=acoustic_rig_of(bench),
        nominal=_nominal(bench, None),
        limit_pa=bench.limits.cabin_limit_pa,
    )


def _compartment(bench: Bench, entry: Compartment) -> CompartmentRig:
    channels, noise = partial(bench.channels_of, entry.name), partial(_noise, bench)
    thermometers = channels("gas_temperature")
    return CompartmentRig(
        name=entry.name,
        volume_m3=entry.volume_m3,
        u_volume_m3=entry.u_volume_m3,
        gauges=tuple(PressureGauge(c.name, c.accuracy, noise(c)) for c in channels("pressure")),
        u_temperature_k=max(t.accuracy for t in thermometers),
        thermometers=tuple(GasThermometer(t.name, t.volume_fraction or 0.0, noise(t)) for t in thermometers),
        wall_channels=tuple(channel.name for channel in channels("wall_temperature")),
        hygrometers=tuple(_hygrometer(bench, channel) for channel in channels("relative_humidity")),
        expansion_1_k=3.0 * entry.wall.expansion_1_k,
        elasticity_1_pa=entry.wall.elasticity_1_pa,
        oxygen=tuple(OxygenSensor(c.name, c.accuracy, noise(c)) for c in channels("oxygen_pressure")),
        meters=tuple(FlowMeter(c.name, c.accuracy, noise(c)) for c in _meters(bench, entry.name)),
        purification=tuple(
            PurificationRig(p.period_s, p.first_s, p.loss_kg, p.u_loss_kg)
            for p in bench.purification
            if p.compartment == entry.name
        ),
        nominal=_nominal(bench, entry.name),
        crew=tuple(KnownLoss(c.oxygen_kg_s, c.u_oxygen_kg_s) for c in bench.crew if c.compartment == entry.name),
    )


def _nominal(bench: Bench, compartment: str | None) -> tuple[KnownLoss, ...]:
    return tuple(KnownLoss(loss.kg_s, loss.u_kg_s) for loss in bench.nominal_loss if loss.compartment == compartment)


def _meters(bench: Bench, compartment: str) -> Iterator[ChannelEntry]:
    """Of flows into the compartment."""
    into = {controller.instrument for controller in bench.flow_controller if controller.connects[1] == compartment}
    return (channel for channel in bench.channel if channel.quantity == "flow" and channel.instrument in into)


def _hygrometer(bench: Bench, channel: ChannelEntry) -> Hygrometer:
    return Hygrometer(channel.name, channel.accuracy, _entry(bench, channel).hysteresis, _noise(bench, channel))


def _hatch(hatch: Hatch) -> HatchRig:
    closed_channel = f"{hatch.name}_closed" if hatch.closed_switch else None
    return HatchRig(hatch.name, hatch.connects, closed_channel, hatch.position_m)


def _entry(bench: Bench, channel: ChannelEntry) -> NoiseEntry:
    return bench.noise_class[channel.noise] if channel.noise else SILENT


def _noise(bench: Bench, channel: ChannelEntry) -> NoiseClass:
    return _entry(bench, channel).record()

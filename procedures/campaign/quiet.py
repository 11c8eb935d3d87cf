"""Which scenarios have the declared noise and no other: for those it is known what can be reached."""

from collections.abc import Iterator

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.rig import WHOLE
from bench.validation.campaign.bounds import Bounds, Quiet
from procedures.campaign.cases import Case
from procedures.campaign.file import HOUR_S
from procedures.campaign.load import Campaign

HARMLESS = {
    "name", "why", "hidden_draws", "shroud_temperature_k", "cabin_drift_k_h", "swing_k", "swing_period_s",
    "weather", "initial_pressure_pa", "room_pressure_pa", "hidden_leak", "racks", "hiss",
}  # fmt: skip
"""What a scenario may set: steady leaks, and slow temperatures that thermometers see."""
UNDECLARED = ("drift", "hysteresis", "flicker", "clock_skew", "clock_offset_s")
"""What a simulated sensor may do that methods are not told of. Laboratories of such scenarios stay as warm as they are:
coefficients of temperature do nothing.
"""


def quiet_bounds(campaign: Campaign, every: list[Case]) -> Bounds:
    """Of every compartment that is asked about."""
    file, rig = campaign.file, rig_of(campaign.bench)
    asked = {(case.scenario, case.compartment) for case in every if noise_is_declared(campaign, case)}
    quiet = {}
    for name, compartment in sorted(asked):
        scenario = campaign.scenarios[name]
        conditions = scenario.initial_pressure_pa, scenario.shroud_temperature_k
        quiet[name, compartment] = Quiet(
            rig.volume(compartment), rig.gas_constant_j_kg_k, *conditions, period_s=file.period_s
        )
    return Bounds(quiet, file.background_s, (file.settle_h * HOUR_S, file.duration_h * HOUR_S))


def noise_is_declared(campaign: Campaign, case: Case) -> bool:
    return campaign.scenarios[case.scenario].model_fields_set <= HARMLESS and not any(
        _undeclared(campaign.bench, case.compartment)
    )


def _undeclared(bench: Bench, compartment: str) -> Iterator[bool]:
    for channel in bench.channel:
        if channel.quantity in ("pressure", "gas_temperature") and compartment in (WHOLE, channel.compartment):
            entry = bench.noise_class[channel.noise] if channel.noise else None
            yield any(getattr(entry, name, 0.0) for name in UNDECLARED)

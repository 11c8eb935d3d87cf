"""The budget of one leak at one instant: its certificate carried to the measured conditions (science 3.4)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bench.certificate import Certificate
from bench.config.model import Bench
from bench.config.parts import Leak
from bench.leak_gas import conversion, moistening, saturation_pressure_pa
from bench.uncertainty.gum import Budget, Input, propagate, rectangular

CHOKED_FLUX_KG_M2_S_PA = 239.17 / 101_325.0
"""Of air at 293 K through a hole, per pressure in front of it (science 1.2.1)."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """Of the gas in front of the leak. vapour_fraction: mole fraction of water, with its standard uncertainty.
    shown_kg_s: by the flow controller of a programmable leak.
    """

    pressure_pa: float
    u_pressure_pa: float
    temperature_k: float
    u_temperature_k: float
    vapour_fraction: float = 0.0
    u_vapour_fraction: float = 0.0
    gas: str = "air"
    shown_kg_s: float = math.nan
    u_shown_kg_s: float = 0.0


def inputs(
    certificate: Certificate, conditions: Conditions, day: date, *, background_kg_s: float = 0.0
) -> tuple[Input, ...]:
    """Every row of the budget. background_kg_s: largest flow that the leak's closed valve may have let pass, and that a
    method has then subtracted; taken as equally credible up to there, either way.
    """
    return (
        *certificate.inputs(day),
        _driving(certificate, conditions),
        Input("temperature", conditions.temperature_k, conditions.u_temperature_k, unit="K"),
        _composition(certificate, conditions),
        rectangular("background", 0.0, background_kg_s, unit="kg/s"),
    )


def leak_budget(certificate: Certificate, rows: Sequence[Input]) -> Budget:
    """Flow through the leak, kg/s, from inputs()."""
    return propagate(certificate.flow, rows, result="leak rate", unit="kg/s")


def _driving(certificate: Certificate, conditions: Conditions) -> Input:
    if certificate.model == "programmable":
        return Input("shown", conditions.shown_kg_s, conditions.u_shown_kg_s, unit="kg/s")
    return Input("pressure", conditions.pressure_pa, conditions.u_pressure_pa, unit="Pa")


def _composition(certificate: Certificate, conditions: Conditions) -> Input:
    factor, u_factor = conversion(certificate.model, certificate.gas, conditions.gas)
    moist = moistening(certificate.model, conditions.gas, conditions.vapour_fraction)
    moister = moistening(certificate.model, conditions.gas, conditions.vapour_fraction + conditions.u_vapour_fraction)
    return Input("composition", factor * moist, factor * math.hypot(moist - moister, moist * u_factor))


def conditions_of(
    bench: Bench, leak: Leak, pressure_pa: float, temperature_k: float, relative_humidity: float
) -> Conditions:
    """With what the bench file says of sensors and gas. relative_humidity: NaN where it was not measured."""
    (entry,) = bench.channels_of(leak.compartment, "pressure")
    vapour, u_vapour = _vapour(bench, leak, pressure_pa, temperature_k, relative_humidity)
    return Conditions(
        pressure_pa=pressure_pa,
        u_pressure_pa=entry.accuracy,
        temperature_k=temperature_k,
        u_temperature_k=_u_temperature_k(bench, leak),
        vapour_fraction=vapour,
        u_vapour_fraction=u_vapour,
        gas=bench.gas.composition,
    )


def seat_leakage_kg_s(bench: Bench, leak: Leak, pressure_pa: float) -> float:
    """Largest flow through the leak's closed valve, from its stated seat."""
    seats = [valve.seat_leakage_m2 for valve in bench.valve if valve.name == leak.valve]
    return CHOKED_FLUX_KG_M2_S_PA * pressure_pa * max(seats, default=0.0)


def _vapour(
    bench: Bench, leak: Leak, pressure_pa: float, temperature_k: float, relative_humidity: float
) -> tuple[float, float]:
    """Mole fraction and u: as measured, or anything up to what the stated dew point allows (JCGM 100 4.3.7)."""
    hygrometers = bench.channels_of(leak.compartment, "relative_humidity")
    if not hygrometers or math.isnan(relative_humidity):
        half = 0.5 * saturation_pressure_pa(bench.gas.dew_point_k) / pressure_pa
        return half, half / math.sqrt(3.0)
    saturated = saturation_pressure_pa(temperature_k) / pressure_pa
    return saturated * max(0.0, relative_humidity), saturated * max(h.accuracy for h in hygrometers)


def _u_temperature_k(bench: Bench, leak: Leak) -> float:
    """Of the upstream gas: the thermometers' accuracy and their error against the gas mean."""
    entries = bench.channels_of(leak.compartment, "gas_temperature")
    noise = [bench.noise_class[entry.noise].representativeness if entry.noise else 0.0 for entry in entries]
    return math.hypot(max(entry.accuracy for entry in entries), max(noise))

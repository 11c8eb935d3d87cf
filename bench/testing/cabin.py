"""A made-up cabin to try a method on: two compartments, what their sensors show, a leak of known size. Its own gas law
and its own noise, nothing of the simulated rig.
"""

import numpy as np

from bench.records import Floats, Series
from bench.rig import CompartmentRig, GasThermometer, HatchRig, NoiseClass, PressureGauge, Rig

GAS_CONSTANT = 287.05
PRESSURE_PA, TEMPERATURE_K = 101_325.0, 295.15
VOLUMES_M3 = {"node": 0.4, "annex": 0.1}
FRACTIONS = (0.5, 0.3, 0.2)
GAUGE, THERMOMETER = NoiseClass(white=2.0), NoiseClass(white=0.002, representativeness=0.01, correlation_time_s=3600.0)


def cabin_rig() -> Rig:
    """What a method may know of it: channels NAME_pressure and NAME_gas_1 to 3, hatch_closed."""
    return Rig(GAS_CONSTANT, {name: _compartment(name) for name in VOLUMES_M3}, (HATCH,))


HATCH = HatchRig("hatch", ("node", "annex"), "hatch_closed")


def _compartment(name: str) -> CompartmentRig:
    thermometers = (
        GasThermometer(f"{name}_gas_{number}", share, THERMOMETER) for number, share in enumerate(FRACTIONS, 1)
    )
    volume_m3 = VOLUMES_M3[name]
    return CompartmentRig(
        name=name,
        volume_m3=volume_m3,
        u_volume_m3=0.005 * volume_m3,
        gauges=(PressureGauge(f"{name}_pressure", 10.0, GAUGE),),
        u_temperature_k=0.05,
        thermometers=tuple(thermometers),
    )


def cabin_series(
    seed: int,
    hours: float,
    leak_kg_s: float = 0.0,
    onset_s: float = 0.0,
    compartment: str = "node",
    period_s: float = 1.0,
) -> Series:
    """What the sensors show, hatch shut, from time 0 on; compartment leaks at leak_kg_s from onset_s on."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0.0, 3600.0 * hours, period_s)
    columns = {"hatch_closed": np.ones(time_s.size)}
    for name, volume_m3 in VOLUMES_M3.items():
        lost_kg = leak_kg_s * np.clip(time_s - onset_s, 0.0, None) if name == compartment else np.zeros(time_s.size)
        mass_kg = PRESSURE_PA * volume_m3 / (GAS_CONSTANT * TEMPERATURE_K) - lost_kg
        pressure_pa = mass_kg * GAS_CONSTANT * TEMPERATURE_K / volume_m3
        columns[f"{name}_pressure"] = pressure_pa + rng.normal(0.0, GAUGE.white, time_s.size)
        for number in range(1, 1 + len(FRACTIONS)):
            columns[f"{name}_gas_{number}"] = TEMPERATURE_K + _thermometer_error_k(rng, time_s.size, period_s)
    return Series(time_s, columns)


def _thermometer_error_k(rng: np.random.Generator, size: int, period_s: float) -> Floats:
    """White, and an Ornstein-Uhlenbeck process by its exact recursion."""
    from scipy.signal import lfilter

    sigma_k, decay = THERMOMETER.representativeness, np.exp(-period_s / THERMOMETER.correlation_time_s)
    kicks = rng.normal(0.0, sigma_k * np.sqrt(1.0 - decay**2), size)
    kicks[0] = rng.normal(0.0, sigma_k)
    slow: Floats = lfilter([1.0], [1.0, -decay], kicks)
    return slow + rng.normal(0.0, THERMOMETER.white, size)

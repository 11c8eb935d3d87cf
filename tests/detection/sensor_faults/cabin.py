"""A made-up cabin of three joined compartments: its own gas and its own noise."""

import numpy as np

from bench.records import Floats, Series
from bench.rig import CompartmentRig, GasThermometer, HatchRig, NoiseClass, PressureGauge, Rig
from tests.detection.synthetic import GAS_CONSTANT, ornstein_uhlenbeck

NAMES = ("a", "b", "c")
STEP_S = 10.0
HOUR_S = 3600.0
GAUGE = NoiseClass(white=1.0, resolution=0.1, random_walk=1.0)
THERMOMETER = NoiseClass(white=0.002, representativeness=0.05, correlation_time_s=3600.0, resolution=0.001)


def rig() -> Rig:
    hatches = (HatchRig("ab", ("a", "b"), "ab_closed"), HatchRig("bc", ("b", "c"), "bc_closed"))
    return Rig(GAS_CONSTANT, {name: _compartment(name) for name in NAMES}, hatches)


def _compartment(name: str) -> CompartmentRig:
    thermometers = tuple(GasThermometer(f"{name}_t{j}", 1.0 / 3.0, THERMOMETER) for j in range(3))
    return CompartmentRig(name, 0.2, 0.001, (PressureGauge(f"{name}_p", 20.0, GAUGE),), 0.05, thermometers)


def cabin(seed: int, hours: float, loss_per_s: float = 0.0, *, shut: bool = False) -> dict[str, Floats]:
    """Columns, time_s among them: a day's swing of half a kelvin, gauges and thermometers with offsets of their own."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0.0, hours * HOUR_S, STEP_S)
    gas_k = 295.0 + 0.25 * np.sin(2.0 * np.pi * time_s / 86400.0)
    pressure_pa = 98_500.0 * gas_k / 295.0 * np.exp(-loss_per_s * time_s)
    columns = {
        "time_s": time_s,
        "ab_closed": np.full(time_s.size, float(shut)),
        "bc_closed": np.full(time_s.size, float(shut)),
    }
    for name in NAMES:
        walk_pa = np.cumsum(rng.normal(0.0, np.sqrt(STEP_S / HOUR_S), time_s.size))
        noisy_pa = pressure_pa + rng.normal(0.0, 20.0) + walk_pa + rng.normal(0.0, 1.0, time_s.size)
        columns[f"{name}_p"] = np.round(noisy_pa, 1)
        for j in range(3):
            slow_k = ornstein_uhlenbeck(rng, 0.05, 3600.0 / STEP_S, time_s.size)
            columns[f"{name}_t{j}"] = np.round(gas_k + slow_k + rng.normal(0.0, 0.002, time_s.size), 3)
    return columns


def series(columns: dict[str, Floats]) -> Series:
    return Series(columns["time_s"], {name: values for name, values in columns.items() if name != "time_s"})

"""A made-up cabin: one volume of gas with everything that can take some, its own laws and noise."""

from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from bench.records import Floats, Series, Window
from bench.rig import (
    CompartmentRig,
    FlowMeter,
    GasThermometer,
    KnownLoss,
    NoiseClass,
    OxygenSensor,
    PressureGauge,
    PurificationRig,
    Rig,
)

GAS_CONSTANT, OXYGEN_CONSTANT = 287.05, 259.84
VOLUME_M3, PRESSURE_PA, TEMPERATURE_K = 0.5, 1e5, 295.0
GAS_KG = PRESSURE_PA * VOLUME_M3 / (GAS_CONSTANT * TEMPERATURE_K)
SCAN_S, HOUR_S = 10.0, 3600.0
PERIOD_S, FIRST_S, PUFF_KG = 7200.0, 1500.0, 1e-4
BACKGROUND_S, END_S = 2.0 * HOUR_S, 26.0 * HOUR_S
WINDOW = Window("hold", "cabin", BACKGROUND_S, END_S, ((0.0, BACKGROUND_S),))


def rig(*, first_s: float | None = FIRST_S, oxygen: bool = True, meter: bool = True) -> Rig:
    cabin = CompartmentRig(
        name="cabin",
        volume_m3=VOLUME_M3,
        u_volume_m3=0.0,
        gauges=(PressureGauge("p", 10.0, NoiseClass(1.0, random_walk=0.3)),),
        u_temperature_k=0.0,
        thermometers=(GasThermometer("t", 1.0, NoiseClass(0.002, 0.03, HOUR_S)),),
        oxygen=(OxygenSensor("o2", 20.0, NoiseClass(3.0, random_walk=0.5)),) if oxygen else (),
        meters=(FlowMeter("flow", 4e-8, NoiseClass(2e-9)),) if meter else (),
        purification=(PurificationRig(PERIOD_S, first_s, PUFF_KG, 0.1 * PUFF_KG),),
        nominal=(KnownLoss(1e-9, 5e-10),),
        crew=(KnownLoss(1e-8, 1e-8),),
    )
    return Rig(GAS_CONSTANT, {"cabin": cabin})


@dataclass(frozen=True)
class Cabin:
    """What is so. Rates in kg/s; leak, trapped gas, make-up and additions from the hold's beginning on."""

    leak_kg_s: float = 0.0
    nominal_kg_s: float = 1e-9
    puff_kg: float = PUFF_KG
    oxygen_kg_s: float = 0.0
    made_up_kg_s: float = 0.0
    zero_kg_s: float = 3e-8
    by_hand_kg: float = 0.0
    trapped_kg: float = 0.0
    trapped_s: float = 6.0 * HOUR_S

    def record(self, seed: int) -> Series:
        rng = np.random.default_rng(seed)
        time_s = np.arange(0.0, END_S, SCAN_S)
        since_s = np.maximum(time_s - BACKGROUND_S, 0.0)
        puffs = np.maximum(np.floor((time_s - FIRST_S) / PERIOD_S) + 1.0, 0.0)
        came_kg = self.made_up_kg_s * since_s + self.by_hand_kg * np.clip((since_s - 10.0 * HOUR_S) / 600.0, 0.0, 1.0)
        lost_kg = self.nominal_kg_s * time_s + self.puff_kg * puffs + self.leak_kg_s * since_s
        lost_kg -= self.trapped_kg * np.expm1(-since_s / self.trapped_s)
        air = 1.0 + (came_kg - lost_kg) / GAS_KG
        breathed = OXYGEN_CONSTANT / GAS_CONSTANT * self.oxygen_kg_s * time_s / GAS_KG
        gas_k = TEMPERATURE_K + 0.2 * np.sin(2.0 * np.pi * time_s / 86_400.0)
        pascals = PRESSURE_PA * gas_k / TEMPERATURE_K
        return Series(
            time_s,
            {
                "p": pascals * (air - breathed) + noise(rng, time_s.size, 1.0, walk=0.3),
                "o2": pascals * (0.21 * air - breathed) + noise(rng, time_s.size, 3.0, walk=0.5),
                "t": gas_k + noise(rng, time_s.size, 0.002, slow=0.03),
                "flow": np.where(since_s > 0.0, self.made_up_kg_s, 0.0) + self.zero_kg_s
                + noise(rng, time_s.size, 2e-9),
            },
        )  # fmt: skip


def noise(rng: np.random.Generator, n: int, white: float, walk: float = 0.0, slow: float = 0.0) -> Floats:
    """walk: in sqrt(h); slow: standard deviation of an Ornstein-Uhlenbeck error of an hour."""
    total = rng.normal(0.0, white, n) + np.cumsum(rng.normal(0.0, walk * np.sqrt(SCAN_S / HOUR_S), n))
    decay = np.exp(-SCAN_S / HOUR_S)
    kicks = rng.normal(0.0, np.sqrt(1.0 - decay**2), n)
    kicks[0] = rng.normal()
    return total + slow * lfilter([1.0], [1.0, -decay], kicks)

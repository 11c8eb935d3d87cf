"""Made-up holds with known leaks: its own gas law and its own noise, nothing of what it tests."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.signal import lfilter

from bench.records import Floats, Series, Window
from bench.rig import CompartmentRig, GasThermometer, NoiseClass, PressureGauge, Rig

GAS_CONSTANT = 287.05
VOLUME_M3 = 0.4
PRESSURE_PA = 101325.0
TEMPERATURE_K = 295.15
FRACTIONS = (0.5, 0.3, 0.2)
SIGMAS_K = (0.030, 0.025, 0.035)
TAUS_S = (3600.0, 2700.0, 5400.0)
WHITE_PA = 2.0
WHITE_K = 0.002


def rig(u_volume: float = 0.005, white_pa: float = WHITE_PA) -> Rig:
    """One compartment of 400 L, three thermometers of different kind; u_volume is relative."""
    thermometers = tuple(
        GasThermometer(f"t{j}", fraction, NoiseClass(WHITE_K, sigma_k, tau_s))
        for j, (fraction, sigma_k, tau_s) in enumerate(zip(FRACTIONS, SIGMAS_K, TAUS_S, strict=True))
    )
    compartment = CompartmentRig(
        name="working",
        volume_m3=VOLUME_M3,
        u_volume_m3=u_volume * VOLUME_M3,
        gauges=(PressureGauge("p", 10.0, NoiseClass(white_pa)),),
        u_temperature_k=0.05,
        thermometers=thermometers,
    )
    return Rig(GAS_CONSTANT, {"working": compartment})


def window(hold_s: float = 1800.0, background_s: float = 1800.0, pause_s: float = 300.0) -> Window:
    """Background, pause, hold, pause, background; no background if background_s is zero."""
    begin_s = background_s + pause_s
    after_s = begin_s + hold_s + pause_s
    background = ((0.0, background_s), (after_s, after_s + background_s)) if background_s else ()
    return Window("hold", "working", begin_s, begin_s + hold_s, background)


@dataclass(frozen=True)
class World:
    """What is so, whatever is known of it. Losses are fractions per second; drift_k_s: of the whole gas."""

    loss_per_s: float = 2e-4 / 3600.0
    background_per_s: float = 0.0
    drift_k_s: float = 0.0
    wander_k: float = 0.0
    volume_ratio: float = 1.0

    def gas(self, asked: Window, time_s: Floats) -> tuple[Floats, Floats]:
        """Mass in kg, temperature in K."""
        lost = self.background_per_s * time_s + self.loss_per_s * np.clip(
            time_s - asked.begin_s, 0.0, asked.end_s - asked.begin_s
        )
        m0 = PRESSURE_PA * VOLUME_M3 * self.volume_ratio / (GAS_CONSTANT * TEMPERATURE_K)
        return m0 * np.exp(-lost), TEMPERATURE_K + self.drift_k_s * time_s

    def rate_kg_s(self, asked: Window) -> float:
        """The mean over the scans of the hold of what leaks above the background."""
        time_s = np.arange(asked.begin_s, asked.end_s)
        return float(self.loss_per_s * self.gas(asked, time_s)[0].mean())


def ornstein_uhlenbeck(rng: np.random.Generator, sigma: float, tau_s: float, n: int) -> Floats:
    """Stationary, one value a second, by its exact recursion."""
    decay = np.exp(-1.0 / tau_s)
    kicks = rng.normal(0.0, sigma * np.sqrt(1.0 - decay**2), n)
    kicks[0] = rng.normal(0.0, sigma)
    return lfilter([1.0], [1.0, -decay], kicks)


def record(
    world: World,
    asked: Window,
    rng: np.random.Generator | None = None,
    noise_ratio: float = 1.0,
    sigmas_k: Iterable[float] = SIGMAS_K,
) -> Series:
    """One scan a second from 0 to the end of the last segment; without rng free of noise."""
    end_s = max([asked.end_s, *(end_s for _, end_s in asked.background)])
    time_s = np.arange(0.0, end_s)
    mass_kg, gas_k = world.gas(asked, time_s)
    if rng is not None and world.wander_k:
        gas_k = gas_k + ornstein_uhlenbeck(rng, world.wander_k, 7200.0, time_s.size)
    columns = {"p": mass_kg * GAS_CONSTANT * gas_k / (VOLUME_M3 * world.volume_ratio)}
    for j, (sigma_k, tau_s) in enumerate(zip(sigmas_k, TAUS_S, strict=True)):
        columns[f"t{j}"] = gas_k.copy()
        if rng is not None:
            slow_k = ornstein_uhlenbeck(rng, noise_ratio * sigma_k, tau_s, time_s.size)
            columns[f"t{j}"] += slow_k + rng.normal(0.0, WHITE_K, time_s.size)
    if rng is not None:
        columns["p"] += rng.normal(0.0, WHITE_PA, time_s.size)
    return Series(time_s, columns)

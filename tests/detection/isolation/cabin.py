"""A made-up cabin of three compartments in a row with leaks and seals: its own masses, its own noise."""

from dataclasses import dataclass, field

import numpy as np

from bench.records import Series
from bench.rig import CompartmentRig, GasThermometer, HatchRig, NoiseClass, PressureGauge, Rig

R = 287.05
NAMES = ("fore", "mid", "aft")
VOLUMES_M3 = (0.12, 0.4, 0.06)
HATCHES = ("fore_mid", "mid_aft")
PRESSURE_PA, TEMPERATURE_K = 1e5, 295.0
GAUGE = NoiseClass(white=1.0, random_walk=1.0)
THERMOMETER = NoiseClass(white=0.002, representativeness=0.07, correlation_time_s=3600.0)


def rig():
    def compartment(name, volume_m3):
        thermometers = tuple(GasThermometer(f"{name}_t{j}", 0.5, THERMOMETER) for j in (1, 2))
        return CompartmentRig(
            name, volume_m3, 0.005 * volume_m3, (PressureGauge(f"{name}_p", 50.0, GAUGE),), 0.05, thermometers
        )

    hatches = tuple(
        HatchRig(name, ends, f"{name}_closed") for name, ends in zip(HATCHES, (NAMES[:2], NAMES[1:]), strict=True)
    )
    return Rig(R, {n: compartment(n, v) for n, v in zip(NAMES, VOLUMES_M3, strict=True)}, hatches)


@dataclass(frozen=True)
class Cabin:
    """leak_kg_s by compartment, seal_kg_s_pa by hatch. closed: (hatch, from_s, to_s). fed: (compartment, at_s, Pa)."""

    leak_kg_s: dict = field(default_factory=dict)
    seal_kg_s_pa: dict = field(default_factory=dict)
    closed: tuple = ()
    fed: tuple = ()
    drift_k_s: float = 0.0

    def record(self, hours, seed=None, period_s=30.0, noise=1.0):
        """Scans from 0 on; without a seed free of noise."""
        time_s = np.arange(0.0, hours * 3600.0, period_s)
        shut = np.array([[any(n == h and a <= t < b for n, a, b in self.closed) for h in HATCHES] for t in time_s])
        gas_k = TEMPERATURE_K + self.drift_k_s * time_s
        pressure_pa = self._pressures(time_s, shut, gas_k, period_s)
        columns = {f"{name}_closed": shut[:, j].astype(float) for j, name in enumerate(HATCHES)}
        rng = np.random.default_rng(seed)
        on = 0.0 if seed is None else noise
        for i, name in enumerate(NAMES):
            walk = np.cumsum(rng.normal(0.0, GAUGE.random_walk * np.sqrt(period_s / 3600.0), time_s.size))
            columns[f"{name}_p"] = pressure_pa[:, i] + on * (rng.normal(0.0, GAUGE.white, time_s.size) + walk)
            columns[f"{name}_p"] += on * rng.normal(0.0, 50.0)  # its offset
            for j in (1, 2):
                columns[f"{name}_t{j}"] = gas_k + on * (slow(rng, time_s.size, period_s) + rng.normal(0.0, 0.05))
        return Series(time_s, columns)

    def _pressures(self, time_s, shut, gas_k, period_s):
        leak, volume = np.array([self.leak_kg_s.get(name, 0.0) for name in NAMES]), np.array(VOLUMES_M3)
        mass = PRESSURE_PA * volume / (R * TEMPERATURE_K)
        out = np.empty((time_s.size, 3))
        for k, now_s in enumerate(time_s):
            for name, at_s, step_pa in self.fed:
                if at_s <= now_s < at_s + period_s:
                    mass[NAMES.index(name)] += step_pa * volume[NAMES.index(name)] / (R * gas_k[k])
            for group in groups(shut[k]):
                mass[group] = mass[group].sum() * volume[group] / volume[group].sum()
            out[k] = mass * R * gas_k[k] / volume
            mass = mass - leak * out[k] / PRESSURE_PA * period_s
            for j, hatch in enumerate(HATCHES):
                if shut[k, j]:
                    flow = self.seal_kg_s_pa.get(hatch, 0.0) * (out[k, j] - out[k, j + 1]) * period_s
                    mass[j], mass[j + 1] = mass[j] - flow, mass[j + 1] + flow
        return out


def groups(shut):
    """Places in a row, cut at the hatches that are shut."""
    cuts = [j + 1 for j in range(2) if shut[j]]
    return [np.arange(a, b) for a, b in zip([0, *cuts], [*cuts, 3], strict=True)]


def slow(rng, n, period_s):
    kept = np.exp(-period_s / THERMOMETER.correlation_time_s)
    value, out = rng.normal(0.0, THERMOMETER.representativeness), np.empty(n)
    kicks = rng.normal(0.0, THERMOMETER.representativeness * np.sqrt(1.0 - kept**2), n)
    for k in range(n):
        value = kept * value + kicks[k]
        out[k] = value
    return out


def all_closed(from_s=1800.0, to_s=np.inf):
    return tuple((hatch, from_s, to_s) for hatch in HATCHES)

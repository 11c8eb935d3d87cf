"""Made-up ten-minute rows of a volume of air: its own gas law and noise, nothing of what it tests."""

import numpy as np

from bench.records import Series
from bench.rig import CompartmentRig, GasThermometer, NoiseClass, PressureGauge, Rig

R, VOLUME_M3, PRESSURE_PA, GAS_K = 287.05, 0.58, 98_500.0, 295.15
BLOCK_S, HOUR_S, DAY_S = 600.0, 3600.0, 86_400.0
GAUGES_PA, FRACTIONS = {"p1": 0.0, "p2": 40.0}, {"t1": 0.5, "t2": 0.3, "t3": 0.2}
SLOW_K, WALK_PA = 0.06, 1.0
RIG = Rig(
    R,
    {
        "cabin": CompartmentRig(
            name="cabin",
            volume_m3=VOLUME_M3,
            u_volume_m3=0.002,
            gauges=tuple(PressureGauge(name, 50.0, NoiseClass(0.1, random_walk=WALK_PA)) for name in GAUGES_PA),
            u_temperature_k=0.05,
            thermometers=tuple(
                GasThermometer(name, share, NoiseClass(0.002, SLOW_K, HOUR_S)) for name, share in FRACTIONS.items()
            ),
            wall_channels=("w1", "w2"),
        )
    },
)
GAS_KG = PRESSURE_PA * VOLUME_M3 / (R * GAS_K)


def air(seed, days, *, loss_1_s=0.0, onset_s=0.0, night_s=None, seen=1.0, nominal_1_s=0.0, noise=1.0):
    """loss_1_s from onset_s on, on a nominal loss. From night_s on the cabin cools by 0.5 K in 6 h, warms again in the
    next 6 h, and the thermometers of the gas see this share of it. A day and night of 0.25 K otherwise.
    """
    rng = np.random.default_rng(seed)
    time_s = np.arange(BLOCK_S / 2.0, days * DAY_S, BLOCK_S)
    day_k = 0.25 * np.sin(2.0 * np.pi * time_s / DAY_S)
    night_k = np.zeros_like(time_s)
    if night_s is not None:
        since_h = (time_s - night_s) / HOUR_S
        night_k = np.interp(since_h, [0.0, 6.0, 12.0], [0.0, -0.5, 0.0])
    lost = nominal_1_s * time_s + loss_1_s * np.maximum(time_s - onset_s, 0.0)
    pressure_pa = PRESSURE_PA * np.exp(-lost) * (GAS_K + day_k + night_k) / GAS_K
    columns = {}
    for name, offset_pa in GAUGES_PA.items():
        walk = np.cumsum(rng.normal(0.0, WALK_PA * np.sqrt(BLOCK_S / HOUR_S), time_s.size))
        columns[name] = pressure_pa + offset_pa + noise * walk
    for name in FRACTIONS:
        columns[name] = GAS_K + day_k + seen * night_k + noise * _slow(rng, time_s.size)
    for name in ("w1", "w2"):
        columns[name] = GAS_K + day_k + night_k
    return Series(time_s, columns)


def _slow(rng, count):
    kept = np.exp(-BLOCK_S / HOUR_S)
    kicks = rng.normal(0.0, SLOW_K * np.sqrt(1.0 - kept**2), count)
    values = [rng.normal(0.0, SLOW_K)]
    for kick in kicks[1:]:
        values.append(kept * values[-1] + kick)
    return np.array(values)

"""Made-up bursts: points of noise in boxes, heard straight and through hatches: nothing of what is tested. SI."""

import math
from dataclasses import dataclass

import numpy as np

from bench.acoustic_rig import AcousticRig, BoxRig, LeakNoise, MicrophoneRig
from bench.records import Burst, Series
from bench.rig import CompartmentRig, GasThermometer, HatchRig, NoiseClass, PressureGauge, Rig

RATE_HZ, BAND_HZ = 200e3, (30e3, 50e3)
AIR_J_KG_K, TEMPERATURE_K = 287.05, 295.15
OWN_DB, HATCH_DB = 30.0, -20.0
BOXES = {
    "left": BoxRig((0.0, 0.0, 0.0), (0.8, 0.5, 0.5)),
    "middle": BoxRig((0.8, 0.0, 0.0), (0.6, 0.5, 0.5)),
    "right": BoxRig((1.4, 0.0, 0.0), (0.5, 0.5, 0.5)),
}
PLACES_M = {
    "left": ((0.15, 0.0, 0.3), (0.6, 0.35, 0.5)),
    "middle": ((0.9, 0.0, 0.35), (1.3, 0.3, 0.5)),
    "right": ((1.5, 0.0, 0.35), (1.8, 0.3, 0.5)),
}
HOLES_M = {("left", "middle"): (0.8, 0.25, 0.25), ("middle", "right"): (1.4, 0.25, 0.25)}
MICROPHONES = tuple(
    MicrophoneRig(f"{room}_{number}", room, place_m, OWN_DB)
    for room, places_m in PLACES_M.items()
    for number, place_m in enumerate(places_m, 1)
)
NOISE = LeakNoise(level_db=32.0, at_kg_s=4.7e-7, u_level_db=3.0)


def rig(rooms=tuple(BOXES)):
    compartments = {
        room: CompartmentRig(
            name=room,
            volume_m3=0.2,
            u_volume_m3=0.002,
            gauges=(PressureGauge(f"{room}_p", 10.0, NoiseClass(1.0)),),
            u_temperature_k=0.05,
            thermometers=(GasThermometer(f"{room}_t", 1.0, NoiseClass(0.002)),),
        )
        for room in rooms
    }
    hatches = tuple(HatchRig("_".join(ends), ends, "_".join(ends) + "_closed", at) for ends, at in HOLES_M.items())
    acoustics = AcousticRig(BAND_HZ, tuple(m for m in MICROPHONES if m.compartment in rooms), NOISE, BOXES)
    return Rig(AIR_J_KG_K, compartments, hatches, acoustics=acoustics)


def series(*, closed=True, temperature_k=TEMPERATURE_K):
    """Of the minute before the burst."""
    columns = {f"{room}_t": np.full(2, temperature_k) for room in BOXES}
    columns |= {"_".join(ends) + "_closed": np.full(2, float(closed)) for ends in HOLES_M}
    return Series(np.array([40.0, 100.0]), columns)


@dataclass(frozen=True)
class Point:
    """Level at 1 m; burst_share: of the time that it sounds, as clicks."""

    room: str
    position_m: tuple[float, float, float]
    level_db: float
    burst_share: float = 1.0


def burst(*points, seed=1, seconds=0.1, racks_db=None, closed=True, temperature_k=TEMPERATURE_K, rooms=tuple(BOXES)):
    """racks_db: room -> level of what no two microphones hear the same, anywhere in it."""
    generator, samples = np.random.default_rng(seed), round(seconds * RATE_HZ)
    heard = [m for m in MICROPHONES if m.compartment in rooms]
    rows = np.array([rms_pa(OWN_DB) * noise(generator, samples) for _ in heard])
    for number, microphone in enumerate(heard):
        rows[number] += rms_pa((racks_db or {}).get(microphone.compartment, -100.0)) * noise(generator, samples)
    speed_m_s = math.sqrt(1.4 * AIR_J_KG_K * temperature_k)
    for point in points:
        sound = rms_pa(point.level_db) * noise(generator, samples)
        sound *= np.sin(np.arange(samples) * 2e-3) ** 2 > 1.0 - point.burst_share**2 if point.burst_share < 1.0 else 1.0
        for number, microphone in enumerate(heard):
            for way_m, gain in ways(point, microphone, closed=closed):
                rows[number] += gain / way_m * later(sound, way_m / speed_m_s)
    return Burst(100.0, 1.0 / RATE_HZ, tuple(m.name for m in heard), rows.astype(np.float32))


def ways(point, microphone, *, closed):
    """(length, gain): straight, or through one open hatch."""
    if point.room == microphone.compartment:
        yield math.dist(point.position_m, microphone.position_m), 1.0
    for ends, hole_m in HOLES_M.items():
        if not closed and set(ends) == {point.room, microphone.compartment}:
            yield (
                math.dist(point.position_m, hole_m) + math.dist(hole_m, microphone.position_m),
                10.0 ** (HATCH_DB / 20),
            )


def rms_pa(level_db):
    return 20e-6 * 10.0 ** (level_db / 20.0)


def noise(generator, samples):
    """White, of mean square 1 in the band."""
    return generator.standard_normal(samples) * math.sqrt(0.5 * RATE_HZ / (BAND_HZ[1] - BAND_HZ[0]))


def later(samples, delay_s):
    frequency_hz = np.fft.rfftfreq(samples.size, 1.0 / RATE_HZ)
    return np.fft.irfft(np.fft.rfft(samples) * np.exp(-2j * np.pi * frequency_hz * delay_s), samples.size)


def farther_m(position_m, microphones):
    """By how much the second is farther from it than the first."""
    one, other = (math.dist(position_m, m.position_m) for m in microphones)
    return other - one

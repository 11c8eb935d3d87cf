"""What tests make of microphones' samples, with formulas of their own. Units: SI."""

from types import SimpleNamespace

import numpy as np
from sim import rigs

RATE_HZ, BURST_S, BAND_HZ = 200e3, 0.5, (30e3, 50e3)
STATED_V_PA = 0.0126
MICROPHONES = {m.name: m for m in rigs.BENCH.microphone}


def sample_times(end_s, burst_s=BURST_S, rate_hz=RATE_HZ):
    """Of a burst that ends there."""
    return end_s + (np.arange(round(burst_s * rate_hz)) + 1.0 - round(burst_s * rate_hz)) / rate_hz


def microphones(compartment):
    return [m for m in rigs.BENCH.microphone if m.compartment == compartment]


def burst(rig, compartment, end_s=None, burst_s=BURST_S):
    """Pascals at both microphones of a compartment, by the stated sensitivity."""
    if end_s is not None:
        rig.clock.advance_to(end_s)
    times_s = sample_times(rig.look(), burst_s)
    return [rig.sound.volts(m.input, times_s) / STATED_V_PA for m in microphones(compartment)]


def power_pa2(samples, band_hz=BAND_HZ, rate_hz=RATE_HZ):
    """Mean square within the band."""
    spectrum = np.fft.rfft(samples)
    frequency_hz = np.fft.rfftfreq(samples.size, 1.0 / rate_hz)
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz < band_hz[1])
    return float(2.0 * np.sum(np.abs(spectrum[inside]) ** 2) / samples.size**2)


def level_db(samples, band_hz=BAND_HZ):
    return 10.0 * np.log10(power_pa2(samples, band_hz) / 4e-10)


def later_us(one, other, band_hz=BAND_HZ, longest_s=3e-3, finer=16, *, envelope=False):
    """By how much other hears later than one: generalised cross-correlation, phases alone (Knapp and Carter, 1976).

    envelope: of groups of waves, not of their phases.
    """
    size = 2 * one.size
    cross = np.conj(np.fft.rfft(one, size)) * np.fft.rfft(other, size)
    frequency_hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
    cross /= np.maximum(np.abs(cross), 1e-300)
    cross[(frequency_hz < band_hz[0]) | (frequency_hz > band_hz[1])] = 0.0
    padded = np.zeros(finer * size, dtype=complex)
    padded[: cross.size] = cross
    curve = np.abs(np.fft.ifft(padded)) if envelope else np.fft.irfft(cross, finer * size)
    lags = np.arange(-int(longest_s * RATE_HZ * finer), int(longest_s * RATE_HZ * finer))
    best = int(lags[np.argmax(curve[lags])])
    before, top, after = curve[[best - 1, best, best + 1]]
    return 1e6 * (best + 0.5 * (before - after) / (before - 2.0 * top + after)) / (RATE_HZ * finer)


def true_later_us(rig, leak):
    """Between the two microphones of the leak's compartment."""
    (times,) = rig.sound.sealed()["later"][leak].values()
    return times["us"]


def quiet_bench(**changes):
    """The shipped bench with microphones that have next to no noise of their own."""
    quiet = [m.model_copy(update={"self_noise_db": -60.0, **changes}) for m in rigs.BENCH.microphone]
    return rigs.BENCH.model_copy(update={"microphone": tuple(quiet)})


def hole(compartment, diameter_m, position_m, name="hole"):
    return {"name": name, "compartment": compartment, "diameter_m": diameter_m, "position_m": position_m}


WORKING_HOLE = SimpleNamespace(compartment="working_compartment", position_m=(1.45, 0.4, 0.05))


def leaking(diameter_m=50e-6, bench=rigs.BENCH, **changes):
    """A rig with one leak in the working compartment, as stated and with its hatches closed."""
    leak = hole(WORKING_HOLE.compartment, diameter_m, WORKING_HOLE.position_m)
    return rigs.staged(bench, hidden_leak=[leak], **changes)

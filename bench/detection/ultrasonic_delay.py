"""How much later one microphone hears than another, and whether they hear the same at all.

Generalised cross-correlation with the phase transform (Knapp and Carter, IEEE Trans. ASSP 24 (1976) 320). Phases of
unrelated noises are uniform whatever their spectra and levels, so that the curve's own noise sets a threshold of
constant false alarm rate, racks on or off.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.signal.windows import tukey
from scipy.special import hyp2f1

from bench.records import Burst, Floats

FINER = 8
"""Steps of the curve in one of the samples: 0.6 us at 200 kS/s, a fortieth of a period at 40 kHz."""
TAPER = 0.1
"""Of a burst, at its ends together: strong sound below the band must not leak into it."""
BEYOND_S = 0.02
"""Delays at which only the curve's own noise is left, echoes included."""
SURE = 8.0
"""Below this height the neighbouring crest, one period away, is at times higher by its noise."""


@dataclass(frozen=True, slots=True)
class Crest:
    """The curve's highest place. height: in standard deviations of its noise. coherence: of the two microphones."""

    delay_s: float
    u_delay_s: float
    height: float
    coherence: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """curve: at delays of `step_s` times 0, 1, ..., negative ones from the end; 1: the same sound. noise: its RMS at
    delays without direct sound.
    """

    step_s: float
    curve: Floats
    noise: float
    band_hz: tuple[float, float]

    def crest(self, low_s: float, high_s: float) -> Crest:
        """Between two delays of the second microphone after the first."""
        steps = np.arange(math.floor(low_s / self.step_s), math.ceil(high_s / self.step_s) + 1)
        best = int(steps[np.argmax(self.curve[steps])])
        before, top, after = (float(self.curve[best + step]) for step in (-1, 0, 1))
        bent = before - 2.0 * top + after
        delay_s = (best + (0.5 * (before - after) / bent if bent < 0.0 else 0.0)) * self.step_s
        height, rms_hz = top / self.noise, rms_frequency_hz(self.band_hz)
        u_delay_s = math.hypot(1.0 / (2.0 * math.pi * rms_hz * max(height, 1.0)), (height < SURE) / rms_hz)
        return Crest(delay_s, u_delay_s, height, coherence_of(top))


def correlate(bursts: Sequence[Burst], one: str, other: str, band_hz: tuple[float, float]) -> Correlation:
    """Over all the bursts together, which must be sampled alike. Raises ValueError."""
    size = min(burst.pressures_pa.shape[1] for burst in bursts)
    dt_s = bursts[0].dt_s
    if any(burst.dt_s != dt_s for burst in bursts):
        raise ValueError("bursts sampled at different rates cannot be correlated together")
    frequency_hz = np.fft.rfftfreq(size, dt_s)
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz < band_hz[1])
    phases = np.zeros(FINER * size // 2 + 1, dtype=np.complex128)
    for burst in bursts:
        first, second = (_spectrum(burst, name, size)[inside] for name in (one, other))
        cross = np.conj(first) * second
        phases[: frequency_hz.size][inside] += cross / np.maximum(np.abs(cross), 1e-300)
    curve = np.fft.irfft(phases, FINER * size) * (0.5 * FINER * size / (inside.sum() * len(bursts)))
    step_s = dt_s / FINER
    beyond = curve[round(BEYOND_S / step_s) : -round(BEYOND_S / step_s)]
    return Correlation(step_s, curve, float(np.sqrt(np.mean(np.square(beyond)))), band_hz)


def _spectrum(burst: Burst, name: str, size: int) -> np.ndarray[tuple[int], np.dtype[np.complex128]]:
    samples = burst.pressures_pa[burst.microphones.index(name), :size].astype(np.float64)
    return np.fft.rfft((samples - samples.mean()) * tukey(size, TAPER))


def rms_frequency_hz(band_hz: tuple[float, float]) -> float:
    """Of even power over the band: how often its noise rises through zero in a second (Rice, 1945)."""
    low_hz, high_hz = band_hz
    return math.sqrt((high_hz**3 - low_hz**3) / (3.0 * (high_hz - low_hz)))


def false_crests(height: float, range_s: float, band_hz: tuple[float, float]) -> float:
    """How many crests as high are to be expected of noise alone over a range of delays (Rice); at most 1."""
    return min(1.0, (1.0 + range_s * rms_frequency_hz(band_hz)) * math.exp(-0.5 * height**2))


def threshold(alarm_probability: float, range_s: float, band_hz: tuple[float, float]) -> float:
    """Height that false_crests gives that probability."""
    return math.sqrt(2.0 * math.log((1.0 + range_s * rms_frequency_hz(band_hz)) / alarm_probability))


COHERENCES = np.linspace(0.0, 1.0, 1001)
MEAN_PHASES = 0.25 * np.pi * COHERENCES * hyp2f1(0.5, 0.5, 2.0, np.square(COHERENCES))
"""Mean cosine of the phase between two Gaussian signals at one frequency, by the magnitude of their coherence (Lee et
al., IEEE Trans. GRS 32 (1994) 1017, one look): as high a crest becomes."""


def crest_of(coherence: Floats) -> Floats:
    return np.interp(coherence, COHERENCES, MEAN_PHASES)


def coherence_of(crest: float) -> float:
    return float(np.interp(crest, MEAN_PHASES, COHERENCES))

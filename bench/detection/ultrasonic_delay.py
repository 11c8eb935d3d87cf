"""How much later one microphone hears than another, and whether they hear the same at all.

Generalised cross-correlation with the phase transform (Knapp and Carter, IEEE Trans. ASSP 24 (1976) 320). Phases of
unrelated noises are uniform whatever their spectra and levels, so that the curve's own noise sets a threshold of
constant false alarm rate, racks on or off.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.signal.windows import hann
from scipy.special import hyp2f1

from bench.records import Burst, Floats

Spectra = NDArray[np.complex128]

FRAME_S = 0.1
"""Long against any delay."""
FINER = 8
"""Steps of the curve in one of the samples: 0.6 us at 200 kS/s, a fortieth of a period at 40 kHz."""
BEYOND = (0.05, 0.15)
"""Delays by which only noise is left, first echoes included, in frames: 5 to 15 ms."""
TONE = 10.0
"""Lines so many times over the band's median are left out: a converter that whistles is heard everywhere."""
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
    """curve: at delays of `step_s` times 0, 1, ..., negative ones from the end; 1: the same sound. noise: the RMS
    that it has at delays at which no sound is alike.
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
    """Over all the bursts together, which must be sampled alike (ValueError), by half overlapping frames."""
    dt_s = bursts[0].dt_s
    if any(burst.dt_s != dt_s for burst in bursts):
        raise ValueError("bursts sampled at different rates cannot be correlated together")
    size = min(round(FRAME_S / dt_s), *(burst.pressures_pa.shape[1] for burst in bursts))
    frequency_hz = np.fft.rfftfreq(size, dt_s)
    inside = (frequency_hz >= band_hz[0]) & (frequency_hz < band_hz[1])
    first, second = (_spectra(bursts, name, size)[:, inside] for name in (one, other))
    cross = np.conj(first) * second
    phases = (cross / np.maximum(np.abs(cross), 1e-300)).mean(axis=0)
    phases[_tones(first) | _tones(second)] = 0.0
    padded = np.zeros(FINER * size // 2 + 1, dtype=np.complex128)
    padded[: frequency_hz.size][inside] = phases
    curve = np.fft.irfft(padded, FINER * size) * (0.5 * FINER * size / max(np.count_nonzero(phases), 1))
    return Correlation(dt_s / FINER, curve, _noise(curve), band_hz)


def _noise(curve: Floats) -> float:
    """RMS near no delay, from that at BEYOND. What is left of frames that overlap by less is the windows' doing."""
    begin, end = (round(share * curve.size) for share in BEYOND)
    window = hann(curve.size // FINER, sym=False)
    overlap = np.fft.irfft(np.square(np.abs(np.fft.rfft(np.square(window)))), window.size)
    left = (overlap / overlap[0])[np.arange(begin, end) // FINER]
    sides = np.square(curve[begin:end]) + np.square(curve[-begin:-end:-1])
    return float(np.sqrt(np.mean(0.5 * sides / left)))


def _spectra(bursts: Sequence[Burst], name: str, size: int) -> Spectra:
    """(frames, lines), under Hann's window: strong sound at other frequencies must not leak in."""
    rows = [burst.pressures_pa[burst.microphones.index(name)].astype(np.float64) for burst in bursts]
    frames = np.concatenate([sliding_window_view(row, size)[:: max(size // 2, 1)] for row in rows])
    return np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * hann(size, sym=False))


def _tones(spectra: Spectra) -> NDArray[np.bool_]:
    power = np.square(np.abs(spectra)).mean(axis=0)
    return np.asarray(power > TONE * np.median(power))


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

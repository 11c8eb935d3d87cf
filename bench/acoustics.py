"""What a burst of sound is worth as one number: how strong it is in a band, and how far from steady noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.records import Floats

FRAME_S = 5e-3
"""Long against a click's own duration, short against a burst: 199 frames, half overlapping, of half a second."""
REFERENCE_PA = 20e-6
"""Of sound pressure levels in air (ISO 1683)."""


@dataclass(frozen=True, slots=True)
class Features:
    """Of one burst in one band, an entry for each microphone."""

    band_power_pa2: Floats
    """Mean-square sound pressure."""
    spectral_kurtosis: Floats
    """0: steady noise; -1: a steady tone; large: clicks. NaN where there is no sound at all."""


def features(pressures_pa: NDArray[np.floating], dt_s: float, band_hz: tuple[float, float]) -> Features:
    """pressures_pa: (microphones, samples), at least two frames of FRAME_S. band_hz below half of 1 / dt_s.

    Band power by Welch's method: the one-sided density of Hann-windowed, half overlapping frames, averaged and summed
    over the band. Spectral kurtosis is the mean over the band's lines.
    """
    frequency_hz, density = frames(pressures_pa, dt_s)
    weight_hz = overlap_hz(frequency_hz, band_hz)
    inside = weight_hz > 0.0
    return Features(
        band_power_pa2=density.mean(axis=-1) @ weight_hz,
        spectral_kurtosis=spectral_kurtosis(density[..., inside, :]).mean(axis=-1),
    )


def load() -> None:
    """What the first burst would wait for, up to a second, in which scans would be missed."""
    import scipy.signal  # noqa: F401


def frames(pressures_pa: NDArray[np.floating], dt_s: float) -> tuple[Floats, Floats]:
    """Frequencies of the lines in Hz, and each frame's density in Pa2/Hz: (microphones, lines, frames)."""
    from scipy.signal import spectrogram  # here, for whoever has no microphones to wait for it

    size = round(FRAME_S / dt_s)
    if pressures_pa.shape[-1] < 2 * size:
        raise ValueError(f"a burst of {pressures_pa.shape[-1]} samples has no two frames of {size}")
    samples = np.asarray(pressures_pa, np.float64)
    found = spectrogram(samples, 1.0 / dt_s, window="hann", nperseg=size, noverlap=size // 2, detrend="constant")
    frequency_hz, _, density = found
    return frequency_hz, density


def overlap_hz(frequency_hz: Floats, band_hz: tuple[float, float]) -> Floats:
    """How much of the band each line stands for; lines are as wide as they are apart."""
    half_hz = 0.5 * (frequency_hz[1] - frequency_hz[0])
    low_hz, high_hz = band_hz
    upper_hz, lower_hz = np.minimum(frequency_hz + half_hz, high_hz), np.maximum(frequency_hz - half_hz, low_hz)
    found: Floats = np.maximum(upper_hz - lower_hz, 0.0)
    return found


def spectral_kurtosis(density: Floats) -> Floats:
    """Of each line over its frames, (..., lines, frames) -> (..., lines): <|X|^4> / <|X|^2>^2 - 2, without bias.

    Antoni, MSSP 20 (2006) 282, for the measure; Vrabie, Granjon, Serviere, NSIP 2003, for the estimator, whose variance
    for steady noise is 4 / frames. NaN where a line has no power.
    """
    count = density.shape[-1]
    with np.errstate(invalid="ignore"):  # 0 / 0 is not known, and says so
        ratio = np.square(density).sum(axis=-1) / np.square(density.sum(axis=-1))
    found: Floats = count / (count - 1) * ((count + 1) * ratio - 2.0)
    return found


def peak_pa(level_db: float) -> float:
    """Sound pressure of a level, as makers of microphones and of converters state their limits."""
    return float(REFERENCE_PA * 10.0 ** (level_db / 20.0))

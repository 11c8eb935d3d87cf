"""How loud it is at each microphone, and whether that is louder than it is when all is quiet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.acoustic_rig import AcousticRig
from bench.acoustics import REFERENCE_PA, features
from bench.records import Burst, Floats

STEADY_KURTOSIS = (-0.5, 1.0)
"""Between a tone and clicks: a leak is steady noise, 0; chosen wide, since gain and flow may drift within a burst."""
LEAST_U_DB = 0.1
"""Gains drift by as much between bursts, however many were averaged. Chosen."""
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Loudness:
    """At one microphone. quiet_db: when nothing is to be heard."""

    level_db: float
    quiet_db: float
    u_quiet_db: float
    kurtosis: float

    @property
    def excess_db(self) -> float:
        return self.level_db - self.quiet_db

    def louder(self, quantile: float) -> bool:
        """quantile: of the normal distribution, by how many standard uncertainties."""
        return self.excess_db > quantile * self.u_quiet_db

    @property
    def steady(self) -> bool:
        return STEADY_KURTOSIS[0] < self.kurtosis < STEADY_KURTOSIS[1]


def loudnesses(rig: AcousticRig, bursts: Sequence[Burst], quiet: Sequence[Burst]) -> Mapping[str, Loudness]:
    """By microphone that was alive. Mean of the bursts, against the quiet ones, or against what can be told without.

    Without quiet bursts: the middle of all microphones' levels over their stated self-noise, at all times, and their
    robust spread; but no more than their sensitivities can explain, since more than half of them may hear racks.
    """
    names = [m.name for m in rig.microphones if _alive((*bursts, *quiet), m.name)]
    if not names:
        return {}
    heard_db, kurtosis = _levels(rig, bursts, names)
    quiet_db, u_quiet_db = _learned(rig, quiet, names) if quiet else _guessed(rig, heard_db, names)
    level_db = 10.0 * np.log10(np.mean(10.0 ** (heard_db / 10.0), axis=0))
    columns = zip(names, level_db, quiet_db, u_quiet_db, kurtosis, strict=True)
    return {name: Loudness(*(float(value) for value in values)) for name, *values in columns}


def _alive(bursts: Sequence[Burst], name: str) -> bool:
    """There in every burst, with finite samples that are not all the same."""
    if not all(name in burst.microphones for burst in bursts):
        return False
    rows = [burst.pressures_pa[burst.microphones.index(name)] for burst in bursts]
    return all(np.isfinite(row).all() and np.ptp(row) > 0.0 for row in rows)


def _levels(rig: AcousticRig, bursts: Sequence[Burst], names: Sequence[str]) -> tuple[Floats, Floats]:
    """(bursts, microphones) in dB, and each microphone's median kurtosis."""
    found = [features(_rows(burst, names), burst.dt_s, rig.band_hz) for burst in bursts]
    powers_pa2 = np.maximum([each.band_power_pa2 for each in found], 1e-30)
    kurtosis: Floats = np.median([each.spectral_kurtosis for each in found], axis=0)
    return 10.0 * np.log10(powers_pa2 / REFERENCE_PA**2), kurtosis


def _rows(burst: Burst, names: Sequence[str]) -> Floats:
    return np.stack([burst.pressures_pa[burst.microphones.index(name)] for name in names])


def _learned(rig: AcousticRig, quiet: Sequence[Burst], names: Sequence[str]) -> tuple[Floats, Floats]:
    levels_db, _ = _levels(rig, quiet, names)
    centre_db = np.median(levels_db, axis=0)
    spread_db = MAD_TO_SIGMA * np.median(np.abs(levels_db - centre_db), axis=0)
    return centre_db, np.maximum(spread_db, LEAST_U_DB)


def _guessed(rig: AcousticRig, heard_db: Floats, names: Sequence[str]) -> tuple[Floats, Floats]:
    entries = [m for m in rig.microphones if m.name in names]
    own_db = np.array([m.self_noise_db for m in entries])
    u_db = np.array([m.u_sensitivity_db for m in entries])
    over_db = heard_db - own_db
    centre_db = float(np.median(over_db))
    spread_db = MAD_TO_SIGMA * float(np.median(np.abs(over_db - centre_db)))
    limit_db = 3.0 * u_db
    u_quiet_db = np.hypot(np.clip(spread_db, u_db, limit_db), LEAST_U_DB)
    return own_db + np.clip(centre_db, -limit_db, limit_db), u_quiet_db

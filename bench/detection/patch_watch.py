"""A watch over a compartment whose leak is known, patched or not: the patch's verdict, and an alarm where the rate
rises again: the patch opens, the leak grows, or there is a second one. Pressure cannot tell which of these.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.detection.blocks import block_means
from bench.detection.learned_noise import LearnedNoise, noise_of
from bench.detection.mass import LogMass, log_mass, read_thermometers
from bench.detection.patch import (
    PatchVerdict,
    fit_courses,
    leak_courses,
    likeliest_cure_s,
    ratio_from,
    rise_sigmas,
    verdict_of,
)
from bench.records import Floats, LeakEstimate, Series, Window
from bench.rig import WHOLE, Rig

HOUR_S = 3600.0
ONE_OR_SEVERAL = "one leak or several in one compartment: pressure cannot tell"
SAME_PLACE = "re-opened, grown or a second leak in the same compartment: pressure cannot tell which"


@dataclass(frozen=True, slots=True)
class PatchWatch:
    """patched_s: None where nothing was patched and a known leak is watched for growth. hold_s: time after the patch
    before which nothing is called sealed. every_s: between answers. alarm_sigmas: of a rise over the residual.
    """

    compartment: str = WHOLE
    patched_s: float | None = None
    sealed_below: float = 0.05
    hold_s: float = 2.0 * HOUR_S
    every_s: float = HOUR_S
    alarm_sigmas: float = 5.0
    name: str = "patch_watch"

    def start(self, rig: Rig, background: Series | None = None) -> "PatchWatching":
        """background: with the leak open; what is learned from it is noise alone."""
        return PatchWatching(self, rig, background)


class PatchWatching:
    """Keeps what it has seen: some days at most."""

    def __init__(self, wanted: PatchWatch, rig: Rig, background: Series | None) -> None:
        self._wanted, self._rig, self._volume = wanted, rig, rig.volume(wanted.compartment)
        self._parts: list[Series] = []
        self._next_s: float | None = None
        self._learned = None if background is None else self._noise(background)

    def update(self, series: Series) -> Sequence[LeakEstimate]:
        found: list[LeakEstimate] = []
        if series.time_s.size == 0:
            return found
        if self._next_s is None:
            self._next_s = float(series.time_s[0]) + self._wanted.every_s
        self._parts.append(series)
        while series.time_s[-1] >= self._next_s:
            if (answer := self._answer(self._next_s)) is not None:
                found.append(answer)
            self._next_s += self._wanted.every_s
        return found

    def _noise(self, background: Series) -> LearnedNoise | None:
        mass = self._mass(background, float(background.time_s[0]), float(background.time_s[-1]))
        return None if mass is None else noise_of(replace(mass, segment=np.ones_like(mass.segment)))[0]

    def _answer(self, end_s: float) -> LeakEstimate | None:
        seen = _joined(self._parts)
        mass = self._mass(seen, float(seen.time_s[0]), end_s)
        if mass is None:
            return None
        if self._learned is not None:
            mass = replace(mass, noise=mass.noise.scaled(*self._learned.factors))
        return self._judge(mass, end_s)

    def _judge(self, mass: LogMass, end_s: float) -> LeakEstimate | None:
        patched_s = self._wanted.patched_s
        verdict, courses, since_s = None, -mass.time_s[:, None], float(mass.time_s[0])
        if patched_s is not None:
            if end_s <= patched_s + HOUR_S or mass.time_s[0] >= patched_s:
                return None
            ratio = ratio_from(mass, patched_s)
            verdict = verdict_of(ratio, self._wanted.sealed_below, end_s - patched_s, self._wanted.hold_s)
            courses = -leak_courses(mass.time_s, patched_s, likeliest_cure_s(ratio))
            since_s = patched_s + self._wanted.hold_s
        return self._estimate(mass, end_s, courses, since_s, verdict)

    def _estimate(
        self, mass: LogMass, end_s: float, courses: Floats, since_s: float, verdict: PatchVerdict | None
    ) -> LeakEstimate:
        fit = fit_courses(mass, courses)
        gas_kg = float(mass.pressure_pa[-1] * self._volume.volume_m3)
        gas_kg /= self._rig.gas_constant_j_kg_k * float(mass.temperature_k[-1])
        last = courses.shape[1] - 1
        rate_kg_s, u_kg_s = gas_kg * float(fit.coefficients[last]), gas_kg * math.sqrt(fit.covariance[last, last])
        onset_s, notes = self._rise(mass, end_s, courses, since_s)
        if onset_s is None:
            notes = (ONE_OR_SEVERAL,) if verdict is None else (str(verdict),)
        return LeakEstimate(
            self._wanted.name,
            self._wanted.compartment,
            rate_kg_s,
            u_kg_s,
            time_s=end_s,
            onset_s=onset_s,
            alarm=onset_s is not None,
            notes=notes,
        )

    def _rise(
        self, mass: LogMass, end_s: float, courses: Floats, since_s: float
    ) -> tuple[float | None, tuple[str, ...]]:
        """Its onset, if the rate rises: after a patch, once it was held."""
        onsets_s = np.arange(since_s + HOUR_S, end_s - 0.5 * HOUR_S, HOUR_S)
        if onsets_s.size == 0:
            return None, ()
        sigmas, onset_s = rise_sigmas(mass, courses, onsets_s.tolist())
        if sigmas < self._wanted.alarm_sigmas:
            return None, ()
        return onset_s, (f"rate rises from {onset_s:.0f} s on ({sigmas:.1f} sigma): {SAME_PLACE}",)

    def _mass(self, series: Series, begin_s: float, end_s: float) -> LogMass | None:
        """None where there is too little to say."""
        window = Window(self._wanted.name, self._wanted.compartment, begin_s, end_s)
        blocks = block_means(series, window, self._volume.channels)
        thermometers = read_thermometers(self._volume, blocks)
        if not thermometers:
            return None
        needed = [*(gauge.channel for gauge in self._volume.gauges), *(t.channel for t in thermometers)]
        blocks = blocks.read_in(needed)
        return log_mass(self._volume, thermometers, blocks) if blocks.segment.size > 10 else None


def _joined(parts: list[Series]) -> Series:
    """One series, kept in place of its parts."""
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in parts[0].columns}
    parts[:] = [Series(np.concatenate([part.time_s for part in parts]), columns)]
    return parts[0]

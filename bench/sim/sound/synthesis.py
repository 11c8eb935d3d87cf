"""Sound pressure at every microphone, block by block of the internal grid: each source's white noise, filtered by its
spectrum and its way to the microphone (overlap-save).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np

from bench.records import Floats
from bench.sim.sound.air import Air
from bench.sim.sound.grid import RATE_HZ, Grid
from bench.sim.sound.house import House
from bench.sim.sound.interpolation import TAPS, interpolate, kernel
from bench.sim.sound.noise import white
from bench.sim.sound.plate import through_wall
from bench.sim.sound.sources import INAUDIBLE_PA, Din, Ear, Source, Strength
from bench.sim.sound.spectra import heard
from bench.sim.sound.transfer import Complexes, through_air

KEPT_BLOCKS = 64
"""Of each source: a burst of a second, which one microphone after the other is read of."""
AROUND = TAPS // 2


class Scene(Protocol):
    """What there was at a time that has passed."""

    def air(self, room: str, time_s: float) -> Air: ...

    def opened(self, time_s: float) -> Collection[str]:
        """Names of open hatches."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays where it is."""

    house: House
    ears: Sequence[Ear]
    sources: Sequence[Source]
    dins: Sequence[Din]


class Synthesis:
    def __init__(self, seed: int, grid: Grid, scene: Scene, setting: Setting) -> None:
        self.seed, self.grid, self.scene = seed, grid, scene
        self.house, self.ears = setting.house, setting.ears
        self.sources, self.dins = setting.sources, setting.dins
        self._frequency_hz, self._kernel = grid.frequency_hz, kernel()
        self._heard = heard(self._frequency_hz)
        self._white = lru_cache(4 * KEPT_BLOCKS)(self._white_block)
        self._emitted = lru_cache(KEPT_BLOCKS * max(len(self.sources), 1))(self._emitted_block)
        self._way = lru_cache(256)(self._way_to)
        self._block = lru_cache(4 * KEPT_BLOCKS)(self._heard_block)
        self._strengths = lru_cache(KEPT_BLOCKS * (len(self.sources) + len(self.dins) + 1))(self._strengths_pa)

    def pressure(self, ear: int, times_s: Floats) -> Floats:
        """Pa at the microphone of that number, at times in any order, best in ascending."""
        places = times_s * RATE_HZ
        out = np.empty(places.shape)
        gaps = np.flatnonzero(np.abs(np.diff(places)) > self.grid.hop) + 1
        for part, result in zip(np.split(places, gaps), np.split(out, gaps), strict=True):
            if part.size:
                interpolate(*self._around(ear, part.min(), part.max()), part, self._kernel, result)
        return out

    def _around(self, ear: int, begin: float, end: float) -> tuple[Floats, int]:
        """Whole blocks with all samples that are needed between two places, and the first one's index."""
        hop = self.grid.hop
        first, last = (int(begin) - AROUND) // hop, (int(end) + AROUND) // hop
        return np.concatenate([self._block(ear, block) for block in range(first, last + 1)]), first * hop

    # -- one block -----------------------------------------------------------------------------------------------
    def _heard_block(self, number: int, block: int) -> Floats:
        grid, ear = self.grid, self.ears[number]
        spectrum = self._spectrum(f"self/{ear.name}", block, None) * ear.spectrum
        opened = tuple(self.scene.opened(grid.time_s(block - 1)))
        for din in self.dins:
            gain = self.house.leak_through(din.room, ear.spot.room, opened)
            if gain * max(self._strengths(din.strength_pa, block)) > INAUDIBLE_PA:
                noise = self._spectrum(f"{din.name}/{ear.name}", block, din.strength_pa)
                spectrum += gain * noise * din.spectrum
        for index, source in enumerate(self.sources):
            if any(self._strengths(source.strength_pa, block)):
                way = self._way(index, number, self._airs(source, ear, block), opened)
                spectrum += self._emitted(index, block) * way
        samples = np.fft.irfft(spectrum * self._heard, grid.size)
        return samples[grid.history : grid.history + grid.hop]

    def _emitted_block(self, index: int, block: int) -> Complexes:
        source = self.sources[index]
        return self._spectrum(source.name, block, source.strength_pa) * source.spectrum

    def _airs(self, source: Source, ear: Ear, block: int) -> tuple[tuple[str, Air], ...]:
        """Of the rooms on the way."""
        route = self.house.route(source.spot.room, ear.spot.room) or ()
        rooms = {source.spot.room, ear.spot.room, *(room for door in route for room in door.rooms)}
        return tuple((room, self.scene.air(room, self.grid.time_s(block - 1))) for room in sorted(rooms))

    def _way_to(self, index: int, number: int, airs: tuple[tuple[str, Air], ...], opened: Collection[str]) -> Complexes:
        source, ear, frequency_hz = self.sources[index], self.ears[number], self._frequency_hz
        way = through_air(frequency_hz, self.house.rays(source.spot, ear.spot, opened), dict(airs))
        route = self.house.route(source.spot.room, ear.spot.room)
        if source.in_wall and route is not None:
            distance_m = float(np.linalg.norm(np.subtract(source.spot.position_m, ear.spot.position_m)))
            way += through_wall(frequency_hz, distance_m, len(route))
        return way

    # -- noise ---------------------------------------------------------------------------------------------------
    def _white_block(self, stream: str, block: int) -> Floats:
        return white(self.seed, stream, block, self.grid.hop) if block >= -1 else np.zeros(self.grid.hop)

    def _spectrum(self, stream: str, block: int, strength_pa: Strength | None) -> Complexes:
        """Of a block with what comes before and after, each sample as strong as its source was."""
        grid = self.grid
        before, after = self._white(stream, block - 1)[-grid.history :], self._white(stream, block + 1)[: grid.guard]
        samples = np.concatenate([before, self._white(stream, block), after])
        if strength_pa is not None:
            samples *= self._envelope(self._strengths(strength_pa, block))
        spectrum: Complexes = np.fft.rfft(samples)[: self._frequency_hz.size]
        return spectrum

    def _strengths_pa(self, strength_pa: Strength, block: int) -> tuple[float, float, float, float]:
        """At the beginnings of the block before, of the block, and of the two that follow."""
        before, begin, end, after = (strength_pa(self.grid.time_s(block + i)) for i in (-1, 0, 1, 2))
        return before, begin, end, after

    def _envelope(self, strengths: tuple[float, float, float, float]) -> Floats | float:
        """Straight between the beginnings of blocks."""
        hop, history = self.grid.hop, self.grid.history
        if min(strengths) == max(strengths):
            return strengths[0]
        ends = [history - hop, history, history + hop, history + 2 * hop]
        return np.interp(np.arange(self.grid.size), ends, strengths)

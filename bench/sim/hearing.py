"""What the rig's microphones hear: the plant's past and the scenario's noises, as volts at a chassis' terminals."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import combinations

import numpy as np

from bench.config.model import Bench
from bench.records import Floats
from bench.sim.course import Course
from bench.sim.draws import Draws
from bench.sim.model_sound import ears_of, house_of, openings_of
from bench.sim.scenario import Scenario
from bench.sim.scenario_sound import Hiss, Racks
from bench.sim.scene import PlantScene
from bench.sim.sound.grid import RATE_HZ, Grid, grid_for
from bench.sim.sound.house import House, Spot
from bench.sim.sound.sources import LEAK_BAND_HZ, Din, Source, rms_pa
from bench.sim.sound.spectra import hiss, machinery
from bench.sim.sound.synthesis import Setting, Synthesis

LATE_BLOCKS = 3
"""A leak's sound follows its flow by so many blocks (61 ms), so that nothing heard depends on what is to come."""
TIE_S = 1e-6


class Hearing:
    """look: lets the plant follow the clock, gives the time. frozen: by instrument, what its channels show for good."""

    def __init__(
        self,
        bench: Bench,
        scenario: Scenario,
        course: Course,
        draws: Draws,
        seed: int,
        look: Callable[[], float],
        frozen: Mapping[str, dict[str, float]],
    ) -> None:
        self._bench, self._look, self._frozen = bench, look, frozen
        self._scene = PlantScene(course, house_of(bench))
        self.grid = grid_for(2.0 * _extent_m(self._scene.house))
        self._leaks = list(openings_of(bench, scenario, dict(self._scene.house.rooms), draws))
        ears = tuple(ears_of(bench, draws, self.grid.frequency_hz))
        sources = [*self._leak_sources(), *_hisses(scenario.hiss, self.grid, bench.acoustics.band_hz)]
        dins = tuple(_dins(scenario.racks, self.grid, bench.acoustics.band_hz))
        self.synthesis = Synthesis(seed, self.grid, self._scene, Setting(self._scene.house, ears, sources, dins))
        self._number = {entry.input: number for number, entry in enumerate(bench.microphone)}

    def volts(self, terminal: str, times_s: Floats) -> Floats:
        """At a microphone's input, at past or present times. ValueError: for times to come, or further back than the
        plant's knots reach. Loss of the chassis' power shows in that nobody can ask.
        """
        number, now_s = self._number[terminal], self._look()
        if times_s.size and times_s.max() > now_s + TIE_S:
            raise ValueError(f"{terminal}: nobody knows what will be heard at {times_s.max():g} s: it is {now_s:g} s")
        volts = self.synthesis.ears[number].volts_pa * self.synthesis.pressure(number, times_s)
        held = self._frozen.get(self._bench.microphone[number].instrument)
        if held is not None and volts.size:
            volts[:] = held.setdefault(terminal, float(volts[0]))
        return volts

    def sealed(self) -> dict[str, object]:
        """Where everything is, and how much later than at one microphone of its room each leak is heard at another."""
        now_s, setting = self._look(), self.synthesis
        return {
            "sources": {source.name: _place(source.spot) for source in setting.sources},
            "microphones": {ear.name: {**_place(ear.spot), "sensitivity_v_pa": ear.volts_pa} for ear in setting.ears},
            "later": {leak.name: dict(self._later(leak.spot, now_s)) for leak in self._leaks},
        }

    def _later(self, spot: Spot, now_s: float) -> Iterator[tuple[str, dict[str, float]]]:
        speed_m_s = self._scene.air(spot.room, now_s).speed_m_s
        near = [ear for ear in self.synthesis.ears if ear.spot.room == spot.room]
        for one, other in combinations(near, 2):
            ways_m = [math.dist(ear.spot.position_m, spot.position_m) for ear in (one, other)]
            later_m = ways_m[1] - ways_m[0]
            yield f"{other.name} after {one.name}", {"mm": 1e3 * later_m, "us": 1e6 * later_m / speed_m_s}

    def _leak_sources(self) -> Iterator[Source]:
        spectrum = hiss(self.grid.frequency_hz, LEAK_BAND_HZ)
        late_s = LATE_BLOCKS * self.grid.hop / RATE_HZ
        for leak in self._leaks:
            strength_pa = partial(self._scene.leak_pa, leak, late_s)
            yield Source(leak.name, leak.spot, spectrum, strength_pa, in_wall=True)


def _extent_m(house: House) -> float:
    """From one corner of everything to the other."""
    corners = [(box.origin_m, np.add(box.origin_m, box.size_m)) for box in house.rooms.values()]
    low, high = np.min([c[0] for c in corners], axis=0), np.max([c[1] for c in corners], axis=0)
    return float(np.linalg.norm(high - low))


def _lasting(entry: Racks | Hiss, time_s: float) -> float:
    there = entry.begin_s <= time_s < (math.inf if entry.end_s is None else entry.end_s)
    return rms_pa(entry.level_db) if there else 0.0


def _hisses(entries: tuple[Hiss, ...], grid: Grid, band_hz: tuple[float, float]) -> Iterator[Source]:
    spectrum = hiss(grid.frequency_hz, band_hz)
    for number, entry in enumerate(entries):
        spot = Spot(entry.compartment, entry.position_m)
        yield Source(f"hiss/{number}", spot, spectrum, partial(_lasting, entry), in_wall=False)


def _dins(entries: tuple[Racks, ...], grid: Grid, band_hz: tuple[float, float]) -> Iterator[Din]:
    spectrum = machinery(grid.frequency_hz, band_hz)
    for number, entry in enumerate(entries):
        yield Din(f"racks/{number}", entry.compartment, spectrum, partial(_lasting, entry))


def _place(spot: Spot) -> dict[str, object]:
    return {"compartment": spot.room, "position_m": list(spot.position_m)}

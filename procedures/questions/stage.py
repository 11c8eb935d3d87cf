"""Scenarios as questions need them, and their runs without wires. Truth is what the plant passed."""

from dataclasses import dataclass
from functools import partial

import numpy as np

from bench.config.model import Bench
from bench.config.rig import rig_of
from bench.records import Series
from bench.sim.direct import Order, Readings, simulate
from bench.sim.scenario import Scenario, load_scenario
from bench.sim.scenario_entries import HiddenLeak
from procedures.simulate import make_ready

HOUR_S = 3600.0
SMALL, TRANSFER, WORKING = "intermediate_chamber", "transfer_compartment", "working_compartment"
SEEN_THROUGH_WALLS = "N2"
"""What permeates is no leak of a hole."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What methods may see of a run, and all that was read."""

    series: Series
    readings: Readings

    def lost_kg_s(self, scenario: Scenario, begin_s: float, end_s: float) -> float:
        """Mean rate through the scenario's hidden leaks."""
        names = [leak.name for leak in scenario.hidden_leak if leak.species != SEEN_THROUGH_WALLS]
        passed = self.readings.passed_kg[:, [self.readings.leaks.index(name) for name in names]].sum(axis=1)
        begin_kg, end_kg = np.interp([begin_s, end_s], self.readings.time_s, passed)
        return float(end_kg - begin_kg) / (end_s - begin_s)


def run(
    bench: Bench,
    scenario: Scenario,
    seed: int,
    end_s: float,
    *,
    shut: bool = False,
    orders: tuple[Order, ...] = (),
    period_s: float = 30.0,
) -> Seen:
    """Pumped from the start, hatches open or shut for good, as their end switches then say."""
    ready = partial(make_ready, hatches="shut" if shut else "open")
    readings = simulate(bench, scenario, seed, ((0.0, ready), *orders), duration_s=end_s, period_s=period_s)
    rig = rig_of(bench)
    columns = {name: readings.column(name) for name in rig.channels if name in readings.channels}
    switches = {hatch.closed_channel: np.full(readings.time_s.size, float(shut)) for hatch in rig.hatches}
    return Seen(Series(readings.time_s, columns | {str(name): values for name, values in switches.items()}), readings)


def staged(number: str, *extra: HiddenLeak, **changes: object) -> Scenario:
    """A shipped scenario with leaks laid over it and entries changed."""
    changed = load_scenario(number).model_copy(update=changes)
    return changed.model_copy(update={"hidden_leak": (*changed.hidden_leak, *extra)})


def hole(diameter_um: float, begin_s: float, compartment: str = WORKING) -> HiddenLeak:
    name = f"hole{diameter_um:g}"
    return HiddenLeak(name=name, compartment=compartment, diameter_m=diameter_um * 1e-6, begin_s=begin_s)


def beginning(number: str, begin_s: float) -> tuple[HiddenLeak, ...]:
    """A scenario's leaks, beginning then."""
    return tuple(leak.model_copy(update={"begin_s": begin_s}) for leak in load_scenario(number).hidden_leak)

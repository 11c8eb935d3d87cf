"""Simulated rigs of the shipped bench for tests, and the truth about them. Units: SI."""

from datetime import date

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.sim.plant.composition import mass_fractions
from bench.sim.plant.state import VACUUM_AGE_S
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario, load_scenario

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
LINES = {driven.name: driven.line for driven in BENCH.driven}
CHANNELS = {entry.name: entry for entry in BENCH.channel}
US, TRANSFER, WORKING, INTERMEDIATE, CHAMBER = range(5)
COMPARTMENTS = slice(US, CHAMBER)
HOUR_S, DAY_S, MMHG_PA = 3600.0, 86_400.0, 133.322
EMPTY_KG = 1e-5
"""Of the chamber: 0.4 Pa, just above what its pump reaches."""
MINUTELY = 600
"""Sensors read every 600th step of the grid: for who wants the truth of a day."""


def rig_of(scenario="quiet", seed=1, bench=BENCH, every=1):
    return SimulatedRig(bench, load_scenario(scenario), seed, VirtualClock(), every, 6000 // every)


def staged(bench=BENCH, every=1, **changes):
    """A rig that is as stated, its hatches closed and the chamber empty for an hour, with the given events."""
    scenario = Scenario.model_validate({"name": "test", "why": "test", "hidden_draws": False, **changes})
    rig = SimulatedRig(bench, scenario, 1, VirtualClock(), every, 6000 // every)
    close_hatches(rig)
    rig.command(empty_chamber)
    return rig


def shipped(name, *, hatches_open=False):
    """A shipped scenario without draws, hatches closed or all open, pump on, the chamber empty for an hour."""
    scenario = load_scenario(name).model_copy(update={"hidden_draws": False})
    rig = SimulatedRig(BENCH, scenario, 1, VirtualClock(), MINUTELY, 10)
    if not hatches_open:
        close_hatches(rig)
    start_pump(rig)
    rig.command(empty_chamber)
    return rig


def close_hatches(rig):
    for hatch in rig.bench.hatch:
        rig.write_line(hatch.line, True)


def start_pump(rig):
    rig.write_line(LINES["roughing_pump"], True)
    rig.write_line(LINES["roughing_valve"], True)


def empty_chamber(course):
    scale_chamber_to(EMPTY_KG)(course)
    course.state.time[VACUUM_AGE_S] = HOUR_S


def scale_chamber_to(kg):
    """An action: the chamber holds so much of what it holds."""

    def act(course):
        mass = course.model.layout.mass(course.state.u)[CHAMBER]
        mass *= kg / mass.sum()

    return act


def chamber_of(moles, kg=EMPTY_KG):
    """An action: the chamber holds so much of a gas of these mole fractions."""

    def act(course):
        course.model.layout.mass(course.state.u)[CHAMBER] = kg * mass_fractions(moles)

    return act


def state_at(rig, time_s=None):
    """The exact state at a time from now on (default: now): no straight line between knots."""
    if time_s is not None:
        rig.clock.advance_to(time_s)
    rig.command(lambda _: None)
    return rig.course.state


def masses(rig, time_s=None):
    """(vessels, species), kg."""
    return rig.model.layout.mass(state_at(rig, time_s).u).copy()


def kg_at(rig, time_s, where=WORKING):
    """Of one node, or of several together."""
    return float(masses(rig, time_s)[where].sum())


def wall_k(rig, time_s, node=WORKING):
    return float(rig.model.layout.wall(state_at(rig, time_s).u)[node])


def book(rig, time_s=None):
    return rig.model.layout.book(state_at(rig, time_s).u).copy()


def passed_kg(rig, path, time_s):
    return float(rig.model.layout.through(state_at(rig, time_s).u)[rig.model.path[path]])


def flow_kg_s(rig, path, begin_s, over_s=60.0):
    """Mean flow along a path."""
    first = passed_kg(rig, path, begin_s)
    return (passed_kg(rig, path, begin_s + over_s) - first) / over_s


def truth(rig, column, time_s=None):
    """A column of Places at a time from now on."""
    if time_s is not None:
        rig.clock.advance_to(time_s)
    return rig.course.value(column, rig.look())


def pressure_pa(rig, time_s, node=WORKING):
    return truth(rig, rig.course.columns.pressure(node), time_s)


def gas_k(rig, time_s, node=WORKING):
    return truth(rig, rig.course.columns.gas(node), time_s)


def shown(rig, channel, time_s=None):
    """What the channel's sensor shows."""
    if time_s is not None:
        rig.clock.advance_to(time_s)
    return rig.shown(CHANNELS[channel])

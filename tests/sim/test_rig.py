"""The rig as its instruments see it: what is asked does not change it, what is stated is not what it is."""

from datetime import date

import numpy as np
import pytest

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.sim.ports import SupplyPort, inputs_of
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import load_scenario
from bench.sim.state import PUMPED, SUPPLIED, TO_ROOM

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
LINES = {name: actuator.line for name, actuator in BENCH.actuators.items()}
CHANNELS = {entry.name: entry for entry in BENCH.channel}


def rig(scenario="quiet", seed=1):
    return SimulatedRig(BENCH, load_scenario(scenario), seed, VirtualClock())


def gas_kg(now, where=slice(0, 4)):
    return float(now.state().mass[where].sum())


def sweep(now, *, look=()):
    """A short procedure with commands off the grid; look: extra times at which somebody asks."""
    acts = {
        0.03: lambda: now.write_line(LINES["hatch_us_transfer"], True),
        10.07: lambda: now.write_line(LINES["orifice_100um_working"], True),
        40.0: lambda: now.write_line(LINES["orifice_100um_working"], False),
    }
    for time_s in sorted({*acts, *look}):
        now.clock.advance_to(time_s)
        acts.get(time_s, lambda: [now.shown(CHANNELS["working_pressure"]), now.read_line(LINES["fill_valve"])])()
    now.clock.advance_to(60.0)
    return now.state()


def test_asking_changes_nothing():
    quiet, pestered = sweep(rig()), sweep(rig(), look=np.round(np.arange(0.0, 60.0, 0.37), 2))
    for one, other in zip(quiet, pestered, strict=True):
        assert np.array_equal(one, other)


def test_the_same_seed_is_the_same_rig_and_another_is_not():
    volumes = [rig(seed=seed).model.plant.volume for seed in (1, 1, 2)]
    assert np.array_equal(volumes[0], volumes[1])
    assert not np.array_equal(volumes[0], volumes[2])


def test_what_is_drawn_scatters_as_stated():
    """Volume: 0.5 %. Conductance: certificate 0.75 % and drift 0.6 %."""
    drawn = [rig(seed=seed).draws.drawn for seed in range(200)]
    volumes = np.array([d["volume/working_compartment"] for d in drawn])
    conductances = np.array([d["conductance/working_50um"] for d in drawn])
    allowed = 4.0 / np.sqrt(400.0)
    assert volumes.std() / 0.4 == pytest.approx(0.005, rel=allowed)
    assert conductances.std() == pytest.approx(np.hypot(0.0075, 0.006), rel=allowed)


def test_without_draws_the_rig_is_what_the_bench_file_states():
    now = rig("as_stated")
    assert now.model.plant.volume == pytest.approx([0.2, 0.06, 0.4, 0.06, 2.2], rel=1e-12)
    leak = BENCH.named_leak("working_100um")
    for hatch in BENCH.hatch:
        now.write_line(hatch.line, True)
    now.write_line(LINES["roughing_valve"], True)
    now.write_line(BENCH.pump[0].line, True)
    now.clock.advance_to(1200.0)
    now.write_line(LINES["orifice_100um_working"], True)
    now.clock.advance_to(1200.1)
    begun = now.state().mass[2]
    now.clock.advance_to(1210.1)
    flow = (begun - now.state().mass[2]) / 10.0
    certified = leak.certificate.flow_kg_s(now.true_pressure_pa(2), float(now.state().temperature[2]))
    assert flow == pytest.approx(certified, rel=1e-4)


def test_mass_closes_over_a_whole_procedure_with_draws_off():
    """Gas lost by the compartments = gas gained by the chamber, the pump and the room, to 1e-9 (supply counted)."""
    now = rig("as_stated")
    start, chamber = gas_kg(now), gas_kg(now, 4)
    supply = SupplyPort(now, next(iter(inputs_of(BENCH, "pressure_controller").values())))
    now.write_line(BENCH.pump[0].line, True)
    now.write_line(LINES["roughing_valve"], True)
    now.clock.advance_to(800.0)
    now.write_line(LINES["fill_valve"], True)
    supply.set_target(101_325.0, 50.0)
    supply.set_control(True)
    now.clock.advance_to(1000.0)
    now.write_line(LINES["fill_valve"], False)
    supply.set_control(False)
    now.clock.advance_to(1002.0)
    filled, book = gas_kg(now), now.state().book.copy()
    assert filled - start == pytest.approx(book[SUPPLIED], rel=1e-9)
    chamber_then = gas_kg(now, 4)
    for name in ("orifice_100um_working", "orifice_50um_transfer", "hatch_us_transfer"):
        now.write_line(LINES[name], True)
    now.clock.advance_to(5000.0)
    gained = gas_kg(now, 4) - chamber_then + (now.state().book - book)[[PUMPED, TO_ROOM]].sum()
    assert filled - gas_kg(now) == pytest.approx(gained, rel=1e-9)
    assert chamber > chamber_then


def test_end_switches_follow_after_the_travel_time():
    now = rig()
    hatch = BENCH.hatch[0]
    now.write_line(hatch.line, True)
    seen = []
    for time_s in (0.0, 4.0, 7.95, 8.05):
        now.clock.advance_to(time_s)
        seen.append((now.read_line(hatch.open_switch), now.read_line(hatch.closed_switch)))
    assert seen == [(True, False), (False, False), (False, False), (False, True)]


def test_past_samples_are_what_was_there_then():
    """A transducer's buffer keeps its samples although a valve has opened since."""
    now, twin = rig(), rig()
    entry = CHANNELS["working_pressure"]
    times_s = np.round(np.arange(1, 51) * 0.1, 6)
    now.clock.advance_to(5.0)
    before = now.shown_at(entry, times_s)
    twin.clock.advance_to(5.0)
    twin.write_line(LINES["equalisation_working_intermediate"], True)
    twin.clock.advance_to(60.0)
    assert np.array_equal(before, twin.shown_at(entry, times_s))


def test_a_cabin_drift_is_there_from_the_start_and_steady():
    now = rig("cabin_drift")
    temperatures = []
    for time_s in (0.0, 3600.0, 7200.0):
        now.clock.advance_to(time_s)
        temperatures.append(float(now.state().temperature[2]))
    assert np.diff(temperatures) == pytest.approx([0.3, 0.3], rel=0.02)

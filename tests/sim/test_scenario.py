"""Scenarios: closed files, and events that do to the plant what the file says, when it says so."""

import math
from datetime import date

import numpy as np
import pytest

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.errors import ConfigError
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import SHIPPED, Draws, HiddenLeak, Scenario, load_scenario

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))
CHANNELS = {entry.name: entry for entry in BENCH.channel}
WORKING, INTERMEDIATE = 2, 3


def staged(**changes):
    """A rig that is as stated, its hatches closed and the chamber empty, with the given events."""
    scenario = Scenario.model_validate({"name": "test", "why": "test", "hidden_draws": False, **changes})
    rig = SimulatedRig(BENCH, scenario, 1, VirtualClock())
    for hatch in BENCH.hatch:
        rig.write_line(hatch.line, True)
    rig.state().mass[4] = 1e-6
    return rig


def mass_kg(rig, time_s, node=WORKING):
    rig.clock.advance_to(time_s)
    return float(rig.state().mass[node])


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_runs_for_an_hour_and_says_why_it_exists(path):
    scenario = load_scenario(path.stem)
    assert scenario.name == path.stem
    assert len(scenario.why) > 20
    rig = SimulatedRig(BENCH, scenario, 1, VirtualClock())
    rig.clock.advance_to(3600.0)
    state = rig.state()
    assert all(np.isfinite(array).all() for array in state)
    assert (state.mass > 0.0).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hidden_leak": [{"name": "x", "compartment": "cellar", "diameter_m": 1e-5}]}, "hidden_leak.compartment"),
        ({"patch": [{"leak": "x", "at_s": 1.0, "residual": 0.1}]}, "patch.x.leak: 'x' is not in"),
        ({"fault": [{"channel": "x", "kind": "stuck", "begin_s": 0.0}]}, "fault.x.channel: 'x' is not in"),
        ({"hidden_leak": [{"name": "vent_valve", "compartment": "us_segment", "diameter_m": 1e-5}]}, "has the name"),
    ],
)
def test_a_scenario_of_another_bench_is_refused_by_name(changes, message):
    with pytest.raises(ConfigError, match=message):
        staged(**changes)


def test_a_leak_without_its_dimensions_is_refused():
    with pytest.raises(ValueError, match="a leak of kind slit needs height_m, length_m"):
        HiddenLeak(name="crack", compartment="us_segment", kind="slit", width_m=0.01)


def test_an_unknown_key_names_the_file_and_the_key(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('name = "mine"\nwhy = "why"\nswing = 1.0\n')
    with pytest.raises(ConfigError, match=r"mine\.toml: swing: unknown key"):
        load_scenario(str(file))


def test_a_hidden_leak_flows_from_its_beginning_to_its_end():
    leak = {"name": "hole", "compartment": "working_compartment", "diameter_m": 1e-4, "begin_s": 100.05, "end_s": 200.0}
    rig = staged(hidden_leak=[leak])
    before, begun, ended, after = (mass_kg(rig, t) for t in (10.0, 100.0, 200.1, 300.0))
    assert begun == pytest.approx(before, abs=1e-12)
    assert begun - ended == pytest.approx(239.17 * math.pi / 4.0 * 1e-8 * 99.95 * 0.9721 * 0.9966, rel=2e-3)
    assert after == pytest.approx(ended, abs=1e-12)


def test_events_do_not_depend_on_who_asks_when():
    events = {
        "hidden_leak": [{"name": "hole", "compartment": "us_segment", "diameter_m": 1e-4, "begin_s": 33.333}],
        "purification": [
            {"compartment": "working_compartment", "area_m2": 1e-6, "period_s": 20.0, "open_s": 0.5, "begin_s": 3.03}
        ],
    }
    once, often = staged(**events), staged(**events)
    for time_s in np.arange(0.0, 100.0, 0.77):
        often.clock.advance_to(float(time_s))
        often.state()
        often.shown(CHANNELS["working_gas_1"])
    mass_kg(once, 100.0)
    mass_kg(often, 100.0)
    for one, other in zip(once.state(), often.state(), strict=True):
        assert np.array_equal(one, other)


def test_a_patch_cures_to_its_residual_and_reopens():
    rig = staged(
        hidden_leak=[{"name": "crack", "compartment": "intermediate_chamber", "diameter_m": 5e-5}],
        patch=[
            {"leak": "crack", "at_s": 600.0, "residual": 0.2, "cure_s": 300.0, "reopen_s": 6000.0, "reopening": 0.5}
        ],
    )

    def flow(begin_s):
        first = mass_kg(rig, begin_s, INTERMEDIATE)
        return first - mass_kg(rig, begin_s + 60.0, INTERMEDIATE)

    fresh, curing, cured, reopened = flow(500.0), flow(870.0), flow(5000.0), flow(6100.0)
    assert curing / fresh == pytest.approx(0.2 + 0.8 * math.exp(-1.0), rel=0.02)
    assert cured / fresh == pytest.approx(0.2, rel=0.02)
    assert reopened / fresh == pytest.approx(0.7, rel=0.03)


def test_a_puff_takes_what_its_area_passes_in_its_time():
    rig = staged(
        purification=[
            {"compartment": "working_compartment", "area_m2": 1e-6, "period_s": 100.0, "open_s": 0.5, "begin_s": 10.0}
        ]
    )
    lost = mass_kg(rig, 0.0) - mass_kg(rig, 99.0)
    assert lost == pytest.approx(239.17 * 1e-6 * 0.5 * 0.9721 * 0.9966, rel=0.01)
    assert mass_kg(rig, 99.0) - mass_kg(rig, 199.0) == pytest.approx(lost, rel=0.01)


def test_a_source_adds_its_mass_and_is_booked():
    rig = staged(source=[{"compartment": "working_compartment", "kg_s": 1e-5, "begin_s": 10.0, "end_s": 20.0}])
    before, after = mass_kg(rig, 0.0), mass_kg(rig, 30.0)
    assert after - before == pytest.approx(1e-4, rel=1e-9)
    assert rig.state().book[3] == pytest.approx(1e-4, rel=1e-9)


def test_a_ramp_of_the_shroud_moves_the_walls_with_their_time_constant():
    rig = staged(ramp=[{"begin_s": 0.0, "over_s": 1.0, "kelvin": -2.0}])
    rig.clock.advance_to(7200.0)
    wall = BENCH.compartment[WORKING].wall
    gas_j_k = float(rig.state().mass[WORKING]) * 287.055 / 0.4  # carried along by the wall
    tau_s = (wall.heat_capacity_j_k + gas_j_k) / wall.environment_w_k
    assert rig.state().wall[WORKING] == pytest.approx(295.15 - 2.0 * (1.0 - math.exp(-7200.0 / tau_s)), abs=2e-3)


def test_a_front_moves_the_room_and_no_absolute_pressure():
    rig = staged(room_front={"begin_s": 0.0, "end_s": 3600.0, "rate_pa_h": -100.0})
    before = rig.true_pressure_pa(WORKING)
    rig.clock.advance_to(7200.0)
    assert rig.state().room[0] == pytest.approx(101_225.0)
    assert rig.true_pressure_pa(WORKING) == pytest.approx(before, abs=0.01)


def test_a_tripped_pump_stands_still_until_it_is_started_again():
    rig = staged(pump_trip=[{"at_s": 100.0}])
    (pump,) = BENCH.pump
    rig.write_line(pump.line, True)
    running = []
    for time_s in (99.0, 101.0):
        rig.clock.advance_to(time_s)
        running.append(rig.read_line(pump.running_switch))
    rig.write_line(pump.line, True)
    assert [*running, rig.read_line(pump.running_switch)] == [True, False, True]


def test_a_sensor_fault_changes_the_reading_and_not_the_gas():
    fault = {"channel": "working_pressure", "kind": "offset", "begin_s": 100.0, "end_s": 200.0, "size": -30.0}
    rig, sound = staged(fault=[fault]), staged()
    shifts = []
    for time_s in (50.0, 150.0, 250.0):
        rig.clock.advance_to(time_s)
        sound.clock.advance_to(time_s)
        shifts.append(rig.shown(CHANNELS["working_pressure"]) - sound.shown(CHANNELS["working_pressure"]))
    assert shifts == pytest.approx([0.0, -30.0, 0.0], abs=1e-9)
    assert rig.true_pressure_pa(WORKING) == sound.true_pressure_pa(WORKING)


def test_a_crack_goes_as_pressure_squared():
    """Decay exponent: a wide slit has n = 2, an orifice n = 1 (science 1.2.5)."""
    shapes = {
        1.0: {"diameter_m": 5e-5},
        2.0: {"kind": "slit", "width_m": 0.002, "height_m": 4e-5, "length_m": 0.02},
    }
    for exponent, shape in shapes.items():
        flows = []
        for pressure_pa in (101_325.0, 70_000.0):
            leak = {"name": "x", "compartment": "working_compartment", **shape}
            rig = staged(hidden_leak=[leak], initial_pressure_pa=pressure_pa)
            flows.append(mass_kg(rig, 1.0) - mass_kg(rig, 61.0))
        assert math.log(flows[0] / flows[1]) / math.log(101_325.0 / 70_000.0) == pytest.approx(exponent, abs=0.05)


def test_draws_are_functions_of_seed_and_name_alone():
    one, other = Draws(7, hidden=True), Draws(7, hidden=True)
    one.normal("a", 0.0, 1.0)
    assert one.normal("b", 1.0, 0.1) == other.normal("b", 1.0, 0.1)
    assert Draws(8, hidden=True).normal("b", 1.0, 0.1) != one.drawn["b"]
    assert Draws(7, hidden=False).normal("b", 1.0, 0.1) == 1.0


def test_a_scenario_is_found_by_its_number_alone():
    assert load_scenario("S06").name == "S06_night"
    with pytest.raises(ConfigError, match="no such scenario"):
        load_scenario("S")

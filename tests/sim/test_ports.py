"""What the simulated instruments are plumbed to."""

import itertools
import math
from datetime import date

import numpy as np
import pytest
from sim import rigs

from bench.clock import VirtualClock
from bench.config.load import find_bench, load_bench
from bench.sim.plant.surroundings import set_point
from bench.sim.ports import ChassisPort, GaugePort, SupplyPort, ThermometerPort, inputs_of
from bench.sim.rig import SimulatedRig
from bench.sim.scenario import Scenario, load_scenario

BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 23))


def rig(seed=1, scenario="quiet"):
    return SimulatedRig(BENCH, load_scenario(scenario), seed, VirtualClock())


def supply(now):
    (entry,) = inputs_of(BENCH, "pressure_controller").values()
    return SupplyPort(now, entry)


def fill(now, port, target_pa=101_325.0):
    now.write_line(BENCH.actuators["fill_valve"].line, True)
    port.set_target(target_pa, 100.0)
    port.set_control(True)
    now.clock.sleep(600.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_controller_brings_its_own_sensor_to_the_target_not_the_truth(seed):
    """A regulator believes its gauge: the true pressure is off by the gauge's drawn error."""
    now = rig(seed)
    port = supply(now)
    fill(now, port)
    assert port.line_pressure_pa() == pytest.approx(101_325.0, abs=3.0)
    offset = now.draws.drawn["offset/supply_pressure"] + now.draws.drawn["gain/supply_pressure"] * 101_325.0
    assert now.true_pressure_pa(2) == pytest.approx(101_325.0 - offset, abs=1.0)


def test_a_controller_behind_a_closed_valve_feeds_only_its_line():
    now = rig(scenario="as_stated")  # no seat leaks
    port = supply(now)
    before = rigs.kg_at(now, 0.0, rigs.COMPARTMENTS)
    port.set_target(120_000.0, None)
    port.set_control(True)
    now.clock.sleep(60.0)
    assert port.line_pressure_pa() == pytest.approx(120_000.0, abs=5.0)
    assert rigs.kg_at(now, 60.0, rigs.COMPARTMENTS) == pytest.approx(before, abs=1e-15)


ACTS = {
    "rate": lambda port: port.set_target(99_000.0, 200.0),
    "max": lambda port: port.set_target(99_000.0, None),
    "on": lambda port: port.set_control(True),
    "vent": lambda port: port.set_vent(True),
}


@pytest.mark.parametrize("begin_s", [0.0, 10.0])
@pytest.mark.parametrize("order", list(itertools.permutations(ACTS, 3)), ids="-".join)
def test_commands_at_one_instant_in_any_order_leave_the_controller_in_control(order, begin_s):
    """Whatever came before, the last target counts: the mock-up never goes beyond the targets named and the room."""
    now = rig(scenario="as_stated")
    port = supply(now)
    now.write_line(BENCH.actuators["fill_valve"].line, True)
    now.clock.sleep(begin_s)
    for name in order:
        ACTS[name](port)
        assert math.isfinite(port.line_pressure_pa())
        assert math.isfinite(port.effort_percent())
    port.set_target(99_000.0, 200.0)
    port.set_control(True)
    now.clock.sleep(600.0)
    assert now.true_pressure_pa(2) == pytest.approx(99_000.0, abs=1.0)


@pytest.mark.parametrize("asked", [False, True], ids=["left alone", "asked every second"])
def test_a_dead_line_follows_its_ramp_by_half_a_second(asked):
    """50 Pa/s down behind a closed valve: 25 Pa above the set point, however often somebody does something else."""
    now = rig(scenario="as_stated")
    port = supply(now)
    now.clock.sleep(1.0)
    port.set_control(True)
    port.set_target(50_000.0, 50.0)
    for _ in range(400 if asked else 0):
        now.clock.sleep(1.0)
        now.command(lambda _: None)
    now.clock.advance_to(401.0)
    now_s = now.look()
    line_pa = now.course.value(now.course.columns.line, now_s)
    assert line_pa - set_point(now.course.state.control, now_s) == pytest.approx(25.0, abs=0.1)


def test_switched_off_it_lets_the_pressure_alone():
    now = rig()
    port = supply(now)
    fill(now, port, 100_000.0)
    port.set_control(False)
    port.set_target(120_000.0, 1000.0)
    now.clock.sleep(60.0)
    assert port.effort_percent() == 0.0
    assert port.line_pressure_pa() == pytest.approx(100_000.0, abs=10.0)


def test_gauges_say_when_they_are_out_of_range_and_where_nothing_is_connected():
    port = GaugePort(rig(), inputs_of(BENCH, "gauge_controller"))
    assert port.read(2) == (GaugePort.OVERRANGE, 1000.0)  # the chamber is at atmospheric pressure
    assert port.read(6)[0] == GaugePort.NO_SENSOR


def test_an_empty_input_of_the_multiplexer_is_open():
    port = ThermometerPort(rig(), inputs_of(BENCH, "thermometers"))
    assert math.isnan(port.read(199))
    assert port.read(101) == pytest.approx(295.15, abs=0.5)


def test_a_transducer_that_drops_out_leaves_no_voltage():
    dropout = {"channel": "us_pressure", "kind": "dropout", "begin_s": 5.0, "mean_good_s": 0.001, "mean_burst_s": 1e9}
    scenario = Scenario.model_validate({"name": "test", "why": "test", "fault": [dropout]})
    now = SimulatedRig(BENCH, scenario, 1, VirtualClock())
    now.clock.advance_to(10.0)
    volts = ChassisPort(now, inputs_of(BENCH, "daq")).analog("cDAQ1Mod1/ai0", np.array([4.0, 8.0]), (-10.0, 10.0))
    assert volts[0] == pytest.approx(98_500.0 / 15_000.0, abs=0.02)
    assert volts[1] == 0.0

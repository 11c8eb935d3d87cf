"""Instruments that lose their power, or stop telling anything new."""

import math

import numpy as np
import pytest
from sim import rigs
from sim.rigs import BENCH, CHANNELS, LINES, WORKING

from bench.sim.plant.state import HEATER, ON, WANTED
from bench.sim.ports import SupplyPort, inputs_of
from bench.sim.ports_electric import HeaterPort
from bench.sim.ports_gas import BarometerPort, FlowPort, TurboPort


def wanted(rig, name):
    rig.look()
    return float(rig.course.state.move[rig.model.path[name], WANTED])


def everything_on(rig):
    TurboPort(rig, "turbo_drive").set_running(True)
    HeaterPort(rig, "heater_supply").set_power(1, 10.0)
    HeaterPort(rig, "heater_supply").set_power(2, 20.0)
    FlowPort(rig, "makeup_flow").set_flow(1e-6)
    SupplyPort(rig, inputs_of(BENCH, "pressure_controller")["pressure"]).set_control(True)


def on(rig):
    """Names of the instruments that still drive something."""
    rig.look()
    state = rig.course.state
    found = {
        "turbo_drive": wanted(rig, "turbo_pump") > 0.0,
        "heater_supply": state.heat[:, HEATER].any(),
        "makeup_flow": wanted(rig, "makeup_flow") > 0.0,
        "pressure_controller": state.control[ON] > 0.0,
    }
    return {name for name, driving in found.items() if driving}


@pytest.mark.parametrize("dropped", ["turbo_drive", "heater_supply", "makeup_flow", "pressure_controller"])
def test_what_one_instrument_drives_ends_with_its_power_and_nothing_else_does(dropped):
    rig = rigs.staged()
    everything_on(rig)
    everything = on(rig)
    assert dropped in everything
    rig.lose_power(dropped)
    assert on(rig) == everything - {dropped}


def test_power_that_is_lost_at_a_planned_time_is_lost_without_wires_too():
    cut = {"instrument": "heater_supply", "kind": "power_cycle", "begin_s": 50.0, "end_s": 60.0}
    rig = rigs.staged(wire_fault=[cut])
    everything_on(rig)
    rig.clock.advance_to(49.0)
    assert "heater_supply" in on(rig)
    rig.clock.advance_to(100.0)
    assert on(rig) == {"turbo_drive", "makeup_flow", "pressure_controller"}  # and it stays off


def test_valves_of_a_chassis_without_power_go_where_they_go_and_hatches_stay():
    rig = rigs.staged()
    rigs.start_pump(rig)
    rig.write_line(LINES["vent_valve"], True)
    rig.clock.advance_to(20.0)
    rig.lose_power("daq")
    assert not rig.read_line(LINES["vent_valve"])
    assert [wanted(rig, name) for name in ("vent_valve", "roughing_valve", "roughing_pump")] == [0.0, 0.0, 0.0]
    assert wanted(rig, "hatch_us_transfer") == 0.0  # closed it was: its motor needs power to move


def test_a_frozen_instrument_repeats_what_it_showed_first_and_the_others_go_on():
    rig = rigs.staged(swing_k=5.0, swing_period_s=600.0)
    rig.freeze("thermometers", True)
    rig.clock.advance_to(10.0)
    first, pressure = rigs.shown(rig, "working_wall_1"), rigs.shown(rig, "working_pressure")
    rig.clock.advance_to(300.0)
    assert rigs.shown(rig, "working_wall_1") == first
    assert rigs.shown(rig, "working_pressure") != pressure
    rig.freeze("thermometers", False)
    assert rigs.shown(rig, "working_wall_1") != first


def test_a_frozen_chassis_repeats_a_sample():
    rig = rigs.staged()
    rig.clock.advance_to(10.0)
    rig.freeze("daq", True)
    samples = [rig.shown_at(CHANNELS["us_pressure"], np.array(times)) for times in ([8.0, 9.0], [9.5, 10.0])]
    assert len(np.unique(samples)) == 1


def test_a_barometer_shows_the_room():
    rig = rigs.staged(room_front={"end_s": 3600.0, "rate_pa_h": -1000.0})
    port = BarometerPort(rig, "barometer")
    rig.clock.advance_to(1800.0)
    assert port.pressure_pa() == pytest.approx(101_325.0 - 500.0, abs=2.0)
    assert port.temperature_k() == pytest.approx(295.15)


def test_an_output_without_a_heater_is_open_and_heats_nothing():
    heaters = tuple(heater for heater in BENCH.heater if heater.output == 1)
    channels = tuple(entry for entry in BENCH.channel if entry.name != "heater_working_power")
    rig = rigs.staged(BENCH.model_copy(update={"heater": heaters, "channel": channels}))
    port = HeaterPort(rig, "heater_supply")
    port.set_power(2, 10.0)
    assert math.isinf(port.resistance_ohm(2))
    assert port.shown_power_w(2) == 0.0
    assert rig.course.state.heat[WORKING, HEATER] == 0.0

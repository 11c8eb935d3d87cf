"""Commands over links, on the shipped bench's rig without wires: what each does to the rig, and what is refused."""

import math

import pytest
from sim import rigs
from sim.rigs import BENCH

from bench.commands import (
    SetFlow,
    SetHeater,
    StartFilament,
    StartPump,
    StopFilament,
    StopFlow,
    StopHeater,
    StopPump,
    label,
)
from bench.errors import CommandRefusedError, ConfigError
from bench.sim.direct_station import direct_instruments
from bench.sim.plant.state import HEATER, WANTED
from bench.station import Station


@pytest.fixture
def rig():
    return rigs.rig_of("as_stated")


@pytest.fixture
def station(rig):
    return Station(BENCH, direct_instruments(rig))


def heater_w(rig, name):
    return float(rig.course.state.heat[rig.model.node[BENCH.named_heater(name).compartment], HEATER])


def wanted(rig, name):
    return float(rig.course.state.move[rig.model.path[name], WANTED])


def test_a_heater_gets_its_power_and_keeps_it_until_it_is_stopped(rig, station):
    assert station.follows(SetHeater("heater_working", 30.0))
    assert heater_w(rig, "heater_working") == pytest.approx(30.0, rel=1e-12)
    assert heater_w(rig, "heater_us") == 0.0
    assert station.follows(StopHeater("heater_working"))
    assert heater_w(rig, "heater_working") == 0.0


def test_a_heaters_power_is_a_voltage_below_a_current_limit(station):
    """30 W in 24 ohm: sqrt(30 x 24) V and 1.05 times the current that flows."""
    supply = station.instruments["heater_supply"]
    sent = []
    supply.set_output = lambda *numbers: sent.append(numbers)
    station.send(SetHeater("heater_us", 30.0))
    volts = math.sqrt(30.0 * 24.0)
    assert sent == [(1, pytest.approx(volts), pytest.approx(1.05 * volts / 24.0))]


def test_a_flow_is_set_and_stopped(rig, station):
    assert station.follows(SetFlow("leak_flow", 4.75e-7))
    assert wanted(rig, "leak_flow") == pytest.approx(0.25)
    assert wanted(rig, "makeup_flow") == 0.0
    assert station.follows(StopFlow("leak_flow"))
    assert wanted(rig, "leak_flow") == 0.0


def test_a_pump_without_a_line_is_started_by_its_drive(rig, station):
    assert station.follows(StartPump("turbo_pump"))
    assert wanted(rig, "turbo_pump") == 1.0
    assert wanted(rig, "roughing_pump") == 0.0
    assert station.follows(StopPump("turbo_pump"))
    assert wanted(rig, "turbo_pump") == 0.0


def test_a_filament_is_switched_at_its_analyser(station):
    analyser = station.instruments["residual_gas_analyser"]
    assert station.follows(StartFilament("residual_gas_analyser"))
    assert analyser.filament_on()
    assert station.follows(StopFilament("residual_gas_analyser"))
    assert not analyser.filament_on()


def test_a_command_over_a_link_has_no_end_switch(station):
    commands = [StartPump("turbo_pump"), SetHeater("heater_us", 1.0), SetFlow("leak_flow", 0.0)]
    assert [station.positions(command) for command in commands] == [(), (), ()]


@pytest.mark.parametrize(
    "command",
    [
        SetHeater("heater_us", 60.1),
        SetHeater("heater_us", 0.0),
        SetHeater("heater_us", -1.0),
        SetHeater("heater_us", math.nan),
        SetFlow("leak_flow", 1.91e-6),
        SetFlow("leak_flow", -1e-9),
        SetFlow("leak_flow", math.nan),
    ],
    ids=str,
)
def test_what_is_beyond_the_bench_files_limits_is_refused_before_anything_is_sent(rig, station, command):
    with pytest.raises(CommandRefusedError, match=label(command)):
        station.send(command)
    assert (heater_w(rig, "heater_us"), wanted(rig, "leak_flow")) == (0.0, 0.0)


def test_full_scale_and_full_power_are_allowed(station):
    assert station.follows(SetHeater("heater_us", 60.0))
    assert station.follows(SetFlow("leak_flow", 1.9e-6))


@pytest.mark.parametrize(
    ("command", "instrument", "reason"),
    [
        (StartPump("turbo_pump"), "turbo_drive", "is no drive of a pump"),
        (StopHeater("heater_us"), "heater_supply", "is no supply of heaters"),
        (StopFlow("leak_flow"), "leak_flow", "is no flow controller"),
        (StartFilament("thermometers"), "thermometers", "is no residual gas analyser"),
    ],
    ids=str,
)
def test_an_instrument_that_cannot_is_named_with_the_file(station, command, instrument, reason):
    swapped = Station(BENCH, {**station.instruments, instrument: station.instruments["thermometers"]})
    with pytest.raises(ConfigError, match=rf"zvezda.toml: instrument.{instrument}: {reason}"):
        swapped.send(command)


def test_the_safe_state_stops_all_that_goes_over_links(rig, station):
    for command in (SetHeater("heater_us", 30.0), SetFlow("makeup_flow", 1e-6), StartPump("turbo_pump")):
        station.send(command)
    assert station.make_safe() == []
    assert heater_w(rig, "heater_us") == 0.0
    assert [wanted(rig, name) for name in ("makeup_flow", "turbo_pump")] == [0.0, 0.0]

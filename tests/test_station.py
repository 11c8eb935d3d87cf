import pytest
from small_bench import lost, small_bench, small_stand

from bench.commands import CloseValve, OpenValve, SetPressure, StartControl, StartPump, StopControl, StopPump, label
from bench.errors import ConfigError
from bench.station import Position, Station, check_drivers, known_drivers, open_station


@pytest.fixture
def stand():
    return small_stand()


@pytest.mark.parametrize(
    ("command", "positions"),
    [
        (OpenValve("fill"), (Position("fill_open", 1.0), Position("fill_closed", 0.0))),
        (CloseValve("fill"), (Position("fill_open", 0.0), Position("fill_closed", 1.0))),
        (OpenValve("orifice"), (Position("orifice_closed", 0.0),)),
        (CloseValve("orifice"), (Position("orifice_closed", 1.0),)),
        (CloseValve("hatch"), (Position("hatch_open", 0.0), Position("hatch_closed", 1.0))),
        (OpenValve("bypass"), ()),  # it has no switches
        (StartPump("rotary"), (Position("rotary_running", 1.0),)),
        (StopPump("rotary"), (Position("rotary_running", 0.0),)),
        (StartControl("controller"), ()),
        (SetPressure("controller", 1e5, 50.0), ()),
    ],
    ids=str,
)
def test_the_end_switches_that_must_follow_a_command(stand, command, positions):
    assert stand.station.positions(command) == positions


@pytest.mark.parametrize(
    ("command", "line", "level"),
    [
        (OpenValve("orifice"), "do0", True),
        (CloseValve("orifice"), "do0", False),
        (OpenValve("hatch"), "do4", False),  # energised it is closed
        (CloseValve("hatch"), "do4", True),
        (StartPump("rotary"), "do5", True),
        (StopPump("rotary"), "do5", False),
    ],
    ids=str,
)
def test_a_command_is_one_level_on_one_line(stand, command, line, level):
    stand.station.send(command)
    assert stand.daq.sent == [(line, level)]


def test_a_new_target_pressure_comes_after_its_rate(stand):
    stand.station.send(SetPressure("controller", 101_325.0, 50.0))
    assert stand.controller.sent == [("rate", 50.0), ("pressure", 101_325.0)]


@pytest.mark.parametrize(("command", "on"), [(StartControl("controller"), True), (StopControl("controller"), False)])
def test_control_is_switched_at_the_controller(stand, command, on):
    stand.station.send(command)
    assert stand.controller.sent == [("control", on)]


@pytest.mark.parametrize("command", [OpenValve("fill"), CloseValve("hatch"), StartPump("rotary")], ids=label)
def test_a_line_that_does_not_read_back_confirms_nothing(stand, command):
    stand.daq.deaf = set(stand.daq.levels)
    stand.station.send(command)
    assert not stand.station.confirmed(command)


@pytest.mark.parametrize(
    "command",
    [OpenValve("fill"), CloseValve("fill"), OpenValve("hatch"), StopPump("rotary"), StartControl("controller")],
)
def test_what_was_done_is_confirmed(stand, command):
    assert stand.station.follows(command)


SAFE_LINES = [("do0", False), ("do2", False), ("do5", False)]


def test_the_safe_state_is_taken_in_the_declared_order(stand):
    assert stand.station.make_safe() == []
    assert stand.daq.sent == SAFE_LINES
    assert stand.controller.sent == [("control", False)]


def test_a_safe_step_that_is_not_read_back_is_named_and_the_rest_is_done(stand):
    stand.daq.levels["do0"], stand.daq.deaf = True, {"do0"}
    assert stand.station.make_safe() == ["CloseValve:orifice: not read back"]
    assert stand.daq.sent == SAFE_LINES
    assert stand.controller.sent == [("control", False)]


@pytest.mark.parametrize("error", [lost(), OSError("no route"), KeyError("line"), ZeroDivisionError()])
def test_whatever_a_safe_step_raises_the_rest_is_done(stand, error):
    stand.daq.failing["do0"] = error
    (failure,) = stand.station.make_safe()
    assert failure.startswith(f"CloseValve:orifice: {type(error).__name__}: ")
    assert stand.daq.sent[-2:] == SAFE_LINES[1:]
    assert stand.controller.sent == [("control", False)]


def test_a_link_cut_in_the_middle_of_an_exchange_does_not_keep_a_safe_step_from_being_taken(stand):
    stand.controller.on, stand.controller.failing["cut"] = True, lost("closed by an interrupt")
    assert stand.station.make_safe() == []
    assert stand.controller.on is False


def test_sampling_goes_on_when_the_lines_had_to_be_reconnected(stand):
    stand.daq.failing["cut"] = lost("closed by an interrupt")
    assert stand.station.make_safe() == []
    assert stand.daq.started == 1


def test_an_instrument_without_lines_is_named_with_the_file(stand):
    swapped = Station(stand.bench, {**stand.station.instruments, "daq": stand.thermometers})
    with pytest.raises(ConfigError, match=r"small_bench.toml: instrument.daq: has no digital lines"):
        swapped.send(OpenValve("fill"))


def test_an_instrument_that_controls_no_pressure_is_named_with_the_file(stand):
    with pytest.raises(ConfigError, match=r"small_bench.toml: instrument.thermometers: is no pressure controller"):
        stand.station.controller("thermometers")


def with_driver(name, driver):
    bench = small_bench()
    entries = tuple(e.model_copy(update={"driver": driver}) if e.name == name else e for e in bench.instrument)
    return bench.model_copy(update={"instrument": entries})


def test_an_unknown_driver_is_told_with_those_that_are_known():
    with pytest.raises(ConfigError) as caught:
        check_drivers(with_driver("daq", "abacus"))
    line = str(caught.value)
    assert "small_bench.toml: instrument.daq.driver: 'abacus' unknown (known: " in line
    assert all(driver in line for driver in known_drivers())


def test_an_unknown_driver_of_the_last_instrument_keeps_the_first_from_being_opened():
    with pytest.raises(ConfigError), open_station(with_driver("daq", "abacus")):  # "nowhere" would be a LinkLost
        pass

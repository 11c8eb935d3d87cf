"""The mock-up holds pressure from inside alone: whatever an operator asks for, the chamber does not stand above it.

On the shipped bench's rig without wires, every command through the one door.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipped_bed import ShippedBed
from sim.rigs import BENCH

from bench.commands import (
    CloseValve,
    OpenValve,
    SetFlow,
    SetPressure,
    StartControl,
    StartPump,
    StopControl,
    StopPump,
)
from bench.errors import CommandRefusedError, ConfirmationError, InterlockTripError
from bench.records import Outcome

MARGIN_PA = 1000.0
CONTROLLER = "pressure_controller"
VENT, FILL = OpenValve("vent_valve"), OpenValve("fill_valve")
EVERYTHING_SHUT = tuple(CloseValve(hatch.name) for hatch in BENCH.hatch)


def test_a_vent_that_nobody_watches_is_shut_before_the_chamber_comes_up_to_the_mock_up(tmp_path):
    bed = ShippedBed(tmp_path)

    def body(run):
        run.execute(VENT)
        run.hold(600.0)
        with pytest.raises(CommandRefusedError, match="reverse_us"):
            run.execute(VENT)

    bed.conduct(body)
    assert {tuple(actions) for actions in bed.answers()} == {("CloseValve:vent_valve",)}
    assert bed.confirmed().count("CloseValve:vent_valve") == 1
    assert -MARGIN_PA < bed.witness.worst_pa < 0.0
    assert bed.run.verdict.outcome is Outcome.PASS


def test_a_controller_that_draws_the_mock_up_down_to_a_full_chamber_is_shut_off(tmp_path):
    """All was well when each command was given."""
    bed = ShippedBed(tmp_path, initial_pressure_pa=30_000.0)

    def body(run):
        run.execute(FILL)
        run.execute(SetPressure(CONTROLLER, 5_000.0, 1e3))
        run.execute(StartControl(CONTROLLER))
        run.execute(VENT)
        run.hold(900.0)

    bed.conduct(body)
    assert ["CloseValve:vent_valve", "CloseValve:fill_valve"] in bed.answers()
    assert bed.witness.worst_pa < MARGIN_PA


AT_REST = {
    "vent": VENT,
    "pressure below the chamber's": SetPressure(CONTROLLER, 95_000.0, 50.0),
    "control": StartControl(CONTROLLER),
    "fill": FILL,
    "hatch": OpenValve("hatch_us_transfer"),
    "equalisation": OpenValve("equalisation_us_transfer"),
}


@pytest.mark.parametrize("name", AT_REST)
def test_with_the_chamber_full_of_air_nothing_is_allowed_that_could_crush_the_mock_up(tmp_path, name):
    bed = ShippedBed(tmp_path, empty=False)

    def body(run):
        with pytest.raises(CommandRefusedError, match="reverse_"):
            run.execute(AT_REST[name])
        run.execute(StartPump("roughing_pump"))
        run.execute(OpenValve("roughing_valve"))
        run.hold(60.0)
        if name != "vent":
            run.execute(AT_REST[name])

    bed.conduct(body)


def test_a_hatch_opens_below_200_pa_through_its_equalisation_valve_and_not_before(tmp_path):
    bed = ShippedBed(tmp_path)
    us, hatch = OpenValve("equalisation_us_transfer"), OpenValve("hatch_us_transfer")

    def body(run):
        for command in EVERYTHING_SHUT:
            run.execute(command)
        run.execute(FILL)
        run.execute(SetPressure(CONTROLLER, 101_000.0, 50.0))
        run.execute(OpenValve("equalisation_transfer_working"))
        run.execute(StartControl(CONTROLLER))
        run.hold(120.0)
        with pytest.raises(CommandRefusedError, match="hatch_us_transfer_balanced: "):
            run.execute(hatch)
        run.execute(us)
        run.hold(120.0)
        run.execute(hatch)
        run.execute(hatch)  # it is open: whatever two transducers say

    bed.conduct(body)


def test_a_crush_ends_the_run(tmp_path):
    """Only what no interlock governs gets there: here the room's air, let in by hand."""
    bed = ShippedBed(tmp_path, initial_pressure_pa=90_000.0)

    def body(run):
        run.hold(5.0)
        bed.rig.command(lambda course: course.want(bed.rig.model.path["vent_valve"], 1.0))
        run.hold(600.0)

    with pytest.raises(InterlockTripError, match="crush_us"):
        bed.conduct(body)
    assert bed.run.verdict.outcome is Outcome.ERROR


def test_a_relief_that_opened_makes_the_run_an_error(tmp_path):
    """With the over-pressure interlocks taken out of the bench file: what is wired saves the day, and says so."""
    kept = tuple(rule for rule in BENCH.interlock if not rule.name.startswith("over_pressure"))
    bed = ShippedBed(tmp_path, bench=BENCH.model_copy(update={"interlock": kept}), initial_pressure_pa=114_000.0)

    def body(run):
        run.execute(FILL)
        run.execute(SetPressure(CONTROLLER, 130_000.0, 100.0))
        run.execute(StartControl(CONTROLLER))
        run.hold(300.0)

    with pytest.raises(InterlockTripError, match="relief_valve: relief_valve_seated = 0"):
        bed.conduct(body)
    assert bed.run.verdict.outcome is Outcome.ERROR
    assert bed.rig.reliefs_opened


def test_with_the_shipped_interlocks_over_pressure_ends_the_run_before_any_relief_opens(tmp_path):
    """The controller's own set point is beyond the limit, as when it is told so by hand."""
    bed = ShippedBed(tmp_path, initial_pressure_pa=105_000.0)

    def body(run):
        with pytest.raises(CommandRefusedError, match="over_pressure_us: asks for 130000, must be below 110000"):
            run.execute(SetPressure(CONTROLLER, 130_000.0, 100.0))
        run.execute(FILL)
        run.execute(StartControl(CONTROLLER))
        bed.run.station.controller(CONTROLLER).set_pressure(130_000.0)
        run.hold(600.0)

    with pytest.raises(InterlockTripError, match="over_pressure"):
        bed.conduct(body)
    assert bed.rig.reliefs_opened == {}


ORDERS = st.one_of(
    st.sampled_from([VENT, FILL, StartControl(CONTROLLER), StopControl(CONTROLLER)]),
    st.sampled_from([StartPump("roughing_pump"), OpenValve("roughing_valve"), StopPump("roughing_pump")]),
    st.sampled_from(
        [OpenValve("purification_valve"), OpenValve("orifice_100um_working"), SetFlow("leak_flow", 1.9e-6)]
    ),
    st.sampled_from([OpenValve(name) for name in BENCH.actuators if name.startswith(("hatch", "equal", "select"))]),
    st.sampled_from([CloseValve(name) for name in BENCH.actuators if not name.startswith("orifice")]),
    st.builds(SetPressure, st.just(CONTROLLER), st.floats(0.0, 105e3), st.floats(10.0, 2e3)),
)


def sequences(holds_s, most):
    """Commands, each with how long it is held; the chamber empty or full of air, and what the mock-up holds."""
    return given(
        orders=st.lists(st.tuples(ORDERS, st.sampled_from(holds_s)), min_size=2, max_size=most),
        begun=st.sampled_from([(True, 20e3), (True, 60e3), (True, 101_325.0), (False, 101_325.0), (False, 105e3)]),
    )


def stands(folder, orders, begun):
    """By how much the chamber came to stand above a compartment, Pa; the most of any scan, of true pressures."""
    empty, initial_pa = begun
    bed = ShippedBed(folder, empty=empty, initial_pressure_pa=initial_pa)

    def body(run):
        for command, hold_s in orders:
            try:
                run.execute(command)
            except CommandRefusedError:
                continue
            run.hold(hold_s)

    try:
        bed.conduct(body)
    except (InterlockTripError, ConfirmationError):
        assert bed.run.verdict.outcome is Outcome.ERROR
    assert bed.rig.reliefs_opened == {}
    return bed.witness.worst_pa


@settings(deadline=None, derandomize=True, max_examples=8)
@sequences((1.0, 10.0, 60.0), 8)
def test_no_sequence_of_commands_lets_the_chamber_stand_above_a_compartment(tmp_path_factory, orders, begun):
    assert stands(tmp_path_factory.mktemp("run"), orders, begun) < MARGIN_PA


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(deadline=None, derandomize=True, max_examples=300)
@sequences((1.0, 20.0, 200.0), 14)
def test_no_long_sequence_of_commands_does(tmp_path_factory, orders, begun):
    assert stands(tmp_path_factory.mktemp("run"), orders, begun) < MARGIN_PA

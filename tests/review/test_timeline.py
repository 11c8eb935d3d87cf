from pathlib import Path

import numpy as np
import pytest

from bench.records import Channel, Event, EventKind, Series
from bench.review.evidence import Evidence
from bench.review.timeline import Asked, Interval, Phase, actuators, phases, touches, windows

TIME_S = np.arange(6.0)


def evidence(columns=(), events=(), channels=()):
    return Evidence(
        folder=Path(),
        run={},
        channels=tuple(channels),
        series=Series(TIME_S, {name: np.array(values, float) for name, values in dict(columns).items()}),
        events=tuple(events),
        truths=(),
        scores=(),
        judged=None,
        estimates=(),
        missing=(),
    )


def begun(time_s, name):
    return Event(time_s, EventKind.PHASE_BEGUN, {"phase": name})


def ended(time_s, name):
    return Event(time_s, EventKind.PHASE_ENDED, {"phase": name})


def test_two_end_switches_tell_open_moving_and_contradiction():
    opened, closed = [0, 0, 1, 1, 1, 0], [1, 0, 0, 0, 1, 1]
    found = actuators(evidence({"vent_open": opened, "vent_closed": closed}))
    expected = [Interval(1.0, 2.0, "moving"), Interval(2.0, 4.0, "open"), Interval(4.0, 5.0, "unknown")]
    assert found == {"vent": expected}


@pytest.mark.parametrize("name", ["vent_open", "pump_running"])
def test_one_switch_tells_open_from_not(name):
    (intervals,) = actuators(evidence({name: [0, 1, 1, 0, 0, 0]})).values()
    assert intervals == [Interval(1.0, 3.0)]


def test_a_closed_switch_alone_tells_open_by_its_release():
    (intervals,) = actuators(evidence({"vent_closed": [1, 0, 0, 1, 1, 1]})).values()
    assert intervals == [Interval(1.0, 3.0)]


def test_a_switch_that_could_not_be_read_says_nothing():
    (intervals,) = actuators(evidence({"vent_closed": [1, np.nan, np.nan, 1, 1, 1]})).values()
    assert intervals == [Interval(1.0, 3.0, "unknown")]


def test_always_closed_has_no_interval():
    assert actuators(evidence({"vent_closed": [1] * 6})) == {"vent": []}


def test_without_switches_the_events_tell_and_what_stayed_open_lasts_to_the_end():
    def reached(time_s, position):
        return Event(time_s, EventKind.POSITION_REACHED, {"actuator": "vent", "position": position})

    told = [reached(0.5, "closed"), reached(1.0, "open"), reached(2.0, "closed"), reached(3.0, "open")]
    assert actuators(evidence(events=told)) == {"vent": [Interval(1.0, 2.0), Interval(3.0, 5.0)]}


def test_switches_outrank_events():
    told = Event(1.0, EventKind.POSITION_REACHED, {"actuator": "vent", "position": "open"})
    assert actuators(evidence({"vent_closed": [1] * 6}, [told])) == {"vent": []}


def test_phases_nest():
    events = [begun(0.0, "sweep"), begun(1.0, "hold"), ended(2.0, "hold"), ended(3.0, "sweep")]
    assert phases(events, 9.0) == [Phase("sweep", 0.0, 3.0, 0), Phase("hold", 1.0, 2.0, 1)]


def test_phases_that_nobody_ended_last_to_the_end_of_the_record():
    assert phases([begun(0.0, "sweep"), begun(1.0, "hold")], 9.0) == [
        Phase("sweep", 0.0, 9.0, 0),
        Phase("hold", 1.0, 9.0, 1),
    ]


def test_an_outer_phase_ends_its_inner_ones():
    events = [begun(0.0, "sweep"), begun(1.0, "hold"), ended(3.0, "sweep"), ended(4.0, "never begun")]
    assert [phase.end_s for phase in phases(events, 9.0)] == [3.0, 3.0]


@pytest.mark.parametrize("key", ["name", "window"])
def test_windows_by_either_key(key):
    detail = {key: "us_50um", "compartment": "us_segment", "begin_s": 1.0, "end_s": 2}
    assert windows([Event(2.0, EventKind.WINDOW, detail)]) == [Asked("us_50um", "us_segment", 1.0, 2)]


def test_a_window_without_its_times_is_not_shown():
    assert windows([Event(2.0, EventKind.WINDOW, {"name": "us_50um"})]) == []


@pytest.mark.parametrize(
    ("actuator", "touched"),
    [("orifice_25um_us", True), ("hatch_us_transfer", True), ("orifice_us_segment", True), ("bus_valve", False)],
)
def test_an_actuator_touches_the_compartment_it_is_named_after(actuator, touched):
    channel = Channel("us_pressure", "pressure", "Pa", 0.0, 1.0, 0.0, "us_segment")
    assert touches(actuator, evidence(channels=[channel]), "us_segment") is touched

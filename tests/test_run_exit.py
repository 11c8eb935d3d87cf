"""Leaving a run by every door, and what can go wrong on the way out."""

import signal
from types import SimpleNamespace

import pytest
from run_bed import EMERGENCY_STOP, ORIFICE_CLOSED, PASSED, Bed, caught
from small_bench import lost

from bench.commands import OpenValve, StartControl, StartPump, label
from bench.errors import ConfirmationError, InterlockTripError, RunAbortedError
from bench.records import EventKind, Outcome, Verdict

SAFE_STEPS = ["CloseValve:orifice", "CloseValve:fill", "StopPump:rotary", "StopControl:controller"]


@pytest.fixture
def bed(tmp_path):
    return Bed(tmp_path)


def ends(run):
    run.conclude(PASSED)


def breaks(_):
    raise RuntimeError("first")


def is_stopped(run):
    signal.raise_signal(signal.SIGINT)
    run.hold(100.0)


def is_terminated(run):
    signal.raise_signal(signal.SIGTERM)
    run.hold(100.0)


def is_interrupted(_):
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)


def trips(bed):
    def body(run):
        bed.daq.values[EMERGENCY_STOP] = 0.0
        run.hold(100.0)

    return body


def falls(bed):
    def body(run):
        bed.daq.fallen = True
        run.hold(100.0)

    return body


EXITS = {
    "end": (lambda _: ends, None, Outcome.PASS),
    "exception": (lambda _: breaks, RuntimeError, Outcome.ERROR),
    "first Ctrl-C": (lambda _: is_stopped, RunAbortedError, Outcome.ABORTED),
    "first SIGTERM": (lambda _: is_terminated, RunAbortedError, Outcome.ABORTED),
    "second Ctrl-C": (lambda _: is_interrupted, KeyboardInterrupt, Outcome.ABORTED),
    "interlock trip": (trips, InterlockTripError, Outcome.ERROR),
    "watchdog": (falls, InterlockTripError, Outcome.ERROR),
}


@pytest.fixture(params=EXITS.values(), ids=EXITS)
def left(request, bed):
    """A run at work that was left by one of the doors, and the outcome it must have."""
    make, error, outcome = request.param

    def body(run):
        bed.at_work()
        assert (bed.daq.levels["do2"], bed.daq.levels["do5"], bed.controller.on) == (True, True, True)
        make(bed)(run)

    if error is not None:
        caught(bed, body, error)
    else:
        with bed.stop, bed.run as run:
            body(run)
    return SimpleNamespace(bed=bed, outcome=outcome)


def test_every_exit_makes_the_bench_safe(left):
    assert not left.bed.daq.levels["do0"]
    assert not left.bed.daq.levels["do2"]
    assert not left.bed.daq.levels["do5"]
    assert not left.bed.controller.on


def test_every_exit_says_which_safe_steps_were_taken_and_read_back(left):
    (event,) = left.bed.events(EventKind.SAFE_STATE)
    assert event.detail == {"steps": SAFE_STEPS, "failures": []}


def test_every_exit_records_a_last_scan_that_shows_the_safe_state(left):
    assert left.bed.last("fill_closed_state") == 1.0
    assert left.bed.last("rotary_running_state") == 0.0


def test_every_exit_has_its_outcome_and_says_so_last(left):
    assert left.bed.run.verdict.outcome == left.outcome
    end = left.bed.events()[-1]
    assert (end.kind, end.detail["outcome"]) == (EventKind.RUN_ENDED, left.outcome)


def test_every_exit_closes_the_scans(left):
    assert (left.bed.recorder.folder / "scans.parquet").exists()


def test_an_error_stands_in_the_journal_before_the_safe_state(bed):
    caught(bed, breaks, RuntimeError)
    kinds = [e.kind for e in bed.events() if e.kind is not EventKind.SETTINGS]
    assert kinds == [EventKind.RUN_BEGUN, EventKind.ERROR, EventKind.SAFE_STATE, EventKind.RUN_ENDED]
    assert bed.events(EventKind.ERROR)[0].detail == {"type": "RuntimeError", "message": "first"}


def test_a_trip_is_an_event_with_its_reasons(bed):
    caught(bed, trips(bed), InterlockTripError)
    (event,) = bed.events(EventKind.INTERLOCK_TRIPPED)
    assert event.detail["reasons"] == ["emergency_stop: emergency_stop_released = 0, must be above 0.5 (release it)"]


def test_a_safety_input_that_can_no_longer_be_read_ends_the_run(bed):
    def body(run):
        run.scan()
        bed.daq.failing["collect"] = lost()
        run.hold(10.0)

    error = caught(bed, body, InterlockTripError)
    assert "emergency_stop_released is STALE" in str(error)


def test_the_hardware_watchdog_knows_the_safe_levels_from_the_first_scan_on(bed):
    with bed.stop, bed.run:
        levels, timeout_s, every = bed.daq.watched
        assert levels == {"do0": False, "do2": False, "do5": False}
        assert (timeout_s, every) == (10.0, 2)


def test_lines_that_the_hardware_has_dropped_end_the_run_which_says_so(bed):
    error = caught(bed, falls(bed), InterlockTripError)
    assert "watchdog of daq has dropped its lines: no scan for 10 s" in str(error)


def test_a_procedure_without_a_verdict_is_a_fault_of_the_bench(bed):
    with bed.run as run:
        run.scan()
    assert run.verdict == Verdict(Outcome.ERROR, "the procedure ended without a verdict")


def test_a_safe_state_the_procedure_has_reached_is_not_taken_again(bed):
    with bed.run as run:
        run.make_safe()
        run.conclude(PASSED)
    assert len(bed.events(EventKind.SAFE_STATE)) == 1


def test_a_command_after_the_safe_state_means_that_it_is_taken_again(bed):
    with bed.run as run:
        run.make_safe()
        run.execute(OpenValve("bypass"))
    assert len(bed.events(EventKind.SAFE_STATE)) == 2


def test_after_the_safe_state_a_request_to_stop_no_longer_throws_the_run_away(bed):
    with bed.stop, bed.run as run:
        run.make_safe()
        signal.raise_signal(signal.SIGINT)
        run.scan()
        run.conclude(PASSED)
    assert run.verdict == PASSED


# -- what goes wrong on the way out ------------------------------------------------------------------------------
def test_signals_do_not_keep_the_way_out_from_its_end(bed):
    write = bed.daq.write_line

    def signalled(line, state):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
        write(line, state)

    def body(_):
        bed.daq.write_line = signalled
        raise RuntimeError("first")

    caught(bed, body, RuntimeError)
    assert bed.events(EventKind.SAFE_STATE)[0].detail["failures"] == []


def test_a_safe_state_that_was_interrupted_is_taken_again_on_leaving(bed):
    write = bed.daq.write_line

    def interrupted(*_):
        bed.daq.write_line = write
        is_interrupted(None)

    def body(run):
        bed.at_work()
        bed.daq.write_line = interrupted
        run.make_safe()

    caught(bed, body, KeyboardInterrupt)
    assert not bed.daq.levels["do2"]
    assert not bed.daq.levels["do5"]
    assert len(bed.events(EventKind.SAFE_STATE)) == 1


def test_a_call_cut_by_an_interrupt_does_not_leave_the_controller_on(bed):
    def body(run):
        bed.at_work()
        bed.controller.failing["cut"] = lost("an interrupted exchange closes the link")
        is_interrupted(run)

    caught(bed, body, KeyboardInterrupt)
    assert not bed.controller.on
    assert bed.events(EventKind.SAFE_STATE)[0].detail["failures"] == []


def test_failures_of_the_safe_state_are_gathered_and_every_step_is_tried(bed):
    def body(run):
        bed.at_work()
        bed.daq.deaf = {"do2"}
        bed.controller.failing["control"] = lost("gone")
        run.conclude(PASSED)

    with bed.run as run:
        body(run)
    (event,) = bed.events(EventKind.SAFE_STATE)
    assert event.detail["failures"] == [
        "CloseValve:fill: not read back",
        "StopControl:controller: LinkLost: gone",
        "fill_open does not show 0",
        "fill_closed does not show 1",
    ]
    assert not bed.daq.levels["do5"]


def test_an_end_switch_that_never_shows_the_safe_position_is_waited_for_and_named(bed):
    bed.daq.held = {ORIFICE_CLOSED: 0.0}
    with bed.run as run:
        run.make_safe()
        assert 6.0 <= run.clock.now() <= 8.0  # the longest travel of a step, and patience
    assert bed.events(EventKind.SAFE_STATE)[0].detail["failures"] == ["orifice_closed does not show 1"]


def test_a_pass_does_not_outrank_a_bench_that_is_not_safe(bed):
    bed.daq.held = {ORIFICE_CLOSED: 0.0}
    with bed.run as run:
        run.conclude(PASSED)
    assert run.verdict == Verdict(
        Outcome.ERROR, "PASS, as it should be; safe state not reached: orifice_closed does not show 1"
    )


def test_a_safe_state_that_fails_does_not_hide_the_first_error(bed):
    bed.daq.failing["do0"] = OSError("second")
    error = caught(bed, breaks, RuntimeError)
    assert str(error) == "first"
    assert bed.run.verdict.outcome == Outcome.ERROR
    assert "RuntimeError: first" in bed.run.verdict.reason
    assert "safe state not reached: CloseValve:orifice: OSError: second" in bed.run.verdict.reason


def test_a_journal_that_cannot_be_written_neither_hides_the_first_error_nor_stops_the_safe_state(bed):
    def body(run):
        bed.at_work()
        bed.recorder.event = disk_full
        breaks(run)

    error = caught(bed, body, RuntimeError)
    assert str(error) == "first"
    assert "and on the way out: OSError: disk full" in error.__notes__
    assert not bed.daq.levels["do2"]
    assert not bed.controller.on
    assert (bed.recorder.folder / "scans.parquet").exists()


def disk_full(*_):
    raise OSError("disk full")


def test_a_scan_that_cannot_be_recorded_does_not_stop_the_safe_state(bed):
    def body(_):
        bed.at_work()
        bed.recorder.record = disk_full
        bed.run.scan()

    caught(bed, body, OSError)
    assert not bed.daq.levels["do2"]
    assert bed.events(EventKind.SAFE_STATE)[0].detail["failures"] == ["end switches not read: OSError: disk full"]


def test_an_end_that_cannot_be_written_is_an_error_of_its_own(bed):
    def body(run):
        run.conclude(PASSED)
        bed.recorder.event = disk_full

    error = caught(bed, body, OSError)
    assert str(error) == "disk full"
    assert bed.run.verdict == Verdict(Outcome.ERROR, "PASS, as it should be; disk full")


@pytest.mark.parametrize("command", [OpenValve("fill"), StartPump("rotary"), StartControl("controller")], ids=label)
def test_a_bench_that_was_acted_on_is_made_safe_even_when_the_act_failed(bed, command):
    bed.daq.deaf = {"do2", "do5"}
    bed.controller.controlling = lambda: False

    def body(run):
        run.make_safe()
        run.execute(command)

    caught(bed, body, ConfirmationError)
    assert len(bed.events(EventKind.SAFE_STATE)) == 2

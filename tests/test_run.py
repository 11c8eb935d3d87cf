import numpy as np
import pytest
from run_bed import FILL_CLOSED, ORIFICE_CLOSED, PASSED, Bed, caught
from small_bench import lost

from bench.commands import OpenValve
from bench.dataset import Dataset
from bench.errors import (
    CheckFailedError,
    CommandRefusedError,
    ConfirmationError,
    InconclusiveError,
    RunAbortedError,
)
from bench.records import EventKind, Outcome, Quality, Verdict, Window
from bench.run import verdict_of
from drivers.errors import LinkLost


@pytest.fixture
def bed(tmp_path):
    return Bed(tmp_path)


# -- scanning ----------------------------------------------------------------------------------------------------
def test_sampling_begins_with_the_run_and_the_first_scan_is_a_period_later(bed):
    with bed.run as run:
        assert bed.daq.started == 1
        run.scan()
    assert bed.listener.scans[0] == 1.0


def test_a_hold_scans_once_a_period_on_the_grid(bed):
    with bed.run as run:
        run.hold(5.0)
        assert run.scans == 5
        assert run.clock.now() == 5.0
    assert bed.listener.scans[:5] == [1.0, 2.0, 3.0, 4.0, 5.0]


def test_a_slow_answer_does_not_shift_the_grid(bed):
    bed.controller.collect = lambda: bed.clock.sleep(0.4) or {}
    with bed.run as run:
        run.hold(3.5)
    assert bed.listener.scans[:3] == [1.0, 2.0, 3.0]


def test_scans_that_were_missed_are_an_event_and_the_grid_is_kept(bed):
    with bed.run as run:
        run.scan()
        bed.clock.sleep(3.5)  # at 2, 3 and 4 nobody looked
        run.hold(2.0)
    (gap,) = bed.events(EventKind.GAP)
    assert (gap.time_s, gap.detail) == (4.5, {"missed_scans": 2, "since_s": 2.0})
    assert bed.listener.scans[:4] == [1.0, 4.5, 5.0, 6.0]


def test_a_grid_that_is_kept_has_no_gap(bed):
    with bed.run as run:
        run.hold(100.0)
    assert bed.events(EventKind.GAP) == []


def test_every_scan_is_recorded(bed):
    with bed.run as run:
        run.hold(10.0)
        taken = run.scans
    assert len(Dataset(bed.recorder.folder).scans()) == taken + 1  # and one that saw the safe state


def test_waiting_ends_with_the_scan_that_meets_the_condition(bed):
    with bed.run as run:
        run.wait_for(lambda state: state.scan.time_s >= 7.0, 100.0, "seven")
        assert run.clock.now() == 7.0


def test_waiting_in_vain_leaves_the_question_open(bed):
    error = caught(bed, lambda run: run.wait_for(lambda _: False, 20.0, "a miracle"), InconclusiveError)
    assert str(error) == "a miracle: not within 20 s"
    assert bed.run.verdict == Verdict(Outcome.INCONCLUSIVE, "a miracle: not within 20 s")


def test_conditions_look_back_on_usable_readings_only(bed):
    with bed.run as run:
        run.hold(3.0)
        bed.daq.values["ai2"] = 50.0  # volts beyond the channel's range would be a pressure of 50 Pa: still good
        bed.daq.values["ai1"] = 11.0
        run.hold(2.0)
        series = run.series(4.0)
    assert series.time_s.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert np.isnan(series.columns["annex_pressure"]).tolist() == [False, False, True, True]
    assert series.columns["gauge"].tolist() == [3.0, 3.0, 50.0, 50.0]


def test_a_link_that_is_lost_in_a_run_is_in_its_journal(bed):
    bed.controller.failing["collect"] = lost()
    with bed.run as run:
        run.scan()
    event = bed.events(EventKind.LINK_LOST)[0]
    assert event.detail["instrument"] == "controller"


# -- commands ----------------------------------------------------------------------------------------------------
def test_an_allowed_command_returns_the_time_at_which_the_device_confirmed_it(bed):
    with bed.run as run:
        run.hold(3.0)
        assert run.execute(OpenValve("orifice")) == 3.0
    (event,) = [e for e in bed.events(EventKind.COMMAND_CONFIRMED) if e.detail["command"] == "OpenValve:orifice"]
    assert event.time_s == 3.0


def test_a_command_is_over_when_the_end_switches_have_followed(bed):
    bed.daq.held = {ORIFICE_CLOSED: 1.0}
    bed.listener.at[3.0] = bed.daq.held.clear
    with bed.run as run:
        run.execute(OpenValve("orifice"))
        assert run.state.value("orifice_closed") == 0.0
    (event,) = bed.events(EventKind.POSITION_REACHED)
    assert (event.time_s, event.detail) == (4.0, {"actuator": "orifice", "position": "open"})


def test_a_refused_command_sends_nothing_and_is_an_event(bed):
    bed.daq.levels["do2"] = True  # the fill valve is open
    with bed.run as run:
        with pytest.raises(CommandRefusedError, match="leak_without_supply: fill_closed = 0"):
            run.execute(OpenValve("orifice"))
        assert bed.daq.sent == []
    (event,) = bed.events(EventKind.COMMAND_REFUSED)
    assert event.detail["command"] == "OpenValve:orifice"
    assert "leak_without_supply" in event.detail["reasons"][0]


def test_a_refusal_judges_the_rig_as_it_is_now_not_as_it_was_scanned_long_ago(bed):
    with bed.run as run:
        run.scan()
        bed.daq.held = {FILL_CLOSED: 0.0}
        bed.clock.sleep(2.5)
        with pytest.raises(CommandRefusedError, match="leak_without_supply"):
            run.execute(OpenValve("orifice"))


def test_a_scan_not_older_than_two_periods_is_good_enough_to_judge_by(bed):
    with bed.run as run:
        run.scan()
        bed.clock.sleep(2.0)
        run.execute(OpenValve("bypass"))
        assert run.scans == 1


def test_without_a_fresh_scan_a_command_is_refused_and_that_is_an_event(bed):
    bed.controller.collect = lambda: bed.clock.sleep(2.5) or {}
    with bed.run as run:
        with pytest.raises(CommandRefusedError, match=r"the latest scan is 2.5 s old"):
            run.execute(OpenValve("bypass"))
        assert bed.daq.sent == []
    assert len(bed.events(EventKind.COMMAND_REFUSED)) == 1


def test_a_line_that_does_not_take_the_level_is_an_error_and_no_confirmation(bed):
    bed.daq.deaf = {"do0"}
    error = caught(bed, lambda run: run.execute(OpenValve("orifice")), ConfirmationError)
    assert "does not read back" in str(error)
    assert bed.events(EventKind.COMMAND_CONFIRMED) == []


@pytest.mark.parametrize(
    ("command", "switch", "limit_s"),
    [(OpenValve("orifice"), ORIFICE_CLOSED, 5.5), (OpenValve("fill"), FILL_CLOSED, 6.0)],
    ids=["orifice", "fill"],
)
def test_an_end_switch_that_does_not_follow_is_an_error_after_travel_and_patience(bed, command, switch, limit_s):
    bed.daq.held = {switch: 1.0}
    with bed.run as run:
        with pytest.raises(ConfirmationError, match="did not follow"):
            run.execute(command)
        assert limit_s < run.clock.now() - 1.0 <= limit_s + 1.0  # the first scan was at one second
    assert bed.events(EventKind.POSITION_REACHED) == []


def test_an_instrument_error_of_a_command_passes_as_it_is_and_is_not_repeated(bed):
    bed.daq.failing["do1"] = lost("cable pulled")
    caught(bed, lambda run: run.execute(OpenValve("bypass")), LinkLost)
    assert bed.daq.sent.count(("do1", True)) == 1


# -- phases, windows, verdicts -----------------------------------------------------------------------------------
def test_a_phase_is_in_the_journal_with_its_begin_and_end_and_the_listener_hears_of_it(bed):
    with bed.run as run:
        assert run.perform("hold", lambda: run.hold(5.0) or "done") == "done"
    begun, ended = bed.events(EventKind.PHASE_BEGUN, EventKind.PHASE_ENDED)
    assert (begun.time_s, begun.detail) == (0.0, {"phase": "hold"})
    assert (ended.time_s, ended.detail) == (5.0, {"phase": "hold"})
    assert bed.listener.phases == ["hold"]


def test_a_phase_that_fails_has_no_end(bed):
    caught(bed, lambda run: run.perform("hold", lambda: 1 / 0), ZeroDivisionError)
    assert bed.events(EventKind.PHASE_ENDED) == []


def test_a_runner_performs_the_phase_under_its_name(bed):
    names = []

    def runner(name, body):
        names.append(name)
        return body()

    with bed.run as run:
        run.runner = runner
        assert run.perform("hold", lambda: 7) == 7
    assert names == ["hold"]
    assert len(bed.events(EventKind.PHASE_BEGUN)) == 1


def test_a_window_is_in_the_journal_with_its_background(bed):
    with bed.run as run:
        run.window(Window("node_50um", "node", 10.0, 20.0, ((0.0, 5.0), (30.0, 35.0))))
    (event,) = bed.events(EventKind.WINDOW)
    assert event.detail == {
        "window": "node_50um",
        "compartment": "node",
        "begin_s": 10.0,
        "end_s": 20.0,
        "background": [[0.0, 5.0], [30.0, 35.0]],
    }


def test_the_first_verdict_stands(bed):
    with bed.run as run:
        run.conclude(Verdict(Outcome.FAIL, "wrong"))
        run.conclude(PASSED)
    assert run.verdict == Verdict(Outcome.FAIL, "wrong")
    assert [e.detail["outcome"] for e in bed.events(EventKind.VERDICT)] == ["FAIL", "FAIL"]


def test_the_state_before_any_scan_is_a_scan_taken_now(bed):
    with bed.run as run:
        assert run.state.quality("node_pressure") == Quality.GOOD
        assert run.state.value("node_pressure") == pytest.approx(100_000.0)


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (None, None),
        (RunAbortedError("stopped by SIGINT"), Verdict(Outcome.ABORTED, "stopped by SIGINT")),
        (KeyboardInterrupt(), Verdict(Outcome.ABORTED, "KeyboardInterrupt")),
        (SystemExit(3), Verdict(Outcome.ABORTED, "3")),
        (InconclusiveError("never stable"), Verdict(Outcome.INCONCLUSIVE, "never stable")),
        (CheckFailedError("wrong unit"), Verdict(Outcome.ERROR, "CheckFailedError: wrong unit")),
        (lost("gone"), Verdict(Outcome.ERROR, "LinkLost: gone")),
        (ZeroDivisionError("oops"), Verdict(Outcome.ERROR, "ZeroDivisionError: oops")),
    ],
    ids=str,
)
def test_what_an_error_says_of_a_run(error, verdict):
    assert verdict_of(error) == verdict

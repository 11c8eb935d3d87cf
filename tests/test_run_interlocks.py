"""What a run does when interlocks trip: commands of their own, latches that a person lets go, bypasses that taint."""

import pytest
import run_bed
from run_bed import PASSED, Bed, caught
from small_bench import small_stand

from bench.commands import OpenValve, StartPump
from bench.config.interlocks import Action, Interlock
from bench.errors import CommandRefusedError, ConfirmationError
from bench.records import EventKind, Outcome

GAUGE, LIMIT_PA = "ai2", 50.0
SHUTS = Interlock(
    name="too_much_gas",
    channel="gauge",
    below=LIMIT_PA,
    hysteresis=10.0,
    guards=("OpenValve:fill", "OpenValve:bypass"),
    actions=(Action(command="CloseValve", target="fill"), Action(command="CloseValve", target="bypass")),
    remedy="pump",
)
LATCHES = SHUTS.model_copy(update={"latch": True, "actions": ()})
ENDS = LATCHES.model_copy(update={"trips": True})


def bed_with(folder, monkeypatch, *rules):
    """A run on the small bench under these interlocks alone."""
    stand = small_stand()
    stand.bench = stand.bench.model_copy(update={"interlock": rules})
    monkeypatch.setattr(run_bed, "small_stand", lambda: stand)
    return Bed(folder)


def conduct(bed, body):
    with bed.stop, bed.run as run:
        body(run)
        run.conclude(PASSED)


def labels(bed):
    return [event.detail["command"] for event in bed.events(EventKind.COMMAND_CONFIRMED)]


def gas(bed, pressure_pa):
    bed.daq.values[GAUGE] = pressure_pa


def test_an_interlock_shuts_what_it_must_once_and_the_run_goes_on(tmp_path, monkeypatch):
    bed = bed_with(tmp_path, monkeypatch, SHUTS)

    def body(run):
        run.execute(OpenValve("fill"))
        gas(bed, 60.0)
        run.hold(5.0)
        assert labels(bed) == ["OpenValve:fill", "CloseValve:fill"]  # the other one was shut

    conduct(bed, body)
    (tripped,) = bed.events(EventKind.INTERLOCK_TRIPPED)
    assert tripped.detail["actions"] == ["CloseValve:fill"]
    assert tripped.detail["reasons"] == ["too_much_gas: gauge = 60, must be below 50"]
    assert bed.run.verdict == PASSED


def test_it_does_so_again_when_it_trips_again(tmp_path, monkeypatch):
    bed = bed_with(tmp_path, monkeypatch, SHUTS)

    def body(run):
        for pressure_pa in (60.0, 3.0, 60.0):
            if pressure_pa < LIMIT_PA:
                gas(bed, pressure_pa)
                run.hold(2.0)
            run.execute(OpenValve("fill"))
            gas(bed, 60.0)
            run.hold(2.0)
            gas(bed, 3.0)
            run.hold(2.0)

    conduct(bed, body)
    assert labels(bed) == ["OpenValve:fill", "CloseValve:fill"] * 3


def test_lost_data_shut_it_too(tmp_path, monkeypatch):
    bed = bed_with(tmp_path, monkeypatch, SHUTS)

    def body(run):
        run.execute(OpenValve("fill"))
        gas(bed, float("nan"))
        run.hold(2.0)

    conduct(bed, body)
    assert labels(bed) == ["OpenValve:fill", "CloseValve:fill"]


def test_what_does_not_shut_ends_the_run(tmp_path, monkeypatch):
    bed = bed_with(tmp_path, monkeypatch, SHUTS)

    def body(run):
        run.execute(OpenValve("fill"))
        bed.daq.deaf.add("do2")
        gas(bed, 60.0)
        run.hold(5.0)

    error = caught(bed, body, ConfirmationError)
    assert str(error).startswith("CloseValve:fill")
    assert bed.run.verdict.outcome is Outcome.ERROR


def test_a_latched_interlock_holds_again_when_somebody_says_so_and_not_before(tmp_path, monkeypatch):
    bed = bed_with(tmp_path, monkeypatch, LATCHES)

    def body(run):
        gas(bed, 60.0)
        run.hold(2.0)
        with pytest.raises(CommandRefusedError, match="acknowledge too_much_gas refused: gauge = 60"):
            run.acknowledge("too_much_gas", "A. Person", "looked at it")
        gas(bed, 3.0)
        run.hold(2.0)
        with pytest.raises(CommandRefusedError, match=r"gauge = 60, must be below 40; not acknowledged \(pump\)"):
            run.execute(OpenValve("fill"))
        run.acknowledge("too_much_gas", "A. Person", "looked at it")
        run.execute(OpenValve("fill"))
        with pytest.raises(CommandRefusedError, match="it has not tripped"):
            run.acknowledge("too_much_gas", "A. Person", "once more")

    conduct(bed, body)
    (told,) = bed.events(EventKind.INTERLOCK_ACKNOWLEDGED)
    assert dict(told.detail) == {"interlock": "too_much_gas", "who": "A. Person", "reason": "looked at it"}


def test_what_trips_while_all_is_made_safe_leaves_no_verdict_standing(tmp_path, monkeypatch):
    """As a relief valve that lifts when the procedure has come to its end."""
    bed = bed_with(tmp_path, monkeypatch, ENDS)

    def body(run):
        run.conclude(PASSED)
        gas(bed, 60.0)

    conduct(bed, body)
    assert bed.run.verdict.outcome is Outcome.ERROR
    assert "too_much_gas: gauge = 60" in bed.run.verdict.reason


def test_a_bypassed_interlock_forbids_nothing_for_its_time_and_taints_the_run(tmp_path, monkeypatch):
    bed = bed_with(tmp_path, monkeypatch, SHUTS)

    def body(run):
        run.attended = True
        gas(bed, 60.0)
        run.hold(2.0)
        run.bypass("too_much_gas", "A. Person", "gauge known to be wrong", 10.0)
        run.execute(OpenValve("fill"))
        run.hold(5.0)
        assert labels(bed) == ["OpenValve:fill"]
        run.hold(6.0)
        assert labels(bed) == ["OpenValve:fill", "CloseValve:fill"]

    conduct(bed, body)
    (told,) = bed.events(EventKind.INTERLOCK_BYPASSED)
    assert told.detail["duration_s"] == 10.0
    assert len(bed.events(EventKind.BYPASS_ENDED)) == 1
    assert bed.run.taints == ("interlock too_much_gas bypassed by A. Person: gauge known to be wrong",)


@pytest.mark.parametrize(
    ("attended", "who", "reason", "duration_s"),
    [
        (False, "A. Person", "because", 10.0),
        (True, " ", "because", 10.0),
        (True, "A. Person", "", 10.0),
        (True, "A. Person", "because", float("inf")),
        (True, "A. Person", "because", float("nan")),
    ],
)
def test_nobody_bypasses_without_being_there_with_a_name_a_reason_and_an_end(
    tmp_path, monkeypatch, attended, who, reason, duration_s
):
    bed = bed_with(tmp_path, monkeypatch, SHUTS)

    def body(run):
        run.attended = attended
        with pytest.raises(CommandRefusedError, match="bypass too_much_gas refused"):
            run.bypass("too_much_gas", who, reason, duration_s)
        run.execute(StartPump("rotary"))

    conduct(bed, body)
    assert bed.run.taints == ()

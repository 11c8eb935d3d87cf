"""What a session says of a failure; whole sessions are run by the tests of flows."""

from pathlib import Path

import pytest
from small_bench import lost

from bench.errors import CheckFailedError
from bench.records import Outcome, Verdict
from procedures.order import make_order
from procedures.session import Session


@pytest.fixture
def session():
    """Of the real bench, which nobody touches before conduct()."""
    order = make_order("leak_sweep", "zvezda", None, [], seed=1, results=Path("none"), quiet=True, begun=0.0)
    return Session(order)


@pytest.mark.parametrize("error", [CheckFailedError("wrong unit"), lost("wrong unit")])
def test_a_failure_of_the_bench_is_said_in_a_line_without_a_traceback(session, capsys, error):
    session.note_failure(error)
    assert capsys.readouterr().err == f"{type(error).__name__}: wrong unit\n"
    assert session.verdict.outcome == Outcome.ERROR


def test_what_else_went_wrong_on_the_way_out_is_said_under_it(session, capsys):
    error = lost("cable pulled")
    error.add_note("while opening instrument daq at local")
    session.note_failure(error)
    assert capsys.readouterr().err == "LinkLost: cable pulled\n  while opening instrument daq at local\n"


def test_a_fault_of_the_program_is_said_with_its_traceback(session, capsys):
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        session.note_failure(error)
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):")


def test_an_interrupt_is_no_error(session, capsys):
    session.note_failure(KeyboardInterrupt())
    assert capsys.readouterr().err == "KeyboardInterrupt: \n"
    assert session.verdict.outcome == Outcome.ABORTED


def test_a_run_whose_closing_fails_has_not_passed(session):
    session.verdict = Verdict(Outcome.PASS, "all well")
    session.note_failure(OSError("disk full"))
    assert session.verdict.outcome == Outcome.ERROR

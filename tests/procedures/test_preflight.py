"""Certificates before anything moves: what the loading of a bench file cannot know of a run that begins later."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from small_bench import small_bench

from bench.config.parts import Override
from procedures.preflight import _certificates

BENCH = small_bench()
(LEAK,) = BENCH.leak


def found(bench=BENCH, day=datetime(2026, 6, 1, tzinfo=UTC)):
    return list(_certificates(SimpleNamespace(bench=bench, clock=SimpleNamespace(utc=lambda: day))))


@pytest.fixture
def late():
    """The day after the certificate was due, as when a scheduled run begins past midnight."""
    return datetime(2027, 1, 2, tzinfo=UTC)


def test_a_valid_certificate_is_no_problem():
    assert found() == []


def test_one_that_has_become_overdue_is_named(late):
    assert found(day=late) == ["node_50um: certificate LB-1 was due on 2027-01-01"]


def test_one_that_was_overridden_was_judged_already(late):
    override = Override(leak="node_50um", problem="overdue", reason="no other")
    assert found(BENCH.model_copy(update={"overrides": (override,)}), late) == []


def test_an_unreadable_file_of_the_same_folder_is_found_before_hours_are_spent(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.touch()
    (tmp_path / "other.toml").write_text("serial = ")
    leak = LEAK.model_copy(update={"certificate": LEAK.certificate.model_copy(update={"file": mine})})
    (problem,) = found(BENCH.model_copy(update={"leak": (leak,)}))
    assert "node_50um: " in problem
    assert "other.toml: not TOML" in problem

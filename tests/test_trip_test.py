"""The trip-test of interlocks: it passes every shipped one, and finds what a broken judgement leaves undone."""

from datetime import date

import pytest

from bench.config.interlocks import Interlock
from bench.config.load import find_bench, load_bench
from bench.interlock import Condition, _judge
from bench.trip_test import trip_test

BENCHES = {name: load_bench(find_bench(name), date(2026, 11, 23)) for name in ("zvezda", "zvezda_mks", "rig580")}
SOME = ("over_pressure_us", "reverse_us", "hatch_us_transfer_balanced", "fill_too_fast", "emergency_stop")


def found(*rules):
    bench = BENCHES["zvezda"]
    kept = tuple(rules) or tuple(rule for rule in bench.interlock if rule.name in SOME)
    return {test.name: test for test in trip_test(bench.model_copy(update={"interlock": kept}))}


@pytest.mark.parametrize("name", BENCHES)
def test_every_shipped_interlock_does_what_its_bench_file_says(name):
    bench = BENCHES[name]
    tests = trip_test(bench)
    assert [test.name for test in tests] == [rule.name for rule in bench.interlock]
    assert {test.name: test.problems for test in tests if test.problems} == {}


def test_it_says_where_each_trips_and_releases_and_what_it_forbids():
    test = found()["over_pressure_us"]
    assert (test.trips_at, test.releases_at) == pytest.approx((110_000.0, 109_500.0))
    assert {"OpenValve:fill_valve", "SetFlow:makeup_flow", "SetPressure:pressure_controller"} <= {*test.forbids}
    assert not [label for label in test.forbids if label.startswith(("Close", "Stop"))]
    assert test.ends_run


def test_a_latched_one_releases_nowhere_by_itself_and_that_is_no_problem():
    test = found(Interlock(name="disc", channel="burst_disc_intact", above=0.5, latch=True, trips=True))["disc"]
    assert test.problems == ()


MUTANTS = {
    "no violation is ever returned": ("bench.interlock._objection", lambda *_: ""),
    "every condition holds": ("bench.interlock._judge", lambda *_: Condition(holds=True)),
    "every command is refused": ("bench.interlock._objection", lambda *_: "because"),
    "nothing ends a run": ("bench.trip_test.trips", lambda *_: ()),
    "nothing is latched": ("bench.interlock._latched", _judge),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_it_catches(mutant, monkeypatch):
    monkeypatch.setattr(*MUTANTS[mutant])
    disc = Interlock(name="disc", channel="burst_disc_intact", above=0.5, guards=("Start*:*",), latch=True, trips=True)
    rules = [rule for rule in BENCHES["zvezda"].interlock if rule.name in SOME]
    assert any(test.problems for test in found(*rules, disc).values())


def test_with_no_violation_ever_returned_every_interlock_that_guards_something_is_named(monkeypatch):
    monkeypatch.setattr(*MUTANTS["no violation is ever returned"])
    bench = BENCHES["zvezda"]
    named = {test.name for test in trip_test(bench) if test.problems}
    assert named == {rule.name for rule in bench.interlock if rule.guards}


def test_it_catches_stale_data_that_are_believed(monkeypatch):
    monkeypatch.setattr("bench.records.USABLE", frozenset(range(6)))
    assert all(test.problems for test in found().values())


def test_it_catches_a_hysteresis_that_is_not_kept(monkeypatch):
    monkeypatch.setattr("bench.interlock._judge", lambda rule, before, state: _judge(rule, _as_held(before), state))
    assert "within the hysteresis" in found()["over_pressure_us"].problems[0]


def _as_held(before):
    return Condition(holds=True, seen=before.seen)

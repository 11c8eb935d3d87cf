import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from run_bed import PASSED, Bed

from bench.clock import VirtualClock, WallClock
from bench.dataset import Dataset
from bench.records import EventKind
from bench.run import Run


def test_virtual_time_stands_still_until_it_is_told_to_move():
    clock = VirtualClock()
    assert [clock.now(), clock.now()] == [0.0, 0.0]


def test_an_hour_of_virtual_time_passes_at_once():
    clock = VirtualClock()
    clock.sleep(3600.0)
    assert clock.now() == 3600.0


@pytest.mark.parametrize("past_s", [-1.0, 0.0, 9.5])
def test_virtual_time_never_goes_back(past_s):
    clock = VirtualClock()
    clock.sleep(10.0)
    clock.sleep_until(past_s)
    clock.advance_to(past_s)
    clock.sleep(min(past_s, 0.0))
    assert clock.now() == 10.0


def test_sleeping_to_a_grid_point_lands_on_it_exactly_where_added_periods_would_not():
    grid, adding = VirtualClock(), VirtualClock()
    for index in range(1, 1001):
        grid.sleep_until(index / 10)
        adding.sleep(0.1)
    assert grid.now() == 100.0
    assert adding.now() != 100.0


def test_system_time_begins_at_zero_and_runs():
    clock = WallClock()
    first_s = clock.now()
    assert 0.0 <= first_s < 1.0
    while clock.now() == first_s:
        pass
    assert clock.now() > first_s


def test_waiting_for_a_time_already_past_takes_no_system_time(monkeypatch):
    waited_s = []
    monkeypatch.setattr("time.sleep", waited_s.append)
    clock = WallClock()
    clock.sleep_until(-5.0)
    clock.sleep(-1.0)
    assert waited_s == [0.0, 0.0]


def test_system_time_waits_for_what_is_left_until_the_grid_point(monkeypatch):
    waited_s = []
    monkeypatch.setattr("time.sleep", waited_s.append)
    clock = WallClock()
    clock.sleep_until(1000.0)
    assert waited_s == [pytest.approx(1000.0, abs=1.0)]


@pytest.mark.parametrize("clock", [WallClock(), VirtualClock()])
def test_calendar_time_is_utc_now_on_either_clock(clock):
    utc = clock.utc()
    assert utc.utcoffset() == timedelta(0)
    assert abs(utc - datetime.now(UTC)) < timedelta(minutes=1)


class Wall:
    """Wall time that passes only in sleeps."""

    def __init__(self, monkeypatch):
        self.time_s = 1e5
        self.slept_s = []
        monkeypatch.setattr("time.monotonic", lambda: self.time_s)
        monkeypatch.setattr("time.sleep", self.sleep)

    def sleep(self, duration_s):
        self.slept_s.append(duration_s)
        self.time_s += duration_s


@pytest.fixture
def wall(monkeypatch):
    return Wall(monkeypatch)


@pytest.mark.parametrize("speed", [0.5, 1.0, 60.0])
def test_scaled_time_is_speed_times_wall_time(wall, speed):
    clock = WallClock(speed)
    assert clock.now() == 0.0
    wall.time_s += 30.0
    assert clock.now() == speed * 30.0


def test_a_sample_due_a_period_ahead_at_speed_60_costs_less_than_two_milliseconds(wall):
    clock = WallClock(60.0)
    clock.advance_to(0.1)
    assert clock.now() == pytest.approx(0.1, rel=1e-6)
    assert wall.slept_s == [pytest.approx(0.1 / 60.0)]


def test_scaled_time_already_past_is_not_waited_for(wall):
    clock = WallClock(60.0)
    wall.time_s += 1.0
    clock.advance_to(59.0)
    assert wall.slept_s == [0.0]
    assert clock.now() == 60.0


def test_a_step_of_the_wall_clock_does_not_bend_the_time_axis(monkeypatch, tmp_path):
    """NTP sets it back by an hour, then forward by two, in the middle of a run: scans stay a second apart."""
    wall = Wall(monkeypatch)
    steps_s = {3: -3600.0, 6: 7200.0}

    class Stepped(datetime):
        @classmethod
        def now(cls, tz=None):
            passed = [step_s for at, step_s in steps_s.items() if wall.time_s - 1e5 > at]
            return datetime(2026, 10, 25, 0, 59, 55, tzinfo=tz) + timedelta(seconds=wall.time_s - 1e5 + sum(passed))

    monkeypatch.setattr("bench.clock.datetime", Stepped)
    bed = Bed(tmp_path)
    bed.clock = clock = WallClock()
    run = Run(bed.station, bed.recorder, clock, bed.listener, bed.stop)
    begun = clock.utc()
    with run:
        run.hold(10.0)
        run.conclude(PASSED)
    ended = clock.utc()
    dataset = Dataset(tmp_path)
    assert np.diff(dataset.scans()["time_s"]) == pytest.approx(1.0, abs=1e-6)
    assert bed.events(EventKind.GAP) == []
    times_s = [event.time_s for event in dataset.events()]
    assert times_s == sorted(times_s)
    assert (ended - begun).total_seconds() == pytest.approx(3600.0 + clock.now())


def test_no_part_of_the_bench_measures_time_by_the_wall_clock():
    """The calendar is for manifests, due dates and file names; durations and time axes are monotonic."""
    root = Path(__file__).parents[1]
    sources = [path for part in ("bench", "drivers", "procedures") for path in (root / part).rglob("*.py")]
    sources = [path for path in sources if "sim" not in path.parts]  # NI devices give calendar time
    assert [path for path in sources if re.search(r"\btime\.(time|time_ns)\(", path.read_text())] == []

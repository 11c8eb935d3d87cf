"""Monitors that watch a run: their alarms are told, and nothing that they do ends it."""

from dataclasses import dataclass

import pytest
from run_bed import PASSED, Bed
from tiny_cusum import TinyCusum

from bench.config.rig import rig_of
from bench.dataset import Dataset
from bench.detection.choose import Kind
from bench.detection.made import Made
from bench.records import EventKind
from bench.replay import Recording, replayed

PRESSURE, STEP_V = "ai0", 1e-3
MINUTE_S = 60.0


@pytest.fixture
def bed(tmp_path):
    return Bed(tmp_path)


def made(monitor):
    parameters = {"compartment": monitor.compartment}
    return Made(Kind(monitor.name, type(monitor), "a test"), monitor, parameters, parameters)


def held(bed, monitors, *, learned_min=8, leak_min=()):
    """Learn, then hold 15 minutes; in the minutes named the pressure of the node falls."""

    def falls():
        bed.daq.values[PRESSURE] -= STEP_V

    with bed.run as run:
        run.hold(learned_min * MINUTE_S)
        run.watch([made(monitor) for monitor in monitors], (0.0, run.clock.now()))
        for minute in leak_min:
            for second in range(60):
                bed.listener.at[(learned_min + minute) * MINUTE_S + second] = falls
        run.hold(15 * MINUTE_S)
        run.conclude(PASSED)


def test_an_alarm_is_an_event_that_whoever_looks_on_is_told(bed):
    held(bed, [TinyCusum()], leak_min=[5, 6])
    alarms = bed.events(EventKind.ALARM)
    first = alarms[0]
    assert (8 + 6) * MINUTE_S <= first.time_s <= (8 + 6) * MINUTE_S + 10.0
    assert first.detail["method"] == "tiny_cusum"
    assert first.detail["compartment"] == "node"
    assert first.detail["rate_kg_s"] > 1e-7
    assert first.detail["onset_s"] == (8 + 5) * MINUTE_S
    assert next(event for event in bed.listener.notices if event.kind is EventKind.ALARM).time_s == first.time_s


def test_where_nothing_leaks_there_is_no_alarm_and_its_beginning_and_cost_are_noted(bed):
    held(bed, [TinyCusum(), TinyCusum(compartment="annex")])
    assert bed.events(EventKind.ALARM) == []
    begun, ended = bed.events(EventKind.WATCH_BEGUN), bed.events(EventKind.WATCH_ENDED)
    assert [event.detail["parameters"] for event in begun] == [{"compartment": "node"}, {"compartment": "annex"}]
    assert begun[0].detail["background_s"] == [0.0, 480.0]
    assert all(event.detail["scans"] == 15 * 60 and event.detail["us_per_scan"] > 0.0 for event in ended)


def test_the_recorded_run_replayed_gives_the_same_alarms(bed):
    held(bed, [TinyCusum()], leak_min=[5, 6, 7])
    dataset = Dataset(bed.recorder.folder)
    recording = Recording(rig_of(bed.run.bench), dataset.series(), (), (0.0, 480.0))
    alarms = [found for _, found in replayed(made(TinyCusum()), recording) if found.alarm]
    told = [event.detail for event in bed.events(EventKind.ALARM)]
    assert len(told) > 1
    assert [found.rate_kg_s for found in alarms] == pytest.approx([each["rate_kg_s"] for each in told], rel=1e-9)


@dataclass(frozen=True)
class Breaking(TinyCusum):
    when: str = "update"
    name = "breaking"

    def start(self, rig, background=None):
        if self.when == "start":
            raise ZeroDivisionError("in start")
        watch = super().start(rig, background)
        watch.update = self.breaks
        return watch

    def breaks(self, series):
        raise ZeroDivisionError(f"in update, {series.time_s.size} scans")


@pytest.mark.parametrize("when", ["start", "update"])
def test_one_that_breaks_is_an_event_and_left_out_and_the_run_goes_on(bed, when):
    held(bed, [Breaking(when=when), TinyCusum()], leak_min=[5])
    (error,) = bed.events(EventKind.ERROR)
    assert error.detail["method"] == "breaking"
    assert "watches no longer: ZeroDivisionError: in " + when in error.detail["message"]
    assert bed.events(EventKind.ALARM)
    assert bed.run.verdict == PASSED


def test_one_that_has_too_little_to_learn_from_is_left_out(bed):
    held(bed, [TinyCusum()], learned_min=2)
    (error,) = bed.events(EventKind.ERROR)
    assert "minutes to learn from" in error.detail["message"]
    assert bed.events(EventKind.WATCH_BEGUN) == []


def test_the_safe_state_is_not_watched(bed):
    """Gas goes its own ways then."""
    with bed.run as run:
        run.hold(8 * MINUTE_S)
        run.watch([made(TinyCusum())], (0.0, run.clock.now()))
        run.make_safe()
        bed.daq.values[PRESSURE] *= 0.5
        run.hold(5 * MINUTE_S)
        run.conclude(PASSED)
    assert bed.events(EventKind.ALARM) == []
    assert len(bed.events(EventKind.WATCH_ENDED)) == 1

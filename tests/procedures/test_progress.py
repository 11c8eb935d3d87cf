import numpy as np
import pytest
from small_bench import small_bench

from bench.records import RigState, Scan
from procedures.progress import LiveLine, PhaseLines, watcher

EXPECTED = {"pump_down": 800.0, "pressurise": 200.0, "hold": 1800.0}
BENCH = small_bench()
PLACES = {channel.name: place for place, channel in enumerate(BENCH.channels)}


def scanned(watch, time_s):
    size = len(PLACES)
    watch.scanned(RigState(PLACES, Scan(time_s, np.zeros(size), np.zeros(size), np.zeros(size, dtype=np.uint8))))


@pytest.mark.parametrize(
    ("history", "left_s"),
    [
        ([], 2800.0),
        (["pump_down", 0.0], 2800.0),
        (["pump_down", 300.0], 2500.0),
        (["pump_down", 5000.0], 2000.0),  # it overruns: nothing of it is left, all that follows is
        (["pump_down", 100.0, "pressurise"], 2000.0),  # it was quicker than expected
        (["pump_down", 100.0, "pressurise", 150.0], 1950.0),
        (["pump_down", 800.0, "pressurise", 1000.0, "hold", 2800.0], 0.0),
        (["pump_down", 800.0, "pressurise", 1000.0, "hold", 9000.0], 0.0),
    ],
)
def test_bench_time_left_is_the_rest_of_this_phase_and_all_that_follow(history, left_s):
    """History: a name begins a phase, a number is the time of a scan."""
    watch = LiveLine(BENCH, EXPECTED)
    for step in history:
        if isinstance(step, str):
            watch.phase_begun(step)
        else:
            scanned(watch, step)
    assert watch._left_s() == left_s


def test_a_phase_nobody_expected_leaves_the_whole_time():
    watch = LiveLine(BENCH, EXPECTED)
    watch.phase_begun("surprise")
    scanned(watch, 500.0)
    assert watch._left_s() == 2800.0


def test_the_bar_is_full_when_no_time_is_left():
    watch = LiveLine(BENCH, {"hold": 100.0})
    watch.phase_begun("hold")
    scanned(watch, 100.0)
    (task,) = watch._progress.tasks
    assert task.percentage == 100.0


def test_the_line_shows_bench_time_highest_pressure_and_time_left():
    watch = LiveLine(BENCH, {"hold": 3700.0})
    watch.phase_begun("hold")
    values = np.zeros(len(PLACES))
    values[PLACES["node_pressure"]], values[PLACES["annex_pressure"]] = 101_325.0, 90_000.0
    watch.scanned(RigState(PLACES, Scan(39.0, values, values, np.zeros(len(PLACES), dtype=np.uint8))))
    (task,) = watch._progress.tasks
    assert task.fields["line"] == "0:00:39   101.325 kPa  1:01:01 left"


def test_without_a_terminal_there_is_a_line_per_phase_with_the_bench_time_reached(capsys):
    watch = watcher(BENCH, EXPECTED, quiet=False)
    assert isinstance(watch, PhaseLines)
    watch.phase_begun("pump_down")
    scanned(watch, 800.0)
    watch.phase_begun("pressurise")
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[:3] for line in lines] == [["0", "s", "pump_down"], ["800", "s", "pressurise"]]


@pytest.mark.parametrize(("quiet", "kind"), [(False, LiveLine), (True, PhaseLines)])
def test_the_live_line_is_for_a_terminal_and_not_for_a_quiet_run(monkeypatch, quiet, kind):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert isinstance(watcher(BENCH, EXPECTED, quiet=quiet), kind)

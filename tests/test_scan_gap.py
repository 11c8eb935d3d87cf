"""A scan that takes ten periods: the hardware has dropped the valves by then, and the run says so."""

import pytest
from test_shipped_interlocks import bed

from bench.commands import OpenValve, StartPump
from bench.dataset import Dataset
from bench.errors import InterlockTripError

SAFE = {"roughing_pump": 0.0, "roughing_valve": 0.0}


def at_work(run):
    run.execute(StartPump("roughing_pump"))
    run.execute(OpenValve("roughing_valve"))


def test_the_valves_fall_at_ten_seconds_and_the_run_ends_as_an_error_of_the_bench(tmp_path):
    def body(run, rig):
        at_work(run)
        run.hold(8.0)  # whenever the last kick was
        run.clock.sleep(13.0)
        positions = rig.standing()["positions"]
        assert {name: positions[name] for name in SAFE} == SAFE
        run.hold(10.0)

    with pytest.raises(InterlockTripError, match=r"watchdog of daq has dropped its lines: no scan for 10 s"):
        bed(tmp_path, body)
    kinds = [event.kind for event in Dataset(tmp_path).events()]
    assert "gap" in kinds


def test_a_scan_of_seven_periods_is_a_gap_and_nothing_else(tmp_path):
    def body(run, rig):
        at_work(run)
        run.clock.sleep(7.0)
        run.hold(10.0)
        assert rig.standing()["positions"]["roughing_valve"] == 1.0

    bed(tmp_path, body)

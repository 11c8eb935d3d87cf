"""Which channels the filter does not believe, and that it believes the others."""

import itertools

import numpy as np
import pytest

from bench.detection.sensor_faults.believed import Believed
from bench.detection.sensor_faults.careful import Careful
from bench.detection.sensor_faults.doubt import Fault
from bench.detection.sensor_faults.stuck import StillReadings
from bench.records import Series, Window
from bench.rig import WHOLE
from tests.detection.sensor_faults.cabin import HOUR_S, cabin, rig, series

LEARNED_S = 6 * HOUR_S


def watched(columns, pieces=1):
    """The filter and what it let through, background of six hours."""
    scans = series(columns)
    believed = Believed(rig(), scans.between(0.0, LEARNED_S))
    edges = np.linspace(LEARNED_S, scans.time_s[-1] + 1.0, pieces + 1)
    passed = [believed.update(scans.between(*edge)) for edge in itertools.pairwise(edges)]
    return believed, passed


def test_a_day_with_a_leak_and_no_fault_is_believed():
    for seed in range(3):
        assert watched(cabin(seed, 24.0, loss_per_s=1e-6))[0].doubts == ()


@pytest.mark.parametrize("shut", [False, True])
def test_a_drifting_gauge_is_named_where_others_can_tell(shut):
    columns = cabin(1, 30.0, shut=shut)
    columns["b_p"] -= 10.0 * columns["time_s"] / HOUR_S
    believed, _ = watched(columns)
    assert [d.channel for d in believed.doubts] == ([] if shut else ["b_p"])
    assert any("b_p" in note and "cannot tell" in note for note in believed.alone) == shut


def test_a_step_is_named_with_its_time():
    columns = cabin(2, 16.0)
    columns["c_p"][columns["time_s"] >= 10 * HOUR_S] -= 30.0
    (doubt,) = watched(columns)[0].doubts
    assert (doubt.channel, doubt.fault) == ("c_p", Fault.STEPPED)
    assert abs(doubt.begin_s - 10 * HOUR_S) < 1800.0
    assert doubt.found_s < 10.5 * HOUR_S


def test_of_two_that_disagree_neither_is_dropped():
    columns = cabin(3, 16.0)
    columns["bc_closed"][:] = 1.0
    columns["a_p"][columns["time_s"] >= 10 * HOUR_S] -= 30.0
    believed, (passed,) = watched(columns)
    assert {d.fault for d in believed.doubts} == {Fault.DISAGREE}
    assert np.isfinite(passed.columns["a_p"]).all()
    assert np.isfinite(passed.columns["b_p"]).all()


def test_a_detached_thermometer_is_named():
    columns = cabin(4, 16.0)
    columns["a_t1"][columns["time_s"] >= 10 * HOUR_S] += 0.5
    (doubt,) = watched(columns)[0].doubts
    assert doubt.channel == "a_t1"
    assert doubt.dropped


def test_a_stuck_gauge_is_dropped_until_it_moves_again():
    columns = cabin(5, 16.0)
    held = (columns["time_s"] >= 8 * HOUR_S) & (columns["time_s"] < 9 * HOUR_S)
    columns["b_p"][held] = columns["b_p"][held][0]
    believed, (passed,) = watched(columns)
    (doubt,) = believed.doubts
    assert (doubt.fault, doubt.begin_s, doubt.end_s) == (Fault.STUCK, 8 * HOUR_S, 9 * HOUR_S)
    lost_s = passed.time_s[np.isnan(passed.columns["b_p"])]
    assert (lost_s[0], lost_s[-1]) == (doubt.found_s, 9 * HOUR_S - 10.0)


@pytest.mark.parametrize("piece", [1, 4, 600])
def test_a_value_that_comes_back_has_not_stood_still(piece):
    """A coarse gauge goes to and fro between neighbours for hours."""
    time_s, still = 10.0 * np.arange(1200), StillReadings(["p"])
    scans = Series(time_s, {"p": np.resize([2.0, 1.0, 3.0, 1.0], time_s.size)})
    pieces = [scans.rows(slice(first, first + piece)) for first in range(0, time_s.size, piece)]
    assert [doubt for part in pieces for doubt in still.add(part, learning=False)] == []


def test_lost_readings_are_told_but_the_others_are_believed():
    columns = cabin(6, 16.0)
    columns["a_p"][::40] = np.nan
    believed, (passed,) = watched(columns)
    assert [(d.channel, d.fault) for d in believed.doubts] == [("a_p", Fault.DROPOUTS)]
    assert np.isfinite(passed.columns["a_p"]).mean() > 0.97


def test_pieces_change_nothing():
    columns = cabin(7, 12.0)
    columns["c_p"][columns["time_s"] >= 8 * HOUR_S] -= 30.0
    columns["a_t0"][columns["time_s"] >= 9 * HOUR_S] = 295.0
    once, (whole,) = watched(columns)
    often, parts = watched(columns, pieces=313)
    assert once.doubts == often.doubts
    assert len(once.doubts) == 2
    for name, values in whole.columns.items():
        np.testing.assert_array_equal(values, np.concatenate([part.columns[name] for part in parts]))


def test_a_careful_method_is_right_where_a_drift_would_be_a_leak():
    """10 Pa/h is 1e-4 of the gas an hour."""
    columns = cabin(8, 24.0)
    columns["b_p"] -= 10.0 * np.maximum(columns["time_s"] - LEARNED_S, 0.0) / HOUR_S
    window = Window("hold", WHOLE, 8 * HOUR_S, 24 * HOUR_S, ((0.0, LEARNED_S),))
    found = Careful().estimate(rig(), series(columns), window)
    assert found.faulty == ("b_p",)
    assert abs(found.rate_kg_s) < 2.0 * found.u_kg_s

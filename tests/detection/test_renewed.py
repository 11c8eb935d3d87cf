"""A watch that begins anew after its alarms."""

import numpy as np
import pytest
from tiny_cusum import TinyCusum

from bench.detection.renewed import Renewed
from bench.records import LeakEstimate, Series
from bench.testing.cabin import cabin_rig, cabin_series

RIG = cabin_rig()
SERIES = cabin_series(seed=4, hours=3.0, leak_kg_s=1e-6, onset_s=9000.0)
LEARNED, WATCHED = SERIES.between(0.0, 7200.0), SERIES.between(7200.0, np.inf)


def alarms(piece):
    watch = Renewed(TinyCusum(), RIG, LEARNED)
    pieces = (WATCHED.rows(slice(k, k + piece)) for k in range(0, WATCHED.time_s.size, piece))
    return [found.time_s for part in pieces for found in watch.update(part) if found.alarm]


def test_a_standing_alarm_is_told_again_only_when_the_new_watch_finds_it():
    times_s = alarms(3600)
    assert times_s[0] == pytest.approx(9000.0, abs=120.0)
    assert np.all(np.diff(times_s) >= 120.0)  # a difference needs two minutes of its own


@pytest.mark.parametrize("piece", [3, 10, 777])
def test_the_pieces_change_nothing(piece):
    assert alarms(piece) == alarms(3600)


class Always:
    """Calls at every scan."""

    name = "always"

    def start(self, _rig, _background=None):
        return self

    def update(self, series):
        return [LeakEstimate("always", "node", 1e-6, 1e-7, time_s=float(t), alarm=True) for t in series.time_s]


def test_one_that_always_calls_comes_to_an_end():
    watch = Renewed(Always(), RIG)
    found = watch.update(Series(np.arange(5.0), {}))
    assert [each.time_s for each in found] == [0.0, 1.0, 2.0, 3.0, 4.0]

"""Facts about which hatches to close next, and how long it takes."""

from datetime import date
from functools import cache

import numpy as np
import pytest
from cabin import HATCHES, NAMES, rig

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.isolation.foresight import Foresight
from bench.detection.isolation.planner import NONE, SEVERAL, next_closure, time_needed_s

EVEN = dict.fromkeys([*NAMES, NONE, SEVERAL], 0.2)


@cache
def foresight(*occupied):
    return Foresight(rig(), occupied)


def plan(probabilities=EVEN, may_not_close=()):
    occupied = [name for name in may_not_close if name in NAMES]
    return next_closure(rig(), probabilities, may_not_close, foresight=foresight(*occupied))


def test_all_hatches_are_closed_when_nothing_is_known():
    found = plan()
    assert found.close == HATCHES
    assert found.open == ()
    assert 0.0 < found.duration_s < found.needed_s < 86_400.0


def test_a_hatch_that_may_not_close_stays_open():
    found = plan(may_not_close=["fore_mid"])
    assert found.close == ("mid_aft",)
    assert found.open == ("fore_mid",)
    assert found.needed_s == np.inf


def test_where_everybody_sits_nothing_can_be_tested():
    assert plan(may_not_close=NAMES) is None


def test_a_crew_in_the_middle_leaves_the_ends_to_be_tested():
    found = plan(may_not_close=["mid"])
    assert found.close == HATCHES
    assert found.information < plan().information


def test_what_is_known_already_needs_no_test():
    assert plan({**dict.fromkeys(EVEN, 0.0), "aft": 1.0}) is None


def test_two_suspects_side_by_side_are_parted():
    found = plan({**dict.fromkeys(EVEN, 0.0), "fore": 0.5, "mid": 0.5})
    assert "fore_mid" in found.close


def test_rig580_needs_the_times_of_science_5_6():
    """10 um, 1 % confused: 400 L 7.1 h, 120 L 2.25 h, 60 L 0.95 h; up to ten minutes of grid and five of settling."""
    stated = rig_of(load_bench(find_bench("rig580"), date(2026, 11, 24)))
    forecast = Foresight(stated).of(hatch.name for hatch in stated.hatches)
    wanted_h = {"working_compartment": 7.1, "transfer_compartment": 2.25, "intermediate_chamber": 0.95}
    for place, name in enumerate(stated.compartments):
        found_h = forecast.apart_s(1.878e-8 * np.eye(3)[place], range(3)) / 3600.0
        assert wanted_h[name] - 0.1 < found_h < wanted_h[name] + 0.35


def test_a_smaller_leak_takes_longer_to_exclude():
    forecast, nothing = foresight().of(HATCHES), np.zeros(3)
    assert time_needed_s(forecast, nothing, 1e-8) > 1.2 * time_needed_s(forecast, nothing, 2e-8)


@pytest.mark.parametrize("closed", [(), ("fore_mid",)])
def test_what_is_joined_cannot_be_parted(closed):
    aft = 1e-7 * np.eye(3)[2]
    assert time_needed_s(foresight().of(closed), aft, 1e-8) == np.inf

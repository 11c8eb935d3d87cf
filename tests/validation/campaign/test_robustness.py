"""Delay against false alarms in cold nights, of methods that are known to be quick, mute or easily woken."""

import math

import numpy as np
import pandas as pd
import pytest

from bench.validation.campaign.robustness import Headline, standings

HOUR_S = 3600.0
NIGHTFALL_S = 12.0 * HOUR_S
ASKED = Headline("S01", "hole", {"cold": NIGHTFALL_S, "mild": NIGHTFALL_S}, 24.0 * HOUR_S, "cold", "quick")


def run(case, method, scenario, leak, alarm_h):
    """Eight windows of 6 h."""
    for window in range(8):
        begin_h = 6.0 * window
        alarmed = alarm_h is not None and begin_h < alarm_h <= begin_h + 6.0
        yield {
            "case": case,
            "method": method,
            "exposure_s": 6.0 * HOUR_S,
            "scenario": scenario,
            "leak": leak,
            "begin_s": begin_h * HOUR_S,
            "end_s": (begin_h + 6.0) * HOUR_S,
            "onset_s": 10.0 * HOUR_S if leak else np.nan,
            "alarm_s": alarm_h * HOUR_S if alarmed else np.nan,
        }


@pytest.fixture(scope="module")
def found():
    """Holes open after 10 h; of the nights half wake `quick`, the other half before nightfall or after a day."""
    holes = {"quick": 12.0, "slow": 30.0, "mute": None, "nervous": 3.0}
    cold = {"quick": [13.0, 35.0, 11.0, 37.0], "slow": [None] * 4, "mute": [None] * 4, "nervous": [13.0] * 4}
    rows = []
    for method, hole_h in holes.items():
        for case in range(5):
            rows += run(case, method, "S01", "hole 1e-08 kg/s", hole_h)
        for case, alarm_h in enumerate(cold[method], 10):
            rows += run(case, method, "cold", "", alarm_h)
        rows += run(20, method, "mild", "", None)
    return {each.method: each for each in standings(pd.DataFrame(rows), ASKED)}


def test_the_delay_is_the_median_from_the_onset(found):
    assert found["quick"].delay_h == pytest.approx(2.0)
    assert found["slow"].delay_h == pytest.approx(20.0)


def test_a_mute_method_is_never_woken_and_has_no_delay(found):
    assert math.isinf(found["mute"].delay_h)
    assert found["mute"].p("cold") == 0.0


def test_who_always_alarms_before_the_leak_has_no_delay_either(found):
    assert math.isnan(found["nervous"].delay_h)
    assert found["nervous"].p("cold") == 1.0


def test_alarms_before_nightfall_and_long_after_are_not_the_night_s(found):
    assert found["quick"].alarmed == {"cold": (2, 4), "mild": (0, 1)}
    assert found["quick"].p() == pytest.approx(2.0 / 5.0)
    limits = found["quick"].share("cold")
    assert (limits.low, limits.high) == pytest.approx((0.0676, 0.9324), abs=1e-4)  # Clopper, Pearson: 2 of 4


def test_the_quickest_stands_first_and_who_is_not_known_last(found):
    assert list(found) == ["quick", "slow", "mute", "nervous"]

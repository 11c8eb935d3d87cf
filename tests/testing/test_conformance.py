"""The shipped methods do what all must do; ones that do not are found out, by the check that is about it."""

from dataclasses import replace

import numpy as np
import pytest
from tiny_cusum import TinyCusum

from bench.detection.asking import visible
from bench.detection.pressure_decay import PressureDecay
from bench.detection.shipped import methods, monitors
from bench.records import Window
from bench.testing.cabin import cabin_rig, cabin_series
from bench.testing.methods import check_method
from bench.testing.monitors import check_monitor

RIG = cabin_rig()
HOURS = 6.0
SERIES = cabin_series(seed=1, hours=HOURS, leak_kg_s=3e-7, onset_s=9000.0)
WINDOW = Window("hold", "node", 9000.0, 12600.0, ((0.0, 9000.0),))
BACKGROUND = cabin_series(seed=2, hours=7.0)
WATCHED = SERIES.between(7200.0, 3600.0 * HOURS)


@pytest.mark.parametrize("name", methods())
@pytest.mark.parametrize("window", [WINDOW, replace(WINDOW, background=())], ids=["background", "none"])
def test_shipped_methods(name, window):
    check_method(methods()[name], RIG, SERIES, window)


SLOW = {"hatch_isolation"}
"""Half a minute each."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.long) if name in SLOW else name for name in monitors()]
)
def test_shipped_monitors(name):
    check_monitor(monitors()[name], RIG, WATCHED, BACKGROUND)


def test_a_monitor_of_somebody_else():
    check_monitor(TinyCusum(), RIG, WATCHED, BACKGROUND)


def test_methods_are_shown_no_channel_but_the_rig_s():
    told = replace(SERIES, columns={**SERIES.columns, "orifice_open": np.ones(SERIES.time_s.size)})
    assert set(visible(RIG, told).columns) == set(RIG.channels) & set(SERIES.columns)


class Prophet(PressureDecay):
    def estimate(self, rig, series, window):
        return super().estimate(rig, series, replace(window, end_s=window.end_s + 600.0))


class Brittle(PressureDecay):
    def estimate(self, rig, series, window):
        series.columns["annex_pressure"].mean() if series.time_s.size else None
        return super().estimate(rig, series, window)


class Forgetful(PressureDecay):
    asked = 0

    def estimate(self, rig, series, window):
        self.asked += 1
        return replace(super().estimate(rig, series, window), rate_kg_s=self.asked * 1e-8)


class Reader(PressureDecay):
    def estimate(self, rig, series, window):
        return replace(super().estimate(rig, series, window), rate_kg_s=1e-8 * len(window.name))


class Certain(PressureDecay):
    def estimate(self, rig, series, window):
        return replace(super().estimate(rig, series, window), u_kg_s=0.0)


class Vandal(PressureDecay):
    def estimate(self, rig, series, window):
        series.columns["node_pressure"][:] = 1e5
        return super().estimate(rig, series, window)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Prophet, "another future"),
        (Brittle, "annex_pressure is not recorded: it raises KeyError"),
        (Forgetful, "asked the same again"),
        (Reader, "another name of the window"),
        (Certain, "u is not positive: "),
        (Vandal, "it raises ValueError: assignment destination is read-only"),
    ],
)
def test_what_is_wrong_with_a_method_is_said(kind, said):
    with pytest.raises(AssertionError, match=said):
        check_method(kind(), RIG, SERIES, WINDOW)


class Wrapped(TinyCusum):
    """A tiny CUSUM whose watch is spoiled."""

    def start(self, rig, background=None):
        watch = super().start(rig, background)
        proper = watch.update
        watch.update = lambda series: self.spoil(proper, series)
        return watch


class Foreseeing(Wrapped):
    """Its rates are less their mean over the piece."""

    def spoil(self, update, series):
        found = update(series)
        mean = np.mean([each.rate_kg_s for each in found]) if found else 0.0
        return [replace(each, rate_kg_s=each.rate_kg_s - mean) for each in found]


class PieceMinded(Wrapped):
    def spoil(self, update, series):
        return update(series)[-1:]


class Sharing(Wrapped):
    seen: list = []  # noqa: RUF012 - that is what is wrong with it

    def spoil(self, update, series):
        self.seen.append(1)
        return [replace(each, rate_kg_s=each.rate_kg_s + 1e-6 * len(self.seen)) for each in update(series)]


class Hasty(Wrapped):
    def spoil(self, update, series):
        return [replace(each, time_s=each.time_s + 3600.0) for each in update(series)]


class Blind(Wrapped):
    def spoil(self, update, series):
        found = update(series)
        if np.isfinite(series.columns.get("node_pressure", np.nan)).all():
            return found
        return [replace(each, rate_kg_s=np.nan, alarm=True) for each in found]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Foreseeing, "another future from"),
        (PieceMinded, "the scans in pieces|two watches"),
        (Sharing, "two watches"),
        (Hasty, "it answers for"),
        (Blind, "node_pressure is not read for a while: an alarm with the rate nan"),
    ],
)
def test_what_is_wrong_with_a_monitor_is_said(kind, said):
    with pytest.raises(AssertionError, match=said):
        check_monitor(kind(), RIG, WATCHED, BACKGROUND)

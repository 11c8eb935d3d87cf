"""What a method is asked, and what becomes of its answer."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from bench.config.load import find_bench, load_bench
from bench.config.rig import rig_of
from bench.detection.asking import answer
from bench.detection.made import make
from bench.detection.method import CannotEstimateError
from bench.records import EventKind, LeakEstimate, Series, Window
from bench.rig import Rig
from procedures.judge import _estimates

RIG, NOTHING = Rig(287.0, {}), Series(np.empty(0), {})
BENCH = load_bench(find_bench("zvezda"), date(2026, 11, 24))
WINDOW = Window("working_50um", "working_compartment", 10.0, 20.0, ((0.0, 5.0),))


class Curious:
    name = "curious"

    def estimate(self, _rig, series, window):
        self.asked, self.seen = window, sorted(series.columns)
        if window.begin_s < 0.0:
            raise CannotEstimateError(self.name, window.name, "before the beginning")
        return LeakEstimate(self.name, window.name, 1e-7, 1e-9)


def test_a_method_is_not_told_the_name_of_the_leak():
    method = Curious()
    answer(method, RIG, NOTHING, WINDOW, 3)
    assert method.asked.name == "window_3"
    assert (method.asked.begin_s, method.asked.background) == (WINDOW.begin_s, WINDOW.background)


def test_a_method_is_shown_what_the_rig_names_and_nothing_that_tells_what_leaks():
    """Of a run's channels: not the chamber's gauges, no leak's end switch, least of all its flow controller. What a
    station meters on its make-up line it knows.
    """
    rig = rig_of(BENCH)
    columns = {entry.name: np.zeros(1) for entry in BENCH.channels}
    method = Curious()
    answer(method, rig, Series(np.zeros(1), columns), WINDOW, 1)
    assert method.seen == sorted(set(rig.channels))
    telling = ("flow", "chamber_", "orifice", "select", "capillary", "leak")
    assert [name for name in method.seen if name.startswith(telling) or name.endswith("flow")] == ["makeup_flow"]
    assert {"leak_flow", "select_working_closed", "chamber_cdg_10pa"} <= columns.keys()


def test_its_answer_is_of_the_window_that_was_meant():
    assert answer(Curious(), RIG, NOTHING, WINDOW, 3).window == "working_50um"


def test_so_is_its_refusal():
    with pytest.raises(CannotEstimateError, match="curious: window 'early': before the beginning"):
        answer(Curious(), RIG, NOTHING, Window("early", "working_compartment", -1.0, 20.0), 1)


def test_a_hold_too_short_for_a_kind_of_leak_is_said_and_is_no_error():
    events = []
    run = SimpleNamespace(bench=BENCH, event=lambda kind, **detail: events.append((kind, detail)))
    time_s = np.arange(540.0)
    values = {"pressure": 98_500.0, "gas_temperature": 295.0}
    still = {c.name: np.full(540, values[c.quantity]) for c in BENCH.channel if c.quantity in values}
    window = Window("working_50um", "working_compartment", 0.0, 540.0)
    found, refusals = _estimates(run, Series(time_s, still), [window], [make("leak_kind")])
    assert found == []
    assert refusals.keys() == {"leak_kind"}
    ((kind, detail),) = events
    assert kind is EventKind.NO_ANSWER
    assert detail["message"].startswith("inconclusive, needs 600 s or more")

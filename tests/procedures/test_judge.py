"""What a method is asked, and what becomes of its answer."""

import numpy as np
import pytest

from bench.detection.method import CannotEstimateError
from bench.records import LeakEstimate, Series, Window
from bench.rig import Rig
from procedures.judge import answer

RIG, NOTHING = Rig(287.0, {}), Series(np.empty(0), {})
WINDOW = Window("working_50um", "working_compartment", 10.0, 20.0, ((0.0, 5.0),))


class Curious:
    name = "curious"

    def estimate(self, _rig, _series, window):
        self.asked = window
        if window.begin_s < 0.0:
            raise CannotEstimateError(self.name, window.name, "before the beginning")
        return LeakEstimate(self.name, window.name, 1e-7, 1e-9)


def test_a_method_is_not_told_the_name_of_the_leak():
    method = Curious()
    answer(method, RIG, NOTHING, WINDOW, 3)
    assert method.asked.name == "window_3"
    assert (method.asked.begin_s, method.asked.background) == (WINDOW.begin_s, WINDOW.background)


def test_its_answer_is_of_the_window_that_was_meant():
    assert answer(Curious(), RIG, NOTHING, WINDOW, 3).window == "working_50um"


def test_so_is_its_refusal():
    with pytest.raises(CannotEstimateError, match="curious: window 'early': before the beginning"):
        answer(Curious(), RIG, NOTHING, Window("early", "working_compartment", -1.0, 20.0), 1)

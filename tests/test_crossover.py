import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.config.parts import ChamberGauge
from bench.crossover import NONE, Shown, choose

LOW = ChamberGauge(channel="cold_cathode", above_pa=1e-6, below_pa=0.1, gas_factor=1.0)
MIDDLE = ChamberGauge(channel="capacitance", above_pa=0.1, below_pa=1000.0)
HIGH = ChamberGauge(channel="pirani", above_pa=1.0, below_pa=1e5)
GAUGES = (LOW, MIDDLE, HIGH)


def at(pressure_pa, current=0, gauges=GAUGES):
    """All gauges in agreement."""
    return choose(gauges, [Shown(pressure_pa / g.gas_factor, usable=True) for g in gauges], current).number


def test_the_first_gauge_within_its_limits_counts():
    assert [at(p) for p in (1e-3, 0.1, 5.0, 5000.0, 2e5)] == [1, 1, 2, 3, 0]


def test_the_gauge_that_counts_goes_on_a_little_beyond_its_limits():
    assert [at(p, current=1) for p in (0.11, 0.119, 0.121)] == [1, 1, 2]
    assert [at(p, current=2) for p in (0.11, 0.099, 0.081, 0.079)] == [2, 2, 2, 1]


def test_a_pressure_at_a_limit_does_not_go_to_and_fro():
    current, changes = 1, 0
    for step in range(100):
        before, current = current, at(0.1 * (1.0 + 0.1 * (-1) ** step), current)
        changes += before != current
    assert changes == 0


def test_a_gauge_that_is_not_usable_does_not_count_though_it_did():
    shown = [Shown(0.01, usable=False), Shown(0.01, usable=True), Shown(50.0, usable=True)]
    assert choose(GAUGES, shown, 1).number == 3
    assert choose(GAUGES, [Shown(math.nan, usable=False)] * 3, 1) == NONE


def test_limits_and_result_are_of_the_true_pressure_of_the_chamber_s_gas():
    helium = ChamberGauge(channel="cold_cathode", above_pa=1e-6, below_pa=0.1, gas_factor=5.9)
    chosen = choose((helium,), [Shown(0.01, usable=True)], 0)
    assert chosen.pressure_pa == pytest.approx(0.059)
    assert choose((helium,), [Shown(0.02, usable=True)], 0) == NONE


@given(st.lists(st.floats(1e-7, 1e6), min_size=1, max_size=30))
def test_whatever_counts_is_usable_and_within_its_widened_limits(pressures):
    current = 0
    for pressure_pa in pressures:
        chosen = choose(GAUGES, [Shown(pressure_pa, usable=True)] * 3, current)
        current = chosen.number
        if current:
            gauge = GAUGES[current - 1]
            assert 0.8 * gauge.above_pa <= chosen.pressure_pa <= 1.2 * gauge.below_pa

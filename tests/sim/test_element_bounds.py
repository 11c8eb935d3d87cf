"""What every leak owes the plant: no negative flow, no jumps, more pressure means more flow."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim.leaks import EXAMPLES, ROOM_K, R, air

from bench.sim.plant import element_ducts as ducts
from bench.sim.plant import element_rarefied as rarefied

CRACK_M = 45e-3
LEAKS = {
    "capillary": lambda gas_up, p_down: ducts.duct_flow(ducts.tube(20e-6, 0.05), gas_up, p_down),
    "slit": lambda gas_up, p_down: ducts.duct_flow(ducts.slit(CRACK_M, 14e-6, 2e-3), gas_up, p_down),
    "hole": lambda gas_up, p_down: ducts.hole_flow(2e-9, 50e-6, 0.61, gas_up, p_down),
    "poor hole": lambda gas_up, p_down: ducts.hole_flow(2e-9, 50e-6, 0.1, gas_up, p_down),
    "short tube": lambda gas_up, p_down: ducts.short_duct_flow(ducts.tube(50e-6, 1e-4), 0.8, gas_up, p_down),
    "crack": lambda gas_up, p_down: ducts.short_duct_flow(ducts.slit(CRACK_M, 40e-6, 1e-3), 0.6, gas_up, p_down),
    "aperture": lambda gas_up, p_down: rarefied.aperture_flow(1e-9, gas_up.pressure, ROOM_K, p_down, R),
}
logarithms = st.floats(-3.0, 5.3)


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
@EXAMPLES
@given(decade=logarithms, ratio=st.floats(0.0, 1.0), step=st.floats(1e-9, 1.0))
def test_flows_are_never_negative_and_never_fall_with_pressure(leak, decade, ratio, step):
    p_up = 10.0**decade
    lower, higher = leak(air(p_up), p_up * ratio), leak(air(p_up * (1.0 + step)), p_up * ratio)
    assert 0.0 <= lower <= higher * (1.0 + 1e-12)
    assert math.isfinite(higher)


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
@EXAMPLES
@given(decade=logarithms, ratio=st.floats(0.0, 0.999))
def test_flows_are_continuous_over_eight_decades(leak, decade, ratio):
    p_up = 10.0**decade
    lower, higher = leak(air(p_up), p_up * ratio), leak(air(p_up * (1.0 + 1e-9)), p_up * ratio)
    assert higher - lower <= 2e-6 * lower


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
@EXAMPLES
@given(decade=logarithms)
def test_flows_never_rise_with_the_pressure_behind(leak, decade):
    p_up = 10.0**decade
    flows = [leak(air(p_up), p_up * ratio) for ratio in (0.0, 0.3, 0.52, 0.53, 0.9, 1.0)]
    assert all(after <= before * (1.0 + 1e-12) for before, after in itertools.pairwise(flows))
    assert flows[-1] == 0.0


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_vacuum_leaks_nothing(leak):
    assert leak(air(0.0), 0.0) == 0.0


@EXAMPLES
@given(decade=logarithms, ratio=st.floats(0.0, 1.0), length=st.floats(1e-6, 1.0))
def test_a_short_duct_passes_no_more_than_its_mouth_or_its_bore(decade, ratio, length):
    p_up = 10.0**decade
    duct, upstream = ducts.tube(50e-6, length), air(p_up)
    flow = ducts.short_duct_flow(duct, 0.8, upstream, p_up * ratio)
    assert flow <= ducts.hole_flow(duct.area, duct.bore, 0.8, upstream, p_up * ratio) * (1.0 + 1e-12)
    assert flow <= ducts.duct_flow(duct, upstream, p_up * ratio) * (1.0 + 1e-12)

"""What no method can beat: the bounds of the science brief from declared noise, and how scores are held to them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from validation.campaign.made_up import HOUR_S, U_KG_S, costs, honest, rows, shouting

from bench.records import Window
from bench.rig import CompartmentRig, GasThermometer, NoiseClass, PressureGauge
from bench.validation.bounds import white_slope_u
from bench.validation.campaign.bounds import Bounds, Quiet
from bench.validation.campaign.measures import Name, Slice
from bench.validation.campaign.scores import measures

SLOW = NoiseClass(0.0, representativeness=0.05)
TYPICAL = NoiseClass(1.0, random_walk=1.0)
STILL = NoiseClass(0.0)


def quiet(pressure=(TYPICAL,), temperature=SLOW, period_s=60.0, volume_m3=0.58):
    gauges = tuple(PressureGauge(f"p{i}", 50.0, noise) for i, noise in enumerate(pressure))
    compartment = CompartmentRig("rig", volume_m3, 0.0, gauges, 0.1, (GasThermometer("t", 1.0, temperature),))
    return Quiet(compartment, 287.05, 101_325.0, 294.15, period_s)


def hold(hours, background=()):
    return Window("", "rig", 0.0, hours * HOUR_S, background)


@pytest.mark.parametrize(("hours", "per_h"), [(1, 1.94e-4), (4, 5.8e-5), (12, 1.62e-5), (24, 6.6e-6)])
def test_the_rate_bound_of_typical_noise_is_that_of_the_science_brief(hours, per_h):
    """Science 5.2, to its printed digits."""
    found = quiet().rate_u_kg_s(hold(hours)) / quiet().mass_kg * HOUR_S
    assert found == pytest.approx(per_h, rel=0.01)


def test_the_rate_bound_of_white_noise_is_the_textbooks_and_two_gauges_share_it():
    one = quiet((NoiseClass(1.0),), STILL)
    expected = one.mass_kg * white_slope_u(1.0 / one.pressure_pa, 60.0, 4.0 * HOUR_S)
    assert one.rate_u_kg_s(hold(4)) == pytest.approx(expected, rel=1e-4)
    both = quiet((NoiseClass(1.0), NoiseClass(2.0)), STILL)
    assert both.rate_u_kg_s(hold(4)) == pytest.approx(expected * math.sqrt(0.8), rel=1e-3)


def test_a_background_of_the_same_length_costs_a_root_of_two_in_white_noise():
    one = quiet((NoiseClass(1.0),), STILL)
    with_background = one.rate_u_kg_s(hold(4, ((-5.0 * HOUR_S, -HOUR_S),)))
    assert with_background == pytest.approx(math.sqrt(2.0) * one.rate_u_kg_s(hold(4)), rel=1e-4)


@pytest.mark.parametrize(("hole_um", "delay_h"), [(10, 5.7), (12.5, 3.8), (16, 2.3)])
def test_the_delay_bound_of_typical_noise_is_that_of_the_science_brief(hole_um, delay_h):
    """Science 5.4, last row: one false alarm in 30 days, data every ten minutes."""
    bounds = Bounds({("S01", "rig"): quiet(period_s=600.0)}, span_s=(0.0, 96.0 * HOUR_S))
    rate_kg_s = 239.17 * math.pi * (hole_um * 1e-6) ** 2 / 4.0
    found_s = bounds.delay_s("S01", "rig", 72.0 * HOUR_S, rate_kg_s, 30.0 * 24.0 * HOUR_S)
    assert found_s / HOUR_S == pytest.approx(delay_h, abs=1.0 / 6.0 + 0.05)


def test_the_bound_of_a_large_leak_is_what_the_amount_of_gas_is_known_to():
    rig = quiet()
    rig = replace(rig, compartment=replace(rig.compartment, u_volume_m3=0.01 * 0.58))
    found = Bounds({("S01", "rig"): rig}).rate_u_kg_s("S01", "rig", 0.0, 4.0 * HOUR_S, 1.0)
    assert found == pytest.approx(0.01, rel=0.01)


class Stated(Bounds):
    """Of S01 alone: an uncertainty and a delay."""

    def __init__(self):
        super().__init__({})

    def rate_u_kg_s(self, scenario, *_):
        return U_KG_S if scenario == "S01" else math.nan

    def delay_s(self, scenario, *_):
        if scenario != "S01":
            raise ValueError("not known")
        return 0.25 * HOUR_S


@pytest.fixture(scope="module")
def found():
    made = rows({"honest": honest, "shouting": shouting})
    return {(m.of_what, m.name): m for m in measures(made, costs(made), Stated())}


def test_an_honest_method_has_errors_as_small_as_its_bound_in_the_scenarios_that_have_one(found):
    whole, inside = (found[Slice("honest", HOUR_S, scenario), Name.RMSE_OVER_BOUND] for scenario in ("", "S01"))
    assert whole.low <= 1.0 <= whole.high
    assert (whole.value, whole.of) == (inside.value, 140)
    assert whole.note.endswith("of S01")
    other = found[Slice("honest", HOUR_S, "S06"), Name.RMSE_OVER_BOUND]
    assert math.isnan(other.value)
    assert "not known" in other.note


def test_efficiency_is_the_bound_over_the_median_delay_and_unknown_for_one_that_alarms_all_the_time(found):
    leak = "hole 1e-07 kg/s"
    assert found[Slice("honest", HOUR_S, "S01", leak), Name.DELAY50_EFFICIENCY].value == pytest.approx(0.25)
    for method, scenario in (("honest", "S06"), ("shouting", "S01")):
        assert np.isnan(found[Slice(method, HOUR_S, scenario, leak), Name.DELAY50_EFFICIENCY].value)

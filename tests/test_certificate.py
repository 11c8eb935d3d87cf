import math
from datetime import date

import pytest
from pydantic import ValidationError

from bench.certificate import Certificate

STATED = {
    "serial": "LB-1",
    "laboratory": "somewhere",
    "value": 4e-7,
    "expanded_uncertainty": 6e-9,
    "coverage_factor": 2.0,
    "reference_pressure_pa": 101_325.0,
    "reference_temperature_k": 293.15,
    "u_pressure_exponent": 0.02,
    "u_drift_relative": 0.006,
    "calibrated": date(2026, 1, 1),
    "due": date(2027, 1, 1),
}


def certificate(**changes):
    return Certificate.model_validate({**STATED, **changes})


def test_at_the_reference_conditions_the_flow_is_the_stated_value():
    assert certificate().flow_kg_s(101_325.0, 293.15) == pytest.approx(4e-7, rel=1e-12)


@pytest.mark.parametrize(
    ("changes", "pressure_ratio", "temperature_ratio", "flow_ratio"),
    [
        ({}, 0.5, 1.0, 0.5),  # choked orifice: as the pressure
        ({}, 1.0, 4.0, 0.5),  # and as one over the root of the temperature
        ({}, 0.7, 1.02, 0.7 / math.sqrt(1.02)),
        ({"pressure_exponent": 2.0, "temperature_exponent": -1.7}, 0.5, 1.0, 0.25),  # viscous capillary
        ({"pressure_exponent": 2.0, "temperature_exponent": -1.7}, 1.0, 2.0, 2.0**-1.7),
    ],
)
def test_the_flow_at_other_conditions_follows_the_stated_exponents(
    changes, pressure_ratio, temperature_ratio, flow_ratio
):
    flow_kg_s = certificate(**changes).flow_kg_s(101_325.0 * pressure_ratio, 293.15 * temperature_ratio)
    assert flow_kg_s == pytest.approx(4e-7 * flow_ratio, rel=1e-9)


def stated(leak, day):
    return {entry.name: (entry.value, entry.u) for entry in leak.inputs(day)}


def test_the_standard_uncertainty_is_the_expanded_one_over_its_coverage_factor():
    assert certificate(expanded_uncertainty=6.3e-9, coverage_factor=2.1).u_kg_s == pytest.approx(3e-9)


@pytest.mark.parametrize(
    ("unit", "gas", "kg_s"),
    [
        ("mol/s", "air", 0.0289647),
        ("mol/s", "helium", 0.0040026),
        ("Pa m3/s", "air", 1.0 / (287.055 * 293.15)),  # P V = m R T with air's own gas constant
        ("Pa m3/s", "helium", 1.0 / (2077.3 * 293.15)),
    ],
)
def test_values_in_other_si_units_are_of_the_reference_gas_at_its_temperature(unit, gas, kg_s):
    leak = certificate(value=2.0, expanded_uncertainty=0.1, unit=unit, gas=gas)
    assert (leak.value_kg_s, leak.u_kg_s) == pytest.approx((2.0 * kg_s, 0.05 * kg_s), rel=1e-4)


@pytest.mark.parametrize(("model", "powers"), [("orifice", (1.0, -0.5)), ("capillary", (2.0, -1.7))])
def test_a_model_has_its_powers_unless_the_certificate_says_otherwise(model, powers):
    leak = certificate(model=model)
    assert (leak.pressure_exponent, leak.temperature_exponent) == powers
    assert certificate(model=model, pressure_exponent=1.9).pressure_exponent == 1.9


PERMEATION = {"model": "permeation", "gas": "helium", "temperature_coefficient_1_k": 0.035, "drift_per_year": -0.03}


def test_a_permeation_leak_follows_its_temperature_and_no_pressure():
    leak = certificate(**PERMEATION)
    assert leak.flow_kg_s(70_000.0, 295.15) == pytest.approx(4e-7 * 1.07, rel=1e-9)


def test_its_reservoir_is_used_up_year_by_year():
    leak = certificate(**PERMEATION, u_drift_per_year=0.01, u_drift_relative=0.0)
    value, u = stated(leak, date(2028, 1, 1))["drift"]
    assert (value, u) == pytest.approx((-0.06, 0.02), rel=1e-3)


PROGRAMMABLE = {"model": "programmable", "reference_reading_kg_s": 5e-7, "zero_kg_s": 1e-8, "u_zero_kg_s": 1e-9}


def test_a_programmable_leak_passes_in_proportion_to_what_its_controller_shows_above_zero():
    leak = certificate(**PROGRAMMABLE, temperature_coefficient_1_k=1e-3)
    at = {"certificate": 4e-7, "temperature_coefficient": 1e-3, "zero": 1e-8, "drift": 0.0}
    at |= {"composition": 1.0, "background": 0.0, "temperature": 303.15}
    assert leak.flow({**at, "shown": 2.6e-7}) == pytest.approx(4e-7 * 0.25 / 0.5 * 1.01, rel=1e-12)
    assert leak.flow({**at, "shown": 1e-8}) == 0.0
    assert leak.flow_kg_s(70_000.0, 293.15) == pytest.approx(4e-7, rel=1e-12)


def test_on_the_day_of_its_calibration_nothing_has_drifted():
    leak = certificate(drift_per_year=0.1, u_drift_per_year=0.1, u_drift_relative=0.0)
    assert stated(leak, leak.calibrated)["drift"] == (0.0, 0.0)


@pytest.mark.parametrize(
    ("today", "overdue"), [(date(2026, 12, 31), False), (date(2027, 1, 1), False), (date(2027, 1, 2), True)]
)
def test_a_certificate_is_good_through_its_due_day(today, overdue):
    assert certificate().overdue(today) is overdue


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 0.0},
        {"value": math.inf},
        {"expanded_uncertainty": -1e-9},
        {"coverage_factor": 0.5},
        {"serial": ""},
        {"unit": "sccm"},
        {"due": date(2025, 1, 1)},
        {"reference_downstream_pa": 60_000.0},  # not choked, so the value says nothing of vacuum
        {"model": "capillary", "reference_downstream_pa": 20_000.0},
        {"model": "permeation", "gas": "helium"},
        {**PERMEATION, "gas": "air"},
        {**PERMEATION, "pressure_exponent": 1.0},
        {"temperature_coefficient_1_k": 0.03},
        {"model": "programmable"},
        {**PROGRAMMABLE, "pressure_exponent": 1.0},
        {"reference_reading_kg_s": 5e-7},
        {"zero_kg_s": 1e-9},
        {"pressure_exponent": math.nan},
        {"u_drift_relative": -0.1},
        {"value_sccm": 0.02},
        {"due": "some day"},
    ],
)
def test_a_certificate_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(ValidationError):
        certificate(**changes)

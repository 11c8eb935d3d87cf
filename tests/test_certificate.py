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
U_TEMPERATURE_K = 2.0 / math.sqrt(3.0)  # +-2 K, rectangular


def certificate(**changes):
    return Certificate.model_validate({**STATED, **changes})


def budget(leak, pressure_pa=70_000.0, temperature_k=293.15, u_pressure_pa=0.0, u_temperature_k=U_TEMPERATURE_K):
    return leak.budget(pressure_pa, temperature_k, u_pressure_pa=u_pressure_pa, u_temperature_k=u_temperature_k)


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


@pytest.mark.parametrize(
    ("source", "relative"),
    [("certificate", 0.0075), ("pressure_exponent", 0.0074), ("drift", 0.006), ("temperature", 0.0020)],
)
def test_each_source_of_the_published_budget_has_its_published_share(source, relative):
    assert budget(certificate())[source] == pytest.approx(relative, abs=0.00006)


def test_the_published_budget_combines_to_1_33_percent():
    """The example of the truth budget: a 25 um class leak at 70 kPa. Humidity and background have no term here."""
    humidity, background = 0.0012, 0.005
    combined = math.hypot(*budget(certificate()).values(), humidity, background)
    assert combined == pytest.approx(0.0133, abs=0.00005)


def test_the_uncertainty_of_the_upstream_pressure_counts_by_its_exponent():
    leak = certificate(pressure_exponent=2.0)
    assert budget(leak, pressure_pa=100_000.0, u_pressure_pa=50.0)["pressure"] == pytest.approx(0.001, rel=1e-9)


def test_at_the_reference_pressure_the_exponent_need_not_be_known():
    assert budget(certificate(), pressure_pa=101_325.0)["pressure_exponent"] == 0.0


@pytest.mark.parametrize(
    ("today", "overdue"), [(date(2026, 12, 31), False), (date(2027, 1, 1), False), (date(2027, 1, 2), True)]
)
def test_a_certificate_is_good_through_its_due_day(today, overdue):
    assert certificate().overdue(today) is overdue


@pytest.mark.parametrize(
    "changes",
    [
        {"value_kg_s": 0.0},
        {"value_kg_s": math.inf},
        {"u_kg_s": -1e-9},
        {"pressure_exponent": math.nan},
        {"u_drift_relative": -0.1},
        {"value_sccm": 0.02},
        {"due": "some day"},
    ],
)
def test_a_certificate_that_cannot_be_meant_is_refused(changes):
    with pytest.raises(ValidationError):
        certificate(**changes)

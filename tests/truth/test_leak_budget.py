"""The budget of one leak: the example of science 3.4, a 25 um class leak at 70 kPa, row by row, and other gases."""

import math
from datetime import date

import pytest

from bench.certificate import Certificate
from bench.leak_gas import GASES, conversion, moistening, saturation_pressure_pa
from bench.truth.leak_budget import Conditions, inputs, leak_budget
from bench.uncertainty.gum import rectangular
from bench.uncertainty.monte_carlo import distribute, validate

DAY = date(2026, 6, 1)
FLOW_KG_S = 1.07e-7
LEAK = Certificate(
    serial="LB-1",
    laboratory="somewhere",
    value=FLOW_KG_S,
    expanded_uncertainty=0.015 * FLOW_KG_S,
    coverage_factor=2.0,
    u_pressure_exponent=0.02,
    u_drift_relative=0.006,
    calibrated=date(2026, 1, 1),
    due=date(2027, 1, 1),
)
WARM = rectangular("temperature", 293.15, 2.0)
U_VAPOUR = 2.0 * 0.0012 / (1.0 - 0.622)
"""Mole fraction that lowers the root of the molar mass by 0.12 %."""
AT = Conditions(70_000.0, 0.0, WARM.value, WARM.u, 0.0, U_VAPOUR)
SUBTRACTED_KG_S = math.sqrt(3.0) * 0.005 * FLOW_KG_S * 70_000.0 / 101_325.0
"""Half-width whose standard uncertainty is 0.5 % of the flow."""


@pytest.fixture
def example():
    return leak_budget(LEAK, inputs(LEAK, AT, DAY, background_kg_s=SUBTRACTED_KG_S))


@pytest.mark.parametrize(
    ("source", "percent"),
    [
        ("certificate", 0.75),
        ("pressure_exponent", 0.74),
        ("drift", 0.6),
        ("temperature", 0.20),
        ("composition", 0.12),
        ("background", 0.5),
        ("pressure", 0.0),
    ],
)
def test_each_source_of_the_published_budget_has_its_published_share(example, source, percent):
    assert round(100.0 * example.relative[source], 2) == pytest.approx(percent, abs=0.001)


def test_the_published_budget_combines_to_1_33_percent_and_2_7_expanded(example):
    assert round(100.0 * example.u / example.value, 2) == 1.33
    assert round(100.0 * example.expanded / example.value, 1) == 2.7


def test_the_uncertainty_of_the_upstream_pressure_counts_by_its_exponent():
    leak = LEAK.model_copy(update={"pressure_exponent": 2.0})
    found = leak_budget(leak, inputs(leak, Conditions(100_000.0, 50.0, 293.15, 0.0), DAY))
    assert found.relative["pressure"] == pytest.approx(0.001, rel=1e-6)


def test_at_the_reference_pressure_the_exponent_need_not_be_known():
    found = leak_budget(LEAK, inputs(LEAK, Conditions(101_325.0, 0.0, 293.15, 0.0), DAY))
    assert found.relative["pressure_exponent"] == pytest.approx(0.0, abs=1e-12)


def test_few_degrees_of_freedom_of_the_certificate_widen_the_interval():
    leak = LEAK.model_copy(update={"degrees_of_freedom": 4.0})
    found = leak_budget(leak, inputs(leak, Conditions(101_325.0, 0.0, 293.15, 0.0), DAY))
    assert found.effective_dof == pytest.approx(4.0 * (0.0075**2 + 0.006**2) ** 2 / 0.0075**4, rel=1e-6)
    assert found.coverage_factor > 2.2


def test_monte_carlo_agrees_with_a_budget_of_few_degrees_of_freedom():
    """An expanded uncertainty with so few is Student's distribution, not a normal one (JCGM 101 6.4.9.7)."""
    leak = LEAK.model_copy(update={"degrees_of_freedom": 4.0, "u_drift_relative": 0.0})
    rows = inputs(leak, Conditions(101_325.0, 0.0, 293.15, 0.0), DAY)
    budget = leak_budget(leak, rows)
    assert validate(budget, distribute(leak.flow, rows, probability=budget.probability), digits=1).valid


@pytest.mark.parametrize(
    ("celsius", "pascal", "rel"),
    [(22.0, 2637.0, 1e-3), (0.01, 611.657, 1e-3), (-60.0, 1.081, 3e-3)],  # science 1.1; triple point; ice tables
)
def test_saturated_vapour(celsius, pascal, rel):
    assert saturation_pressure_pa(273.15 + celsius) == pytest.approx(pascal, rel=rel)


def test_half_saturated_air_at_one_atmosphere_and_22_degrees_is_half_a_percent_lighter():
    assert moistening("capillary", "air", 0.5 * 2637.0 / 101_325.0) == pytest.approx(1.0 - 0.005, abs=2e-4)


def test_the_critical_flow_factor_of_a_diatomic_gas():
    """C* = 0.6847315, science 1.2.1."""
    found = GASES["air"].choked_factor / math.sqrt(GASES["air"].molar_mass_kg_mol)
    assert found == pytest.approx(0.6847315, abs=5e-8)


@pytest.mark.parametrize(
    ("model", "gas", "factor"),
    [
        ("orifice", "nitrogen", math.sqrt(28.0134 / 28.9647)),
        ("orifice", "helium", math.sqrt(4.0026 / 28.9647) * 0.726 / 0.6847),
        ("capillary", "nitrogen", 28.0134 / 28.9647 * 18.206 / 17.57),
        ("orifice", "air", 1.0),
    ],
)
def test_another_gas_than_calibrated_with_passes_by_its_molar_mass_and_viscosity(model, gas, factor):
    found, u = conversion(model, "air", gas)
    assert found == pytest.approx(factor, rel=2e-3)
    assert (u > 0.0) is (gas != "air")

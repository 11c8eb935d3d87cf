"""Whether a leak was the same before and after the run, by its calibrations."""

import math
from dataclasses import replace
from datetime import date

import pytest

from bench.certificate import Certificate
from bench.config.certificates import calibrations_of, load_certificate
from bench.truth.recalibration import calibration_en, en_number, rise_en
from bench.uncertainty.gum import Input, propagate

DAY = date(2026, 6, 1)


def calibrated(on, value=4e-7, **more):
    stated = {"serial": "LB-1", "laboratory": "somewhere", "expanded_uncertainty": 6e-9, "coverage_factor": 2.0}
    return Certificate.model_validate({**stated, "value": value, "calibrated": on, "due": date(2030, 1, 1), **more})


BEFORE = calibrated(date(2026, 1, 1))


def test_en_is_the_difference_over_both_expanded_uncertainties():
    assert en_number(10.5, 0.3, 10.0, 0.4) == pytest.approx(1.0)


def test_without_a_calibration_after_the_run_nothing_can_be_said():
    assert calibration_en(BEFORE, [BEFORE, calibrated(date(2025, 1, 1), 5e-7)], DAY) is None


@pytest.mark.parametrize(("after", "same"), [(4.05e-7, True), (4.2e-7, False), (3.8e-7, False)])
def test_two_calibrations_around_the_run_say_whether_the_leak_changed(after, same):
    en = calibration_en(BEFORE, [calibrated(date(2026, 9, 1), after)], DAY)
    assert (abs(en) <= 1.0) is same
    assert en == pytest.approx((after - 4e-7) / 8.485e-9, rel=1e-3)


def test_a_stated_drift_is_no_change():
    drifting = calibrated(date(2026, 1, 1), drift_per_year=-0.06)
    assert calibration_en(drifting, [calibrated(date(2027, 1, 1), 3.76e-7)], DAY) == pytest.approx(0.0, abs=0.01)


def test_conditions_of_the_later_calibration_are_reckoned_with():
    later = calibrated(date(2027, 1, 1), 2e-7, reference_pressure_pa=101_325.0 / 2.0)
    assert calibration_en(BEFORE, [later], DAY) == pytest.approx(0.0, abs=1e-6)


def test_two_calibrations_of_a_flow_controller_at_different_readings_are_compared_at_one():
    """One per cent apart is one per cent, whatever the readings; U is 1.5 % of either."""
    meter = {"model": "programmable", "reference_reading_kg_s": 4e-7}
    before = calibrated(date(2026, 1, 1), **meter, zero_kg_s=1e-9)
    later = {**meter, "reference_reading_kg_s": 8e-7, "zero_kg_s": -1e-9, "expanded_uncertainty": 1.2e-8}
    en = calibration_en(before, [calibrated(date(2027, 1, 1), 8.08e-7, **later)], DAY)
    assert en == pytest.approx(0.01 / (0.015 * math.sqrt(2.0)), rel=0.01)


def test_what_two_rises_have_wrong_alike_does_not_excuse_that_they_differ():
    """Same chamber, same gauge, same outgassing taken off: the slopes alone are independent, 0.5 % each here."""
    shared = {"volume": 0.01, "chamber_temperature": 0.004, "gauge_gain": 0.2, "outgassing": 0.05}
    rows = [Input(name, 1.0, u) for name, u in {**shared, "rise": 0.005}.items()]
    before = propagate(lambda x: 4e-7 * math.prod(x.values()), rows)
    after = replace(before, value=1.02 * before.value)
    assert rise_en(before, after, 4e-7, 4e-7) == pytest.approx(0.02 / math.hypot(0.01, 0.01), rel=1e-6)


def test_of_several_the_nearest_ones_around_the_run_count():
    old, far = calibrated(date(2024, 1, 1), 1e-7), calibrated(date(2029, 1, 1), 9e-7)
    assert calibration_en(BEFORE, [old, calibrated(date(2026, 9, 1)), far], DAY) == pytest.approx(0.0, abs=1e-9)


def test_calibrations_of_a_leak_are_those_of_its_serial_beside_its_certificate(tmp_path):
    text = 'laboratory = "x"\nvalue = 4e-7\nexpanded_uncertainty = 6e-9\ndue = 2030-01-01\n'
    for name, serial, day in (("a", "LB-1", "2026-01-01"), ("b", "LB-2", "2026-01-01"), ("c", "LB-1", "2026-09-01")):
        (tmp_path / f"{name}.toml").write_text(f'{text}serial = "{serial}"\ncalibrated = {day}\n')
    found = calibrations_of(load_certificate(tmp_path / "a.toml"))
    assert [entry.file.name for entry in found] == ["a.toml", "c.toml"]


def test_a_certificate_that_came_from_no_file_has_no_others_beside_it():
    assert calibrations_of(BEFORE) == (BEFORE,)

"""Absorption of sound by air against the tables of ISO 9613."""

import numpy as np
import pytest

from bench.sim.sound.absorption import absorption_db_m, vapour_share

ATMOSPHERE_PA = 101_325.0


def db_per_m(frequency_hz, celsius, relative_humidity):
    kelvin = celsius + 273.15
    vapour = vapour_share(relative_humidity, kelvin, ATMOSPHERE_PA)
    return float(absorption_db_m(np.array([frequency_hz]), kelvin, ATMOSPHERE_PA, vapour)[0])


@pytest.mark.parametrize(
    ("celsius", "table_db_km"), [(20.0, ("5.0", "9.0", "22.9", "76.6")), (10.0, ("3.7", "9.7", "32.8", "117"))]
)
def test_table_of_iso_9613_2_at_exact_midband_frequencies(celsius, table_db_km):
    for k, digits in enumerate(table_db_km):
        decimals = len(digits.partition(".")[2])
        assert f"{1e3 * db_per_m(1e3 * 10.0 ** (0.3 * k), celsius, 0.7):.{decimals}f}" == digits


@pytest.mark.parametrize(
    ("frequency_hz", "db_km"), [(1000.0, "5.0"), (2000.0, "9.0"), (4000.0, "23.1"), (8000.0, "77.6")]
)
def test_nominal_frequencies_give_slightly_other_digits(frequency_hz, db_km):
    assert f"{1e3 * db_per_m(frequency_hz, 20.0, 0.7):.1f}" == db_km


@pytest.mark.parametrize(
    ("frequency_hz", "relative_humidity", "db_m"),
    [(40e3, 0.2, "0.78"), (40e3, 0.5, "1.32"), (40e3, 0.8, "1.23"), (100e3, 0.5, "3.3")],
)
def test_ultrasound_at_20_degrees(frequency_hz, relative_humidity, db_m):
    assert f"{db_per_m(frequency_hz, 20.0, relative_humidity):.{len(db_m) - 2}f}" == db_m

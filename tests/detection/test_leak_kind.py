"""Run-downs from 101 to 70 kPa in closed form."""

import numpy as np
import pytest
from detection.made_up_cabin import GAS_CONSTANT, SCAN_S, TEMPERATURE_K, noise, rig

from bench.detection.leak_kind import LeakKind
from bench.records import Series, Window

START_PA, END_PA = 101_325.0, 70_000.0


def run_down(exponent, seed, end_s=7200.0, end_pa=END_PA):
    """P^(1 - n) is a straight line in time; for n = 1, ln P is."""
    rng, time_s = np.random.default_rng(seed), np.arange(0.0, end_s, SCAN_S)
    if exponent == 1.0:
        pressure_pa = START_PA * (end_pa / START_PA) ** (time_s / end_s)
    else:
        e = 1.0 - exponent
        pressure_pa = (START_PA**e + (end_pa**e - START_PA**e) * time_s / end_s) ** (1.0 / e)
    n = time_s.size
    columns = {
        "p": pressure_pa + noise(rng, n, 1.0, walk=0.3),
        "t": TEMPERATURE_K + noise(rng, n, 0.002, slow=0.03),
    }
    return LeakKind().estimate(rig(oxygen=False), Series(time_s, columns), Window("down", "cabin", 0.0, end_s))


@pytest.mark.parametrize(("exponent", "kind"), [(1.0, "orifice"), (2.0, "capillary")])
def test_the_kind_is_told_by_the_exponent(exponent, kind):
    found = [run_down(exponent, seed) for seed in range(20)]
    said = np.array([float(f.notes[0].split()[2]) for f in found])
    assert np.all(np.abs(said - exponent) < 0.1)
    assert {f.leak_kind for f in found} == {kind}


def test_the_rate_is_that_of_the_run_down():
    found = run_down(2.0, 1)
    lost_kg = (START_PA - END_PA) * 0.5 / (GAS_CONSTANT * TEMPERATURE_K)
    assert found.rate_kg_s == pytest.approx(lost_kg / 7200.0, rel=0.01)


def test_a_shallow_run_down_tells_nothing():
    found = run_down(1.0, 1, end_pa=101_000.0)
    assert found.leak_kind is None
    assert "kind not detectable" in found.notes[0]


def test_an_exponent_between_is_of_neither():
    assert run_down(1.5, 1).leak_kind is None

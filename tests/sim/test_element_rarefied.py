"""Free flight, transmission and regimes against published answers (science 1.2, 1.8)."""

import math

import numpy as np
import pytest
from sim.leaks import ATMOSPHERE, GAMMA, ROOM_K, VISCOSITY, R

from bench.sim.plant import element_rarefied as rarefied
from bench.sim.plant.elements import critical_ratio


def test_mean_free_path_of_air():
    """65.4 nm by mu/p sqrt(pi R T/2); science 1.2.6 quotes 68 nm."""
    path = 1.0 / rarefied.bore_over_path(1.0, ATMOSPHERE, ROOM_K, R, VISCOSITY)
    assert path == pytest.approx(68e-9, rel=0.05)


def test_molecular_conductance_of_an_aperture():
    """11.57 L/(s cm2), science 1.8."""
    assert rarefied.aperture_conductance(1e-4, ROOM_K, R) * 1e3 == pytest.approx(11.57, abs=5e-3)


@pytest.mark.parametrize(
    ("length_ratio", "probability"), [(0.5, 0.671984), (1.0, 0.514231), (2.5, 0.310525), (5.0, 0.190941)]
)
def test_transmission_of_tubes(length_ratio, probability):
    """Clausing/Cole, science 1.8."""
    assert rarefied.tube_transmission(length_ratio) == pytest.approx(probability, rel=3e-4)


def slot_transmission_by_quadrature(length: float, cells: int = 500) -> float:
    """Clausing's integral equation between two plates at distance 1, solved on midpoints."""
    x = (np.arange(cells) + 0.5) * length / cells
    edges = np.arange(cells + 1) * length / cells
    reach = (edges[None, :] - x[:, None]) / np.hypot(1.0, edges[None, :] - x[:, None])
    to_exit = 0.5 * (1.0 - (length - x) / np.hypot(1.0, length - x))
    through = np.linalg.solve(np.eye(cells) - 0.5 * np.diff(reach, axis=1), to_exit)
    first_hits = -np.diff(np.hypot(1.0, edges) - edges)
    return math.hypot(1.0, length) - length + float(first_hits @ through)


@pytest.mark.parametrize("length", [0.1, 1.0, 5.0, 20.0])
def test_transmission_of_slots(length):
    assert rarefied.slot_transmission(length) == pytest.approx(slot_transmission_by_quadrature(length), rel=3e-3)


@pytest.mark.parametrize("transmission", [rarefied.tube_transmission, rarefied.slot_transmission])
def test_transmission_falls_smoothly_from_one_to_nothing(transmission):
    lengths = np.geomspace(1e-9, 1e7, 2000)
    values = np.array([transmission(length) for length in lengths])
    assert values[0] == pytest.approx(1.0, abs=1e-8)
    assert np.all(np.diff(values) <= 0.0)
    assert np.all(values > 0.0)
    for edge in (0.5 * rarefied.SHORT, rarefied.SHORT):
        assert transmission(edge * (1.0 + 1e-9)) == pytest.approx(transmission(edge * (1.0 - 1e-9)), abs=1e-12)


@pytest.mark.parametrize(
    ("inverse_knudsen", "ratio", "in_orifice", "in_duct"),
    [
        (0.0, 0.0, rarefied.MOLECULAR, rarefied.MOLECULAR),
        (1.9, 0.0, rarefied.MOLECULAR, rarefied.MOLECULAR),
        (2.1, 0.0, rarefied.TRANSITION, rarefied.TRANSITION),
        (99.0, 0.9, rarefied.TRANSITION, rarefied.TRANSITION),
        (101.0, 0.52, rarefied.CHOKED, rarefied.VISCOUS),
        (101.0, 0.53, rarefied.UNCHOKED, rarefied.VISCOUS),
    ],
)
def test_regimes(inverse_knudsen, ratio, in_orifice, in_duct):
    assert rarefied.orifice_regime(inverse_knudsen, ATMOSPHERE, ratio * ATMOSPHERE, GAMMA) == in_orifice
    assert rarefied.duct_regime(inverse_knudsen) == in_duct


def test_the_ratio_of_choking_is_shared_with_the_label():
    edge = ATMOSPHERE * critical_ratio(GAMMA)
    assert rarefied.orifice_regime(1e3, ATMOSPHERE, edge, GAMMA) == rarefied.CHOKED

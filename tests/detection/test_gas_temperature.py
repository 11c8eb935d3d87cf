import numpy as np
import pytest

from bench.detection.gas_temperature import losses, mean_gas_temperature
from bench.rig import GasThermometer, NoiseClass

WARM, COLD = (GasThermometer(name, f, NoiseClass(0.001)) for name, f in (("warm", 0.75), ("cold", 0.25)))


def test_mean_temperature_gives_the_mass_of_the_parts():
    parts = 0.75 / 300.0 + 0.25 / 280.0  # V_j / T_j
    mean_k = mean_gas_temperature((WARM, COLD), {"warm": np.array([300.0]), "cold": np.array([280.0])})
    assert mean_k[0] == pytest.approx(1.0 / parts, rel=1e-14)


def test_fractions_are_renormalised_over_what_is_left_and_the_loss_is_said():
    assert mean_gas_temperature((COLD,), {"cold": np.array([280.0])})[0] == pytest.approx(280.0)
    assert losses((WARM, COLD), (COLD,)) == ("no usable readings of warm: 75% of the volume without a thermometer",)
    assert losses((WARM, COLD), (WARM, COLD)) == ()

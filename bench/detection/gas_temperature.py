"""The temperature of the gas as a whole, from thermometers that each stand for a part of the volume."""

from collections.abc import Mapping, Sequence

import numpy as np

from bench.records import Floats
from bench.rig import GasThermometer


def volume_fractions(thermometers: Sequence[GasThermometer]) -> Floats:
    """Shape (k,), sum 1: the declared fractions, renormalised over the thermometers given."""
    fractions: Floats = np.array([thermometer.volume_fraction for thermometer in thermometers])
    share: Floats = fractions / fractions.sum()
    return share


def mean_gas_temperature(thermometers: Sequence[GasThermometer], means: Mapping[str, Floats]) -> Floats:
    """T = 1 / sum(f_j / T_j) in K, shape (n,): the temperature that gives the right mass at one pressure
    (ANSI/ANS-56.8, science 2.2). means: channel -> shape (n,) in K.
    """
    temperatures_k = np.stack([means[thermometer.channel] for thermometer in thermometers])
    return 1.0 / (volume_fractions(thermometers) @ (1.0 / temperatures_k))


def losses(declared: Sequence[GasThermometer], kept: Sequence[GasThermometer]) -> tuple[str, ...]:
    """Notes on thermometers that had to be left out."""
    lost = [thermometer for thermometer in declared if thermometer not in kept]
    if not lost:
        return ()
    share = sum(thermometer.volume_fraction for thermometer in lost)
    names = ", ".join(thermometer.channel for thermometer in lost)
    return (f"no usable readings of {names}: {share:.0%} of the volume without a thermometer",)

"""How long until the cabin's pressure is at its limit, as quantiles, with a bound that is safe.

Isothermal: a leak of loss L = rate / gas (1/s) has to take the effort E: ln(P / P_limit) of an orifice, whose flow goes
as P; P / P_limit - 1 of a capillary, whose goes as P^2. Then t = E / L: tau ln(P / P_limit), (1 / P_limit - 1 / P) / k
(science 2.15). A stock of gas M that keeps the pressure first adds M / gas to the effort. A leak that grows as exp(g t)
takes ln(1 + g E / L) / g.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.records import Floats, LeakEstimate
from bench.rig import Rig

LEVELS = {"0.05": 0.05, "0.5": 0.5, "0.95": 0.95}
SAFE, SAFE_LEVEL = "safe", 0.01
"""Of the kind of leak that is sooner at the limit."""
DRAWS = 4000
SEED = 20_200_921
ORIFICE, CAPILLARY = "orifice", "capillary"
STILL = 1e-9
"""Growth times effort over loss below which a leak is as good as constant."""


@dataclass(frozen=True, slots=True)
class Growth:
    """per_s: g, with its standard uncertainty. The default: steady, to a factor of e in a month."""

    per_s: float = 0.0
    u_per_s: float = 1.0 / (30 * 86_400.0)


@dataclass(frozen=True, slots=True)
class Cabin:
    """gas_kg: inside. stock_kg: of make-up. u_temperature_k: by how much the gas may be warmer or colder at the end."""

    gas_kg: float
    pressure_pa: float
    limit_pa: float
    u_pressure_pa: float = 50.0
    temperature_k: float = 295.0
    u_temperature_k: float = 0.5
    stock_kg: float = 0.0

    @classmethod
    def of(cls, rig: Rig, compartment: str, pressure_pa: float, temperature_k: float, stock_kg: float = 0.0) -> "Cabin":
        """Of a compartment of the rig, or WHOLE, as it is now."""
        volume = rig.volume(compartment)
        gas_kg = pressure_pa * volume.volume_m3 / (rig.gas_constant_j_kg_k * temperature_k)
        u_pa = max((gauge.u_pa for gauge in volume.gauges), default=0.0)
        return cls(gas_kg, pressure_pa, rig.limit_pa, u_pa, temperature_k, stock_kg=stock_kg)


def time_to_limit_s(
    cabin: Cabin, rate_kg_s: float, u_kg_s: float, leak_kind: str | None = None, growth: Growth | None = None
) -> Mapping[str, float]:
    """Quantiles "0.05", "0.5", "0.95" and the bound "safe", s from now; infinite where nothing leaks. leak_kind:
    "orifice", "capillary" or None: either, as likely. Seeded: the same for the same arguments.
    """
    rng = np.random.default_rng(SEED)
    loss = _positive_part(rng, rate_kg_s / cabin.gas_kg, u_kg_s / cabin.gas_kg)
    grown = growth or Growth()
    growth_per_s = rng.normal(grown.per_s, grown.u_per_s, DRAWS)
    efforts = _efforts(cabin, rng)
    times = {kind: times_s(effort, loss, growth_per_s) for kind, effort in efforts.items()}
    drawn = times[leak_kind] if leak_kind in times else np.concatenate(list(times.values()))
    sooner = times[leak_kind] if leak_kind in times else np.minimum(*times.values())
    quantiles = {name: _quantile(drawn, level) for name, level in LEVELS.items()}
    return {**quantiles, SAFE: _quantile(sooner, SAFE_LEVEL)}


def with_time_to_limit(found: LeakEstimate, cabin: Cabin, growth: Growth | None = None) -> LeakEstimate:
    """The estimate with its times filled in, from its end."""
    times = time_to_limit_s(cabin, found.rate_kg_s, found.u_kg_s, found.leak_kind, growth)
    return replace(found, time_to_limit_s=times)


def times_s(effort: Floats, loss_per_s: Floats, growth_per_s: Floats) -> Floats:
    """ln(1 + g E / L) / g, shape (n,); infinite where there is no loss, or one that dies away before."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steady = np.where(loss_per_s > 0.0, effort / loss_per_s, np.inf)
        x = growth_per_s * steady
        grown = np.where(x > -1.0, np.log1p(np.maximum(x, -1.0)) / growth_per_s, np.inf)
        found: Floats = np.where((np.abs(x) < STILL) | (loss_per_s <= 0.0), steady, grown)
    return np.maximum(found, 0.0)


def growth_of(history: Sequence[LeakEstimate], gas_kg: Sequence[float], prior: Growth | None = None) -> Growth:
    """From rates of earlier holds (time_s: their middle) that are three times their uncertainty: ln loss on time, the
    prior's mean and width in it. gas_kg: inside at each of those times: the flow falls with the pressure, and would
    hide that the leak grows.
    """
    prior = prior or Growth(0.0, 1.0 / (5 * 86_400.0))
    of_gas = zip(history, gas_kg, strict=True)
    told = [(e, gas) for e, gas in of_gas if e.time_s is not None and e.rate_kg_s > 3.0 * e.u_kg_s]
    if len(told) < 2:
        return prior
    time_s = np.array([e.time_s for e, _ in told], dtype=np.float64)
    weight = np.array([(e.rate_kg_s / e.u_kg_s) ** 2 for e, _ in told])
    ln_loss = np.log([e.rate_kg_s / gas for e, gas in told])
    apart_s = time_s - np.average(time_s, weights=weight)
    information = float(weight @ apart_s**2) + 1.0 / prior.u_per_s**2
    per_s = (float(weight @ (apart_s * ln_loss)) + prior.per_s / prior.u_per_s**2) / information
    return Growth(per_s, 1.0 / math.sqrt(information))


def _efforts(cabin: Cabin, rng: np.random.Generator) -> dict[str, Floats]:
    """By kind, (draws,): no less than none."""
    pressure_pa = rng.normal(cabin.pressure_pa, cabin.u_pressure_pa, DRAWS)
    warmer = 1.0 + rng.normal(0.0, cabin.u_temperature_k / cabin.temperature_k, DRAWS)
    ratio = np.maximum(pressure_pa * warmer / cabin.limit_pa, 1.0)
    stock = cabin.stock_kg / cabin.gas_kg
    return {ORIFICE: np.log(ratio) + stock, CAPILLARY: ratio - 1.0 + stock}


def _positive_part(rng: np.random.Generator, mean: float, u: float) -> Floats:
    """Normal; what is not above zero never gets anywhere."""
    return np.maximum(rng.normal(mean, u, DRAWS), 0.0)


def _quantile(values: Floats, level: float) -> float:
    """Of values some of which may be infinite: no interpolation."""
    return float(np.quantile(values, level, method="inverted_cdf"))

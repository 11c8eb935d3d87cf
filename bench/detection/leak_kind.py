"""What kind of leak it is, by how its flow falls with the pressure: an orifice as P, a capillary or crack as P^2.

dm/dt = -K m^n at nearly one temperature: choked flow n = 1, viscous flow n = 2 (science 1.2.5, 3.4). Then m^(1 - n) is
a straight line in time, and y = ln m is y0 - ln(1 + (n - 1) k t) / (n - 1), which is y0 - k t for n = 1. The kinds
differ in their temperature coefficient too, -0.17 and -0.58 %/K: where a rig stays within a kelvin that moves n by less
than 0.01 and tells nothing.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from bench.detection.attribution.balance import Balance, balances
from bench.detection.blocks import SHORTEST_S
from bench.detection.detectable import CURRIE
from bench.detection.least_squares import fit_white
from bench.detection.method import CannotEstimateError
from bench.detection.state_space import whitened
from bench.records import Floats, LeakEstimate, Series, Window
from bench.rig import Rig

EXPONENTS = {"orifice": 1.0, "capillary": 2.0}
MIN_BLOCKS = 10
LARGEST_U = 0.25
"""Of the exponent, above which nothing is said: the two kinds lie four of these apart."""
CONSISTENT_SIGMAS, TOLERANCE = 3.0, 0.1
PRIOR_EXPONENT, U_PRIOR = 1.5, 1.0
"""Of any leak: without it a shallow run-down would have no rate either."""
ROUNDS = 20
SETTLED = 1e-6
NEARLY_ONE = 1e-6


@dataclass(frozen=True, slots=True)
class Decay:
    """y0; k: relative loss per second at the start; n. covariance: of the three."""

    level: float
    loss_per_s: float
    exponent: float
    covariance: Floats

    @property
    def u_exponent(self) -> float:
        return math.sqrt(self.covariance[2, 2])


@dataclass(frozen=True, slots=True)
class LeakKind:
    """Three-parameter fit of a run-down. rate_kg_s: the mean over the hold; leak_kind: None where the data do not tell,
    with what they lack in the notes.
    """

    name = "leak_kind"

    def estimate(self, rig: Rig, series: Series, window: Window) -> LeakEstimate:
        weighed = balances(rig, rig.volume(window.compartment), series, replace(window, background=()))
        if not weighed or weighed[0].time_s.size < MIN_BLOCKS:
            needed_s = MIN_BLOCKS * SHORTEST_S
            reason = f"inconclusive, needs {needed_s:.0f} s or more in which pressure and gas temperature are read"
            raise CannotEstimateError(self.name, window.name, reason)
        try:
            decay = fit_decay(weighed[0])
        except np.linalg.LinAlgError as error:
            reason = "inconclusive, needs a loss and declared noise: no decay can be fitted"
            raise CannotEstimateError(self.name, window.name, reason) from error
        kind, note = kind_of(decay)
        rate_kg_s, u_kg_s = _mean_rate(weighed[0], decay)
        return LeakEstimate(
            self.name,
            window.name,
            rate_kg_s,
            math.hypot(u_kg_s, rate_kg_s * weighed[0].u_relative),
            detectable_kg_s=CURRIE * u_kg_s,
            leak_kind=kind,
            notes=(note,),
        )


def kind_of(decay: Decay) -> tuple[str | None, str]:
    """The kind whose exponent alone agrees, and a note with the exponent."""
    n, u = decay.exponent, decay.u_exponent
    said = f"decay exponent {n:.2f} +- {u:.2g}"
    if u > LARGEST_U or decay.loss_per_s <= 0.0:
        return None, f"{said}: kind not detectable, a deeper run-down is needed (u <= {LARGEST_U:g})"
    allowed = max(TOLERANCE, CONSISTENT_SIGMAS * u)
    near = [kind for kind, exponent in EXPONENTS.items() if abs(n - exponent) <= allowed]
    return (near[0], said) if len(near) == 1 else (None, f"{said}: neither orifice nor capillary alone")


def fit_decay(balance: Balance) -> Decay:
    """Gauss-Newton from the straight line on, with the noise of y."""
    time_s, y = balance.time_s - balance.time_s[0], balance.y
    slope, level = np.polyfit(time_s, y, 1)
    parameters = np.array([level, -slope, 1.0])
    for _ in range(ROUNDS):
        model, gradient = curve(time_s, parameters)
        rows = whitened(balance.time_s, balance.noise, np.column_stack([gradient, y - model])).columns
        prior = [0.0, 0.0, 1.0 / U_PRIOR, (PRIOR_EXPONENT - parameters[2]) / U_PRIOR]
        rows = np.concatenate((rows, [prior]))
        scale = np.linalg.norm(rows[:, :-1], axis=0)
        fit = fit_white(rows[:, :-1] / scale, rows[:, -1])
        step = fit.coefficients / scale
        parameters += step
        if abs(step[2]) < SETTLED:
            break
    covariance = max(1.0, fit.reduced_chi_square) * fit.covariance / np.outer(scale, scale)
    return Decay(float(parameters[0]), float(parameters[1]), float(parameters[2]), covariance)


def curve(time_s: Floats, parameters: Floats) -> tuple[Floats, Floats]:
    """Give y at each time, (t,), and its derivatives by y0, k and n, (t, 3)."""
    level, loss_per_s, exponent = parameters
    e, x = exponent - 1.0, loss_per_s * time_s
    if abs(e) < NEARLY_ONE:
        return level - x, np.column_stack([np.ones_like(x), -time_s, 0.5 * x**2])
    inside = np.maximum(1.0 + e * x, NEARLY_ONE)
    by_exponent = np.log(inside) / e**2 - x / (e * inside)
    return level - np.log(inside) / e, np.column_stack([np.ones_like(x), -time_s / inside, by_exponent])


def _mean_rate(balance: Balance, decay: Decay) -> tuple[float, float]:
    """Over the hold, kg/s, from the ends of the fitted curve, and its uncertainty."""
    parameters = np.array([decay.level, decay.loss_per_s, decay.exponent])
    ends_s = np.array([0.0, balance.time_s[-1] - balance.time_s[0]])
    model, gradient = curve(ends_s, parameters)
    kg = balance.gas_kg * np.exp(model - balance.y.mean())
    by_parameters = (kg[:, None] * gradient)[0] - (kg[:, None] * gradient)[1]
    u_kg = math.sqrt(float(by_parameters @ decay.covariance @ by_parameters))
    return float(kg[0] - kg[1]) / ends_s[1], u_kg / ends_s[1]

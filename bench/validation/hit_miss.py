"""POD from hits and misses: MIL-HDBK-1823A, ASTM E2862. At least 60 sizes are asked for."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from bench.records import Floats
from bench.validation.binary_likelihood import BinaryLikelihood
from bench.validation.links import Link, Scale
from bench.validation.newton import maximise
from bench.validation.pod import PodFit


def fit_hit_miss(
    sizes: ArrayLike,
    hits: ArrayLike,
    trials: ArrayLike = 1,
    *,
    link: Link = Link.LOGIT,
    scale: Scale = Scale.LOG,
    firth: bool | None = None,
) -> PodFit:
    """Curve from hits of trials at each of sizes, (n,). firth: penalised likelihood; None: only for separated data.

    Raises ValueError where there is no curve: all hit, all missed, one size only; or for firth=False and separated.
    """
    groups = [""] * np.size(sizes)
    return fit_groups(sizes, hits, trials, groups, link=link, scale=scale, firth=firth)[""]


def fit_groups(
    sizes: ArrayLike,
    hits: ArrayLike,
    trials: ArrayLike,
    groups: Sequence[str],
    *,
    link: Link = Link.LOGIT,
    scale: Scale = Scale.LOG,
    firth: bool | None = None,
) -> Mapping[str, PodFit]:
    """One curve per group (scenario, compartment), all of one slope. Coefficients: an intercept each in order of
    name, then the slope.
    """
    x, hit, trial = _checked(scale, sizes, hits, trials)
    names = sorted(set(groups))
    member = np.array([[name == group for name in names] for group in groups], dtype=float)
    separated = _separated(x, hit, trial, member)
    if separated and firth is False:
        raise ValueError("the sizes separate hits from misses: maximum likelihood has no finite answer, Firth's has")
    penalised = separated if firth is None else firth
    likelihood = BinaryLikelihood(np.column_stack([member, x]), hit, trial, link, penalised)
    maximum = maximise(likelihood, _start(likelihood))
    aic = 2.0 * len(maximum.coefficients) - 2.0 * likelihood.log_likelihood(maximum.coefficients)
    model = f"hit/miss, {link}, {scale} size, {'Firth' if penalised else 'maximum likelihood'}"
    unit = np.eye(len(names) + 1)
    return {
        name: PodFit(model, link, scale, unit[place], unit[-1], likelihood, maximum, aic, separated)
        for place, name in enumerate(names)
    }


def _checked(scale: Scale, sizes: ArrayLike, hits: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats, Floats]:
    x = scale.x(np.asarray(sizes, dtype=float))
    hit = np.asarray(hits, dtype=float)
    trial = np.broadcast_to(np.asarray(trials, dtype=float), x.shape)
    if hit.shape != x.shape or not np.all((hit >= 0.0) & (hit <= trial) & (trial > 0.0)):
        raise ValueError("hits must be one number for each size, between 0 and its trials")
    if np.unique(x).size < 2:
        raise ValueError("sizes are all one: no curve, but a proportion")
    if hit.sum() in {0.0, trial.sum()}:
        raise ValueError(f"all {trial.sum():g} trials {'hit' if hit.any() else 'missed'}: no curve, but a proportion")
    return x, hit, trial


def _separated(x: Floats, hits: Floats, trials: Floats, member: Floats) -> bool:
    """Albert and Anderson (1984) for one slope and an intercept per group: complete or quasi-complete."""
    rises, falls = True, True
    for group in member.T > 0.0:
        hit, miss = x[group & (hits > 0.0)], x[group & (hits < trials)]
        if not (hit.size and miss.size):
            return True
        rises &= bool(miss.max() <= hit.min())
        falls &= bool(hit.max() <= miss.min())
    return rises or falls


def _start(likelihood: BinaryLikelihood) -> Floats:
    """The intercepts of a flat curve, from which scoring climbs in a few steps."""
    start = np.zeros(likelihood.design.shape[1])
    start[:-1] = likelihood.link.quantile(float(likelihood.hits.sum() / likelihood.trials.sum()))
    return start

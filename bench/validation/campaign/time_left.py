"""Whether predicted times to the limit are as uncertain as they say, where runs reach it."""

import math
from collections.abc import Iterator

import pandas as pd

from bench.validation.calibration import quantile_checks, worst_optimistic_error
from bench.validation.campaign.measures import Measure, Name, Slice

LEVELS = {Name.LIMIT05_BELOW: 0.05, Name.LIMIT50_BELOW: 0.5, Name.LIMIT95_BELOW: 0.95}
COLUMNS = ["limit05_s", "limit50_s", "limit95_s"]


def time_left_measures(rows: pd.DataFrame, of_what: Slice) -> Iterator[Measure]:
    """PIT at the three quantiles that rows carry, and the worst optimistic error; none where nothing was predicted or
    no run reached the limit.
    """
    told = rows[rows["judged"]].dropna(subset=[*COLUMNS, "limit_truth_s"])
    told = told[told["limit_truth_s"] > 0.0]
    if told.empty:
        return
    quantiles, truth_s = told[COLUMNS].to_numpy(float), told["limit_truth_s"].to_numpy(float)
    for name, check in zip(LEVELS, quantile_checks(tuple(LEVELS.values()), quantiles, truth_s), strict=True):
        measure = Measure.known(name, of_what, check.below / check.runs, check.limits, check.runs)
        yield measure.counting(check.below).remarking(f"p = {check.p:.2g} of so far from {check.level:g} if honest")
    worst = worst_optimistic_error(quantiles[:, 0], truth_s)
    yield Measure(Name.LIMIT_OPTIMISM, of_what, worst, math.nan, math.nan, math.nan, "", len(told))

"""What a campaign says of a method: named measures, each with its limits and how they were found."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from bench.validation.interval import Interval


class Name(StrEnum):
    """Units are in the names; bare ones are fractions."""

    POD50_KG_S = "pod50_kg_s"  # a50
    POD90_KG_S = "pod90_kg_s"  # a90; its upper limit is a90/95
    FALSE_ALARMS_PER_DAY = "false_alarms_per_day"
    FALSE_CALLS = "false_calls"  # of judged windows without a leak, those with an alarm
    DETECTED = "detected"  # of judged windows with a leak, whatever its size, those with an alarm
    ROC_AREA = "roc_area"  # of rate / u in judged windows with a leak against those without
    DELAY50_H = "delay50_h"
    DELAY95_H = "delay95_h"
    DELAY50_EFFICIENCY = "delay50_efficiency"  # bound over median
    COVERAGE = "coverage"  # of the truth by 95 % intervals
    BIAS_KG_S = "bias_kg_s"
    RMSE_KG_S = "rmse_kg_s"
    RMSE_OVER_BOUND = "rmse_over_bound"  # Cramer-Rao's, in scenarios whose noise is the declared one
    LOCATED_RIGHT = "located_right"  # of judged windows in which it names a compartment
    LIMIT05_BELOW = "limit05_below"  # of times to the limit, those shorter than the predicted 5 % quantile
    LIMIT50_BELOW = "limit50_below"
    LIMIT95_BELOW = "limit95_below"
    LIMIT_OPTIMISM = "limit_optimism"  # of the 5 % quantile, at worst: (predicted - true) / true
    ANSWERED = "answered"  # of all windows
    COST_S = "cost_s"  # of one answer, wall time


@dataclass(frozen=True, slots=True)
class Slice:
    """Which rows a measure is of. scenario, leak: empty for all together. exposure_s: how long the windows are."""

    method: str
    exposure_s: float
    scenario: str = ""
    leak: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """low, high: limits at confidence by the method that interval names, NaN where none can be stated. of: how many
    windows, runs or days it rests on; count: how many of them it counts, NaN where it counts none.
    A value of NaN is unknown, and note says why.
    """

    name: Name
    of_what: Slice
    value: float
    low: float
    high: float
    confidence: float
    interval: str
    of: float
    count: float = math.nan
    note: str = ""

    @classmethod
    def known(cls, name: Name, of_what: Slice, value: float, limits: Interval, of: float) -> Self:
        return cls(name, of_what, value, limits.low, limits.high, limits.confidence, limits.method, of)

    @classmethod
    def unknown(cls, name: Name, of_what: Slice, of: float, why: str) -> Self:
        return cls(name, of_what, math.nan, math.nan, math.nan, math.nan, "", of, note=why)

    def counting(self, count: float) -> Self:
        return replace(self, count=count)

    def remarking(self, note: str) -> Self:
        return replace(self, note=note)

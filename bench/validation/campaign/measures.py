"""What a campaign says of a method: named measures, each with its limits and how they were found."""

from dataclasses import dataclass
from enum import StrEnum


class Name(StrEnum):
    """Units are in the names; bare ones are fractions."""

    POD50_KG_S = "pod50_kg_s"  # a50
    POD90_KG_S = "pod90_kg_s"  # a90; its upper limit is a90/95
    FALSE_ALARMS_PER_DAY = "false_alarms_per_day"
    FALSE_CALLS = "false_calls"  # of judged windows without a leak, those with an alarm
    DETECTED = "detected"  # of judged windows with a leak, whatever its size, those with an alarm
    DELAY50_H = "delay50_h"
    DELAY95_H = "delay95_h"
    COVERAGE = "coverage"  # of the truth by 95 % intervals
    BIAS_KG_S = "bias_kg_s"
    RMSE_KG_S = "rmse_kg_s"
    ANSWERED = "answered"  # of all windows
    COST_S = "cost_s"  # of one answer, wall time


@dataclass(frozen=True, slots=True)
class Measure:
    """scenario: empty for all together. exposure_s: of the windows. low, high: limits at confidence by the method
    that interval names, NaN where none can be stated. of: how many runs, windows or days it rests on, as note says.
    value is NaN where there is none, and note says why.
    """

    method: str
    name: Name
    scenario: str
    exposure_s: float
    value: float
    low: float
    high: float
    confidence: float
    interval: str
    of: float
    note: str = ""
